"""`review`."""

import asyncio
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from launchready.app.exits import Exit, FailOn, exit_of
from launchready.app.review import Reviewed, ReviewOrder, review_code
from launchready.cli.options import Config, Only, settings_from
from launchready.cli.plainly import fail, plainly
from launchready.model.report import Report
from launchready.reporting import print_review, print_routes, to_json, to_sarif


class ReviewFailOn(StrEnum):
    """What makes a review end with 1: confirmed findings, questions among them, or nothing."""

    FINDINGS = "findings"
    QUESTIONS = "questions"
    NEVER = "never"


def review(
    *,
    path: Annotated[Path, typer.Argument(metavar="[PATH]", help="The repository; here by default.")] = Path(),
    changed: Annotated[
        str,
        typer.Option("--changed", metavar="COMMIT", help="Only files that differ from it, e.g. origin/main."),
    ] = "",
    only: Only = None,
    config: Config = None,
    routes: Annotated[
        bool, typer.Option("--routes", help="List every route and its guards instead.")
    ] = False,
    sarif: Annotated[
        Path | None, typer.Option("--sarif", metavar="FILE", help="Write the findings as SARIF, too.")
    ] = None,
    fail_on: Annotated[
        ReviewFailOn, typer.Option("--fail-on", help="What ends with exit code 1.")
    ] = ReviewFailOn.FINDINGS,
    no_cache: Annotated[
        bool, typer.Option("--no-cache", help="Read every file anew, and keep nothing.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
) -> None:
    """Read the code: its routes, guards, lookups and dangerous lines. Nothing is run, nothing is sent.

    For pull requests: launchready review --changed origin/main

    Exit codes: 0 no confirmed finding (see --fail-on), 1 a finding, 2 something to correct in the command, 4 a
    defect of launchready.
    """
    settings = settings_from(config, {"only": only})
    order = ReviewOrder(repo=path, settings=settings, changed=changed, keep=not no_cache)
    reviewed = plainly(lambda: asyncio.run(review_code(order)))
    if sarif is not None:
        _write(sarif, to_sarif(reviewed.report))
    _show(reviewed, routes=routes, as_json=as_json)
    raise typer.Exit(int(_exit(reviewed.report, fail_on)))


def _show(reviewed: Reviewed, *, routes: bool, as_json: bool) -> None:
    if as_json:
        typer.echo(to_json(reviewed.report).encode(), nl=False)
        return
    console = Console()
    if routes:
        print_routes(reviewed.review, console)
        return
    if reviewed.changed is not None and not reviewed.changed:
        console.print("Nothing changed.")
        return
    print_review(reviewed.report, console)


def _write(path: Path, text: str) -> None:
    try:
        path.write_bytes(text.encode())
    except OSError as error:
        fail(f"{path} cannot be written: {error.strerror}.")


def _exit(report: Report, fail_on: ReviewFailOn) -> Exit:
    if fail_on is ReviewFailOn.NEVER:
        return Exit.READY
    if fail_on is ReviewFailOn.QUESTIONS:
        standing = any(
            not finding.waived_by and not finding.disputed_by
            for check in report.checks
            if not check.waiver
            for finding in check.findings
        )
        return Exit.NOT_READY if standing else Exit.READY
    return exit_of(report, FailOn.FINDINGS)
