"""Names bound by patterns: declarations, parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ast_grep_py import SgNode

from launchready.source.script.symbolic.scope import Scope
from launchready.source.script.symbolic.values import (
    UNDEFINED,
    Absent,
    Argument,
    Constant,
    Items,
    Present,
    Record,
    Site,
    Unknown,
    Value,
    either,
    truth,
)

if TYPE_CHECKING:
    from launchready.source.script.symbolic.interpreter import Interpreter

_PARAMETERS = frozenset({"required_parameter", "optional_parameter"})


def bind_pattern(run: Interpreter, pattern: SgNode, value: Value, scope: Scope) -> None:
    """Bind the names of a pattern (`{ a, b: c = 1, ...d }`, `[a, b]`, a name) to the parts of a value."""
    kind = pattern.kind()
    if kind in {"identifier", "shorthand_property_identifier_pattern", "shorthand_property_identifier"}:
        scope.names[pattern.text()] = value
    elif kind == "assignment_pattern":
        left, right = pattern.field("left"), pattern.field("right")
        if left is not None and right is not None:
            bind_pattern(run, left, _or_default(run, value, right, scope), scope)
    elif kind == "object_pattern":
        _bind_object(run, pattern, value, scope)
    elif kind == "array_pattern":
        _bind_array(run, pattern, value, scope)
    elif kind == "rest_pattern":
        for inner in pattern.named_children():
            bind_pattern(run, inner, value, scope)
    elif kind in {"member_expression", "subscript_expression"}:
        run.assign(pattern, value, scope)


def _or_default(run: Interpreter, value: Value, default: SgNode, scope: Scope) -> Value:
    if value is UNDEFINED or value == Constant(None):
        return run.evaluate(default, scope)
    if isinstance(value, Absent) or truth(value) is None:
        return either([value, run.evaluate(default, scope)]) if truth(value) is None else value
    return value


def _bind_object(run: Interpreter, pattern: SgNode, value: Value, scope: Scope) -> None:
    taken: set[str] = set()
    for child in pattern.named_children():
        kind = child.kind()
        if kind == "shorthand_property_identifier_pattern":
            taken.add(child.text())
            bind_pattern(run, child, run.member_of(value, child.text()), scope)
        elif kind == "pair_pattern":
            key, inner = child.field("key"), child.field("value")
            if key is not None and inner is not None:
                name = run.key_name(key, scope)
                taken.add(name)
                bind_pattern(run, inner, run.member_of(value, name), scope)
        elif kind == "object_assignment_pattern":
            left, right = child.field("left"), child.field("right")
            if left is not None and right is not None:
                taken.add(left.text())
                held = run.member_of(value, left.text())
                bind_pattern(run, left, _or_default(run, held, right, scope), scope)
        elif kind == "rest_pattern":
            bind_pattern(run, child, _without(value, taken), scope)


def _without(value: Value, taken: set[str]) -> Value:
    if isinstance(value, Record):
        rest = {name: one for name, one in value.entries.items() if name not in taken}
        return Record(rest, complete=value.complete)
    return value if isinstance(value, Absent | Present) else Unknown()


def _bind_array(run: Interpreter, pattern: SgNode, value: Value, scope: Scope) -> None:
    place = 0
    for child in pattern.children():
        if child.kind() == ",":
            place += 1  # also of what is left out: `[, token]`
        elif not child.is_named() or child.kind() == "comment":
            continue
        elif child.kind() == "rest_pattern":
            rest = value.values[place:] if isinstance(value, Items) else []
            bind_pattern(run, child, Items(list(rest), complete=isinstance(value, Items)), scope)
        else:
            bind_pattern(run, child, run.member_of(value, str(place)), scope)


def bind_parameters(
    run: Interpreter, function: SgNode, arguments: tuple[Argument, ...], scope: Scope, site: Site
) -> None:
    """Bind what a function is called with to its parameters; what is not given is undefined, or by its type."""
    single = function.field("parameter")
    if single is not None:
        bind_pattern(run, single, _given(arguments, 0, site), scope)
        return
    held = function.field("parameters")
    parameters = [one for one in held.named_children() if one.kind() != "comment"] if held is not None else []
    for place, parameter in enumerate(parameters):
        pattern = parameter.field("pattern") or parameter if parameter.kind() in _PARAMETERS else parameter
        if pattern.kind() == "this":
            continue
        if pattern.kind() == "rest_pattern":
            complete = not any(one.spread for one in arguments)
            rest = [one.value for one in arguments[place:] if not one.spread]
            sites = [one.site for one in arguments[place:] if not one.spread]
            bind_pattern(run, pattern, Items(rest, complete=complete, nodes=sites), scope)
            return
        value = _given(arguments, place, site)
        default = parameter.field("value")
        if default is not None:
            value = _or_default(run, value, default, scope)
        bind_pattern(run, pattern, value, scope)


def _given(arguments: tuple[Argument, ...], place: int, site: Site) -> Value:
    if any(one.spread for one in arguments[: place + 1]):
        return Unknown(site)
    return arguments[place].value if place < len(arguments) else UNDEFINED
