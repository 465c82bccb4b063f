"""From settings to a working context: key, permit, lock, vault, door."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from dataclasses import dataclass

from launchready.app.errors import UsageProblem
from launchready.app.keys import origin_of, project_key
from launchready.app.phases import Emit
from launchready.app.recordings import recordings_of
from launchready.app.tape import Tape
from launchready.collecting.context import Context
from launchready.config.places import lock_dir
from launchready.door.http import Door
from launchready.door.lock import HostLock
from launchready.door.messages import Request
from launchready.door.permit import Permit
from launchready.door.vault import Vault
from launchready.model.evidence import Slot
from launchready.model.exchange import Intent
from launchready.model.run import Run, UndoEntry
from launchready.model.settings import CollectSettings

_NUMBER = re.compile(r"\d+\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """What an interrupted run left for the one that goes on: numbers to go on from, and its debts."""

    exchanges: int = 0
    seconds: float = 0.0
    undo_count: int = 0
    undo_open: tuple[UndoEntry, ...] = ()
    slots: tuple[tuple[str, Slot], ...] = ()

    @classmethod
    def of(cls, run: Run) -> "Before":
        """What that run left."""
        return cls(
            exchanges=max((_number(one.id) for one in run.exchanges), default=0),
            seconds=max((one.offset + one.seconds for one in run.exchanges), default=0.0),
            undo_count=max((_number(one.id) for one in run.undo), default=0),
            undo_open=tuple(entry for entry in run.undo if not entry.done),
            slots=tuple(run.slots.items()),
        )


class NumberedDoor(Door):
    """A door that counts on where an interrupted run stopped: kept evidence cites exchange ids."""

    def go_on(self, before: Before) -> None:
        """Count from there."""
        self._count = before.exchanges
        self._began -= before.seconds


@asynccontextmanager
async def opened(
    settings: CollectSettings,
    *,
    emit: Emit,
    run_id: str,
    recorder: Tape | None = None,
    before: Before | None = None,
) -> AsyncIterator[Context]:
    """Everything a collector needs, as long as the block lasts.

    Raises ConfigError, PermitRefused and TargetBusy, each of which says what the user can do.
    """
    key = project_key(settings)
    permit = await Permit.open(settings, key)
    vault = Vault(key)
    keeper = recorder or Tape()
    lock = HostLock(permit.origin, lock_dir()) if permit.origin else nullcontext()
    with lock:
        door = NumberedDoor(settings, permit, vault, recorder=keeper.exchange, emit=emit, run_id=run_id)
        if before is not None:
            door.go_on(before)
        async with door:
            context = _context(settings, door, vault, keeper, emit, before)
            try:
                yield context
            finally:
                if context.crew is not None:
                    await context.crew.close()


def _context(
    settings: CollectSettings,
    door: Door,
    vault: Vault,
    recorder: Tape,
    emit: Emit,
    before: Before | None,
) -> Context:
    earlier = before or Before()
    return Context(
        settings=settings,
        door=door,
        vault=vault,
        recorder=recorder,
        emit=emit,
        # Planted words derive from this: a run that goes on must not plant those of its first part again
        run_id=f"{door.run_id}.{earlier.exchanges}" if before else door.run_id,
        recordings=recordings_of(settings.url),
        slots=dict(earlier.slots),
        undo_count=earlier.undo_count,
        undo_open={entry.id: entry for entry in earlier.undo_open},
    )


async def knock(context: Context) -> None:
    """Raise UsageProblem if nothing speaks HTTP at the target."""
    url = context.settings.url
    reply = await context.door.send(Request(method="GET", url=url, intent=Intent.DISCOVER))
    if not reply.status:
        raise UsageProblem(
            f"{origin_of(url)} does not answer: {reply.failure or 'no reason is known'}.",
            "Start the API or check the URL (scheme, host and port), then run the same command again.",
        )


def _number(name: str) -> int:
    found = _NUMBER.search(name)
    return int(found[0]) if found else 0
