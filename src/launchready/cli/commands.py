"""All commands, in the order of their help."""

from collections.abc import Iterable, Mapping
from importlib import import_module
from typing import Annotated, Final

import typer

from launchready import __version__

# The module that holds each command; loaded when the command is wanted, for some take half a second
COMMANDS: Final[Mapping[str, str]] = {
    "audit": "auditing",
    "demo": "demonstrating",
    "review": "reviewing",
    "plan": "auditing",
    "recheck": "after",
    "explain": "about",
    "rejudge": "after",
    "cleanup": "after",
    "checks": "about",
    "init": "setting_up",
    "login": "setting_up",
    "token": "after",
    "prove": "setting_up",
    "attest": "setting_up",
    "doctor": "setting_up",
}


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"launchready {__version__}")
        raise typer.Exit


def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Options before the command."""
    del version


def command_line(wanted: Iterable[str] = COMMANDS) -> typer.Typer:
    """The command line with these commands; all of them unless only some are wanted."""
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
    app.callback()(_options)
    for name in wanted:
        app.command(name)(getattr(import_module(f"launchready.cli.{COMMANDS[name]}"), name))
    return app
