"""What a handler of Flask takes: parameters, bodies, and whether these pass a schema."""

import ast
from collections.abc import Iterator
from typing import Any

from launchready.model.operation import BodyForm, Parameter, Place
from launchready.model.source import Validation
from launchready.source.python.fastapi.inputs import Inputs
from launchready.source.python.flask import rules as flask_rules
from launchready.source.python.flask.tree import Tree
from launchready.source.python.project import Defined, PythonModule, dotted_name
from launchready.source.python.schemas.marshmallow import (
    fields_schema,
    form_schema,
    is_form,
    is_marshmallow,
    marshmallow_schema,
    parser_schema,
    value_schema,
)
from launchready.source.python.schemas.models import Schemas
from launchready.source.python.schemas.raw import FORM, JSON, MULTIPART, raw_reads
from launchready.source.python.wiring.values import (
    Applied,
    ClassValue,
    FunctionValue,
    Known,
    Made,
    Value,
    texts_of,
)

_WRITING = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_RAW = {
    "json": JSON,
    "form": FORM,
    "files": MULTIPART,
    "data": "application/octet-stream",
    "values": FORM,
    "stream": "application/octet-stream",
}
_RAW_CALLS = {"get_json": JSON, "get_data": "application/octet-stream"}
_LOADS = frozenset(
    {"load", "loads", "parse_obj", "model_validate", "model_validate_json", "validate", "parse"}
)
_TAKING = frozenset({"use_kwargs", "use_args", "use_json_args", "arguments", "input", "expect", "use_body"})
_ELSEWHERE = frozenset({"query", "querystring", "headers", "cookies", "view_args", "path", "match_info"})
_TYPES = {"int": "integer", "float": "number", "bool": "boolean"}


class InputReader:
    """Reads what handlers take."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self.project = tree.wiring.project
        self.schemas = Schemas(self.project)

    def read(self, function: FunctionValue | None, rule: str, method: str) -> Inputs:
        """What a handler takes for a rule and method."""
        parameters = list(flask_rules.parameters(rule))
        if function is None or isinstance(function.node, ast.Lambda):
            return Inputs(parameters=tuple(parameters), validation=Validation.UNCLEAR)
        parameters.extend(_query(function.node))
        bodies = self._declared(function)
        parameters.extend(self._declared_query(function, {one.name for one in parameters}))
        validation = Validation.SCHEMA if bodies else Validation.NO_BODY
        if not bodies:
            bodies, validation = self._in_body(function)
        if method not in _WRITING:
            bodies, validation = (), Validation.NO_BODY
        return Inputs(parameters=tuple(parameters), bodies=bodies, validation=validation)

    # ---------------------------------------------------------------------------------------- declared

    def _declared(self, function: FunctionValue) -> tuple[BodyForm, ...]:
        """Bodies that decorators declare."""
        for schema, location in self._taken(function.decorators):
            if location not in _ELSEWHERE:
                media = FORM if location == "form" else MULTIPART if location == "files" else JSON
                return (BodyForm(media_type=media, schema=schema, required=True),)
        for each in function.node.args.args:
            if each.arg in {"body", "form"} and each.annotation is not None:
                schema = self.schemas.of(function.module, each.annotation)
                if schema.get("properties"):
                    media = FORM if each.arg == "form" else JSON
                    return (BodyForm(media_type=media, schema=schema, required=True),)
        return ()

    def _declared_query(self, function: FunctionValue, known: set[str]) -> Iterator[Parameter]:
        for schema, location in self._taken(function.decorators):
            if location in {"query", "querystring"}:
                for name, inner in schema.get("properties", {}).items():
                    if name not in known:
                        needed = name in schema.get("required", ())
                        yield Parameter(name=name, place=Place.QUERY, required=needed, schema=inner)

    def _taken(self, applied: tuple[Applied, ...]) -> Iterator[tuple[dict[str, Any], str]]:
        """What decorators such as `use_kwargs(schema, location="query")` declare, and where it is."""
        for one in applied:
            made = one.value
            last = made.what.rpartition(".")[2] if isinstance(made, Made) else ""
            if not isinstance(made, Made) or last not in _TAKING or not made.arguments:
                continue
            schema = self._schema(made.arguments[0])
            if schema is not None:
                places = texts_of(made.keywords.get("location", made.keywords.get("locations")))
                yield schema, places[0] if places else "json"

    def _schema(self, value: Value) -> dict[str, Any] | None:
        held = self.tree.wiring.settled(value)
        if isinstance(held, Made) and id(held) in self.tree.parsers:
            return self._parser(held)
        return value_schema(self.project, held)

    def _parser(self, made: Made) -> dict[str, Any]:
        events = self.tree.parsers.get(id(made), [])
        return parser_schema([(event.given.argument(0, "name"), event.given.keywords) for event in events])

    # ----------------------------------------------------------------------------------------- in body

    def _in_body(self, function: FunctionValue) -> tuple[tuple[BodyForm, ...], Validation]:
        """Bodies that the handler itself takes, by a schema or as they came."""
        raw = raw_reads(function.node, _raw_media)
        for node in ast.walk(function.node):
            if isinstance(node, ast.Call):
                body = self._by_call(function, node, takes_raw=bool(raw.keys))
                if body is not None:
                    return (body,), Validation.SCHEMA
        if raw.keys:
            return raw.forms(), Validation.RAW
        return (), Validation.UNCLEAR if _hands_on(function.node) else Validation.NO_BODY

    def _by_call(self, function: FunctionValue, node: ast.Call, *, takes_raw: bool) -> BodyForm | None:
        module = function.module
        called = dotted_name(node.func)
        last = called.rpartition(".")[2]
        if last == "parse_args" and isinstance(node.func, ast.Attribute):
            held = self.tree.wiring.evaluate(node.func.value, function.frame)
            if isinstance(held, Made) and id(held) in self.tree.parsers:
                return BodyForm(media_type=JSON, schema=self._parser(held), required=True)
            return None
        if last in _LOADS and isinstance(node.func, ast.Attribute) and takes_raw:
            for source in _made_here(function.node, node.func.value):
                schema = self._loaded(module, source)
                if schema is not None:
                    return BodyForm(media_type=JSON, schema=schema, required=True)
        own = self._own_form(function, node)
        if own is not None:
            return own
        held_class = self.project.of(module, node.func) if called else None
        if isinstance(held_class, Defined) and isinstance(held_class.node, ast.ClassDef):
            owner, definition = held_class.module, held_class.node
            if is_form(self.project, owner, definition) and _validates(function.node):
                schema = form_schema(self.project, owner, definition)
                return BodyForm(media_type=FORM, schema=schema, required=True)
            if takes_raw and any(keyword.arg is None for keyword in node.keywords):
                schema = self.schemas.model(owner, definition)
                if schema["properties"] and _spreads_request(node):
                    return BodyForm(media_type=JSON, schema=schema, required=True)
        return None

    def _own_form(self, function: FunctionValue, node: ast.Call) -> BodyForm | None:
        """`self.form()` of a class-based view: a class that it names, or a method that makes one."""
        match node.func:
            case ast.Attribute(value=ast.Name(id="self"), attr=name) if function.owner is not None:
                held = self.tree.wiring.class_member(function.owner, name)
            case _:
                return None
        if isinstance(held, FunctionValue):
            calls = (each for each in ast.walk(held.node) if isinstance(each, ast.Call))
            made = (self.tree.wiring.evaluate(each.func, held.frame) for each in calls)
            held = next((each for each in made if isinstance(each, ClassValue)), None)
        if (
            isinstance(held, ClassValue)
            and is_form(self.project, held.module, held.node)
            and _validates(function.node)
        ):
            schema = form_schema(self.project, held.module, held.node)
            return BodyForm(media_type=FORM, schema=schema, required=True)
        return None

    def _loaded(self, module: PythonModule, source: ast.expr) -> dict[str, Any] | None:
        """The schema behind `UserSchema().load(…)`, `user_schema.load(…)`, `User.model_validate(…)`."""
        owner, value = self.project.value(module, source)
        called = value.func if isinstance(value, ast.Call) else value
        if isinstance(value, ast.Dict):
            return fields_schema(self.project, owner, value)
        held = self.project.of(owner, called)
        if isinstance(held, Defined) and isinstance(held.node, ast.ClassDef):
            if is_marshmallow(self.project, held.module, held.node):
                return marshmallow_schema(self.project, held.module, held.node)
            schema = self.schemas.model(held.module, held.node)
            return schema if schema["properties"] else None
        return None


def _query(node: ast.AST) -> Iterator[Parameter]:
    """`request.args.get("page", 1, type=int)`, `request.args["q"]`."""
    known: set[str] = set()
    for each in ast.walk(node):
        name, required, kind = "", False, "string"
        match each:
            case ast.Call(
                func=ast.Attribute(value=ast.Attribute(attr="args") as source, attr="get" | "getlist"),
                args=[ast.Constant(value=str() as name), *_],
                keywords=keywords,
            ) if _is_request(source.value):
                types = [dotted_name(keyword.value) for keyword in keywords if keyword.arg == "type"]
                kind = _TYPES.get(types[0], "string") if types else "string"
            case ast.Subscript(
                value=ast.Attribute(attr="args") as source, slice=ast.Constant(value=str() as name)
            ) if _is_request(source.value):
                required = True
            case _:
                continue
        if name and name not in known:
            known.add(name)
            yield Parameter(name=name, place=Place.QUERY, required=required, schema={"type": kind})


def _made_here(function: ast.AST, source: ast.expr) -> list[ast.expr]:
    """What a handler assigns to a name of its own; else the expression itself."""
    if not isinstance(source, ast.Name):
        return [source]
    found = [
        each.value
        for each in ast.walk(function)
        if isinstance(each, ast.Assign)
        and any(isinstance(target, ast.Name) and target.id == source.id for target in each.targets)
    ]
    return found or [source]


def _is_request(node: ast.expr) -> bool:
    return dotted_name(node).rpartition(".")[2] == "request"


def _raw_media(node: ast.expr) -> str:
    match node:
        case ast.Attribute(value=owner, attr=name) if name in _RAW and _is_request(owner):
            return _RAW[name]
        case ast.Call(func=ast.Attribute(value=owner, attr=name)) if name in _RAW_CALLS and _is_request(
            owner
        ):
            return _RAW_CALLS[name]
        case _:
            return ""


def _validates(node: ast.AST) -> bool:
    return any(
        isinstance(each, ast.Attribute) and each.attr in {"validate_on_submit", "validate"}
        for each in ast.walk(node)
    )


def _spreads_request(node: ast.Call) -> bool:
    spread = [keyword.value for keyword in node.keywords if keyword.arg is None]
    return any(_raw_media(each) or isinstance(each, ast.Name) for each in spread)


def _hands_on(node: ast.AST) -> bool:
    """Whether the request itself is handed to another function."""
    return any(
        isinstance(each, ast.Call)
        and any(isinstance(one, ast.Name) and one.id == "request" for one in each.args)
        for each in ast.walk(node)
    )


__all__ = ["Inputs", "Known"]
