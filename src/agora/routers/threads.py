"""Private conversations: for their participants alone."""

import uuid
from typing import Any

from fastapi import APIRouter
from sqlalchemy import select

from agora.access import unverified
from agora.database import now
from agora.dependencies import CurrentActor, Own, Paging, Parts, patch
from agora.errors import Problem
from agora.models import Member, Message, Participant, Thread
from agora.policies import Action
from agora.routers.members import remove_empty_threads
from agora.schemas.base import DONE, Done, Page
from agora.schemas.community import (
    MessageBody,
    MessageChanges,
    MessageView,
    ParticipantBody,
    ThreadBody,
    ThreadExport,
    ThreadView,
)
from agora.site import notify

router = APIRouter(prefix="/threads", tags=["threads"])

MOST_PARTICIPANTS = 50
MOST_EXPORTED = 5000


def as_view(message: Message, actor: CurrentActor) -> MessageView:
    """A message as this actor sees it."""
    view = MessageView.model_validate(message, from_attributes=True)
    return view.model_copy(update={"mine": message.owner_id == actor.id})


def _members(records: Own, handles: list[str]) -> list[Member]:
    """The members with these handles, or 422: handles are public."""
    wanted = set(handles)
    query = select(Member).where(Member.handle.in_(wanted), Member.banned_at.is_(None))
    found = list(records.db.scalars(query))
    if len(found) != len(wanted):
        raise Problem(422, "There is no member with one of these handles.")
    return found


@router.post("", status_code=201, response_model=ThreadView)
def create_thread(body: ThreadBody, records: Own, parts: Parts, actor: CurrentActor) -> Thread:
    """Start a conversation with others, or a note to yourself."""
    parts.limiter.spend(parts.settings.limit_messages, "messages", actor.id)
    others = [m for m in _members(records, body.participants) if m.id != actor.id]
    thread = records.add(Thread(owner_id=actor.id, subject=body.subject))
    for member_id in (actor.id, *(other.id for other in others)):
        records.db.add(Participant(thread_id=thread.id, member_id=member_id))
    for other in others:
        notify(records.db, other.id, "thread", f"{actor.handle} wrote to you.", thread.id)
    records.db.flush()
    records.db.refresh(thread)
    return thread


@router.get("", response_model=Page[ThreadView])
def list_threads(records: Own, paging: Paging) -> dict[str, Any]:
    """The conversations in which you take part."""
    return records.page(Thread, paging)


@router.get("/{thread_id}", response_model=ThreadView)
def read_thread(thread_id: uuid.UUID, records: Own) -> Thread:
    """A conversation in which you take part."""
    return records.get(Thread, Action.READ, thread_id)


@router.delete("/{thread_id}", status_code=204)
def delete_thread(thread_id: uuid.UUID, records: Own) -> None:
    """Delete a conversation that you started, for everybody."""
    records.remove(records.get(Thread, Action.DELETE, thread_id))


@router.post("/{thread_id}/read")
@unverified
def mark_thread_read(thread_id: uuid.UUID, records: Own) -> Done:
    """Note that you have read a conversation."""
    thread = records.get(Thread, Action.READ, thread_id)
    mine = records.db.get(Participant, (thread.id, records.me.id))
    if mine is not None:
        mine.read_at = now()
    return DONE


@router.post("/{thread_id}/leave")
@unverified
def leave_thread(thread_id: uuid.UUID, records: Own) -> Done:
    """Leave a conversation; it goes with its last participant."""
    thread = records.get(Thread, Action.READ, thread_id)
    mine = records.db.get(Participant, (thread.id, records.me.id))
    if mine is not None:
        records.remove(mine)
        remove_empty_threads(records.db)
    return DONE


@router.post("/{thread_id}/participants", status_code=201, response_model=ThreadView)
def add_participant(thread_id: uuid.UUID, body: ParticipantBody, records: Own) -> Thread:
    """Bring somebody into a conversation that you started."""
    thread = records.get(Thread, Action.DELETE, thread_id)
    member = _members(records, [body.handle])[0]
    if len(thread.participants) >= MOST_PARTICIPANTS:
        raise Problem(409, "This conversation is full.")
    if records.db.get(Participant, (thread.id, member.id)) is None:
        records.db.add(Participant(thread_id=thread.id, member_id=member.id))
        notify(records.db, member.id, "thread", f"{records.me.handle} wrote to you.", thread.id)
        records.db.flush()
        records.db.refresh(thread)
    return thread


@router.get("/{thread_id}/export")
def export_thread(thread_id: uuid.UUID, records: Own) -> ThreadExport:
    """A whole conversation, to keep."""
    thread = records.get(Thread, Action.READ, thread_id)
    query = (
        records.query(Message, Action.LIST)
        .where(Message.thread_id == thread.id)
        .order_by(Message.created_at)
        .limit(MOST_EXPORTED)
    )
    return ThreadExport(
        thread=ThreadView.model_validate(thread),
        messages=[as_view(message, records.me) for message in records.db.scalars(query)],
    )


@router.post("/{thread_id}/messages", status_code=201)
def send_message(
    thread_id: uuid.UUID, body: MessageBody, records: Own, parts: Parts, actor: CurrentActor
) -> MessageView:
    """Write in a conversation in which you take part."""
    parts.limiter.spend(parts.settings.limit_messages, "messages", actor.id)
    thread = records.get(Thread, Action.UPDATE, thread_id)
    return as_view(store_message(records, thread, body.body), actor)


def store_message(records: Own, thread: Thread, text: str) -> Message:
    """Keep a message and tell the other participants."""
    message = records.add(Message(thread_id=thread.id, owner_id=records.me.id, body=text))
    for participant in thread.participants:
        if participant.member_id != records.me.id:
            notice = f"{records.me.handle} wrote to you."
            notify(records.db, participant.member_id, "message", notice, thread.id)
    return message


@router.get("/{thread_id}/messages")
def list_messages(thread_id: uuid.UUID, records: Own, paging: Paging) -> Page[MessageView]:
    """The messages of a conversation in which you take part."""
    thread = records.get(Thread, Action.READ, thread_id)
    here = Message.thread_id == thread.id
    part = records.page(Message, paging, here, oldest_first=True)
    views = [as_view(message, records.me) for message in part["items"]]
    return Page[MessageView](items=views, next_offset=part["next_offset"])


@router.get("/{thread_id}/messages/{message_id}")
def read_message(thread_id: uuid.UUID, message_id: uuid.UUID, records: Own) -> MessageView:
    """One message; it must be in this very conversation."""
    here = Message.thread_id == thread_id
    return as_view(records.get(Message, Action.READ, message_id, here), records.me)


@router.patch("/{thread_id}/messages/{message_id}")
def update_message(
    thread_id: uuid.UUID, message_id: uuid.UUID, body: MessageChanges, records: Own
) -> MessageView:
    """Correct a message of yours."""
    here = Message.thread_id == thread_id
    message = records.get(Message, Action.UPDATE, message_id, here)
    patch(message, body.given())
    return as_view(message, records.me)


@router.delete("/{thread_id}/messages/{message_id}", status_code=204)
def delete_message(thread_id: uuid.UUID, message_id: uuid.UUID, records: Own) -> None:
    """Delete a message of yours."""
    here = Message.thread_id == thread_id
    records.remove(records.get(Message, Action.DELETE, message_id, here))
