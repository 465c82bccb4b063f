"""Sign-up, verification, login, refresh, logout and passwords."""

import uuid
from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Query
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from agora.access import public, unverified
from agora.authentication import TokenPair
from agora.components import Components
from agora.database import now
from agora.dependencies import Address, CurrentActor, Db, Own, Parts
from agora.errors import Problem, forbidden, not_authenticated
from agora.models import Member, MemberSettings, OneTimeToken, TokenPurpose
from agora.schemas.base import DONE, Done
from agora.schemas.identity import (
    Accepted,
    ChangePassword,
    LogIn,
    Refresh,
    ResetConfirm,
    ResetRequest,
    SignUp,
    Tokens,
    VerifyEmail,
)
from agora.security import digest, random_token, weakness
from agora.site import read_site_settings

router = APIRouter(prefix="/auth", tags=["auth"])

ACCEPTED = Accepted(message="If everything is in order, we have sent you a mail.")
VERIFY_LIFE = timedelta(days=1)
RESET_LIFE = timedelta(hours=1)
MailToken = Annotated[str, Query(min_length=10, max_length=200)]


def tokens_view(pair: TokenPair) -> Tokens:
    """Tokens as the client gets them."""
    return Tokens(access_token=pair.access, refresh_token=pair.refresh, expires_in=pair.expires_in)


def new_mail_token(db: Session, member_id: uuid.UUID, purpose: TokenPurpose, life: timedelta) -> str:
    """A token to be mailed; earlier ones for the same purpose stop working."""
    db.execute(
        update(OneTimeToken)
        .where(
            OneTimeToken.member_id == member_id,
            OneTimeToken.purpose == purpose,
            OneTimeToken.used_at.is_(None),
        )
        .values(used_at=now())
    )
    token = random_token()
    db.add(OneTimeToken(member_id=member_id, purpose=purpose, digest=digest(token), expires_at=now() + life))
    return token


def use_mail_token(db: Session, token: str, purpose: TokenPurpose) -> Member:
    """The member of a token that is valid now; it is used up by this."""
    found = db.scalars(
        select(OneTimeToken)
        .where(OneTimeToken.digest == digest(token), OneTimeToken.purpose == purpose)
        .with_for_update()
    ).one_or_none()
    if found is None or found.used_at is not None or found.expires_at < now():
        raise Problem(400, "This link is not valid any more.")
    found.used_at = now()
    return db.get_one(Member, found.member_id)


def refuse_weak(password: str, email: str, handle: str) -> None:
    """422 with the reason."""
    reason = weakness(password, email, handle)
    if reason:
        raise Problem(422, reason)


@router.post("/sign-up", status_code=202)
@public
def sign_up(body: SignUp, db: Db, parts: Parts, address: Address) -> Accepted:
    """Create an account. The answer does not tell whether the address was known."""
    parts.limiter.spend(parts.settings.limit_sign_up, "sign-up", address)
    password = body.password.get_secret_value()
    refuse_weak(password, body.email, body.handle)
    hashed = parts.passwords.hash(password)
    if not read_site_settings(db)["sign_up_open"]:
        raise forbidden("Sign-up is closed at present.")
    if db.scalar(select(Member.id).where(Member.handle == body.handle)):
        raise Problem(409, "This handle is taken.")
    if db.scalar(select(Member.id).where(Member.email == body.email)):
        db.rollback()  # the limiter writes in a transaction of its own, which must not wait for this one
        if parts.limiter.left(parts.settings.limit_reset_mails, "already", body.email):
            parts.mailer.send_already_member(body.email)
        return ACCEPTED
    member = Member(
        id=uuid.uuid4(),
        email=body.email,
        handle=body.handle,
        display_name=body.display_name,
        password_hash=hashed,
    )
    db.add(member)
    db.flush()
    db.add(MemberSettings(member_id=member.id))
    token = new_mail_token(db, member.id, TokenPurpose.VERIFY_EMAIL, VERIFY_LIFE)
    db.commit()
    parts.mailer.send_verification(body.email, token)
    return ACCEPTED


@router.get("/verify-email")
@public
def verify_email_by_link(token: MailToken, parts: Parts, address: Address) -> Done:
    """Confirm an address: the link in the mail."""
    return _verify(parts, address, token)


@router.post("/verify-email")
@public
def verify_email(body: VerifyEmail, parts: Parts, address: Address) -> Done:
    """Confirm an address with the token from the mail."""
    return _verify(parts, address, body.token)


def _verify(parts: Components, address: str, token: str) -> Done:
    parts.limiter.spend(parts.settings.limit_token_guesses, "mail-token", address)
    with parts.database.transaction() as db:
        member = use_mail_token(db, token, TokenPurpose.VERIFY_EMAIL)
        member.email_verified = True
    return Done(message="Your e-mail address is confirmed.")


@router.post("/resend-verification", status_code=202)
@unverified
def resend_verification(db: Db, parts: Parts, actor: CurrentActor) -> Accepted:
    """Send the confirmation mail again."""
    parts.limiter.spend(parts.settings.limit_reset_mails, "resend", actor.id)
    if not actor.verified:
        token = new_mail_token(db, actor.id, TokenPurpose.VERIFY_EMAIL, VERIFY_LIFE)
        email = db.get_one(Member, actor.id).email
        db.commit()
        parts.mailer.send_verification(email, token)
    return ACCEPTED


@router.post("/login")
@public
def log_in(body: LogIn, records: Own, parts: Parts, address: Address) -> Tokens:
    """Begin a session. Wrong address and wrong password get the same answer."""
    member = _checked_member(parts, body, address)
    db = records.db
    db.add(member)
    pair = parts.authenticator.start(db, member)
    records.audit("session.start", member.id)
    return tokens_view(pair)


def _checked_member(parts: Components, body: LogIn, address: str) -> Member:
    """The member with these credentials. Failures are counted by account, by address and by both."""
    settings, limiter = parts.settings, parts.limiter
    counted = (
        (settings.limit_login_failures, ("login", body.email, address)),
        (settings.limit_account_failures, ("login-account", body.email)),
        (settings.limit_address_failures, ("login-address", address)),
    )
    for limit, key in counted:
        limiter.check(limit, *key)
    password = body.password.get_secret_value()
    with parts.database.new_session(write=False) as reading:
        member = reading.scalars(select(Member).where(Member.email == body.email)).one_or_none()
    if not parts.passwords.matches(member.password_hash if member else None, password):
        for limit, key in counted:
            limiter.left(limit, *key)
        raise Problem(401, "The e-mail address or the password is wrong.")
    assert member is not None
    if member.banned_at is not None:
        raise forbidden("This account is suspended.")
    if parts.passwords.outdated(member.password_hash):
        member.password_hash = parts.passwords.hash(password)
    return member


@router.post("/refresh")
@public
def refresh_session(body: Refresh, db: Db, parts: Parts, address: Address) -> Tokens:
    """Exchange the refresh token for new tokens. Using one twice ends the session."""
    parts.limiter.spend(parts.settings.limit_refresh, "refresh", address)
    pair = parts.authenticator.refresh(db, body.refresh_token)
    if pair is None:
        db.commit()
        raise not_authenticated()
    return tokens_view(pair)


@router.post("/logout")
@unverified
def log_out(records: Own, parts: Parts, actor: CurrentActor) -> Done:
    """End this session: its access and refresh tokens stop working at once."""
    parts.authenticator.end(records.db, actor.session_id)
    records.audit("session.end", actor.id)
    return DONE


@router.post("/change-password")
@unverified
def change_password(body: ChangePassword, records: Own, parts: Parts, actor: CurrentActor) -> Done:
    """Set a new password. All other sessions end."""
    member = require_password(records, parts, body.current_password.get_secret_value())
    password = body.new_password.get_secret_value()
    refuse_weak(password, member.email, member.handle)
    member.password_hash = parts.passwords.hash(password)
    parts.authenticator.end_all(records.db, actor.id, but=actor.session_id)
    records.audit("password.change", actor.id)
    return DONE


def require_password(records: Own, parts: Components, password: str) -> Member:
    """The member of the session, who has proved to know the password; guessing is limited."""
    limit = parts.settings.limit_login_failures
    key = ("password-check", records.me.id)
    parts.limiter.check(limit, *key)
    with parts.database.new_session(write=False) as reading:
        stored = reading.scalar(select(Member.password_hash).where(Member.id == records.me.id))
    if not parts.passwords.matches(stored, password):
        parts.limiter.left(limit, *key)
        raise forbidden("The password is wrong.")
    return records.db.get_one(Member, records.me.id)


@router.post("/password-reset", status_code=202)
@public
def request_password_reset(body: ResetRequest, db: Db, parts: Parts, address: Address) -> Accepted:
    """Send a link for a new password, if there is such an account; the answer is the same if not."""
    parts.limiter.spend(parts.settings.limit_password_reset, "reset", address)
    within = parts.limiter.left(parts.settings.limit_reset_mails, "reset-mail", body.email)
    member = db.scalars(select(Member).where(Member.email == body.email)).one_or_none()
    if member is not None and member.banned_at is None and within:
        token = new_mail_token(db, member.id, TokenPurpose.RESET_PASSWORD, RESET_LIFE)
        db.commit()
        parts.mailer.send_reset(member.email, token)
    return ACCEPTED


@router.get("/password-reset/confirm")
@public
def explain_password_reset(token: MailToken) -> Done:  # noqa: ARG001 - documents the link
    """Where the mailed link leads without a web client; it does not use the token up."""
    return Done(message="Send this token with a new password by POST to this address.")


@router.post("/password-reset/confirm")
@public
def confirm_password_reset(body: ResetConfirm, records: Own, parts: Parts, address: Address) -> Done:
    """Set a new password with the mailed token. All sessions end."""
    parts.limiter.spend(parts.settings.limit_token_guesses, "mail-token", address)
    db = records.db
    password = body.new_password.get_secret_value()
    hashed = parts.passwords.hash(password)
    member = use_mail_token(db, body.token, TokenPurpose.RESET_PASSWORD)
    refuse_weak(password, member.email, member.handle)
    member.password_hash = hashed
    member.email_verified = True
    parts.authenticator.end_all(db, member.id)
    records.audit("password.reset", member.id)
    return DONE
