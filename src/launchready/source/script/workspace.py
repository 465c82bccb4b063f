"""Packages of a monorepo that import each other by name."""

import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from launchready.source.code.files import CodeFile
from launchready.source.script.aliases import loaded_json

_ENTRIES = ("source", "types", "module", "main")
_BUILT = ("dist/", "build/", "lib/", "out/")
_NESTED = 4  # conditions of `exports` inside one another


@dataclass(frozen=True, slots=True, kw_only=True)
class Workspace:
    """A package of the repository: the folder of its package.json, and what that says about entries."""

    folder: str
    document: Mapping[str, object]


def workspaces(settings: Mapping[str, CodeFile]) -> dict[str, Workspace]:
    """The repository's own packages by name; of two with one name the one nearer to the root."""
    found: dict[str, Workspace] = {}
    own = (path for path in settings if path.rpartition("/")[2] == "package.json")
    for path in sorted(own, key=lambda one: (one.count("/"), one)):
        document = loaded_json(settings[path].text)
        name = document.get("name")
        if isinstance(name, str) and name:
            found.setdefault(name, Workspace(folder=path.rpartition("/")[0], document=document))
    return found


def package_and_rest(specifier: str) -> tuple[str, str]:
    """`@scope/name/a/b` is (`@scope/name`, `a/b`)."""
    parts = specifier.split("/")
    size = 2 if specifier.startswith("@") else 1
    return "/".join(parts[:size]), "/".join(parts[size:])


def candidates(held: Workspace, rest: str) -> Iterator[str]:
    """Where the source of `rest` of a package may lie, best first; "" is the package itself."""
    named = list(_exported(held.document.get("exports"), f"./{rest}" if rest else "."))
    if not rest:
        named += [one for key in _ENTRIES if isinstance(one := held.document.get(key), str)]
    for one in named:
        plain = one.removeprefix("./").removesuffix(".d.ts")
        # What is published is built; what is read here is what it is built from
        built = next((folder for folder in _BUILT if plain.startswith(folder)), "")
        yield from (_join(held.folder, "src", plain[len(built) :]),) if built else ()
        yield _join(held.folder, plain)
    yield _join(held.folder, rest or "index")
    yield _join(held.folder, "src", rest or "index")


def _join(*parts: str) -> str:
    return posixpath.normpath(posixpath.join(*(part for part in parts if part)))


def _exported(exports: object, wanted: str) -> Iterator[str]:
    """Targets of an `exports` map for `wanted`, patterns (`./*`) filled in."""
    if wanted == "." and not (isinstance(exports, Mapping) and any(_is_path(key) for key in exports)):
        yield from _targets(exports, 0)
        return
    if not isinstance(exports, Mapping):
        return
    for key, value in exports.items():
        if key == wanted:
            yield from _targets(value, 0)
        elif isinstance(key, str) and "*" in key:
            before, _, after = key.partition("*")
            if wanted.startswith(before) and wanted.endswith(after) and len(wanted) >= len(before + after):
                middle = wanted[len(before) : len(wanted) - len(after)]
                yield from (target.replace("*", middle) for target in _targets(value, 0))


def _is_path(key: object) -> bool:
    return isinstance(key, str) and key.startswith(".")


def _targets(value: object, depth: int) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping) and depth < _NESTED:
        for one in value.values():
            yield from _targets(one, depth + 1)
