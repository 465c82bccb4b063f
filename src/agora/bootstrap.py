"""The first administrator and moderator, from the environment; made once, never changed."""

import logging
import uuid

from pydantic import SecretStr
from sqlalchemy import select

from agora.components import Components
from agora.models import Member, MemberSettings, Role

log = logging.getLogger("agora")


def ensure_accounts(parts: Components) -> None:
    """Create the configured accounts that do not exist yet."""
    settings = parts.settings
    _ensure(parts, Role.ADMIN, settings.admin_email, settings.admin_password)
    _ensure(parts, Role.MODERATOR, settings.moderator_email, settings.moderator_password)


def _ensure(parts: Components, role: Role, email: str | None, password: SecretStr | None) -> None:
    if email is None or password is None:
        return
    with parts.database.transaction() as db:
        if db.scalar(select(Member.id).where(Member.email == email.lower())):
            return
        member = Member(
            id=uuid.uuid4(),
            email=email.lower(),
            handle=f"{role}_{uuid.uuid4().hex[:8]}",
            display_name=role.capitalize(),
            password_hash=parts.passwords.hash(password.get_secret_value()),
            role=role,
            email_verified=True,
        )
        db.add(member)
        db.flush()
        db.add(MemberSettings(member_id=member.id, profile_listed=False))
    log.info("account created", extra={"role": role.value})
