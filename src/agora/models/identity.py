"""Members, their sessions and the one-time tokens sent to them."""

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from agora.database import Base, Identified


class Role(StrEnum):
    """What a member may do beyond owning things; each includes the ones before."""

    MEMBER = "member"
    MODERATOR = "moderator"
    ADMIN = "admin"


class TokenPurpose(StrEnum):
    """What a one-time token is good for; a token never works for another purpose."""

    VERIFY_EMAIL = "verify_email"
    RESET_PASSWORD = "reset_password"


class Member(Identified, Base):
    """A person with an account. ``email`` is private, ``handle`` is public."""

    __tablename__ = "members"

    email: Mapped[str] = mapped_column(String(254), unique=True)
    handle: Mapped[str] = mapped_column(String(30), unique=True)
    password_hash: Mapped[str] = mapped_column(String(255))
    display_name: Mapped[str] = mapped_column(String(80))
    bio: Mapped[str] = mapped_column(String(1000), default="")
    location: Mapped[str] = mapped_column(String(80), default="")
    role: Mapped[str] = mapped_column(String(20), default=Role.MEMBER)
    email_verified: Mapped[bool] = mapped_column(default=False)
    balance_cents: Mapped[int] = mapped_column(default=0)
    banned_at: Mapped[datetime | None]


class MemberSettings(Base):
    """Private preferences of a member."""

    __tablename__ = "member_settings"

    member_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("members.id", ondelete="CASCADE"), primary_key=True
    )
    phone: Mapped[str] = mapped_column(String(40), default="")
    private_note: Mapped[str] = mapped_column(String(1000), default="")
    language: Mapped[str] = mapped_column(String(10), default="en")
    profile_listed: Mapped[bool] = mapped_column(default=True)
    mail_on_message: Mapped[bool] = mapped_column(default=True)
    mail_on_order: Mapped[bool] = mapped_column(default=True)


class LoginSession(Identified, Base):
    """One login. Access tokens are valid only while this row lives and is not revoked."""

    __tablename__ = "login_sessions"

    member_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("members.id", ondelete="CASCADE"), index=True)
    refresh_digest: Mapped[str] = mapped_column(String(64))
    refresh_expires_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class OneTimeToken(Identified, Base):
    """A token sent by mail, kept only as a digest."""

    __tablename__ = "one_time_tokens"

    member_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("members.id", ondelete="CASCADE"), index=True)
    purpose: Mapped[str] = mapped_column(String(30))
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
