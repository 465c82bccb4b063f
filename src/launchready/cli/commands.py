"""All commands, in the order of their help."""

from typing import Annotated

import typer

from launchready import __version__
from launchready.cli import about, after, auditing, demonstrating, reviewing, setting_up

app = typer.Typer(
    name="launchready",
    help=(
        "Can outside users be let in, and can a small team take this over tomorrow? "
        "launchready audits your API and answers with proof.\n\n"
        "Start with: launchready demo, then: launchready audit http://127.0.0.1:8000"
    ),
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"launchready {__version__}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Options before the command."""
    del version


for name, command in (
    ("audit", auditing.audit),
    ("demo", demonstrating.demo),
    ("review", reviewing.review),
    ("plan", auditing.plan),
    ("recheck", after.recheck),
    ("explain", about.explain),
    ("rejudge", after.rejudge),
    ("cleanup", after.cleanup),
    ("checks", about.checks),
    ("init", setting_up.init),
    ("login", setting_up.login),
    ("token", after.token),
    ("prove", setting_up.prove),
    ("attest", setting_up.attest),
    ("doctor", setting_up.doctor),
):
    app.command(name)(command)
