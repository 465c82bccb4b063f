"""Preparing audits: `init`, `login`, `prove`, `attest`, `doctor`."""

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from launchready.app.attest import Statement, wanted_statements
from launchready.app.attest import attest as add_statement
from launchready.app.doctor import examine
from launchready.app.errors import UsageProblem
from launchready.app.exits import Exit
from launchready.app.init import init as write_settings
from launchready.app.prove import prove as look_for_proof
from launchready.app.recordings import record_login
from launchready.app.workplace import DEFAULT_OUT
from launchready.cli.options import Ca, Config, Out, Proxy, Repo, Spec, Url, settings_from
from launchready.cli.plainly import fail, plainly
from launchready.cli.running import run


def init(
    url: Url = "",
    repo: Repo = "",
    spec: Spec = "",
    proxy: Proxy = "",
    ca: Ca = "",
    config: Annotated[
        Path | None, typer.Option("--config", metavar="FILE", help="The file to write; launchready.toml.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace a file that is there.")] = False,
) -> None:
    """Write launchready.toml with what can be found out about the API. An audit needs no such file."""
    given = {"url": url, "repo": repo, "spec": spec, "proxy": proxy, "ca": ca}
    settings = settings_from(None, given)
    result = run(
        lambda stage: write_settings(
            settings, config, force=force, emit=stage.emit, stopper=stage.stopper, debug=stage.debug
        )
    )
    typer.echo(f"{result.path} is written. Read it, then: launchready audit")


def login(
    principal: Annotated[
        str, typer.Argument(metavar="ACCOUNT", help="member_a, member_b, moderator or admin")
    ],
    file: Annotated[
        Path | None,
        typer.Option("--file", metavar="FILE", help="Read the command from here, not from the terminal."),
    ] = None,
) -> None:
    """Lend an audit a login: paste a request that your browser sent while logged in ("Copy as cURL").

    In the browser: log in as a test account, open the developer tools, Network, right-click a request to the
    API, Copy, Copy as cURL. The credentials are kept on this machine, readable for you alone.
    """
    if file is None and sys.stdin.isatty():
        typer.echo("Paste the curl command, then press Ctrl-D (Windows: Ctrl-Z and Enter):", err=True)
    pasted = plainly(lambda: _pasted(file))
    result = plainly(lambda: record_login(principal, pasted))
    until = f" until {result.expires}" if result.expires else ""
    typer.echo(
        f"{result.principal} can be used at {result.origin}{until}. Next: launchready audit {result.origin}"
    )


def _pasted(file: Path | None) -> str:
    if file is None:
        return sys.stdin.read()
    try:
        return file.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise UsageProblem(f"{file} cannot be read: {error.strerror}.") from error


def prove(
    url: Url = "",
    config: Config = None,
    proxy: Proxy = "",
    ca: Ca = "",
) -> None:
    """Show how to prove that a public host is yours, and look whether the proof is there."""
    settings = settings_from(config, {"url": url, "proxy": proxy, "ca": ca})
    state = run(lambda _: look_for_proof(settings.collect))
    if state.remark:
        typer.echo(state.remark)
    typer.echo(f"Token of {state.host}: {state.token}")
    typer.echo(f"Put it into {state.file_url}")
    typer.echo(f"or into a TXT record at {state.record}")
    if not state.needed:
        return
    if state.found:
        typer.echo(f"It is there: {state.found}. Next: launchready audit {url}")
        return
    typer.echo("It is not there yet; until then an audit only reads what everybody can read.")
    raise typer.Exit(int(Exit.NOT_PROVEN))


def attest(
    check: Annotated[
        str, typer.Option("--check", metavar="CHECK", help="What the statement is for: SEC-11.")
    ] = "",
    subject: Annotated[
        str, typer.Option("--subject", metavar="NAME", help="Of what: github, hosting …")
    ] = "",
    person: Annotated[str, typer.Option("--person", metavar="NAME", help="Who states it.")] = "",
    statement: Annotated[str, typer.Option("--statement", metavar="TEXT", help="What is stated.")] = "",
    days: Annotated[int, typer.Option("--days", metavar="N", help="How long it holds.")] = 90,
    config: Annotated[
        Path | None, typer.Option("--config", metavar="FILE", help="The file to extend; launchready.toml.")
    ] = None,
    out: Out = Path(DEFAULT_OUT),
) -> None:
    """Sign for what no request can show, such as a second factor at the hosting provider.

    Without options it shows what the last audit would take a statement for.
    """
    if not (check or subject or person or statement):
        wanted = plainly(lambda: wanted_statements(out))
        for one in wanted:
            typer.echo(f"{one.check}  {one.subject or '-'}  {one.question}")
        if not wanted:
            typer.echo("The last audit asks for no statement.")
        return
    if not check:
        fail("Name the check: --check SEC-11.")
    signed = datetime.now(UTC).date()
    given = Statement(check=check, subject=subject, person=person, text=statement, signed=signed, days=days)
    path = plainly(lambda: add_statement(given, config))
    typer.echo(f"Written to {path}. Next: launchready rejudge {out}")


def doctor(out: Out = Path(DEFAULT_OUT)) -> None:
    """Check that this machine has what an audit needs. Ends with 3 if something needed is missing."""
    findings = plainly(lambda: examine(out))
    for one in findings:
        mark = "ok" if one.good else "MISSING" if one.needed else "optional"
        typer.echo(f"{mark:<8}  {one.name:<16}  {one.text}{f'  {one.fix}' if one.fix else ''}")
    bad = any(one.needed and not one.good for one in findings)
    raise typer.Exit(int(Exit.NOT_PROVEN if bad else Exit.READY))
