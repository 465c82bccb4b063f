"""AUTH-11: what others have in their settings and private record."""

from fastapi import Path
from sqlalchemy import select

from agora.dependencies import Db
from agora.errors import not_found
from agora.models import Member, MemberSettings
from agora.policies import Action
from agora.schemas.identity import MemberView
from agora_flaws.registry import flaw
from agora_flaws.workbench import Workbench


@flaw(
    "settings-of-others",
    checks=("AUTH-11",),
    sentence="GET /members/{member_id}/settings shows the settings of anybody to every member.",
    variant="settings by id",
)
def settings_of_others(bench: Workbench) -> None:
    """Open the reading of settings."""
    bench.open_objects(MemberSettings, Action.READ)


@flaw(
    "record-of-others",
    checks=("AUTH-11",),
    sentence="GET /members/{member_id} shows e-mail address and balance to every member.",
    variant="private record by id",
)
def record_of_others(bench: Workbench) -> None:
    """Open the reading of members."""
    bench.open_objects(Member, Action.READ)


@flaw(
    "profile-shows-private-fields",
    checks=("AUTH-11",),
    sentence="The public profile carries the whole member record, with e-mail address and balance.",
    variant="private fields by handle",
)
def profile_shows_private_fields(bench: Workbench) -> None:
    """Replace ``GET /profiles/{handle}``."""

    def read_profile(db: Db, handle: str = Path(max_length=30)) -> MemberView:
        member = db.scalars(select(Member).where(Member.handle == handle)).one_or_none()
        if member is None:
            raise not_found()
        return MemberView.model_validate(member)

    bench.replace("read_profile", read_profile)
