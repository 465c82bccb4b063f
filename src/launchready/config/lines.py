"""Where a key stands in a TOML file; tomllib gives values without places."""

import re
from collections.abc import Sequence
from typing import TypeAlias

Path: TypeAlias = tuple[str | int, ...]

_HEADER = re.compile(r"\s*(\[\[?)(.+?)\]\]?\s*(?:#.*)?$")
_NAME = r"(?:[\w-]+|\"(?:\\.|[^\"\\])*\"|'[^']*')"
_KEY = re.compile(rf"\s*({_NAME}(?:\s*\.\s*{_NAME})*)\s*=")
_PART = re.compile(_NAME)
_TOKEN = re.compile(r"\"\"\"|'''|\"(?:\\.|[^\"\\])*\"|'[^']*'|#.*|[\[\]{}]")


def positions(text: str) -> dict[Path, int]:
    """Line (from 1) of every key and table header of a valid TOML document.

    Entries of arrays of tables by index.
    """
    found: dict[Path, int] = {}
    counts: dict[Path, int] = {}
    table: Path = ()
    open_text, depth = "", 0
    for number, line in enumerate(text.splitlines(), start=1):
        if not open_text and depth == 0:
            header, key = _HEADER.match(line), _KEY.match(line)
            if header and not key:
                table = _opened(_parts(header[2]), counts, array=header[1] == "[[")
                found.setdefault(table, number)
                continue
            if key:
                found.setdefault((*table, *_parts(key[1])), number)
                line = line[key.end() :]  # noqa: PLW2901 - the rest is the value
        open_text, depth = _after(line, open_text, depth)
    return found


def line_of(found: dict[Path, int], path: Sequence[str | int]) -> int:
    """Line of the key or of the nearest thing around it; 0 when nothing of it is in the file."""
    for length in range(len(path), 0, -1):
        line = found.get(tuple(path[:length]))
        if line is not None:
            return line
    first = tuple(path[:1])
    return min((line for key, line in found.items() if key[:1] == first), default=0)


def _opened(names: Path, counts: dict[Path, int], *, array: bool) -> Path:
    path: Path = ()
    for name in names:
        path = (*path, name)
        if path in counts and not (array and path == names):
            path = (*path, counts[path] - 1)
    if array:
        counts[path] = counts.get(path, 0) + 1
        path = (*path, counts[path] - 1)
    return path


def _parts(text: str) -> Path:
    return tuple(part.strip("\"'") for part in _PART.findall(text))


def _after(line: str, open_text: str, depth: int) -> tuple[str, int]:
    """The open multi-line string, if any, and the depth of brackets behind the line."""
    at = 0
    while True:
        if open_text:
            end = line.find(open_text, at)
            if end < 0:
                return open_text, depth
            at, open_text = end + 3, ""
        match = _TOKEN.search(line, at)
        if match is None or match[0].startswith("#"):
            return open_text, depth
        at = match.end()
        if match[0] in {'"""', "'''"}:
            open_text = match[0]
        elif match[0] in "[{":
            depth += 1
        elif match[0] in "]}":
            depth -= 1
