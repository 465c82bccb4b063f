"""What stands between a request's body and an Express handler: validators, and what the handler reads."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from launchready.model.operation import BodyForm, Parameter, Place
from launchready.model.source import Validation
from launchready.source.script.express.bodies import Reads, reads_of
from launchready.source.script.express.routers import ExpressHooks
from launchready.source.script.nodes import arguments_of
from launchready.source.script.schemas import arguments_values, as_object, checked_fields, parts_of
from launchready.source.script.symbolic.interpreter import Interpreter
from launchready.source.script.symbolic.scope import ExhaustedError, Scope, Thrown
from launchready.source.script.symbolic.values import (
    Called,
    Closure,
    Constant,
    Items,
    Package,
    Record,
    Value,
)

JSON = "application/json"
_VALIDATING = re.compile(r"validat|parse|schema", re.IGNORECASE)
_VALIDATING_CALLS = frozenset({
    "parse", "safeParse", "parseAsync", "safeParseAsync", "validate", "validateAsync", "validateSync",
    "attempt", "assert",
})  # fmt: skip
_WITH_BODY = frozenset({"POST", "PUT", "PATCH", "ANY"})


@dataclass(slots=True)
class Inputs:
    """What a route takes, as far as its validators and its handler say."""

    schema: dict[str, Any] | None = None
    query: list[str] = field(default_factory=list)
    fields: dict[str, dict[str, Any]] = field(default_factory=dict)
    validates: bool = False
    reads: Reads = field(default_factory=Reads)
    read: bool = False  # whether the handler was found and read
    signs_in: bool = False  # passport reads a name and a password


def inputs_of(
    run: Interpreter, links: Iterable[Value], handler: Closure | None, in_path: Iterable[str] = ()
) -> Inputs:
    """Read the validators on the way and the handler; `in_path` are the names that the path gives."""
    found = Inputs()
    for value in links:
        _of_link(value, found)
    for name in in_path:  # express-validator's `check("id")` looks there, too
        found.fields.pop(name, None)
    if handler is not None:
        found.read = True
        found.reads = reads_of(handler)
        _of_handler(run, handler, found)
    if found.signs_in and isinstance(run.hooks, ExpressHooks):
        found.reads.body.update({name: {"type": "string"} for name in run.hooks.login_fields})
    if found.fields:
        found.schema = _merged(found.schema, as_object(found.fields))
        found.validates = True
    return found


def _of_link(value: Value, found: Inputs) -> None:
    found.signs_in = found.signs_in or _is_local_login(value)
    checked = checked_fields(value)
    if checked is not None:
        found.fields.update(checked)
        return
    given: list[Value] = []
    if isinstance(value, Called):
        given = arguments_values(value.arguments)
    elif isinstance(value, Closure) and _VALIDATING.search(value.node.text()):
        given = list(_held_around(value))
    for held in given:
        for one in held.values if isinstance(held, Items) else [held]:
            checked, parts = checked_fields(one), parts_of(one)
            found.fields.update(checked or {})
            if parts is not None:
                _enter(parts, found)


def _is_local_login(value: Value) -> bool:
    """`passport.authenticate("local")`."""
    if not isinstance(value, Called) or value.callee != Package("passport", "authenticate"):
        return False
    named = value.arguments[0].value if value.arguments else None
    return isinstance(named, Constant) and named.value == "local"


def _held_around(closure: Closure) -> Iterator[Value]:
    """What the functions around were called with: the schema of `validate(schema)`."""
    scope: Scope | None = closure.scope
    while scope is not None and scope.parent is not None:
        yield from scope.names.values()
        scope = scope.parent
    this = closure.this
    if isinstance(this, Record):
        yield from this.entries.values()


def _enter(parts: dict[str, dict[str, Any]], found: Inputs) -> None:
    if "body" in parts:
        found.schema = _merged(found.schema, parts["body"])
        found.validates = True
    if "query" in parts:
        found.query.extend(parts["query"].get("properties", {}))


def _of_handler(run: Interpreter, handler: Closure, found: Inputs) -> None:
    """`schema.parse(req.body)` in the handler itself."""
    for call in handler.node.find_all(kind="call_expression"):
        called, given = call.field("function"), arguments_of(call)
        if called is None or called.kind() != "member_expression" or not given:
            continue
        name, owner = called.field("property"), called.field("object")
        if name is None or owner is None or name.text() not in _VALIDATING_CALLS:
            continue
        if not re.search(r"\bbody\b", given[0].text()):
            continue
        try:
            parts = parts_of(run.evaluate(owner, handler.scope))
        except (Thrown, ExhaustedError, RecursionError):
            continue
        if parts is not None:
            _enter(parts, found)


def _merged(one: dict[str, Any] | None, other: dict[str, Any]) -> dict[str, Any]:
    if one is None:
        return other
    properties = {**one.get("properties", {}), **other.get("properties", {})}
    required = sorted({*one.get("required", ()), *other.get("required", ())})
    merged = {**one, **other, "properties": properties}
    return {**merged, "required": required} if required else merged


def validation_of(inputs: Inputs, method: str) -> Validation:
    """Whether what the handler takes is checked by a schema."""
    if inputs.validates:
        return Validation.SCHEMA
    if not inputs.read:
        return Validation.UNCLEAR if method in _WITH_BODY else Validation.NO_BODY
    if inputs.reads.reads_body:
        return Validation.RAW
    return Validation.NO_BODY


def bodies_of(inputs: Inputs) -> tuple[BodyForm, ...]:
    """The body's form: the validator's schema with the fields that the handler reads besides."""
    properties = dict(inputs.reads.body)
    if inputs.schema is None and not properties and not inputs.reads.whole:
        return ()
    read = {"type": "object", "properties": properties} if properties or inputs.schema is None else {}
    schema = inputs.schema if inputs.schema is not None else read
    media = "multipart/form-data" if inputs.reads.files else JSON
    return (BodyForm(media_type=media, schema=schema, required=True),)


def query_of(inputs: Inputs) -> tuple[Parameter, ...]:
    """Parameters of the query by name."""
    names = dict.fromkeys([*inputs.query, *inputs.reads.query])
    return tuple(
        Parameter(name=name, place=Place.QUERY, required=False, schema={"type": "string"}) for name in names
    )
