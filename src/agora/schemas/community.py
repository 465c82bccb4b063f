"""Bodies of groups, posts, comments, threads, invites and reports."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field

from agora.schemas.base import (
    Body,
    Changes,
    ObjectView,
    Person,
    Text,
    View,
    change,
    change_text,
    extra_text,
    text,
)
from agora.schemas.identity import Email, Token

HandleReference = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{2,29}$", examples=["charles_b"])]


class Visibility(StrEnum):
    """Who sees a group and what is in it."""

    PUBLIC = "public"
    PRIVATE = "private"


class SubjectType(StrEnum):
    """What a report is about."""

    POST = "post"
    COMMENT = "comment"
    LISTING = "listing"
    REVIEW = "review"


class GroupBody(Body):
    """A new group; its creator is its first member."""

    name: Text = text(80, "Clock menders")
    description: Text = extra_text(1000, "Everything that ticks.")
    visibility: Visibility = Visibility.PUBLIC


class GroupChanges(Changes):
    """Parts of a group to change."""

    name: Text = change_text(80, "Clock menders")
    description: Text = change_text(1000, "Everything that ticks.", minimum=0)
    visibility: Visibility = change()


class GroupView(ObjectView):
    """A group."""

    name: str
    description: str
    visibility: Visibility


class MembershipView(View):
    """Somebody in a group."""

    member: Person
    joined_at: datetime


class PostBody(Body):
    """A new post."""

    title: Text = text(160, "A carillon from 1820")
    body: Text = text(10_000, "Look what I have found.")


class PostChanges(Changes):
    """Parts of a post to change."""

    title: Text = change_text(160, "A carillon from 1820")
    body: Text = change_text(10_000, "Look what I have found.")


class PostView(ObjectView):
    """A post."""

    group_id: UUID
    owner: Person
    title: str
    body: str
    hidden: bool


class CommentBody(Body):
    """A comment."""

    body: Text = text(4000, "How lovely.")


class CommentChanges(Changes):
    """A better comment."""

    body: Text = change_text(4000, "How very lovely.")


class CommentView(ObjectView):
    """A comment."""

    post_id: UUID
    owner: Person
    body: str


class ThreadBody(Body):
    """A new thread. Without other participants it is a note to oneself."""

    subject: Text = text(160, "About the clock")
    participants: list[HandleReference] = Field(
        default_factory=list, max_length=20, description="Handles of those to write to."
    )


class ParticipantBody(Body):
    """Whom to add to a thread."""

    handle: HandleReference


class ParticipantView(View):
    """Somebody in a thread."""

    member: Person
    read_at: datetime | None


class ThreadView(ObjectView):
    """A thread."""

    subject: str
    participants: list[ParticipantView]


class MessageBody(Body):
    """A message."""

    body: Text = text(4000, "Is it still there?")


class MessageChanges(Changes):
    """A corrected message."""

    body: Text = change_text(4000, "Is it still there, please?")


class MessageView(ObjectView):
    """A message."""

    thread_id: UUID
    body: str
    mine: bool = Field(default=False, description="Whether you wrote it.")


class ThreadExport(View):
    """A thread with all its messages."""

    thread: ThreadView
    messages: list[MessageView]


class InviteBody(Body):
    """Whom to invite, and perhaps to which group of yours."""

    email: Email = Field(examples=["charles@example.com"])
    note: Text = extra_text(500, "You will like it here.")
    group_id: UUID | None = Field(default=None, description="A group that you own.")


class InviteView(ObjectView):
    """An invitation; the token is in the mail only."""

    email: str
    note: str
    group_id: UUID | None
    expires_at: datetime
    accepted_at: datetime | None


class AcceptInvite(Body):
    """The token from the mail."""

    token: Token


class ReportBody(Body):
    """What is wrong with what."""

    subject_type: SubjectType
    subject_id: UUID
    reason: Text = text(1000, "This is spam.")


class ReportView(ObjectView):
    """A report."""

    subject_type: str
    subject_id: UUID
    reason: str
    status: str
    resolution: str


class SearchHit(View):
    """Something found."""

    kind: str = Field(examples=["listing"])
    id: str
    title: str
    excerpt: str


class SearchView(View):
    """What was found."""

    items: list[SearchHit]
