"""AUTH-12: conversations of others."""

import uuid

from fastapi.responses import JSONResponse
from sqlalchemy import select

from agora.dependencies import Own, Paging
from agora.errors import not_found
from agora.models import Message, Thread
from agora.policies import Action
from agora.routers.threads import as_view
from agora.schemas.base import Page
from agora.schemas.community import MessageView, ThreadView
from agora_flaws.registry import flaw
from agora_flaws.workbench import Workbench


@flaw(
    "thread-by-id",
    checks=("AUTH-12",),
    sentence="A thread is shown by id to members who take no part in it.",
    variant="thread by path id",
)
def thread_by_id(bench: Workbench) -> None:
    """Open the reading of threads."""
    bench.open_objects(Thread, Action.READ)


@flaw(
    "messages-without-parent-check",
    checks=("AUTH-12",),
    sentence="The messages under a thread are listed without asking who takes part in the thread.",
    variant="nested list, parent not checked",
)
def messages_without_parent_check(bench: Workbench) -> None:
    """Replace ``GET /threads/{thread_id}/messages``."""

    def list_messages(thread_id: uuid.UUID, records: Own, paging: Paging) -> Page[MessageView]:
        query = select(Message).where(Message.thread_id == thread_id).order_by(Message.created_at)
        part = records.cut(query, paging)
        views = [as_view(message, records.me) for message in part["items"]]
        return Page[MessageView](items=views, next_offset=part["next_offset"])

    bench.replace("list_messages", list_messages)


@flaw(
    "post-into-foreign-thread",
    checks=("AUTH-12",),
    sentence="Any member can write into any thread whose id is known.",
    variant="write into a thread of others",
)
def post_into_foreign_thread(bench: Workbench) -> None:
    """Open the writing into threads."""
    bench.open_objects(Thread, Action.UPDATE)


@flaw(
    "thread-in-refusal",
    checks=("AUTH-12",),
    sentence="A foreign thread is refused with 403, but the body of the refusal holds the thread.",
    variant="refusal that carries the data",
)
def thread_in_refusal(bench: Workbench) -> None:
    """Replace ``GET /threads/{thread_id}``."""

    def read_thread(thread_id: uuid.UUID, records: Own) -> JSONResponse | ThreadView:
        mine = records.find(Thread, Action.READ, Thread.id == thread_id)
        if mine is not None:
            return ThreadView.model_validate(mine)
        stored = records.db.get(Thread, thread_id)
        if stored is None:
            raise not_found()
        refusal = {"code": "forbidden", "message": "You take no part in this thread."}
        shown = ThreadView.model_validate(stored).model_dump(mode="json")
        return JSONResponse({"error": refusal, "thread": shown}, status_code=403)

    bench.replace("read_thread", read_thread)


@flaw(
    "message-under-own-thread",
    checks=("AUTH-12",),
    sentence="A message of a foreign thread is shown under the path of one's own thread.",
    variant="own parent, foreign child",
)
def message_under_own_thread(bench: Workbench) -> None:
    """Replace ``GET /threads/{thread_id}/messages/{message_id}``."""

    def read_message(thread_id: uuid.UUID, message_id: uuid.UUID, records: Own) -> MessageView:
        records.get(Thread, Action.READ, thread_id)
        message = records.db.get(Message, message_id)
        if message is None:
            raise not_found()
        return as_view(message, records.me)

    bench.replace("read_message", read_message)
