"""Groups, posts, comments, threads, invites and reports."""

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from agora.database import Base, Identified, now
from agora.models.identity import Member
from agora.models.private import Owned


class Group(Owned, Base):
    """A group: ``public`` ones are open to every member, ``private`` ones to their members."""

    __tablename__ = "groups"

    name: Mapped[str] = mapped_column(String(80))
    description: Mapped[str] = mapped_column(String(1000), default="")
    visibility: Mapped[str] = mapped_column(String(10))


class Membership(Base):
    """Somebody belongs to a group."""

    __tablename__ = "memberships"

    group_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("groups.id", ondelete="CASCADE"), primary_key=True)
    member_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("members.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    joined_at: Mapped[datetime] = mapped_column(default=now)
    member: Mapped[Member] = relationship(lazy="joined", innerjoin=True)


class Post(Owned, Base):
    """A post in a group. ``hidden`` is set by moderators."""

    __tablename__ = "posts"

    group_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("groups.id", ondelete="CASCADE"), index=True)
    title: Mapped[str] = mapped_column(String(160))
    body: Mapped[str] = mapped_column(String(10000))
    hidden: Mapped[bool] = mapped_column(default=False)
    owner: Mapped[Member] = relationship(lazy="joined", innerjoin=True)


class Comment(Owned, Base):
    """A comment; whoever sees the post sees it."""

    __tablename__ = "comments"

    post_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("posts.id", ondelete="CASCADE"), index=True)
    body: Mapped[str] = mapped_column(String(4000))
    owner: Mapped[Member] = relationship(lazy="joined", innerjoin=True)


class Thread(Identified, Base):
    """A private conversation; only its participants know that it exists."""

    __tablename__ = "threads"

    owner_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("members.id", ondelete="SET NULL"), index=True
    )
    subject: Mapped[str] = mapped_column(String(160))
    participants: Mapped[list["Participant"]] = relationship(
        lazy="selectin", cascade="all, delete-orphan", passive_deletes=True
    )


class Participant(Base):
    """Somebody takes part in a thread."""

    __tablename__ = "participants"

    thread_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("threads.id", ondelete="CASCADE"), primary_key=True
    )
    member_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("members.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    read_at: Mapped[datetime | None]
    member: Mapped[Member] = relationship(lazy="joined", innerjoin=True)


class Message(Identified, Base):
    """A message in a thread. The sender's account may be gone."""

    __tablename__ = "messages"

    thread_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("threads.id", ondelete="CASCADE"), index=True)
    owner_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("members.id", ondelete="SET NULL"))
    body: Mapped[str] = mapped_column(String(4000))


class Invite(Owned, Base):
    """An invitation by mail, good once and for a limited time; the token is kept as a digest."""

    __tablename__ = "invites"

    email: Mapped[str] = mapped_column(String(254))
    note: Mapped[str] = mapped_column(String(500), default="")
    group_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("groups.id", ondelete="CASCADE"))
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    expires_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]


class Report(Owned, Base):
    """A complaint; seen by its author and by moderators."""

    __tablename__ = "reports"

    subject_type: Mapped[str] = mapped_column(String(20))
    subject_id: Mapped[uuid.UUID]
    reason: Mapped[str] = mapped_column(String(1000))
    status: Mapped[str] = mapped_column(String(20), default="open")
    resolution: Mapped[str] = mapped_column(String(1000), default="")
