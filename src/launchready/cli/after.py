"""What comes after an audit: `recheck`, `rejudge`, `cleanup`, `token`."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from launchready.app.cleanup import cleanup as clean
from launchready.app.exits import Exit, exit_of
from launchready.app.recheck import Standing
from launchready.app.recheck import recheck as try_again
from launchready.app.rejudge import rejudge as judge_again
from launchready.app.token import token as make_token
from launchready.app.workplace import DEFAULT_OUT
from launchready.cli.options import Config, Out
from launchready.cli.plainly import fail, plainly
from launchready.cli.running import run
from launchready.collecting.runner import Stopper
from launchready.reporting import print_report

_CODES = {
    Standing.STILL_THERE: Exit.NOT_READY,
    Standing.GONE: Exit.READY,
    Standing.NOT_SHOWN: Exit.NOT_PROVEN,
}
_ANSWERS = {
    Standing.STILL_THERE: "Still there",
    Standing.GONE: "Gone: proved safe",
    Standing.NOT_SHOWN: "Could not be shown",
}


def recheck(
    fingerprint: Annotated[str, typer.Argument(metavar="FINGERPRINT", help="Of a finding, from the report.")],
    run_dir: Annotated[Path, typer.Option("--run", metavar="DIR", help="The audit that found it.")] = Path(
        DEFAULT_OUT
    ),
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask before the first write.")] = False,
) -> None:
    """Try one finding again, and only that: is it mended?

    Ends with 0 when it is proved to be gone, 1 when it is still there, 3 when neither could be shown.
    """
    result = run(
        lambda stage: try_again(
            fingerprint,
            run_dir,
            emit=stage.emit,
            confirm=(lambda _: True) if yes else stage.confirm,
            stopper=stage.stopper,
        ),
        out=run_dir,
    )
    typer.echo(f"{result.finding.check} {result.finding.fingerprint}: {result.finding.message}")
    # A finding that is as it was needs not be told twice
    said = "" if result.sentence == result.finding.message else f": {result.sentence}".rstrip(".")
    typer.echo(f"{_ANSWERS[result.standing]}{said}")
    raise typer.Exit(int(_CODES[result.standing]))


def rejudge(
    path: Annotated[
        Path, typer.Argument(metavar="[RUN.lrz]", help="The evidence of an audit; the last one by default.")
    ] = Path("launchready-report/run.lrz"),
    config: Config = None,
    as_of: Annotated[
        str, typer.Option("--as-of", metavar="DATE", help="Judge statements as of this day (2026-01-31).")
    ] = "",
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="Where the report goes; beside the evidence.")
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print report.json instead of the scorecard.")
    ] = False,
) -> None:
    """Judge an audit's evidence again, without any request: after an answer, a waiver, a new threshold."""
    result = plainly(lambda: judge_again(path, config=config, as_of=as_of, out=out))
    if as_json:
        typer.echo(result.files["json"].read_bytes(), nl=False)
    else:
        print_report(result.report, Console())
        typer.echo(f"Judged by {result.settings or 'the settings of the audit'}.")
        typer.echo(f"Report:   {result.files['html']}")
    raise typer.Exit(int(exit_of(result.report)))


def cleanup(out: Out = Path(DEFAULT_OUT)) -> None:
    """Remove what an audit that was cut off left at the API. Safe to repeat."""
    if not out.exists():
        fail(f"There is no {out}. Name the directory of the audit: --out DIR.")
    result = run(lambda stage: clean(out, emit=stage.emit, stopper=stage.stopper, debug=stage.debug), out=out)
    if not result.runs:
        typer.echo(f"Nothing is left to clean up in {out}.")
        return
    typer.echo(f"{result.undone} removed or restored, {len(result.leftovers)} left.")
    for thing in result.leftovers:
        typer.echo(f"- {thing}")
    raise typer.Exit(int(Exit.NOT_PROVEN if result.leftovers else Exit.READY))


def token(
    principal: Annotated[str, typer.Argument(metavar="ACCOUNT", help="member_a, member_b, admin …")],
    config: Config = None,
    out: Out = Path(DEFAULT_OUT),
) -> None:
    """Print a fresh credential of one of the audit's accounts, for the curl commands of the report.

    The target is that of the last audit in --out, or of --config.
    """
    value = run(
        lambda stage: make_token(
            principal,
            config=config,
            out=out,
            emit=stage.emit,
            stopper=Stopper(),
            debug=stage.debug,
        ),
        quiet=True,
    )
    typer.echo(value)
