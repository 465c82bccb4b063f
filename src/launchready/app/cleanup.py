"""Finishing what an audit that was cut off could not: removing and restoring what its journal names."""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from launchready.app.leftover import unwanted
from launchready.app.opening import Before, knock, opened
from launchready.app.phases import Emit
from launchready.app.signing_in import sign_in
from launchready.app.tape import Tape
from launchready.app.workplace import RECHECKS, Debug
from launchready.collecting.cleanup import clean_up, leftovers
from launchready.collecting.runner import Stopper
from launchready.model.evidence import Surface
from launchready.storage.runfile import JOURNAL, PART_SUFFIX, RUN_NAME, mark_undone, read_run, unfinished

_SECONDS = 120.0


@dataclass(frozen=True, slots=True, kw_only=True)
class CleanedUp:
    """How many runs had something open, how many things were removed or restored, and what is still there."""

    runs: int
    undone: int
    leftovers: tuple[str, ...]


class _Undone(Tape):
    """Remembers what was undone."""

    def __init__(self) -> None:
        super().__init__()
        self.ids: list[str] = []

    def undone(self, entry_id: str) -> None:
        """Remember it."""
        self.ids.append(entry_id)


async def cleanup(out: Path, *, emit: Emit, stopper: Stopper, debug: Debug) -> CleanedUp:
    """Clean up after every run in `out`, finished or not, and after the rechecks of its findings.

    Raises UsageProblem, ConfigError, PermitRefused, TargetBusy, EvidenceError.
    """
    runs, undone = 0, 0
    still: list[str] = []
    for path in (*places_of(out), *places_of(out / RECHECKS)):
        done, left = await _clean_one(path, emit, stopper, debug)
        runs += bool(done or left)
        undone += done
        still += left
        if not left and _is_set_aside(path):
            shutil.rmtree(path)
    return CleanedUp(runs=runs, undone=undone, leftovers=tuple(still))


def places_of(out: Path) -> tuple[Path, ...]:
    """Evidence files in a directory: the packed one and unfinished ones; the directory may be one itself."""
    if (out / JOURNAL).is_file() or out.is_file():
        return (out,)
    packed = out / RUN_NAME
    return (*((packed,) if packed.is_file() else ()), *(unfinished(out) if out.is_dir() else ()))


def _is_set_aside(path: Path) -> bool:
    return path.is_dir() and path.name != f"{RUN_NAME}{PART_SUFFIX}"


async def _clean_one(path: Path, emit: Emit, stopper: Stopper, debug: Debug) -> tuple[int, Sequence[str]]:
    run = read_run(path)
    before = Before.of(run)
    if not unwanted(leftovers(before.undo_open)):
        return 0, ()
    known = tuple((kind, slot) for kind, slot in before.slots if kind == Surface.__name__)
    before = Before(undo_count=before.undo_count, undo_open=before.undo_open, slots=known)
    tape = _Undone()
    async with opened(
        run.collect, emit=emit, run_id=f"{run.info.id}-cleanup", recorder=tape, before=before
    ) as context:
        if run.collect.url:
            await knock(context)
            await sign_in(context, stopper=stopper, debug=debug)
        try:
            left = await clean_up(context, _SECONDS)
        finally:
            mark_undone(path, tape.ids)
    return len(tape.ids), unwanted(left)
