"""Sessions and tokens: who is behind a request.

An access token is a short-lived JWT that names a session row. The row is looked up on every
request, so that logging out, a ban or a new password takes effect at once.
"""

import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import jwt
from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from agora.database import Database, now
from agora.errors import not_authenticated
from agora.models import LoginSession, Member, Role
from agora.policies import Actor
from agora.security import digest, random_token, same
from agora.settings import Settings

ALGORITHM = "HS256"
AUDIENCE = "agora-api"

_SESSION_AND_MEMBER = (
    select(
        LoginSession.revoked_at,
        LoginSession.expires_at,
        Member.handle,
        Member.role,
        Member.email_verified,
        Member.banned_at,
    )
    .join(Member, Member.id == LoginSession.member_id)
    .where(
        LoginSession.id == bindparam("session_id"),
        LoginSession.member_id == bindparam("member_id"),
    )
)


@dataclass(frozen=True, slots=True)
class TokenPair:
    """What a client gets at login and refresh."""

    access: str
    refresh: str
    expires_in: int


class Authenticator:
    """Issues, checks and revokes sessions."""

    def __init__(self, settings: Settings, database: Database) -> None:
        self._settings = settings
        self._database = database
        self._key = settings.secret_key.get_secret_value()
        self._issuer = settings.public_base_url

    def authenticate(self, authorization: str | None) -> Actor:
        """The actor of an ``Authorization`` header, or 401."""
        scheme, _, token = (authorization or "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise not_authenticated()
        claims = self.claims(token.strip())
        try:
            session_id, member_id = uuid.UUID(claims["sid"]), uuid.UUID(claims["sub"])
        except (KeyError, ValueError, TypeError, AttributeError):
            raise not_authenticated() from None
        actor = self.actor(session_id, member_id)
        if actor is None:
            raise not_authenticated()
        return actor

    def claims(self, token: str) -> dict[str, Any]:
        """The claims of a token with valid signature, issuer, audience and time."""
        try:
            return jwt.decode(
                token,
                self._key,
                algorithms=[ALGORITHM],
                audience=AUDIENCE,
                issuer=self._issuer,
                options={"require": ["exp", "iat", "sub", "sid", "jti"]},
            )
        except jwt.InvalidTokenError:
            raise not_authenticated() from None

    def actor(self, session_id: uuid.UUID, member_id: uuid.UUID) -> Actor | None:
        """The member of a session that is alive."""
        ids = {"session_id": session_id, "member_id": member_id}
        with self._database.engine.connect() as connection:
            row = connection.execute(_SESSION_AND_MEMBER, ids).one_or_none()
        if row is None or row.banned_at is not None or not self.alive(row):
            return None
        return Actor(
            id=member_id,
            session_id=session_id,
            handle=row.handle,
            role=Role(row.role),
            verified=row.email_verified,
        )

    def alive(self, row: Any) -> bool:
        """Whether a session has been neither revoked nor outlived."""
        return row.revoked_at is None and row.expires_at > now()

    def start(self, session: Session, member: Member) -> TokenPair:
        """Begin a session with an id and tokens of its own."""
        login = LoginSession(
            id=uuid.uuid4(),
            member_id=member.id,
            refresh_digest="",
            refresh_expires_at=now(),
            expires_at=now() + timedelta(seconds=self._settings.session_seconds),
        )
        session.add(login)
        return self._issue(login)

    def refresh(self, session: Session, token: str) -> TokenPair | None:
        """New tokens for a refresh token, which is used up by this.

        A used one that comes back was stolen or lost: the whole session ends.
        """
        session_id, _, secret = token.partition(".")
        try:
            login = session.get(LoginSession, uuid.UUID(session_id), with_for_update=True)
        except ValueError:
            return None
        if login is None or not self.refreshable(login):
            return None
        if not same(login.refresh_digest, digest(secret)):
            self.end(session, login.id)
            return None
        member = session.get(Member, login.member_id)
        if member is None or member.banned_at is not None:
            return None
        return self._issue(login)

    def refreshable(self, login: LoginSession) -> bool:
        """Whether a session may still be continued."""
        return self.alive(login) and login.refresh_expires_at > now()

    def end(self, session: Session, session_id: uuid.UUID) -> None:
        """End one session."""
        self._revoke(session, LoginSession.id == session_id)

    def end_all(self, session: Session, member_id: uuid.UUID, *, but: uuid.UUID | None = None) -> None:
        """End all sessions of a member, but perhaps one."""
        mine = LoginSession.member_id == member_id
        self._revoke(session, mine if but is None else mine & (LoginSession.id != but))

    def _revoke(self, session: Session, condition: Any) -> None:
        session.execute(
            update(LoginSession).where(condition, LoginSession.revoked_at.is_(None)).values(revoked_at=now())
        )

    def _issue(self, login: LoginSession) -> TokenPair:
        secret = random_token()
        issued = now()
        login.refresh_digest = digest(secret)
        login.refresh_expires_at = issued + timedelta(seconds=self._settings.refresh_token_seconds)
        lifetime = self._settings.access_token_seconds
        claims = {
            "iss": self._issuer,
            "aud": AUDIENCE,
            "sub": str(login.member_id),
            "sid": str(login.id),
            "jti": uuid.uuid4().hex,
            "iat": issued,
            "exp": issued + timedelta(seconds=lifetime),
        }
        access = jwt.encode(claims, self._key, algorithm=ALGORITHM)
        return TokenPair(access=access, refresh=f"{login.id}.{secret}", expires_in=lifetime)
