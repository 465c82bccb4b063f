"""Handlers: the function of the repository behind wrappers, and what it reads of the body."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ast_grep_py import SgNode

from launchready.source.code.facts import Key
from launchready.source.script.functions.finding import first_line, qualified_name
from launchready.source.script.nodes import arguments_of, dotted_name, end_line_of
from launchready.source.script.symbolic.scope import Scope
from launchready.source.script.symbolic.values import (
    Called,
    Closure,
    Either,
    Member,
    Native,
    Settled,
    Unknown,
    Value,
)

_DEEPEST = 8
_CALLING = frozenset({"call", "apply"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Handler:
    """A function that answers requests."""

    closure: Closure

    @property
    def key(self) -> Key:
        """File and qualified name, as facts have it."""
        return (self.closure.module.path, qualified_name(self.closure.node))

    @property
    def line(self) -> int:
        """Its first line."""
        return first_line(self.closure.node)

    @property
    def end_line(self) -> int:
        """Its last line."""
        return end_line_of(self.closure.node)


def handler_of(value: Value, depth: int = 0) -> Handler | None:
    """The function of the repository that a value in a handler's place stands for, wrappers taken off."""
    if depth > _DEEPEST:
        return None
    match value:
        case Closure():
            inner = _wrapped(value)
            return handler_of(inner, depth + 1) if inner is not None else Handler(closure=value)
        case Called(arguments=arguments):
            given = [one.value for one in arguments if isinstance(one.value, Closure | Called)]
            for one in given:
                found = handler_of(one, depth + 1)
                if found is not None:
                    return found
            return None
        case Either(options=options):
            for option in options:
                found = handler_of(option, depth + 1)
                if found is not None:
                    return found
            return None
        case Settled(value=inner):
            return handler_of(inner, depth + 1)
        case Member() | Native() | Unknown():
            return None
        case _:
            return None


def _wrapped(closure: Closure) -> Value | None:
    """Of `(req, res, next) => Promise.resolve(fn(req, res, next)).catch(next)`, what `fn` is bound to."""
    request, response = first_parameter(closure.node), parameter_name(closure.node, 1)
    if not request or closure.scope.parent is None:
        return None
    for call in closure.node.find_all(kind="call_expression"):
        given = arguments_of(call)
        called = call.field("function")
        if called is None or not given:
            continue
        name = dotted_name(called)
        owner, _, last = name.rpartition(".")
        if last in _CALLING and owner:
            name, given = owner, given[1:]
        handed = [one.text() for one in given]
        if handed[:2] != [request, response] and handed != [f"...{request}"]:
            continue
        held = _in_functions(closure.scope, name.partition(".")[0])
        if isinstance(held, Closure | Called) and "." not in name:
            return held
    return None


def _in_functions(scope: Scope, name: str) -> Value | None:
    """What a name is bound to in the functions around, not in the module."""
    held: Scope | None = scope
    while held is not None and held.parent is not None:
        if name in held.names:
            return held.names[name]
        held = held.parent
    return None


def first_parameter(function: SgNode) -> str:
    """The name of a function's first parameter; empty where it has none, or a pattern."""
    return parameter_name(function, 0)


def parameter_name(function: SgNode, place: int) -> str:
    """The name of a parameter by its place (from 0); of `...args` the name, too."""
    single = function.field("parameter")
    if single is not None:
        return single.text() if place == 0 else ""
    held = function.field("parameters")
    parameters = [one for one in held.named_children() if one.kind() != "comment"] if held is not None else []
    if place >= len(parameters):
        return ""
    pattern = parameters[place].field("pattern") or parameters[place]
    if pattern.kind() == "rest_pattern":
        inner = pattern.named_children()
        return inner[0].text() if inner else ""
    return pattern.text() if pattern.kind() == "identifier" else ""


def passes_on(closure: Closure) -> bool:
    """Whether a function of middleware may hand a request on to what comes after it."""
    name = parameter_name(closure.node, 2)
    return bool(name) and bool(re.search(rf"(?<![\w.]){re.escape(name)}\(\s*\)", closure.node.text()))
