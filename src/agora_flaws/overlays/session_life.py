"""AUTH-28: sessions that outlive their end."""

import uuid

from sqlalchemy.orm import Session

from agora.authentication import Authenticator, TokenPair
from agora.database import now
from agora.models import LoginSession, Member
from agora.security import digest, same
from agora_flaws.registry import flaw
from agora_flaws.workbench import Workbench


class LogoutForgets(Authenticator):
    """Ending a session does nothing on the server."""

    def end(self, session: Session, session_id: uuid.UUID) -> None:
        """Leave the session as it is."""


class OthersStay(Authenticator):
    """A new password ends no other session."""

    def end_all(self, session: Session, member_id: uuid.UUID, *, but: uuid.UUID | None = None) -> None:
        """Only a ban or a reset ends sessions."""
        if but is None:
            super().end_all(session, member_id)


class RefreshOutlivesLogout(Authenticator):
    """The refresh token of a session that was ended begins a new one."""

    def refresh(self, session: Session, token: str) -> TokenPair | None:
        """As usual for a live session, and just so for a dead one."""
        session_id, _, secret = token.partition(".")
        try:
            login = session.get(LoginSession, uuid.UUID(session_id))
        except ValueError:
            return None
        if login is None or login.revoked_at is None or login.refresh_expires_at < now():
            return super().refresh(session, token)
        if not same(login.refresh_digest, digest(secret)):
            return None
        return self.start(session, session.get_one(Member, login.member_id))


@flaw(
    "logout-keeps-session",
    checks=("AUTH-02", "AUTH-28"),
    sentence="Logging out changes nothing on the server: the tokens go on working.",
    variant="access token after logout",
)
def logout_keeps_session(bench: Workbench) -> None:
    """Overlay the end of a session."""
    bench.authenticator(LogoutForgets)


@flaw(
    "password-change-keeps-sessions",
    checks=("AUTH-28",),
    sentence="After a change of password all other sessions of the member go on.",
    variant="other sessions after a change of password",
)
def password_change_keeps_sessions(bench: Workbench) -> None:
    """Overlay the end of all sessions."""
    bench.authenticator(OthersStay)


@flaw(
    "refresh-outlives-logout",
    checks=("AUTH-28",),
    sentence="The access token dies at logout, but the refresh token still buys a new one.",
    variant="refresh token after logout",
)
def refresh_outlives_logout(bench: Workbench) -> None:
    """Overlay the refresh."""
    bench.authenticator(RefreshOutlivesLogout)
