"""What a repository states about its Python packages: pyproject.toml, requirements files, Pipfile, setup.cfg."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from typing import Any

from launchready.source.code.files import CodeFile

_NAMES = frozenset({"pyproject.toml", "pipfile", "setup.cfg", "setup.py"})
_REQUIREMENTS = re.compile(
    r"(?:^|/)(?:requirements[^/]*\.(?:txt|in)|requirements/[^/]+\.(?:txt|in))$", re.IGNORECASE
)
_REQUIREMENT = re.compile(r"^\s*(?P<name>[A-Za-z0-9][\w.-]*)\s*(?:\[[^\]]*\])?\s*(?P<rest>.*)$")
# The version that is asked for, or the least one: of `<1.0,>=0.115`, 0.115
_VERSION = re.compile(r"(?:(?<![<!])=+|>=?|~=?|\^|^\s*)\s*v?(\d+(?:\.\d+)*)")


class Manifests:
    """The manifests of a repository by folder."""

    def __init__(self, files: Mapping[str, CodeFile]) -> None:
        self._by_folder: dict[str, list[CodeFile]] = {}
        for path in sorted(files):
            name = path.rpartition("/")[2].lower()
            if name in _NAMES or _REQUIREMENTS.search(path):
                folder = path.rpartition("/")[0]
                if folder.rpartition("/")[2].lower() == "requirements":
                    folder = folder.rpartition("/")[0]
                self._by_folder.setdefault(folder, []).append(files[path])

    def root_of(self, path: str) -> str:
        """The nearest folder above a file that has a manifest; the repository's own ("") if none has."""
        folder = path.rpartition("/")[0]
        while folder and folder not in self._by_folder:
            folder = folder.rpartition("/")[0]
        return folder

    def version(self, package: str, path: str) -> str:
        """The version of a package that the manifests nearest above a file state; empty if they state none."""
        folder = path.rpartition("/")[0]
        while True:
            for held in self._by_folder.get(folder, ()):
                for name, rest in _requirements(held):
                    found = _VERSION.search(rest) if _plain(name) == _plain(package) else None
                    if found is not None:
                        return found[1]
            if not folder:
                return ""
            folder = folder.rpartition("/")[0]


def _plain(name: str) -> str:
    """The normalized name of a package (https://packaging.python.org, name normalization)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _requirements(held: CodeFile) -> Iterator[tuple[str, str]]:
    """Each package with what is written behind its name."""
    name = held.path.rpartition("/")[2].lower()
    if name in {"pyproject.toml", "pipfile"}:
        try:
            yield from _in_tables(tomllib.loads(held.text), 0)
        except (tomllib.TOMLDecodeError, RecursionError):
            return
    else:
        for line in held.text.splitlines():
            found = _REQUIREMENT.match(line.strip().strip("\"',"))
            if found is not None:
                yield found["name"], found["rest"].partition("#")[0]


def _in_tables(value: Any, depth: int) -> Iterator[tuple[str, str]]:
    """Requirements in lists of texts, and in tables of names (Poetry, Pipfile)."""
    if depth > 6:  # noqa: PLR2004 - manifests are flat
        return
    if isinstance(value, dict):
        for name, inner in value.items():
            if isinstance(inner, str):
                yield name, inner
                continue
            if isinstance(inner, dict) and isinstance(inner.get("version"), str):
                yield name, inner["version"]
            yield from _in_tables(inner, depth + 1)
    elif isinstance(value, list):
        for each in value:
            found = _REQUIREMENT.match(each) if isinstance(each, str) else None
            if found is not None:
                yield found["name"], found["rest"]
