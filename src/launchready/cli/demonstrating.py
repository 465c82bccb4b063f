"""`demo`."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from launchready.app.agora_process import known_flaws
from launchready.app.demo import demo as run_demo
from launchready.app.exits import Exit, exit_of
from launchready.app.workplace import DEFAULT_OUT
from launchready.cli.auditing import show
from launchready.cli.options import Only, Out
from launchready.cli.plainly import fail, plainly
from launchready.cli.running import run

_ENDED = (
    "Agora has ended with the demo: recheck, token and cleanup ask an API that runs. Audit yours to use them."
)


def demo(
    hardened: Annotated[bool, typer.Option("--hardened", help="Agora as it is, without any flaw.")] = False,
    flaw: Annotated[
        list[str] | None, typer.Option("--flaw", metavar="NAME", help="Lay this flaw over Agora. Repeatable.")
    ] = None,
    only: Only = None,
    out: Out = Path(DEFAULT_OUT),
    list_flaws: Annotated[bool, typer.Option("--list", help="Show the flaws that Agora can have.")] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print report.json instead of the scorecard.")
    ] = False,
) -> None:
    """Start the example community API Agora on this machine, audit it, and show the report.

    Without options Agora has a handful of flaws, so that there is something to see. Nothing leaves this
    machine, and Agora is ended afterwards. Ends with 0 once the audit is complete, whatever it found.
    """
    if list_flaws:
        for entry in plainly(lambda: asyncio.run(known_flaws())):
            typer.echo(f"{entry.name}  [{', '.join(entry.checks) or 'trap'}]  {entry.sentence}")
        return
    if hardened and flaw:
        fail("--hardened and --flaw contradict each other. Give one of them.")
    names = () if hardened else (flaw or None)
    checks = tuple(part for item in only or [] for part in item.replace(",", " ").split())
    result = run(
        lambda stage: run_demo(names, out, emit=stage.emit, stopper=stage.stopper, only=checks), out=out
    )
    show(result.audited, as_json=as_json)
    if result.audited.interrupted:
        raise typer.Exit(int(Exit.INTERRUPTED))
    code = exit_of(result.audited.report)
    typer.echo(f"launchready audit would have ended with exit code {int(code)}.", err=as_json)
    typer.echo(_ENDED, err=as_json)
