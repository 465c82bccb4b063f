"""What a value is made of: something of a framework, something that was not sent, a document."""

from __future__ import annotations

from launchready.source.script.symbolic.scope import Scope
from launchready.source.script.symbolic.values import (
    Absent,
    Constant,
    Items,
    Member,
    Native,
    Present,
    Record,
    Unknown,
    Value,
)

_DEEPEST_TAINT = 3
_DEEPEST_JSON = 24


def sees_something_live(scope: Scope | None) -> bool:
    """Whether a function around holds something of the framework."""
    while scope is not None and scope.parent is not None:
        if any(is_live(value) for value in scope.names.values()):
            return True
        scope = scope.parent
    return False


def is_live(value: Value | None, depth: int = 0) -> bool:
    """Whether a value holds something of the framework, or what a caller sent."""
    match value:
        case Native():
            return value.is_live
        case Absent() | Present():
            return True
        case Items(values=values) if depth < _DEEPEST_TAINT:
            return any(is_live(one, depth + 1) for one in values)
        case Record(entries=entries) if depth < _DEEPEST_TAINT:
            return any(is_live(one, depth + 1) for one in entries.values())
        case _:
            return False


def is_tainted(value: Value, depth: int = 0) -> bool:
    """Whether a value is made of something that was not sent."""
    if isinstance(value, Absent):
        return True
    if depth > _DEEPEST_TAINT:
        return False
    match value:
        case Items(values=values):
            return any(is_tainted(one, depth + 1) for one in values)
        case Record(entries=entries, made_by=None):
            return any(is_tainted(one, depth + 1) for one in entries.values())
        case Member(of=of):
            return is_tainted(of, depth + 1)
        case _:
            return False


def from_json(value: object, depth: int = 0) -> Value:
    """A JSON document as a value."""
    if depth > _DEEPEST_JSON:
        return Unknown()
    if isinstance(value, dict):
        return Record({str(key): from_json(one, depth + 1) for key, one in value.items()})
    if isinstance(value, list):
        return Items([from_json(one, depth + 1) for one in value])
    if value is None or isinstance(value, str | int | float | bool):
        return Constant(value)
    return Unknown()
