"""Options that several commands share, and the settings that they make."""

from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

import typer

from launchready.app.settling import settings_of
from launchready.cli.plainly import fail, plainly
from launchready.model.settings import Profile, Settings

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
