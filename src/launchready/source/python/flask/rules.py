"""Rules of Flask (`/users/<int:id>`) as path templates, and the types that their converters tell."""

import re
from typing import Any

from launchready.model.operation import Parameter, Place
from launchready.source.python.fastapi.paths import PathText
from launchready.source.python.wiring.values import Value

_PART = re.compile(r"<(?:(?P<converter>\w+)(?:\((?P<given>[^<>]*)\))?:)?(?P<name>[A-Za-z_]\w*)>")
_TYPES: dict[str, dict[str, Any]] = {
    "int": {"type": "integer", "minimum": 0},
    "float": {"type": "number"},
    "uuid": {"type": "string", "format": "uuid"},
}


def template(rule: str) -> str:
    """The rule with `{name}` for each parameter."""
    path = re.sub(r"/{2,}", "/", _PART.sub(r"{\g<name>}", rule))
    return path if path.startswith("/") else f"/{path}"


def parameters(rule: str) -> tuple[Parameter, ...]:
    """The parameters of a rule."""
    return tuple(
        Parameter(name=found["name"], place=Place.PATH, required=True, schema=_schema(found))
        for found in _PART.finditer(rule)
    )


def _schema(found: re.Match[str]) -> dict[str, Any]:
    converter = found["converter"] or "string"
    if converter == "any":
        return {"enum": [each.strip().strip("'\"") for each in (found["given"] or "").split(",")]}
    return _TYPES.get(converter, {"type": "string"})


def joined(prefix: PathText | None, rule: PathText) -> PathText:
    """A rule under a blueprint's prefix, as Flask joins them."""
    if prefix is None:
        return rule
    text = f"{prefix.text.rstrip('/')}/{rule.text.lstrip('/')}" if rule.text else prefix.text
    notes = tuple(dict.fromkeys((*prefix.notes, *rule.notes)))
    return PathText(text=text, certain=prefix.certain and rule.certain, notes=notes)


def is_given(value: Value | None) -> bool:
    """Whether a prefix was given, as None is not."""
    return value is not None and getattr(value, "value", 0) is not None
