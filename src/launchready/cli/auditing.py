"""`audit` and `plan`."""

from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

import typer
from rich.console import Console

from launchready.app.audit import Audited, AuditOrder
from launchready.app.audit import audit as run_audit
from launchready.app.exits import Exit, FailOn, exit_of
from launchready.app.plan import plan as make_plan
from launchready.app.settling import settings_of
from launchready.app.workplace import DEFAULT_OUT
from launchready.cli.plan_table import print_plan
from launchready.cli.running import fail, plainly, run
from launchready.model.settings import Profile, Settings
from launchready.reporting import print_report

Url = Annotated[str, typer.Argument(metavar="[URL]", help="The API, e.g. http://127.0.0.1:8000")]
Repo = Annotated[
    str, typer.Option("--repo", metavar="PATH", help="The product's repository, for its secrets.")
]
Config = Annotated[
    Path | None, typer.Option("--config", metavar="FILE", help="Settings; launchready.toml here by default.")
]
ProfileOption = Annotated[
    Profile | None, typer.Option("--profile", help="How much is tried: quick, standard or full.")
]
Only = Annotated[
    list[str] | None,
    typer.Option("--only", metavar="CHECK", help="Only this row or check (AUTH, AUTH-15). Repeatable."),
]
Include = Annotated[
    list[str] | None,
    typer.Option("--include", metavar="OP", help='Probe only this operation ("GET /orders/*"). Repeatable.'),
]
Exclude = Annotated[
    list[str] | None,
    typer.Option(
        "--exclude", metavar="OP", help='Never touch this operation ("POST /payments/*"). Repeatable.'
    ),
]
Rate = Annotated[float | None, typer.Option("--rate", metavar="N", help="Requests a second at most.")]
Proxy = Annotated[str, typer.Option("--proxy", metavar="URL", help="Send everything through this proxy.")]
Ca = Annotated[str, typer.Option("--ca", metavar="FILE", help="Trust this certificate authority, too (PEM).")]
Spec = Annotated[
    str,
    typer.Option("--spec", metavar="FILE|URL", help="OpenAPI document; found by itself where it is usual."),
]
Har = Annotated[
    str, typer.Option("--har", metavar="FILE", help="A browser's recording, where there is no document.")
]
Out = Annotated[Path, typer.Option("--out", metavar="DIR", help="Where the report and the evidence go.")]


def settings_from(config: Path | None, given: dict[str, Any]) -> Settings:
    """The settings file with the options of the command line over it."""
    url = str(given.get("url") or "")
    base, _, name = url.rpartition("/")
    if "://" in base and name.lower().endswith((".json", ".yaml", ".yml")):
        parts = urlsplit(url)
        fail(
            f"{url} looks like the description of an API, not the API itself. "
            f"Give both: {parts.scheme}://{parts.netloc} --spec {url}"
        )
    return plainly(lambda: settings_of(config, overrides(given)))


def overrides(given: dict[str, Any]) -> dict[str, Any]:
    """Dotted keys of the settings file for the options that were given."""
    only = [part for item in given.get("only") or [] for part in item.replace(",", " ").split()]
    return {
        "target.url": given.get("url") or "",
        "target.repo": given.get("repo") or "",
        "target.spec": given.get("spec") or "",
        "target.har": given.get("har") or "",
        "target.profile": given["profile"].value if given.get("profile") else "",
        "target.only": only,
        "target.include": given.get("include") or [],
        "target.exclude": given.get("exclude") or [],
        "target.proxy": given.get("proxy") or "",
        "target.ca": given.get("ca") or "",
        "budget.rate": given.get("rate"),
    }


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
