"""What a handler of FastAPI takes: parameters, bodies, and whether these pass a schema."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from launchready.model.operation import BodyForm, Parameter, Place
from launchready.model.source import Validation
from launchready.source.python.fastapi.dependencies import Dependencies
from launchready.source.python.fastapi.taken import Taken, sources_of
from launchready.source.python.schemas.fields import constraints_of
from launchready.source.python.schemas.models import Schemas, is_object, is_scalar
from launchready.source.python.schemas.raw import FORM, JSON, MULTIPART, raw_reads
from launchready.source.python.wiring.values import (
    NOTHING,
    ClassValue,
    FunctionValue,
    Instance,
    Known,
    Made,
    OutsideValue,
    Value,
    outside_names,
    text_of,
    truth_of,
)

_DEEPEST = 8
_SPECIAL = (
    ".Request", ".Response", ".WebSocket", ".HTTPConnection", ".BackgroundTasks", ".SecurityScopes", ".JSONResponse",
    ".StreamingResponse",
)  # fmt: skip
_SOURCES = ("Query", "Path", "Body", "Form", "File", "Header", "Cookie")
_PASSWORD_FORM: dict[str, Any] = {
    "type": "object",
    "properties": {
        "grant_type": {"type": "string", "pattern": "password"},
        "username": {"type": "string"},
        "password": {"type": "string", "format": "password"},
        "scope": {"type": "string", "default": ""},
        "client_id": {"type": "string"},
        "client_secret": {"type": "string", "format": "password"},
    },
    "required": ["username", "password"],
}
_WITHOUT_BODY = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
_KEEPING = ("functools.", "contextlib.", "builtins.", "async_lru.", "cachetools.")
_RAW_METHODS = {
    "json": JSON,
    "form": FORM,
    "body": "application/octet-stream",
    "stream": "application/octet-stream",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """What a route takes."""

    parameters: tuple[Parameter, ...] = ()
    bodies: tuple[BodyForm, ...] = ()
    validation: Validation = Validation.NO_BODY


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """A parameter that travels in the body."""

    name: str
    schema: dict[str, Any]
    required: bool
    embedded: bool = False


@dataclass(slots=True)
class _Collected:
    parameters: dict[tuple[str, Place], Parameter] = field(default_factory=dict)
    body: list[_Part] = field(default_factory=list)
    form: list[_Part] = field(default_factory=list)
    files: bool = False
    requests: list[str] = field(default_factory=list)


class InputReader:
    """Reads what handlers take."""

    def __init__(self, dependencies: Dependencies, schemas: Schemas) -> None:
        self.dependencies = dependencies
        self.schemas = schemas

    def read(
        self, function: FunctionValue, path_names: tuple[str, ...], extra: list[Value], method: str
    ) -> Inputs:
        """What a handler takes by itself and through its dependencies; `extra` are those of its routers."""
        found = _Collected()
        self._collect(function, path_names, found, 0)
        for value in extra:
            self._target(value, path_names, found, 1)
        if method in _WITHOUT_BODY:
            return Inputs(parameters=tuple(found.parameters.values()))
        bodies = tuple(_bodies(found))
        validation = _validation(bodies)
        if not bodies:
            raw = raw_reads(function.node, lambda node: _raw_media(node, found.requests))
            if raw.keys:
                bodies, validation = raw.forms(), Validation.RAW
            elif found.requests and _hands_on(function.node, found.requests):
                validation = Validation.UNCLEAR
        return Inputs(parameters=tuple(found.parameters.values()), bodies=bodies, validation=validation)

    def _collect(
        self, function: FunctionValue, names: tuple[str, ...], found: _Collected, depth: int
    ) -> None:
        if depth and any(not _keeps_signature(one.value) for one in function.decorators):
            return  # what such a decorator makes of the parameters is not known
        for taken in self.dependencies.parameters(function):
            if taken.depends is not None:
                self._target(taken.target or NOTHING, names, found, depth + 1)
            else:
                self._parameter(taken, names, found, own=depth == 0)

    def _target(self, target: Value, names: tuple[str, ...], found: _Collected, depth: int) -> None:
        """What a dependency takes."""
        if depth > _DEEPEST:
            return
        wiring = self.dependencies.wiring
        match target:
            case FunctionValue():
                self._collect(target, names, found, depth)
            case ClassValue():
                init = wiring.class_member(target, "__init__")
                if isinstance(init, FunctionValue):
                    self._collect(init, names, found, depth)
                elif _is_password_form(target):
                    self._password_form(found)
                else:
                    self._fields(target, names, found)
            case Instance(cls=cls):
                call = wiring.class_member(cls, "__call__")
                if isinstance(call, FunctionValue):
                    self._collect(call, names, found, depth)
            case OutsideValue() if _is_password_form(target):
                self._password_form(found)

    def _password_form(self, found: _Collected) -> None:
        for name, schema in _PASSWORD_FORM["properties"].items():
            found.form.append(_Part(name=name, schema=schema, required=name in _PASSWORD_FORM["required"]))

    def _fields(self, cls: ClassValue, names: tuple[str, ...], found: _Collected) -> None:
        """The fields of a model or dataclass as query parameters."""
        schema = self.schemas.model(cls.module, cls.node)
        for name, inner in schema["properties"].items():
            place = Place.PATH if name in names else Place.QUERY
            self._add(found, name, place, inner, required=name in schema.get("required", ()))

    def _add(
        self, found: _Collected, name: str, place: Place, schema: dict[str, Any], *, required: bool
    ) -> None:
        required = required or place is Place.PATH
        found.parameters.setdefault(
            (name, place), Parameter(name=name, place=place, required=required, schema=schema)
        )

    # -------------------------------------------------------------------------------------- parameters

    def _parameter(self, taken: Taken, names: tuple[str, ...], found: _Collected, *, own: bool) -> None:
        held = list(outside_names(taken.annotation))
        if any(name.endswith(_SPECIAL) for name in held) or (
            taken.annotation is None and taken.name == "request"
        ):
            if own and any(name.endswith(".Request") for name in held):
                found.requests.append(taken.name)
            return
        source = _source(taken)
        schema = self._schema(taken, source)
        name, required = _wire_name(taken, source), _is_required(taken, source)
        kind = source.what.rpartition(".")[2] if source is not None else ""
        if taken.name in names or name in names or kind == "Path":
            self._add(found, name, Place.PATH, schema, required=True)
        elif kind in {"Header", "Cookie"}:
            place = Place.HEADER if kind == "Header" else Place.COOKIE
            self._add(found, name, place, schema, required=required)
        elif kind == "File" or (not kind and _is_file(schema)):
            found.files = True
            found.form.append(_Part(name=name, schema=schema, required=required))
        elif kind == "Form":
            found.form.extend(_spread(_Part(name=name, schema=schema, required=required)))
        elif kind == "Body" or (not kind and not is_scalar(schema) and schema):
            embed = source is not None and truth_of(source.keywords.get("embed", NOTHING)) is True
            found.body.append(_Part(name=name, schema=schema, required=required, embedded=embed))
        elif kind == "Query" and schema.get("properties"):
            for key, inner in schema["properties"].items():
                self._add(found, key, Place.QUERY, inner, required=key in schema.get("required", ()))
        else:
            self._add(found, name, Place.QUERY, schema, required=required)

    def _schema(self, taken: Taken, source: Made | None) -> dict[str, Any]:
        module = taken.owner.module
        schema = self.schemas.of(module, taken.written)
        if source is not None and isinstance(source.node, ast.Call):
            schema = {**schema, **constraints_of(self.schemas.project, source.module, source.node)}
        if isinstance(taken.default, Known) and taken.default.value is not None:
            schema = {**schema, "default": taken.default.value}
        return schema


def _keeps_signature(decorator: Value) -> bool:
    """Whether a decorator leaves the parameters of a function as they are."""
    if isinstance(decorator, FunctionValue):
        return True
    return next(outside_names(decorator), "").startswith(_KEEPING)


def _source(taken: Taken) -> Made | None:
    for each in sources_of(taken):
        if isinstance(each, Made) and each.what.startswith(("fastapi", "starlette", "pydantic")):
            last = each.what.rpartition(".")[2]
            if last in _SOURCES or last.removesuffix("Field") in _SOURCES:
                return each
    return None


def _wire_name(taken: Taken, source: Made | None) -> str:
    if source is not None:
        for key in ("validation_alias", "alias"):
            alias = text_of(source.keywords.get(key))
            if alias:
                return alias
        if (
            source.what.endswith(".Header")
            and truth_of(source.keywords.get("convert_underscores", NOTHING)) is not False
        ):
            return taken.name.replace("_", "-")
    return taken.name


def _is_required(taken: Taken, source: Made | None) -> bool:
    if source is not None and source is taken.default:
        if "default_factory" in source.keywords:
            return False
        default = source.keywords.get("default", source.arguments[0] if source.arguments else None)
        return default is None or default == NOTHING
    return taken.default is None or taken.default == NOTHING


def _is_file(schema: dict[str, Any]) -> bool:
    kinds = [schema, schema.get("items", {}), *schema.get("anyOf", ())]
    return any(kind.get("format") == "binary" for kind in kinds)


def _is_password_form(value: Value) -> bool:
    return any("OAuth2PasswordRequestForm" in name for name in outside_names(value))


def _spread(part: _Part) -> Iterator[_Part]:
    """A model as a form: each of its fields."""
    properties = part.schema.get("properties")
    if not properties:
        yield part
        return
    for name, schema in properties.items():
        yield _Part(name=name, schema=schema, required=name in part.schema.get("required", ()))


# ------------------------------------------------------------------------------------------------ bodies


def _bodies(found: _Collected) -> Iterator[BodyForm]:
    if found.form:
        parts = [*found.form, *found.body]
        media = MULTIPART if found.files else FORM
        yield BodyForm(media_type=media, schema=_object(parts), required=any(part.required for part in parts))
    elif len(found.body) == 1 and not found.body[0].embedded:
        part = found.body[0]
        yield BodyForm(media_type=JSON, schema=part.schema, required=part.required)
    elif found.body:
        required = any(part.required for part in found.body)
        yield BodyForm(media_type=JSON, schema=_object(found.body), required=required)


def _object(parts: list[_Part]) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "object", "properties": {part.name: part.schema for part in parts}}
    needed = [part.name for part in parts if part.required]
    return {**schema, "required": needed} if needed else schema


def _validation(bodies: tuple[BodyForm, ...]) -> Validation:
    if not bodies:
        return Validation.NO_BODY
    declared = all(is_object(dict(body.schema)) or is_scalar(body.schema) for body in bodies)
    return Validation.SCHEMA if declared else Validation.RAW


def _raw_media(node: ast.expr, requests: list[str]) -> str:
    """The media type in which `await request.json()` and the like take the body."""
    match node:
        case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr=method)) if name in requests:
            return _RAW_METHODS.get(method, "")
        case _:
            return ""


def _hands_on(node: ast.AST, requests: list[str]) -> bool:
    """Whether the request itself is handed to another function."""
    for each in ast.walk(node):
        if isinstance(each, ast.Call):
            given = [*each.args, *(keyword.value for keyword in each.keywords)]
            if any(isinstance(one, ast.Name) and one.id in requests for one in given):
                return True
    return False
