"""Removing what was planted, from the journal, in reverse order; what stays is listed."""

import asyncio
from collections.abc import Iterable

from launchready.collecting.context import Context
from launchready.door.budget import BudgetSpent
from launchready.door.messages import Request
from launchready.door.permit import PermitRefused
from launchready.door.replies import kind_of
from launchready.model.exchange import Intent
from launchready.model.probe import AnswerKind
from launchready.model.run import UndoEntry

_KEPT = ("member_a", "member_b", "counterpart")


async def clean_up(context: Context, seconds: float) -> tuple[str, ...]:
    """Undo what is open, for at most `seconds`; returns what stayed behind, in words.

    The accounts member_a, member_b and counterpart stay on purpose: the next run uses them again.
    """
    try:
        async with asyncio.timeout(seconds):
            await _undo_all(context)
    except TimeoutError:
        pass
    except (BudgetSpent, PermitRefused):
        pass
    return leftovers(context.undo_open.values())


def leftovers(entries: Iterable[UndoEntry]) -> tuple[str, ...]:
    """What is still there, in words."""
    return tuple(
        f"{entry.what}" + (" (kept for the next run)" if _is_kept(entry) else "") for entry in entries
    )


def _is_kept(entry: UndoEntry) -> bool:
    return entry.what in {f"account {name}" for name in _KEPT}


async def _undo_all(context: Context) -> None:
    entries = list(context.undo_open.values())
    for entry in reversed(entries):
        if entry.url and entry.method and await _undone(context, entry):
            context.undone(entry.id)
    for entry in reversed(entries):
        if entry.what.startswith("account ") and not _is_kept(entry):
            await _remove_account(context, entry)


async def _undone(context: Context, entry: UndoEntry) -> bool:
    """Delete it as its owner; gone already counts as done."""
    reply = await context.door.send(
        Request(
            method=entry.method, url=entry.url, principal=entry.principal, intent=Intent.CLEAN_UP, active=True
        )
    )
    gone = kind_of(reply) is AnswerKind.NOT_FOUND
    return gone or (reply.ok and kind_of(reply) is not AnswerKind.REFUSED)


async def _remove_account(context: Context, entry: UndoEntry) -> None:
    crew = context.crew
    if crew is None or not crew.has(entry.principal):
        return
    reply = await crew.delete_account(crew.person(entry.principal))
    if reply is not None and reply.ok and kind_of(reply) is not AnswerKind.REFUSED:
        context.undone(entry.id)
