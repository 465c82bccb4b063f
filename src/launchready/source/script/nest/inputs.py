"""What a NestJS handler takes: parameters, bodies, and whether a pipe checks them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ast_grep_py import SgNode

from launchready.model.operation import BodyForm, Parameter, Place
from launchready.model.source import Validation
from launchready.source.script import decorators
from launchready.source.script.decorators import Decoration
from launchready.source.script.dto import Dto, dto_of, type_schema
from launchready.source.script.express.bodies import reads_of
from launchready.source.script.nest.modules import COMMON
from launchready.source.script.schemas import schema_of
from launchready.source.script.symbolic.interpreter import Interpreter
from launchready.source.script.symbolic.values import (
    Called,
    ClassValue,
    Closure,
    Package,
    Record,
    Value,
    text_of,
)

_PARSING = frozenset(
    {"ParseIntPipe", "ParseUUIDPipe", "ParseBoolPipe", "ParseFloatPipe", "ParseEnumPipe", "ParseArrayPipe"}
)
_PARSED: dict[str, dict[str, Any]] = {
    "ParseIntPipe": {"type": "integer"},
    "ParseFloatPipe": {"type": "number"},
    "ParseBoolPipe": {"type": "boolean"},
    "ParseUUIDPipe": {"type": "string", "format": "uuid"},
}
_FILES = frozenset({"UploadedFile", "UploadedFiles"})


@dataclass(slots=True)
class Taken:
    """What a handler takes, gathered parameter by parameter."""

    parameters: list[Parameter] = field(default_factory=list)
    properties: dict[str, dict[str, Any]] = field(default_factory=dict)
    required: list[str] = field(default_factory=list)
    body: Dto | None = None
    schema: dict[str, Any] | None = None
    takes_body: bool = False
    checked: bool = True  # whether all of the body that is taken has a class or schema that validates
    files: bool = False
    pipes: list[Value] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Given:
    """What a decorator of the body says: the member's name if it takes one, its schema, its pipes."""

    named: str | None
    schema: dict[str, Any]
    pipes: list[Value]
    optional: bool


def taken_by(run: Interpreter, cls: ClassValue, method: SgNode) -> Taken:
    """Read the parameters of a handler."""
    found = Taken()
    held = method.field("parameters")
    for parameter in held.named_children() if held is not None else []:
        for one in decorators.of_parameter(run, cls, parameter):
            if one.package == COMMON:
                _parameter(run, cls, method, parameter, one, found)
    return found


def _parameter(
    run: Interpreter, cls: ClassValue, method: SgNode, parameter: SgNode, one: Decoration, found: Taken
) -> None:
    values = one.values
    named = text_of(values[0]) if values else None
    pipes = values[1:] if named is not None else values
    schema, optional = type_schema(run, parameter.field("type"), cls.scope)
    optional = optional or parameter.kind() == "optional_parameter" or parameter.field("value") is not None
    for pipe in pipes:
        schema = _PARSED.get(_name_of(pipe), schema)
    if one.name in {"Param", "Query", "Headers"}:
        place = {"Param": Place.PATH, "Query": Place.QUERY, "Headers": Place.HEADER}[one.name]
        _enter_parameter(found, place, named, schema, required=not optional)
    elif one.name in {"Body", "RawBody"}:
        _body(run, cls, parameter, found, _Given(named=named, schema=schema, pipes=pipes, optional=optional))
    elif one.name in _FILES:
        found.files = found.takes_body = True
    elif one.name in {"Req", "Request"}:
        _request(run, cls, method, parameter, found)


def _enter_parameter(
    found: Taken, place: Place, named: str | None, schema: dict[str, Any], *, required: bool
) -> None:
    if named is not None:
        found.parameters.append(Parameter(name=named, place=place, required=required, schema=schema))
        return
    needed = schema.get("required", ())
    for name, one in schema.get("properties", {}).items():
        is_required = place is Place.PATH or name in needed
        found.parameters.append(Parameter(name=name, place=place, required=is_required, schema=one))


def _body(run: Interpreter, cls: ClassValue, parameter: SgNode, found: Taken, given: _Given) -> None:
    found.takes_body = True
    found.pipes.extend(given.pipes)
    stated = [inner for pipe in given.pipes if (inner := _schema_in(pipe)) is not None]
    declared = _declared(run, cls, parameter)
    dto = dto_of(run, declared) if declared is not None else None
    checks = bool(stated) or (dto is not None and dto.validates)
    if given.named is not None:
        found.properties[given.named] = given.schema
        if not given.optional:
            found.required.append(given.named)
        checks = checks or any(_name_of(pipe) in _PARSING for pipe in given.pipes)
    elif stated:
        found.schema = stated[0]
    elif dto is not None:
        found.body = dto
    else:
        found.schema = given.schema or None
    found.checked = found.checked and checks


def _declared(run: Interpreter, cls: ClassValue, parameter: SgNode) -> ClassValue | None:
    """The class that a parameter is declared to be of, also of an array's elements."""
    annotation = parameter.field("type")
    inner = next(iter(annotation.named_children()), None) if annotation is not None else None
    if inner is None or inner.kind() != "type_identifier":
        return None
    value = run.lookup(inner.text(), cls.scope)
    return value if isinstance(value, ClassValue) else None


def _schema_in(pipe: Value) -> dict[str, Any] | None:
    """`new ZodValidationPipe(schema)`, of the repository or of a package."""
    if isinstance(pipe, Called):
        for one in pipe.arguments:
            found = schema_of(one.value)
            if found is not None:
                return found
    if isinstance(pipe, Record) and pipe.made_by is not None:
        for value in pipe.entries.values():
            found = schema_of(value)
            if found is not None:
                return found
    return None


def _request(run: Interpreter, cls: ClassValue, method: SgNode, parameter: SgNode, found: Taken) -> None:
    """`@Req() req`: what of its body is read."""
    del run
    pattern = parameter.field("pattern")
    if pattern is None or pattern.kind() != "identifier":
        return
    reads = reads_of(Closure(method, cls.scope), pattern.text())
    if reads.reads_body:
        found.takes_body = True
        found.checked = False
        for name, schema in reads.body.items():
            found.properties.setdefault(name, schema)


def _name_of(value: Value) -> str:
    match value:
        case Package(name=name):
            return name
        case Called(callee=callee):
            return _name_of(callee)
        case ClassValue():
            return value.name
        case Record(made_by=ClassValue() as made_by):
            return made_by.name
        case _:
            return ""


def is_validation_pipe(value: Value) -> bool:
    """Whether a pipe checks bodies against the classes of parameters: Nest's own, one that extends it, Zod's."""
    match value:
        case Package(name=name):
            return name.endswith("ValidationPipe")
        case Called(callee=callee):
            return is_validation_pipe(callee)
        case Record(made_by=ClassValue() as cls):
            return is_validation_pipe(cls)
        case ClassValue(base=base):
            if base is not None and is_validation_pipe(base):
                return True
            text = value.node.text()
            return "transform" in text and "validate" in text
        case _:
            return False


def validation_of(taken: Taken, *, piped: bool) -> Validation:
    """Whether the body passes a schema before the handler."""
    if not taken.takes_body:
        return Validation.NO_BODY
    own = any(_schema_in(pipe) is not None for pipe in taken.pipes)
    if own or (taken.checked and (piped or any(is_validation_pipe(pipe) for pipe in taken.pipes))):
        return Validation.SCHEMA
    if taken.files and taken.body is None and not taken.properties and taken.schema is None:
        return Validation.UNCLEAR
    return Validation.RAW


def bodies_of(taken: Taken) -> tuple[BodyForm, ...]:
    """The body's form."""
    if not taken.takes_body:
        return ()
    schema: dict[str, Any] = {"type": "object", "properties": {}}
    if taken.body is not None:
        schema = taken.body.schema
    elif taken.schema is not None:
        schema = taken.schema
    if taken.properties:
        properties = {**schema.get("properties", {}), **taken.properties}
        required = sorted({*schema.get("required", ()), *taken.required})
        schema = {**schema, "type": "object", "properties": properties}
        schema = {**schema, "required": required} if required else schema
    media = "multipart/form-data" if taken.files else "application/json"
    return (BodyForm(media_type=media, schema=schema, required=True),)
