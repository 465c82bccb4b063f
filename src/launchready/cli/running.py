"""How every command runs: live events on standard error, plain errors, exit codes, Ctrl-C."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import typer
from rich.console import Console

from launchready.app.errors import UsageProblem
from launchready.app.phases import Emit
from launchready.app.planning import RunPlan
from launchready.app.workplace import DEBUG_LOG
from launchready.cli.interrupting import Interrupts
from launchready.cli.plainly import note, plainly
from launchready.cli.plan_table import print_plan
from launchready.collecting.runner import Stopper
from launchready.config.places import state_dir
from launchready.reporting import LiveView

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
        note(text, self.log)

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
