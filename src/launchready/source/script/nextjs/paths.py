"""From folders to addresses: the file conventions of Next.js (nextjs.org/docs, "Project structure")."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import unquote

_INTERCEPTS = re.compile(r"^(?:\(\.{1,3}\))+")
_OPTIONAL_REST = re.compile(r"^\[\[\.\.\.([^\[\]]+)\]\]$")
_REST = re.compile(r"^\[\.\.\.([^\[\]]+)\]$")
_DYNAMIC = re.compile(r"^\[([^\[\].]+)\]$")
_PARAMETER = re.compile(r"\{[^{}/]+\}")
_BARE = re.compile(r"\W+")


class Rest(StrEnum):
    """Whether a path ends in a parameter that takes several segments."""

    NONE = "none"
    REST = "rest"  # [...slug]: one segment at least
    OPTIONAL = "optional"  # [[...slug]]: none, too


@dataclass(frozen=True, slots=True, kw_only=True)
class NextPath:
    """An address: `template` with `{name}` for parameters. `intercepted` if it shows only inside another page."""

    template: str
    rest: Rest = Rest.NONE
    intercepted: bool = False


def path_of(folders: Iterable[str], *, app_router: bool) -> NextPath | None:
    """The address that folders stand for; None where Next.js serves nothing (private folders of the app router)."""
    parts: list[str] = []
    rest = Rest.NONE
    intercepted = False
    for folder in folders:
        name = unquote(folder)
        if app_router:
            if folder.startswith("_"):
                return None
            if _INTERCEPTS.match(name):
                intercepted = True
                name = _INTERCEPTS.sub("", name)
            elif (name.startswith("(") and name.endswith(")")) or name.startswith("@"):
                continue
        if found := _OPTIONAL_REST.match(name):
            rest = Rest.OPTIONAL
        elif found := _REST.match(name):
            rest = Rest.REST
        else:
            found = _DYNAMIC.match(name)
        parts.append(f"{{{_BARE.sub('_', found.group(1))}}}" if found else name)
    return NextPath(template="/" + "/".join(parts), rest=rest, intercepted=intercepted)


def without_extension(name: str, extensions: Iterable[str]) -> str | None:
    """A file's name without the longest of the extensions that it has; None when it has none of them."""
    fitting = [one for one in extensions if name.endswith(f".{one}") and len(name) > len(one) + 1]
    return name[: -len(max(fitting, key=len)) - 1] if fitting else None


def sample_path(template: str) -> str:
    """An address that fits a template, for what looks at addresses."""
    return _PARAMETER.sub("x7f3a", template)


def path_names(template: str) -> tuple[str, ...]:
    """The names of a template's parameters, in its order."""
    return tuple(one[1:-1] for one in _PARAMETER.findall(template))
