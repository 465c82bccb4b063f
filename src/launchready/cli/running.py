"""How every command runs: live events on standard error, plain errors, exit codes, Ctrl-C."""

import asyncio
import errno
import sys
import traceback
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn, TypeVar

import typer
from rich.console import Console

from launchready.app.errors import Declined, UsageProblem
from launchready.app.exits import Exit
from launchready.app.phases import Emit
from launchready.app.planning import RunPlan
from launchready.app.workplace import DEBUG_LOG, append_private
from launchready.cli.interrupting import Interrupts
from launchready.cli.plan_table import print_plan
from launchready.collecting.runner import Stopper
from launchready.config.errors import ConfigError
from launchready.config.places import state_dir
from launchready.door.budget import BudgetSpent
from launchready.door.lock import TargetBusy
from launchready.door.permit import PermitRefused
from launchready.reporting import LiveView
from launchready.storage.errors import EvidenceError

_DISK = frozenset({errno.ENOSPC, errno.EROFS, errno.EACCES, errno.EPERM, errno.EDQUOT})
_USERS = (UsageProblem, ConfigError, PermitRefused, TargetBusy, EvidenceError, BudgetSpent)
Result = TypeVar("Result")


@dataclass(slots=True, kw_only=True)
class Stage:
    """What a use case is given: where events go, what stops it, whom to ask, where defects are noted."""

    emit: Emit
    stopper: Stopper
    log: Path
    _interrupts: Interrupts | None = field(default=None, repr=False)

    def debug(self, text: str) -> None:
        """Keep a traceback of ours."""
        try:
            self.log.parent.mkdir(parents=True, exist_ok=True)
            append_private(self.log, f"{text}\n")
        except OSError as error:
            sys.stderr.write(f"{self.log} cannot be written ({error.strerror}):\n{text}\n")

    def confirm(self, plan: RunPlan) -> bool:
        """Show the plan and ask. Raises UsageProblem where nobody can answer."""
        console = Console(stderr=True)
        print_plan(plan, console)
        if not sys.stdin.isatty():
            raise UsageProblem(
                "The plan needs a yes before anything is written, and nobody is there to give it.",
                "Read it with launchready plan, then add --yes.",
            )
        assert self._interrupts is not None
        with self._interrupts.paused():
            return typer.confirm("Go ahead?", default=False, err=True)


def run(
    work: Callable[[Stage], Awaitable[Result]], *, quiet: bool = False, out: Path | None = None
) -> Result:
    """Run a use case to its result; whatever goes wrong ends the process with one plain sentence."""
    log = out / DEBUG_LOG if out is not None and out.is_dir() else state_dir() / DEBUG_LOG

    async def staged() -> Result:
        stopper = Stopper()
        with LiveView(Console(stderr=True), quiet=quiet) as view, Interrupts(stopper) as interrupts:
            stage = Stage(emit=view.emit, stopper=stopper, log=log, _interrupts=interrupts)
            return await work(stage)

    return plainly(lambda: asyncio.run(staged()), log=log)


def plainly(work: Callable[[], Result], *, log: Path | None = None) -> Result:
    """Call it; errors become a sentence and an exit code."""
    try:
        return work()
    except _USERS as error:
        fail(str(error))
    except Declined as declined:
        fail(f"Stopped. {declined}")
    except (KeyboardInterrupt, asyncio.CancelledError, typer.Abort):
        sys.stderr.write("Interrupted. launchready cleanup removes what was left behind.\n")
        raise typer.Exit(int(Exit.INTERRUPTED)) from None
    except OSError as error:
        if error.errno not in _DISK:
            _defect(error, log or state_dir() / DEBUG_LOG)
        fail(f"{error.filename or 'A file'} cannot be written or read: {error.strerror}.")
    except Exception as error:  # noqa: BLE001 - a defect of ours ends in a sentence, not in a traceback
        _defect(error, log or state_dir() / DEBUG_LOG)


def fail(sentence: str, code: Exit = Exit.USAGE) -> NoReturn:
    """One sentence on standard error, and the end."""
    text = " ".join(sentence.split())
    sys.stderr.write(f"launchready: {text}\n")
    raise typer.Exit(int(code)) from None


def _defect(error: Exception, log: Path) -> NoReturn:
    text = "".join(traceback.format_exception(error))
    Stage(emit=lambda _: None, stopper=Stopper(), log=log).debug(text)
    fail(f"This is a defect of launchready ({type(error).__name__}). Report it with {log}.", Exit.INTERNAL)
