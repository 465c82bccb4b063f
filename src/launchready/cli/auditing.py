"""`audit` and `plan`."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from launchready.app.audit import Audited, AuditOrder
from launchready.app.audit import audit as run_audit
from launchready.app.exits import Exit, FailOn, exit_of
from launchready.app.plan import plan as make_plan
from launchready.app.workplace import DEFAULT_OUT
from launchready.cli.options import (
    Ca,
    Config,
    Exclude,
    Har,
    Include,
    Only,
    Out,
    ProfileOption,
    Proxy,
    Rate,
    Repo,
    Spec,
    Url,
    settings_from,
)
from launchready.cli.plan_table import print_plan
from launchready.cli.running import run
from launchready.reporting import print_report


def audit(
    *,
    url: Url = "",
    repo: Repo = "",
    config: Config = None,
    profile: ProfileOption = None,
    only: Only = None,
    include: Include = None,
    exclude: Exclude = None,
    rate: Rate = None,
    proxy: Proxy = "",
    ca: Ca = "",
    spec: Spec = "",
    har: Har = "",
    out: Out = Path(DEFAULT_OUT),
    fail_on: Annotated[
        FailOn, typer.Option("--fail-on", help="What makes the exit code bad: see above.")
    ] = FailOn.DECISION,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask before the first write.")] = False,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with the unfinished audit in --out.")
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print report.json; events go to standard error.")
    ] = False,
) -> None:
    """Audit an API, a repository, or both, and write the report.

    Makes accounts and objects of its own at the API, tries what each account can do with the objects of the
    others, and removes what it made. Nothing is written to a host that is not yours.

    Exit codes: 0 ready, 1 not ready, 2 something to correct in the command or settings, 3 not proven, 4 a
    defect of launchready, 130 interrupted. --fail-on findings ends with 1 for confirmed findings only,
    outside-users looks at that answer alone, unknown also ends with 3 for whatever is not proven, never
    always with 0.
    """
    settings = settings_from(
        config,
        {
            "url": url, "repo": repo, "profile": profile, "only": only, "include": include,
            "exclude": exclude, "rate": rate, "proxy": proxy, "ca": ca, "spec": spec, "har": har,
        },
    )  # fmt: skip
    order = AuditOrder(settings=settings, out=out, resume=resume, confirmed=yes)
    audited = run(
        lambda stage: run_audit(order, emit=stage.emit, confirm=stage.confirm, stopper=stage.stopper), out=out
    )
    show(audited, as_json=as_json)
    code = Exit.INTERRUPTED if audited.interrupted else exit_of(audited.report, fail_on)
    raise typer.Exit(int(code))


def show(audited: Audited, *, as_json: bool) -> None:
    """The scorecard and where the files are, or report.json as it is."""
    if as_json:
        # Bytes: a Windows console's encoding is not that of JSON
        typer.echo(audited.files["json"].read_bytes(), nl=False)
        return
    console = Console()
    print_report(audited.report, console)
    console.print(f"Report:   {audited.files['html']}", markup=False, highlight=False, soft_wrap=True)
    console.print(f"Evidence: {audited.files['evidence']}", markup=False, highlight=False, soft_wrap=True)


def plan(
    *,
    url: Url = "",
    repo: Repo = "",
    config: Config = None,
    profile: ProfileOption = None,
    only: Only = None,
    include: Include = None,
    exclude: Exclude = None,
    rate: Rate = None,
    proxy: Proxy = "",
    ca: Ca = "",
    spec: Spec = "",
    har: Har = "",
) -> None:
    """Show what an audit would do to the API: requests, accounts, objects, mails. Only discovery is sent."""
    settings = settings_from(
        config,
        {
            "url": url, "repo": repo, "profile": profile, "only": only, "include": include,
            "exclude": exclude, "rate": rate, "proxy": proxy, "ca": ca, "spec": spec, "har": har,
        },
    )  # fmt: skip
    result = run(lambda stage: make_plan(settings, emit=stage.emit, stopper=stage.stopper, debug=stage.debug))
    print_plan(result, Console())
