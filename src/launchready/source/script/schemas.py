"""JSON Schemas of validators written with Joi, Zod, Yup and express-validator."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from launchready.source.script.symbolic.values import (
    Argument,
    Called,
    Constant,
    Either,
    Items,
    Member,
    Package,
    Record,
    Regex,
    Value,
    text_of,
)

_LIBRARIES = frozenset(
    {"joi", "@hapi/joi", "zod", "zod/v4", "yup", "celebrate", "express-validation", "superstruct", "valibot"}
)
_CHECKERS = frozenset(
    {"body", "check", "param", "query", "header", "cookie", "checkSchema", "buildCheckFunction"}
)
_DEEPEST = 12
_LONGEST = 200  # calls of one chain


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A call of a chain: `.min(3)`."""

    name: str
    arguments: tuple[Value, ...]


@dataclass(slots=True)
class Drawn:
    """A schema while it is drawn. `required` None: as the library has it."""

    schema: dict[str, Any] = field(default_factory=dict)
    required: bool | None = None


def chain_of(value: Value) -> tuple[Package | None, list[Step]]:
    """`z.string().min(3)`: the package's name that it begins with, and its calls in order."""
    steps: list[Step] = []
    names: list[str] = []
    pending: tuple[Value, ...] | None = None
    for _ in range(_LONGEST):
        match value:
            case Called(callee=callee, arguments=arguments):
                pending = tuple(one.value for one in arguments)
                value = callee
            case Member(of=of, name=name):
                if pending is not None:
                    steps.append(Step(name=name, arguments=pending))
                    pending = None
                else:
                    names.append(name)
                value = of
            case Package():
                if pending is not None:
                    steps.append(Step(name=value.name, arguments=pending))
                return value, list(reversed(steps))
            case _:
                return None, []
    return None, []


def is_schema(value: Value) -> bool:
    """Whether a value is a validator's schema."""
    origin, steps = chain_of(value)
    return origin is not None and origin.package in _LIBRARIES and bool(steps)


def schema_of(value: Value, depth: int = 0) -> dict[str, Any] | None:
    """The JSON Schema of a validator; None for what is none."""
    drawn = _drawn(value, depth)
    return drawn.schema if drawn is not None else None


def _drawn(value: Value, depth: int) -> Drawn | None:
    if depth > _DEEPEST:
        return Drawn()
    if isinstance(value, Either):
        found = [drawn for option in value.options if (drawn := _drawn(option, depth)) is not None]
        return found[0] if found else None
    origin, steps = chain_of(value)
    if origin is None or origin.package not in _LIBRARIES or not steps:
        return None
    drawn = Drawn(required=origin.package.startswith("zod") or None)
    for step in steps:
        _apply(drawn, step, depth)
    return drawn


def _apply(drawn: Drawn, step: Step, depth: int) -> None:
    name = step.name.rpartition(".")[2]
    given = step.arguments
    if name in _TYPES and not drawn.schema:
        drawn.schema.update(_TYPES[name])
        _fill(drawn.schema, name, given, depth)
    elif name in _FORMATS and drawn.schema.get("type", "string") == "string":
        drawn.schema.update({"type": "string", "format": _FORMATS[name]})
    elif name in {"keys", "shape", "extend", "append", "merge", "safeExtend", "concat"} and given:
        _merge(drawn.schema, given[0], depth)
    elif name in {"items", "of"} and given:
        drawn.schema["items"] = schema_of(given[0], depth + 1) or {}
    elif name in {"valid", "oneOf", "equal"} and drawn.schema.get("type") != "object":
        values = _constants(given)
        if values:
            drawn.schema["enum"] = values
    elif name in _REQUIRED:
        drawn.required = _REQUIRED[name]
    elif name in {"int", "integer"}:
        drawn.schema["type"] = "integer"
    elif name in {"pattern", "regex", "matches"} and given and isinstance(given[0], Regex):
        drawn.schema["pattern"] = given[0].source.rpartition("/")[0].removeprefix("/")
    elif name in {"min", "max", "length", "nonempty", "positive"}:
        _bound(drawn.schema, name, given)
    elif name == "partial":
        drawn.schema.pop("required", None)
    elif name in {"pick", "omit"} and given and isinstance(given[0], Record):
        _choose(drawn.schema, set(given[0].entries), keep=name == "pick")


_TYPES: Mapping[str, Mapping[str, Any]] = {
    "string": {"type": "string"},
    "str": {"type": "string"},
    "number": {"type": "number"},
    "bigint": {"type": "integer"},
    "boolean": {"type": "boolean"},
    "bool": {"type": "boolean"},
    "date": {"type": "string", "format": "date-time"},
    "object": {"type": "object"},
    "strictObject": {"type": "object"},
    "looseObject": {"type": "object"},
    "record": {"type": "object"},
    "array": {"type": "array"},
    "enum": {"type": "string"},
    "nativeEnum": {},
    "literal": {},
    "email": {"type": "string", "format": "email"},
    "uuid": {"type": "string", "format": "uuid"},
    "url": {"type": "string", "format": "uri"},
}
_FORMATS: Mapping[str, str] = {
    "email": "email",
    "url": "uri",
    "uri": "uri",
    "uuid": "uuid",
    "guid": "uuid",
    "datetime": "date-time",
    "isoDate": "date-time",
    "ip": "ipv4",
}
_REQUIRED: Mapping[str, bool] = {
    "required": True,
    "exist": True,
    "optional": False,
    "nullish": False,
    "default": False,
    "catch": False,
    "notRequired": False,
    "forbidden": False,
}


def _fill(schema: dict[str, Any], name: str, given: tuple[Value, ...], depth: int) -> None:
    """What the arguments of a type say."""
    if not given:
        return
    if schema.get("type") == "object" and name != "record":
        _merge(schema, given[0], depth)
    elif schema.get("type") == "array":
        schema["items"] = schema_of(given[0], depth + 1) or {}
    elif name in {"enum", "nativeEnum"}:
        listed = list(given[0].entries.values()) if isinstance(given[0], Record) else list(given)
        schema["enum"] = _constants(tuple(listed))
    elif name == "literal":
        schema["enum"] = _constants(given)


def _merge(schema: dict[str, Any], given: Value, depth: int) -> None:
    """The members of an object literal, or of another schema."""
    schema.setdefault("type", "object")
    if not isinstance(given, Record):
        other = schema_of(given, depth + 1)
        if other is not None:
            schema.setdefault("properties", {}).update(other.get("properties", {}))
            schema["required"] = sorted({*schema.get("required", ()), *other.get("required", ())})
        return
    properties: dict[str, Any] = schema.setdefault("properties", {})
    required = set(schema.get("required", ()))
    for name, value in given.entries.items():
        drawn = _drawn(value, depth + 1)
        properties[name] = drawn.schema if drawn is not None else {}
        if drawn is not None and drawn.required:
            required.add(name)
    if required:
        schema["required"] = sorted(required)


def _constants(given: tuple[Value, ...]) -> list[Any]:
    found: list[Any] = []
    for one in given:
        values = one.values if isinstance(one, Items) else [one]
        found.extend(held.value for held in values if isinstance(held, Constant) and held.value is not None)
    return found


def _bound(schema: dict[str, Any], name: str, given: tuple[Value, ...]) -> None:
    first = given[0].value if given and isinstance(given[0], Constant) else None
    number = first if isinstance(first, int | float) and not isinstance(first, bool) else None
    kind = schema.get("type")
    names = {"string": ("minLength", "maxLength"), "array": ("minItems", "maxItems")}.get(
        str(kind), ("minimum", "maximum")
    )
    if name == "nonempty":
        schema[names[0]] = 1
    elif name == "positive":
        schema["exclusiveMinimum"] = 0
    elif number is not None:
        if name in {"min", "length"}:
            schema[names[0]] = number
        if name in {"max", "length"}:
            schema[names[1]] = number


def _choose(schema: dict[str, Any], names: set[str], *, keep: bool) -> None:
    properties = schema.get("properties", {})
    schema["properties"] = {name: one for name, one in properties.items() if (name in names) is keep}
    if "required" in schema:
        schema["required"] = [name for name in schema["required"] if name in schema["properties"]]


# ------------------------------------------------------------------------------------- express-validator


def checked_fields(value: Value) -> dict[str, dict[str, Any]] | None:
    """The body fields that express-validator checks in this value, with schemas; None for what is no such check.

    A field that is checked elsewhere (`query("page")`) leaves an empty dict.
    """
    origin, steps = chain_of(value)
    if origin is None or origin.package not in {"express-validator", "express-validator/check"} or not steps:
        return None
    first = steps[0]
    name = first.name.rpartition(".")[2]
    if name not in _CHECKERS:
        return None
    if name == "checkSchema":
        return _of_check_schema(first)
    if name not in {"body", "check"} or not first.arguments:
        return {}
    held = first.arguments[0]
    names = [text_of(one) for one in (held.values if isinstance(held, Items) else [held])]
    schema = _of_checks([step.name for step in steps[1:]], steps[1:])
    return {one.partition(".")[0].partition("[")[0]: dict(schema) for one in names if one}


def _of_checks(names: list[str], steps: list[Step]) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "string"}
    for name, kind in (("isInt", "integer"), ("isNumeric", "number"), ("isFloat", "number"), ("isBoolean", "boolean"),
                       ("isArray", "array"), ("isObject", "object")):  # fmt: skip
        if name in names:
            schema = {"type": kind}
    for name, form in (
        ("isEmail", "email"),
        ("isURL", "uri"),
        ("isUUID", "uuid"),
        ("isISO8601", "date-time"),
    ):
        if name in names:
            schema = {"type": "string", "format": form}
    for step in steps:
        options = step.arguments[0] if step.arguments else None
        if step.name == "isLength" and isinstance(options, Record):
            for key, named in (("min", "minLength"), ("max", "maxLength")):
                held = options.entries.get(key)
                if isinstance(held, Constant) and isinstance(held.value, int):
                    schema[named] = held.value
        if step.name == "isIn" and options is not None:
            schema["enum"] = _constants((options,))
    if "optional" not in names:
        schema["x-required"] = True
    return schema


def _of_check_schema(first: Step) -> dict[str, dict[str, Any]]:
    held = first.arguments[0] if first.arguments else None
    if not isinstance(held, Record):
        return {}
    found: dict[str, dict[str, Any]] = {}
    for name, value in held.entries.items():
        if not isinstance(value, Record):
            continue
        places = value.entries.get("in")
        listed = places.values if isinstance(places, Items) else [places] if places is not None else []
        if listed and "body" not in [text_of(one) for one in listed]:
            continue
        steps = [Step(name=key, arguments=(one,)) for key, one in value.entries.items()]
        found[name] = _of_checks(list(value.entries), steps)
    return found


def as_object(fields: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """An object's schema of checked fields."""
    required = sorted(name for name, schema in fields.items() if schema.get("x-required"))
    plain = {
        name: {key: one for key, one in schema.items() if key != "x-required"}
        for name, schema in fields.items()
    }
    return {"type": "object", "properties": plain, **({"required": required} if required else {})}


Reader = Callable[[Value], Mapping[str, Any] | None]


def parts_of(value: Value) -> dict[str, dict[str, Any]] | None:
    """Schemas by part of the request (`body`, `query`, `params`) of what a validating middleware is given.

    `{ body: Joi.object(…) }`, `z.object({ body: … })`, or a schema alone, which is then the body's.
    """
    if isinstance(value, Record):
        found: dict[str, dict[str, Any]] = {}
        for name, held in value.entries.items():
            part = name.rpartition(".")[2].lower()
            if part in _PARTS:
                inner = schema_of(held)
                if inner is None and isinstance(held, Record):
                    inner = _plain_record(held)
                if inner is not None:
                    found[part] = inner
        return found or None
    schema = schema_of(value)
    if schema is None:
        return None
    properties = schema.get("properties", {})
    if properties and set(properties) <= _PARTS:
        return {name: dict(one) for name, one in properties.items()}
    return {"body": schema}


_PARTS = frozenset({"body", "query", "params", "headers", "cookies", "file", "files"})


def _plain_record(held: Record) -> dict[str, Any] | None:
    """`{ body: { email: Joi.string() } }`."""
    schema: dict[str, Any] = {}
    if any(is_schema(one) for one in held.entries.values()):
        _merge(schema, held, 0)
        return schema
    return None


def arguments_values(arguments: tuple[Argument, ...]) -> list[Value]:
    """The values of arguments, those of arrays, too."""
    found: list[Value] = []
    for one in arguments:
        found.extend(one.value.values if isinstance(one.value, Items) else [one.value])
    return found
