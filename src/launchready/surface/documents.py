"""Bytes become a JSON-like document, whatever they hold.

YAML is read from its event stream by a composer of our own: the C composer of PyYAML recurses without a
bound and takes the process with it on deep nesting, and the usual resolvers change `on` and dates into other
types.
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from launchready.surface.errors import SurfaceError

MAX_BYTES = 30_000_000
MAX_DEPTH = 200
MAX_VALUES = 5_000_000

_MERGE = "<<"
_BOMS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")
_PAGE = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b",
    re.IGNORECASE | re.DOTALL,
)
# YAML 1.2 core schema, section 10.3.2
_INT = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,30})\Z")
_HEX = re.compile(r"0x[0-9a-fA-F]{1,24}\Z")
_FLOAT = re.compile(
    r"[-+]?(?:(?:\.[0-9]{1,40}|[0-9]{1,40}\.[0-9]{0,40})(?:[eE][-+]?[0-9]{1,3})?|[0-9]{1,40}[eE][-+]?[0-9]{1,3})\Z"
)
_WORDS: dict[str, bool | None] = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
}  # fmt: skip


def is_page(text: str) -> bool:
    """Whether the text is an HTML page, as applications answer on paths that they do not have."""
    return _PAGE.match(text[:4000]) is not None


def decode(content: bytes) -> str:
    """Bytes as text by their byte order mark, UTF-8 without one; undecodable bytes are replaced."""
    encoding = next((name for mark, name in _BOMS if content.startswith(mark)), "utf-8")
    return content.decode(encoding, "replace")


def parse_document(content: bytes, name: str = "the document") -> dict[str, Any]:
    """A JSON or YAML document whose top is an object.

    Keys are always text. Plain YAML words stay text but for `true`, `false`, `null` and numbers (YAML 1.2).

    Raises:
        SurfaceError: Too large, a page, neither JSON nor YAML, no object, or bombs of aliases or nesting.
    """
    if len(content) > MAX_BYTES:
        raise SurfaceError(f"{name} has {len(content):,} bytes; {MAX_BYTES:,} are the most that is read")
    text = decode(content)
    if not text.strip():
        raise SurfaceError(f"{name} is empty")
    if is_page(text):
        raise SurfaceError(
            f"{name} is a page, not a document: give the address of the JSON or YAML behind it"
        )
    value = _parse_text(text, name)
    if not isinstance(value, dict):
        raise SurfaceError(f"{name} holds no object at its top, so it describes no API")
    return value


def load_file(path: Path) -> dict[str, Any]:
    """The document in a local file.

    Raises:
        SurfaceError: It cannot be read, or `parse_document` refuses it.
    """
    try:
        if path.stat().st_size > MAX_BYTES:
            raise SurfaceError(f"{path} is larger than {MAX_BYTES:,} bytes")
        content = path.read_bytes()
    except OSError as error:
        raise SurfaceError(f"{path} cannot be read: {error.strerror or error}") from error
    return parse_document(content, str(path))


def _parse_text(text: str, name: str) -> Any:
    problem = ""
    if text.lstrip()[:1] in {"{", "["}:
        try:
            return json.loads(text)
        except RecursionError as error:
            raise SurfaceError(f"{name} is nested too deeply") from error
        except ValueError as error:
            problem = str(error)
    for change in _REPAIRS:
        changed = change(text)
        try:
            return parse_yaml(changed, name)
        except yaml.YAMLError as error:
            problem = problem or _first_line(error)
    raise SurfaceError(f"{name} is neither JSON nor YAML ({problem})")


# Seen in real documents: TABs in the indentation or before comments, stray control characters.
_REPAIRS: tuple[Callable[[str], str], ...] = (
    lambda text: text,
    lambda text: _UNPRINTABLE.sub("", text).replace("\t", "  "),
    lambda text: _UNPRINTABLE.sub("", text).replace("\t", "    "),
)


def _first_line(error: yaml.YAMLError) -> str:
    mark = getattr(error, "problem_mark", None)
    what = getattr(error, "problem", None) or str(error).splitlines()[0]
    return f"{what}, line {mark.line + 1}" if mark is not None else str(what)


def parse_yaml(text: str, name: str = "the document") -> Any:
    """The first document of a YAML stream, plain data only: tags construct nothing.

    Raises:
        SurfaceError: Nested or aliased beyond the bounds.
        yaml.YAMLError: Not YAML.
    """
    parser = yaml.CSafeLoader(text)
    try:
        return _Composer(parser=parser, name=name).document()
    finally:
        parser.dispose()


@dataclass(slots=True)
class _Composer:
    """Builds values from events and counts them with aliases expanded, to see bombs before they go off."""

    parser: yaml.CSafeLoader
    name: str
    anchors: dict[str, tuple[Any, int]] = field(default_factory=dict)

    def document(self) -> Any:
        while not isinstance(event := self.parser.get_event(), yaml.DocumentStartEvent):
            if isinstance(event, yaml.StreamEndEvent):
                raise SurfaceError(f"{self.name} is empty")
        return self._value(self.parser.get_event(), 0)[0]

    def _value(self, event: Any, depth: int) -> tuple[Any, int]:
        if depth > MAX_DEPTH:
            raise SurfaceError(f"{self.name} is nested more than {MAX_DEPTH} levels deep")
        if isinstance(event, yaml.AliasEvent):
            if event.anchor not in self.anchors:
                raise SurfaceError(f"{self.name} refers to the anchor {event.anchor} before its end")
            return self.anchors[event.anchor]
        if isinstance(event, yaml.ScalarEvent):
            built: tuple[Any, int] = (_scalar(event), 1)
        elif isinstance(event, yaml.SequenceStartEvent):
            built = self._sequence(depth)
        else:
            built = self._mapping(depth)
        if built[1] > MAX_VALUES:
            raise SurfaceError(f"{self.name} expands to more than {MAX_VALUES:,} values")
        if event.anchor:
            self.anchors[event.anchor] = built
        return built

    def _sequence(self, depth: int) -> tuple[list[Any], int]:
        values: list[Any] = []
        size = 1
        while not isinstance(event := self.parser.get_event(), yaml.SequenceEndEvent):
            value, more = self._value(event, depth + 1)
            values.append(value)
            size += more
        return values, size

    def _mapping(self, depth: int) -> tuple[dict[str, Any], int]:
        values: dict[str, Any] = {}
        merged: list[Any] = []
        size = 1
        while not isinstance(event := self.parser.get_event(), yaml.MappingEndEvent):
            merges = False
            if isinstance(event, yaml.ScalarEvent):
                key: str = event.value
                merges = key == _MERGE and event.implicit[0]
                if event.anchor:
                    self.anchors[event.anchor] = (key, 1)
            else:
                key = str(self._value(event, depth + 1)[0])
            value, more = self._value(self.parser.get_event(), depth + 1)
            size += more
            if merges:
                merged.extend(value if isinstance(value, list) else [value])
            else:
                values[key] = value
        for source in merged:
            if isinstance(source, dict):
                values = {**source, **values}
        return values, size


def _scalar(event: Any) -> Any:
    text: str = event.value
    if not event.implicit[0] or event.tag is not None:
        return text
    if text in _WORDS:
        return _WORDS[text]
    if _INT.match(text):
        return int(text)
    if _HEX.match(text):
        return int(text, 16)
    return float(text) if _FLOAT.match(text) else text
