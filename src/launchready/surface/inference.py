"""A JSON schema from sample values; the values themselves are not kept."""

import re
from collections.abc import Sequence
from typing import Any

from launchready.surface.schemas import json_type

MAX_DEPTH = 12
MAX_ITEMS = 50
_FORMATS = (
    ("uuid", re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\Z", re.IGNORECASE)),
    ("email", re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+\Z")),
    ("date-time", re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d)?\S*\Z")),
    ("date", re.compile(r"\d{4}-\d\d-\d\d\Z")),
    ("uri", re.compile(r"https?://\S+\Z")),
)


def schema_of_samples(samples: Sequence[Any]) -> dict[str, Any]:
    """The schema that all samples satisfy; a property is required if every sample has it."""
    return _schema(samples, 0)


def _schema(samples: Sequence[Any], depth: int) -> dict[str, Any]:
    types = list(dict.fromkeys(json_type(value) for value in samples))
    known = [name for name in types if name != "null"]
    if set(known) == {"integer", "number"}:
        known = ["number"]
    if len(known) != 1 or depth > MAX_DEPTH:
        return {"type": known} if known and depth <= MAX_DEPTH else {}
    kind = known[0]
    values = [value for value in samples if value is not None]
    schema: dict[str, Any] = {"type": kind}
    if kind == "object":
        names = list(dict.fromkeys(name for value in values for name in value))
        schema["properties"] = {
            name: _schema([value[name] for value in values if name in value], depth + 1) for name in names
        }
        schema["required"] = [name for name in names if all(name in value for value in values)]
    elif kind == "array":
        items = [item for value in values for item in value[:MAX_ITEMS]]
        schema["items"] = _schema(items, depth + 1)
    elif kind == "string":
        found = next((name for name, shape in _FORMATS if all(shape.match(value) for value in values)), "")
        if found:
            schema["format"] = found
    if "null" in types:
        schema["nullable"] = True
    return schema
