"""Texts that stand in files in another form: notebooks, source maps, encodings, names that the engine skips.

What is derived is a text whose every line knows the line it came from, so a hit in it has a place in the
repository.
"""

import base64
import binascii
import json
import re
import string
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

LONGEST_LINE = 2_000_000
_LONGEST_TOKEN = 20_000
_MOST_TOKENS = 2_000

# kingfisher leaves these names out; a registry address with a password can stand in a lock file
_SKIPPED_NAMES = frozenset({
    "package-lock.json", "npm-shrinkwrap.json", "yarn.lock", "pnpm-lock.yaml", "poetry.lock", "pipfile.lock",
    "pdm.lock", "uv.lock", "cargo.lock", "composer.lock", "gemfile.lock", "go.sum", "go.mod", "deno.lock",
})  # fmt: skip
_SKIPPED_ENDINGS = (".svg", ".lock")
_SKIPPED_FOLDERS = frozenset({"node_modules", "site-packages", "bower_components"})

_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{16,}={0,2}")
_HEX = re.compile(r"(?<![0-9A-Za-z])(?:0x)?((?:[0-9A-Fa-f]{2}){10,})(?![0-9A-Za-z])")
_PERCENT = re.compile(r"%[0-9A-Fa-f]{2}")
_ESCAPES = re.compile(r"\\u\{?([0-9A-Fa-f]{4})\}?|\\x([0-9A-Fa-f]{2})")
_ANSI = re.compile(r"(?:\x1b|\\x1b|\\033|\\e)\[[0-9;]*[A-Za-z]")
_JOINED = re.compile(r"""(["'`])\s*(?:\+|\.\.?|\|\||&)\s*(["'`])""")
_ADJACENT = re.compile(r"""(["'])\s+\1""")
_TURNED = re.compile(r"\[::-1\]|\.reverse\b|strrev\(|reverse\(", re.IGNORECASE)
_QUOTED = re.compile(r"""(["'`])([^"'`\s]{8,400})\1""")
_MASTER_KEY = re.compile(r"\s*([0-9a-f]{32}|[0-9a-f]{64})\s*\Z")
_PRINTABLE = frozenset(string.printable) - frozenset("\x0b\x0c")


@dataclass(slots=True)
class Derived:
    """A derived text; `origins[n]` is the line (from 1) of the file that `lines[n]` came from.

    `form` says what it was.
    """

    form: str
    lines: list[str] = field(default_factory=list)
    origins: list[int] = field(default_factory=list)

    def add(self, text: str, origin: int) -> None:
        """Add text of one or more lines, all from the same place."""
        for line in text.splitlines() or [""]:
            self.lines.append(line)
            self.origins.append(origin)

    @property
    def text(self) -> str:
        """All lines."""
        return "\n".join(self.lines) + "\n"


def derived_texts(path: str, text: str, *, wide: bool = False) -> Iterator[Derived]:
    """Everything that can be derived from one file, by its name and content; nothing for most files.

    `wide` says that the text was UTF-16, which the engine does not read.
    """
    name = path.rpartition("/")[2].lower()
    if wide or skipped_by_engine(path):
        yield _whole(text, "a UTF-16 text" if wide else "a file that scanners skip by name")
    if name == "master.key" or (name.endswith(".key") and "credentials/" in path):
        yield from _master_key(text)
    if name.endswith(".ipynb"):
        yield from _notebook(text)
    if name.endswith(".map"):
        yield from _source_map(text)
    else:
        yield from _encoded(text)


def skipped_by_engine(path: str) -> bool:
    """Whether the engine leaves a file of this name out without a word."""
    *folders, name = path.lower().split("/")
    return (
        name in _SKIPPED_NAMES or name.endswith(_SKIPPED_ENDINGS) or not _SKIPPED_FOLDERS.isdisjoint(folders)
    )


def _whole(text: str, form: str) -> Derived:
    derived = Derived(form)
    for number, line in enumerate(text.split("\n"), 1):
        derived.add(line, number)
    return derived


def _master_key(text: str) -> Iterator[Derived]:
    found = _MASTER_KEY.match(text)
    if found:
        derived = Derived("a bare key file")
        derived.add(f'rails_master_key = "{found[1]}"', 1)
        yield derived


def _notebook(text: str) -> Iterator[Derived]:
    document = _json(text)
    cells = document.get("cells") if isinstance(document, dict) else None
    if not isinstance(cells, list):
        return
    places = _Places(text)
    derived = Derived("a notebook cell")
    for cell in cells:
        for line in _cell_lines(cell):
            derived.add(line.rstrip("\r\n"), places.of(line))
    if derived.lines:
        yield derived


def _cell_lines(cell: Any) -> Iterator[str]:
    if not isinstance(cell, dict):
        return
    yield from _strings(cell.get("source"))
    outputs = cell.get("outputs")
    for output in outputs if isinstance(outputs, list) else []:
        if isinstance(output, dict):
            yield from _strings(output.get("text"))
            data = output.get("data")
            if isinstance(data, dict):
                yield from _strings(data.get("text/plain"))


def _strings(value: Any) -> Iterator[str]:
    for item in value if isinstance(value, list) else [value]:
        if isinstance(item, str):
            yield from item.splitlines()


class _Places:
    """Finds the line of a file on which a decoded string stands, in order of appearance."""

    def __init__(self, text: str) -> None:
        self._lines = text.split("\n")
        self._next = 0

    def of(self, decoded: str) -> int:
        wanted = json.dumps(decoded, ensure_ascii=False)[1:-1]
        also = json.dumps(decoded)[1:-1]
        for number in range(self._next, len(self._lines)):
            if wanted in self._lines[number] or also in self._lines[number]:
                self._next = number
                return number + 1
        return self._next + 1


def _source_map(text: str) -> Iterator[Derived]:
    document = _json(text)
    contents = document.get("sourcesContent") if isinstance(document, dict) else None
    for content in contents if isinstance(contents, list) else []:
        if isinstance(content, str) and content:
            derived = Derived("a source inside a source map")
            derived.add(content, 1)
            yield derived


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _encoded(text: str) -> Iterator[Derived]:
    derived = Derived("an encoded text")
    left = _MOST_TOKENS
    for number, line in enumerate(text.split("\n"), 1):
        if len(line) > LONGEST_LINE:
            continue
        for variant in _variants(line, left):
            left -= 1
            derived.add(variant, number)
    if derived.lines:
        yield derived


def _variants(line: str, most: int) -> Iterator[str]:
    if "\x1b[" in line or "\\x1b[" in line or "\\033[" in line or "\\e[" in line:
        yield _ANSI.sub("", line)
    if "%" in line and _PERCENT.search(line):
        yield unquote(line)
    if ("\\u" in line or "\\x" in line) and _ESCAPES.search(line):
        yield _ESCAPES.sub(lambda match: chr(int(match[1] or match[2], 16)), line)
    if '\\"' in line or "\\n" in line:
        yield line.replace('\\"', '"').replace("\\n", "\n").replace("\\t", " ")
    if _JOINED.search(line):
        yield _JOINED.sub("", line)
    elif _ADJACENT.search(line):
        yield _ADJACENT.sub("", line)
    if _TURNED.search(line):
        yield _QUOTED.sub(lambda match: f"{match[1]}{match[2][::-1]}{match[1]}", line)
    if most > 0:
        yield from _decoded(line)


def _decoded(line: str) -> Iterator[str]:
    """The line with each encoded token replaced by what it says, so that its name stays beside it."""
    for match in _BASE64.finditer(line):
        decoded = _from_base64(match[0])
        if decoded:
            yield line[max(0, match.start() - 200) : match.start()] + decoded
    for match in _HEX.finditer(line):
        decoded = _readable(bytes.fromhex(match[1])) if len(match[1]) <= _LONGEST_TOKEN else ""
        if decoded:
            yield line[max(0, match.start() - 200) : match.start()] + decoded


def _from_base64(token: str) -> str:
    if len(token) > _LONGEST_TOKEN or "/" in token[:2] or token.count("/") > len(token) // 6:
        # A path: base64 of ASCII text has a slash only where a question mark was
        return ""
    try:
        raw = base64.b64decode(
            token.replace("-", "+").replace("_", "/") + "=" * (-len(token.rstrip("=")) % 4)
        )
    except (binascii.Error, ValueError):
        return ""
    return _readable(raw)


def _readable(raw: bytes) -> str:
    """Text of bytes that are one, else nothing: random bytes are not printable from end to end."""
    try:
        decoded = raw.decode("utf-8")
    except UnicodeDecodeError:
        return ""
    return decoded if len(decoded) >= 6 and _PRINTABLE.issuperset(decoded) else ""  # noqa: PLR2004 - no shorter secret
