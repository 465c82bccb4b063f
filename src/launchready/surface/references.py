"""Local `$ref` resolved without blowing up: lazily, memoised, cut where it recurs or grows too large.

A resolved schema is shared by everything that refers to it, so a document with hundreds of references to each
other costs little memory. What is written out later is expanded, hence the bound on the expanded size: a
larger schema is resolved through fewer references, and what is left out keeps only its type.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from launchready.surface.schemas import PRUNED, merge_all_of

MAX_HOPS = 6
MAX_SIZE = 2_000
MAX_NESTING = 60
MAX_ALIASES = 40
_STUB_KEYS = ("type", "title", "format", "enum", "nullable")
# Under these keywords names and values are the author's, not schema keywords.
_VERBATIM = frozenset({"enum", "const", "default", "example", "examples", "required"})
_NAMED = frozenset({"properties", "patternProperties", "$defs", "definitions", "dependentSchemas"})


@dataclass(frozen=True, slots=True)
class _Built:
    value: Any
    size: int


@dataclass(slots=True)
class References:
    """Resolves references within one document. `notes` collects what could not be followed."""

    document: Mapping[str, Any]
    notes: dict[str, None] = field(default_factory=dict)
    _built: dict[tuple[str, int], _Built] = field(default_factory=dict)

    def follow(self, value: Any) -> Any:
        """The object behind a (chain of) `$ref`, one level deep; `None` if it leads nowhere, with a note."""
        pointer = ""
        for _ in range(MAX_ALIASES):
            if not (isinstance(value, Mapping) and isinstance(value.get("$ref"), str)):
                return value
            pointer = value["$ref"]
            value = self._at(pointer)
        self._note(f"{pointer} refers to itself")
        return None

    def schema(self, value: Any, max_size: int = MAX_SIZE) -> dict[str, Any]:
        """A schema with all references resolved, at most about `max_size` values when written out."""
        built = _Built({}, 1)
        for hops in range(MAX_HOPS, -1, -1):
            built = self._schema(value, hops, 0, "")
            if built.size <= max_size:
                break
        if built.size > 4 * max_size:
            self._note("a schema is too large and is taken as free")
            return _stub(built.value)
        return built.value if isinstance(built.value, dict) else {}

    def _schema(self, value: Any, hops: int, nesting: int, inside: str) -> _Built:
        if value is True or not isinstance(value, Mapping):
            return _Built({}, 1)
        if nesting > MAX_NESTING:
            return _Built(_stub(value), 2)
        if isinstance(value.get("$ref"), str):
            return self._reference(value, hops, nesting, inside)
        result: dict[str, Any] = {}
        size = 1
        for key, item in value.items():
            if key in PRUNED or key.startswith("x-"):
                continue
            part = self._part(key, item, hops, nesting, inside)
            result[key] = part.value
            size += part.size
        if "allOf" in result:
            result = merge_all_of(result)
        return _Built(result, size)

    def _part(self, key: str, item: Any, hops: int, nesting: int, inside: str) -> _Built:
        if key in _VERBATIM:
            return _Built(item, _size(item))
        if key in _NAMED and isinstance(item, Mapping):
            named = {str(name): self._schema(part, hops, nesting + 1, inside) for name, part in item.items()}
            return _Built(
                {name: part.value for name, part in named.items()}, 1 + sum(p.size for p in named.values())
            )
        if isinstance(item, Mapping):
            return self._schema(item, hops, nesting + 1, inside)
        if isinstance(item, list):
            if not any(isinstance(part, Mapping) for part in item):
                return _Built(item, 1 + len(item))
            parts = [self._schema(part, hops, nesting + 1, inside) for part in item]
            return _Built([part.value for part in parts], 1 + sum(part.size for part in parts))
        return _Built(item, 1)

    def _reference(self, value: Mapping[str, Any], hops: int, nesting: int, inside: str) -> _Built:
        pointer = value["$ref"]
        target = self.follow(value)
        if not isinstance(target, Mapping):
            return _Built({}, 1)
        if hops == 0 or pointer == inside:
            built = _Built(_stub(target), 3)
        elif (pointer, hops) in self._built:
            built = self._built[pointer, hops]
        else:
            # One that is reached again while it is built is cut by `hops`, which falls at every reference.
            built = self._schema(target, hops - 1, 0, pointer)
            self._built[pointer, hops] = built
        siblings = {
            key: item
            for key, item in value.items()
            if key != "$ref" and key not in PRUNED and not key.startswith("x-")
        }
        if not siblings:
            return built
        beside = self._schema(siblings, hops, nesting + 1, inside)
        return _Built({**built.value, **beside.value}, built.size + beside.size)

    def _at(self, pointer: str) -> Any:
        if not pointer.startswith("#"):
            self._note(f"{pointer[:200]} is in another document, which is not read")
            return None
        value: Any = self.document
        for part in pointer[1:].split("/")[1:]:
            name = unquote(part).replace("~1", "/").replace("~0", "~")
            if isinstance(value, Mapping) and name in value:
                value = value[name]
            elif isinstance(value, list) and name.isdecimal() and int(name) < len(value):
                value = value[int(name)]
            else:
                self._note(f"{pointer[:200]} is not in the document")
                return None
        return value

    def _note(self, text: str) -> None:
        self.notes[text] = None


def _stub(value: Any) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        return {}
    stub = {key: value[key] for key in _STUB_KEYS if key in value}
    if "type" not in stub and "properties" in value:
        stub["type"] = "object"
    return stub


def _size(value: Any) -> int:
    if isinstance(value, Mapping):
        return 1 + sum(_size(item) for item in value.values())
    if isinstance(value, list):
        return 1 + sum(_size(item) for item in value)
    return 1
