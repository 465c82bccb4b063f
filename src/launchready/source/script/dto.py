"""JSON Schemas of classes with class-validator decorators, and of TypeScript's types."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ast_grep_py import SgNode

from launchready.source.script import decorators
from launchready.source.script.decorators import Decoration
from launchready.source.script.nodes import string_value
from launchready.source.script.schemas import schema_of
from launchready.source.script.symbolic import classes
from launchready.source.script.symbolic.interpreter import Interpreter
from launchready.source.script.symbolic.scope import Scope
from launchready.source.script.symbolic.values import (
    Called,
    ClassValue,
    Closure,
    Constant,
    Items,
    Package,
    Record,
    Regex,
    Value,
    text_of,
)

VALIDATING = frozenset({"class-validator", "nestjs-zod", "nestjs-validate"})
_MAPPED = frozenset({"PartialType", "PickType", "OmitType", "IntersectionType"})
_DEEPEST = 3


class Dto:
    """A class as a schema. `validates` if one of its fields has a validating decorator, or a validator made it."""

    def __init__(self) -> None:
        self.properties: dict[str, dict[str, Any]] = {}
        self.optional: set[str] = set()
        self.validates = False

    @property
    def schema(self) -> dict[str, Any]:
        """An object's schema."""
        required = [name for name in self.properties if name not in self.optional]
        found: dict[str, Any] = {"type": "object", "properties": self.properties}
        return {**found, "required": required} if required else found


def dto_of(run: Interpreter, cls: ClassValue, depth: int = 0) -> Dto:
    """The fields of a class and of what it extends."""
    found = Dto()
    for one in reversed(list(classes.lineage(cls))):
        if one.base is not None and not isinstance(one.base, ClassValue):
            _take(found, _of_base(run, one.base, depth))
        for member in classes.members(one):
            if member.kind() in classes.FIELDS and not classes.has_word(member, "static"):
                _field(run, one, member, found, depth)
    return found


def _take(found: Dto, other: Dto | None) -> None:
    if other is not None:
        found.properties.update(other.properties)
        found.optional |= other.optional
        found.validates = found.validates or other.validates


def _of_base(run: Interpreter, base: Value, depth: int) -> Dto | None:
    """`PartialType(CreateDto)`, `createZodDto(schema)`."""
    if not isinstance(base, Called) or depth > _DEEPEST:
        return None
    origin = decorators.origin_of(base.callee)
    name = origin.name.rpartition(".")[2] if origin is not None else ""
    values = [one.value for one in base.arguments]
    if name == "createZodDto" and values:
        schema = schema_of(values[0])
        return _from_schema(schema) if schema is not None else None
    if name not in _MAPPED:
        return None
    found = Dto()
    for value in values:
        inner = value
        if isinstance(inner, ClassValue):
            _take(found, dto_of(run, inner, depth + 1))
        elif isinstance(inner, Called):
            _take(found, _of_base(run, inner, depth + 1))
    names = {text_of(one) for value in values if isinstance(value, Items) for one in value.values}
    if name == "PartialType":
        found.optional = set(found.properties)
    if name in {"PickType", "OmitType"}:
        kept = {one for one in found.properties if (one in names) is (name == "PickType")}
        found.properties = {one: schema for one, schema in found.properties.items() if one in kept}
    return found


def _from_schema(schema: dict[str, Any]) -> Dto:
    found = Dto()
    found.properties = dict(schema.get("properties", {}))
    found.optional = set(found.properties) - set(schema.get("required", ()))
    found.validates = True
    return found


def _field(run: Interpreter, cls: ClassValue, member: SgNode, found: Dto, depth: int) -> None:
    key = member.field("name") or member.field("property")
    name = run.key_name(key, cls.scope) if key is not None else ""
    if not name:
        return
    decorations = decorators.of_member(run, cls, member)
    annotation = member.field("type")
    schema, nullable = type_schema(run, annotation, cls.scope, depth)
    optional = nullable or any(child.kind() == "?" for child in member.children())
    for one in decorations:
        if one.name in {"Exclude", "Expose"} and one.package == "class-transformer":
            continue
        if one.package in VALIDATING:
            found.validates = True
        if one.name in {"IsOptional", "ApiPropertyOptional"}:
            optional = True
        _decorated(run, one, schema, depth)
    if member.field("value") is not None:
        optional = True
    found.properties[name] = schema
    if optional:
        found.optional.add(name)
    else:
        found.optional.discard(name)


def _decorated(run: Interpreter, one: Decoration, schema: dict[str, Any], depth: int) -> None:
    if one.package == "class-transformer" and one.name == "Type" and one.values:
        _typed(run, one.values[0], schema, depth)
        return
    if one.name in {"ApiProperty", "ApiPropertyOptional"} and one.values:
        _described(one.values[0], schema)
        return
    if one.package not in VALIDATING:
        return
    plain = _PLAIN.get(one.name)
    target = (
        schema["items"] if schema.get("type") == "array" and isinstance(schema.get("items"), dict) else schema
    )
    if plain is not None:
        (target if one.name not in _OF_ARRAYS else schema).update(plain)
    handler = _WITH_VALUES.get(one.name)
    if handler is not None:
        handler(schema if one.name in _OF_ARRAYS else target, one.values)


def _typed(run: Interpreter, value: Value, schema: dict[str, Any], depth: int) -> None:
    """`@Type(() => Address)`."""
    if not isinstance(value, Closure) or depth > _DEEPEST:
        return
    body = value.node.field("body")
    inner = run.evaluate(body, value.scope) if body is not None and body.kind() == "identifier" else None
    if not isinstance(inner, ClassValue):
        return
    nested = dto_of(run, inner, depth + 1).schema
    if schema.get("type") == "array":
        schema["items"] = nested
    else:
        schema.update(nested)


def _described(value: Value, schema: dict[str, Any]) -> None:
    """What the API's own description gives as an example."""
    example = value.entries.get("example") if isinstance(value, Record) else None
    if isinstance(example, Constant) and example.value is not None:
        schema["example"] = example.value


_PLAIN: Mapping[str, Mapping[str, Any]] = {
    "IsString": {"type": "string"},
    "IsEmail": {"type": "string", "format": "email"},
    "IsUUID": {"type": "string", "format": "uuid"},
    "IsUrl": {"type": "string", "format": "uri"},
    "IsDateString": {"type": "string", "format": "date-time"},
    "IsISO8601": {"type": "string", "format": "date-time"},
    "IsDate": {"type": "string", "format": "date-time"},
    "IsMongoId": {"type": "string", "pattern": "^[0-9a-f]{24}$"},
    "IsInt": {"type": "integer"},
    "IsNumber": {"type": "number"},
    "IsNumberString": {"type": "string", "pattern": "^[0-9]+$"},
    "IsPositive": {"exclusiveMinimum": 0},
    "IsBoolean": {"type": "boolean"},
    "IsObject": {"type": "object"},
    "IsPhoneNumber": {"type": "string"},
    "IsStrongPassword": {"type": "string", "minLength": 8, "format": "password"},
    "IsArray": {"type": "array"},
}
_OF_ARRAYS = frozenset({"IsArray", "ArrayMinSize", "ArrayMaxSize", "ArrayNotEmpty"})


def _number(name: str) -> Callable[[dict[str, Any], list[Value]], None]:
    def enter(schema: dict[str, Any], values: list[Value]) -> None:
        held = values[0].value if values and isinstance(values[0], Constant) else None
        if isinstance(held, int | float) and not isinstance(held, bool):
            schema[name] = held

    return enter


def _length(schema: dict[str, Any], values: list[Value]) -> None:
    _number("minLength")(schema, values[:1])
    _number("maxLength")(schema, values[1:2])


def _choices(schema: dict[str, Any], values: list[Value]) -> None:
    held = values[0] if values else None
    listed = (
        held.entries.values() if isinstance(held, Record) else held.values if isinstance(held, Items) else ()
    )
    found = [one.value for one in listed if isinstance(one, Constant) and one.value is not None]
    if found:
        schema["enum"] = found
        schema.setdefault("type", "string" if all(isinstance(one, str) for one in found) else "number")


def _pattern(schema: dict[str, Any], values: list[Value]) -> None:
    if values and isinstance(values[0], Regex):
        schema["pattern"] = values[0].source.rpartition("/")[0].removeprefix("/")


_WITH_VALUES: Mapping[str, Callable[[dict[str, Any], list[Value]], None]] = {
    "MinLength": _number("minLength"),
    "MaxLength": _number("maxLength"),
    "Min": _number("minimum"),
    "Max": _number("maximum"),
    "ArrayMinSize": _number("minItems"),
    "ArrayMaxSize": _number("maxItems"),
    "ArrayNotEmpty": lambda schema, _values: schema.update({"minItems": 1}),
    "IsNotEmpty": lambda schema, _values: (
        schema.update({"minLength": 1}) if schema.get("type") == "string" else None
    ),
    "Length": _length,
    "IsEnum": _choices,
    "IsIn": _choices,
    "Matches": _pattern,
}


# ------------------------------------------------------------------------------------ TypeScript's types


def type_schema(
    run: Interpreter, annotation: SgNode | None, scope: Scope, depth: int = 0
) -> tuple[dict[str, Any], bool]:
    """The schema of a type annotation, and whether it may be left out (`| null`, `| undefined`)."""
    inner = next(iter(annotation.named_children()), None) if annotation is not None else None
    return _type(run, inner, scope, depth) if inner is not None else ({}, False)


def _type(run: Interpreter, node: SgNode, scope: Scope, depth: int) -> tuple[dict[str, Any], bool]:
    if depth > _DEEPEST:
        return {}, False
    kind, text = node.kind(), node.text()
    if kind == "predefined_type":
        return dict(_PREDEFINED.get(text, {})), False
    if kind == "array_type":
        items, _ = _type(run, node.named_children()[0], scope, depth + 1)
        return {"type": "array", "items": items}, False
    if kind == "union_type":
        return _union(run, node, scope, depth)
    if kind == "literal_type":
        held = node.named_children()[0]
        if held.kind() == "string":
            return {"type": "string", "enum": [string_value(held)]}, False
        return {}, held.kind() in {"null", "undefined"}
    if kind == "object_type":
        return _object(run, node, scope, depth), False
    if kind == "generic_type":
        name = node.field("name")
        arguments = node.field("type_arguments")
        inner = next(iter(arguments.named_children()), None) if arguments is not None else None
        if name is not None and name.text() in {"Array", "ReadonlyArray"} and inner is not None:
            return {"type": "array", "items": _type(run, inner, scope, depth + 1)[0]}, False
        if name is not None and name.text() in {"Partial", "Required", "Readonly"} and inner is not None:
            return _type(run, inner, scope, depth + 1)
        return {}, False
    return (_named(run, text, scope, depth), False) if kind == "type_identifier" else ({}, False)


_PREDEFINED: Mapping[str, Mapping[str, Any]] = {
    "string": {"type": "string"},
    "number": {"type": "number"},
    "boolean": {"type": "boolean"},
    "object": {"type": "object"},
}


def _named(run: Interpreter, text: str, scope: Scope, depth: int) -> dict[str, Any]:
    if text == "Date":
        return {"type": "string", "format": "date-time"}
    value = run.lookup(text, scope)
    if isinstance(value, ClassValue):
        return dto_of(run, value, depth + 1).schema
    if isinstance(value, Record) and value.made_by is None and value.entries:
        schema: dict[str, Any] = {}
        _choices(schema, [value])
        return schema
    return {}


def _union(run: Interpreter, node: SgNode, scope: Scope, depth: int) -> tuple[dict[str, Any], bool]:
    found: list[dict[str, Any]] = []
    optional = False
    for child in node.named_children():
        schema, nullable = _type(run, child, scope, depth + 1)
        optional = optional or nullable
        if not nullable:
            found.append(schema)
    choices = [one for schema in found for one in schema.get("enum", ())]
    if found and all("enum" in schema for schema in found):
        return {"type": "string", "enum": choices}, optional
    return (found[0] if len(found) == 1 else {}), optional


def _object(run: Interpreter, node: SgNode, scope: Scope, depth: int) -> dict[str, Any]:
    properties: dict[str, Any] = {}
    required: list[str] = []
    for child in node.named_children():
        name = child.field("name")
        if child.kind() != "property_signature" or name is None:
            continue
        key = name.text().strip("'\"")
        properties[key], nullable = type_schema(run, child.field("type"), scope, depth + 1)
        if not nullable and not any(one.kind() == "?" for one in child.children()):
            required.append(key)
    return {"type": "object", "properties": properties, **({"required": required} if required else {})}


def is_package(value: Value, package: str, name: str) -> bool:
    """Whether a value is a name of a package."""
    return isinstance(value, Package) and value.package == package and value.name == name
