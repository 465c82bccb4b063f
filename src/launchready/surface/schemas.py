"""Reading JSON schemas: merged parts, the branch to use, the fields of an object."""

from collections.abc import Iterator, Mapping
from typing import Any

from launchready.model.operation import Schema

# Texts for readers and vendors' additions say nothing about values; without them evidence stays small.
PRUNED = frozenset(
    {"description", "externalDocs", "xml", "$schema", "$comment", "deprecated", "discriminator"}
)
MAX_FIELD_DEPTH = 8


def merge_all_of(schema: Mapping[str, Any]) -> dict[str, Any]:
    """The schema with the members of its `allOf` merged into it; what the schema itself says wins."""
    result: dict[str, Any] = {}
    members = schema.get("allOf")
    parts = [part for part in members if isinstance(part, Mapping)] if isinstance(members, list) else []
    for part in [*parts, {key: item for key, item in schema.items() if key != "allOf"}]:
        flat = merge_all_of(part) if "allOf" in part else part
        for key, item in flat.items():
            held = result.get(key)
            if key == "properties" and isinstance(held, Mapping) and isinstance(item, Mapping):
                result[key] = {**held, **item}
            elif key == "required" and isinstance(held, list) and isinstance(item, list):
                result[key] = [*held, *(name for name in item if name not in held)]
            else:
                result[key] = item
    return result


def branch(schema: Schema) -> Schema:
    """The schema with its first usable `oneOf` or `anyOf` branch merged in: not null, rather an object."""
    for _ in range(MAX_FIELD_DEPTH):
        key = next((name for name in ("oneOf", "anyOf") if isinstance(schema.get(name), list)), "")
        if not key:
            break
        usable = [
            part
            for part in schema[key]
            if isinstance(part, Mapping) and part.get("type") != "null" and not _is_null_enum(part)
        ]
        rest = {name: item for name, item in schema.items() if name != key}
        described = [part for part in usable if part.get("properties")] or usable
        schema = merge_all_of({**rest, "allOf": [described[0]]}) if described else rest
    return schema


def _is_null_enum(schema: Schema) -> bool:
    return schema.get("enum") == [None] or ("const" in schema and schema["const"] is None)


def type_of(schema: Schema) -> str:
    """The JSON type of a schema, guessed from its keywords when not stated; empty when anything goes."""
    stated = schema.get("type")
    if isinstance(stated, list):
        stated = next((name for name in stated if isinstance(name, str) and name != "null"), None)
    if isinstance(stated, str) and stated:
        return "string" if stated == "file" else stated
    if isinstance(schema.get("properties"), Mapping) or "additionalProperties" in schema:
        return "object"
    if "items" in schema or "minItems" in schema:
        return "array"
    values = schema.get("enum")
    sample = values[0] if isinstance(values, list) and values else schema.get("const")
    if sample is not None:
        return json_type(sample)
    if any(key in schema for key in ("format", "pattern", "minLength", "maxLength")):
        return "string"
    return "number" if any(key in schema for key in ("minimum", "maximum", "multipleOf")) else ""


def json_type(value: Any) -> str:
    """The JSON type name of a value."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int):
        return "integer"
    if isinstance(value, float):
        return "number"
    if isinstance(value, str):
        return "string"
    return "array" if isinstance(value, list) else "object"


def properties(schema: Schema) -> dict[str, Schema]:
    """The properties of an object schema (of its usable branch), each with its own branch chosen."""
    held = branch(schema).get("properties")
    if not isinstance(held, Mapping):
        return {}
    return {name: branch(part) if isinstance(part, Mapping) else {} for name, part in held.items()}


def required(schema: Schema) -> frozenset[str]:
    """Names of the required properties."""
    names = branch(schema).get("required")
    return (
        frozenset(name for name in names if isinstance(name, str)) if isinstance(names, list) else frozenset()
    )


def items(schema: Schema) -> Schema:
    """The schema of an array's items, `{}` when not stated."""
    held = branch(schema).get("items")
    return branch(held) if isinstance(held, Mapping) else {}


def fields(schema: Schema, *, arrays: bool = True) -> Iterator[tuple[str, Schema]]:
    """Every field below a schema as (JSON pointer, schema), containers too; array items are at `/0`."""
    yield from _fields(branch(schema), "", 0, arrays=arrays)


def _fields(schema: Schema, pointer: str, depth: int, *, arrays: bool) -> Iterator[tuple[str, Schema]]:
    if depth > MAX_FIELD_DEPTH:
        return
    for name, part in properties(schema).items():
        where = f"{pointer}/{escape(name)}"
        yield where, part
        yield from _fields(part, where, depth + 1, arrays=arrays)
    if arrays and type_of(schema) == "array":
        part = items(schema)
        if depth or part:
            yield f"{pointer}/0", part
        yield from _fields(part, f"{pointer}/0", depth + 1, arrays=arrays)


def escape(name: str) -> str:
    """A name as a JSON pointer token (RFC 6901)."""
    return name.replace("~", "~0").replace("/", "~1")


def last_name(pointer: str) -> str:
    """The last property name of a JSON pointer; array positions are passed over."""
    for part in reversed(pointer.split("/")):
        if part and not part.isdecimal():
            return part.replace("~1", "/").replace("~0", "~")
    return ""
