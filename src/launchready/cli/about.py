"""`explain` and `checks`."""

import json
import textwrap
from typing import Annotated

import typer

from launchready.app.checks import as_documents, implemented_checks
from launchready.app.explain import explain as explain_check
from launchready.cli.plainly import plainly

_WIDTH = 88


def explain(
    check: Annotated[str, typer.Argument(metavar="CHECK", help="An id, e.g. AUTH-15")],
) -> None:
    """Say what a check proves, when it passes, why it matters and how to fix what it finds."""
    info, paragraphs = plainly(lambda: explain_check(check))
    row = info.row
    typer.echo(f"{row.id}  {row.name}")
    typer.echo(f"{row.row} · {_gate(row.gate.value)} · {row.severity.value}")
    for paragraph in paragraphs:
        typer.echo(f"\n{paragraph.heading}")
        typer.echo(textwrap.fill(paragraph.text, _WIDTH, initial_indent="  ", subsequent_indent="  "))
    if not info.implemented:
        typer.echo("\nThis version of launchready does not check it yet: every report shows it as unknown.")


def _gate(gate: str) -> str:
    words = {"row": "decides its row", "advice": "advice"}
    return words.get(gate, f"gate {gate}")


def checks(
    as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
) -> None:
    """List the checks that this version judges."""
    documents = as_documents(plainly(implemented_checks))
    if as_json:
        typer.echo(json.dumps(documents, indent=2, ensure_ascii=True))
        return
    for one in documents:
        typer.echo(f"{one['id']:<8}  {one['severity']:<8}  {_gate(one['gate']):<15}  {one['name']}")
