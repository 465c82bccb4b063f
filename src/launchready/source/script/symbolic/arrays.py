"""Methods of arrays."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from launchready.source.script.symbolic.values import (
    NO,
    UNDEFINED,
    YES,
    Absent,
    Argument,
    Closure,
    Constant,
    Either,
    Items,
    Member,
    Site,
    Unknown,
    Value,
    either,
    joined_text,
    text_of,
    truth,
)

if TYPE_CHECKING:
    from launchready.source.script.symbolic.interpreter import Interpreter

_MOST_TURNS = 300


def call_array(
    run: Interpreter, of: Items, name: str, arguments: tuple[Argument, ...], site: Site
) -> Value | None:
    """`of.name(…)`; None where that is no method of arrays that is known."""
    first = arguments[0].value if arguments else UNDEFINED
    handler = _ARRAY_CALLBACKS.get(name)
    if handler is not None and isinstance(first, Closure | Member | Either):
        results = [
            (one, _turn(run, first, one, place, site)) for place, one in enumerate(of.values[:_MOST_TURNS])
        ]
        if not of.complete and not of.values:
            results = [(Unknown(site), _turn(run, first, Unknown(site), 0, site))]
        return handler(of, results)
    plain = _ARRAY_PLAIN.get(name)
    if plain is not None:
        return plain(of, [one.value for one in arguments])
    if name == "reduce" and isinstance(first, Closure):
        return _reduce(run, of, arguments, site)
    return None


def _turn(run: Interpreter, callback: Value, one: Value, place: int, site: Site) -> Value:
    given = (Argument(value=one, site=site), Argument(value=Constant(place), site=site))
    return run.call(callback, given, site)


def _reduce(run: Interpreter, of: Items, arguments: tuple[Argument, ...], site: Site) -> Value:
    values = list(of.values[:_MOST_TURNS])
    held = arguments[1].value if len(arguments) > 1 else (values.pop(0) if values else Unknown(site))
    for one in values:
        given = (Argument(value=held, site=site), Argument(value=one, site=site))
        held = run.call(arguments[0].value, given, site)
    return held


_Results = list[tuple[Value, Value]]


def _mapped(of: Items, results: _Results) -> Value:
    return Items([result for _, result in results], complete=of.complete)


def _filtered(of: Items, results: _Results) -> Value:
    return Items([one for one, result in results if truth(result) is not False], complete=of.complete)


def _flat_mapped(of: Items, results: _Results) -> Value:
    return _flat(Items([result for _, result in results], complete=of.complete), [])


def _found(of: Items, results: _Results) -> Value:
    possible = [one for one, result in results if truth(result) is not False]
    if possible and truth(next(result for one, result in results if one is possible[0])):
        return possible[0]
    return either([*possible, UNDEFINED]) if of.complete else Unknown()


def _some(of: Items, results: _Results) -> Value:
    verdicts = [truth(result) for _, result in results]
    if True in verdicts:
        return YES
    return Unknown() if None in verdicts or not of.complete else NO


def _every(of: Items, results: _Results) -> Value:
    verdicts = [truth(result) for _, result in results]
    if False in verdicts:
        return NO
    return Unknown() if None in verdicts or not of.complete else YES


_ARRAY_CALLBACKS: Mapping[str, Callable[[Items, _Results], Value]] = {
    "forEach": lambda _of, _results: UNDEFINED,
    "map": _mapped,
    "filter": _filtered,
    "flatMap": _flat_mapped,
    "find": _found,
    "some": _some,
    "every": _every,
}


def _flat(of: Items, _arguments: list[Value]) -> Value:
    found: list[Value] = []
    complete = of.complete
    for one in of.values:
        if isinstance(one, Items):
            found.extend(one.values)
            complete = complete and one.complete
        else:
            found.append(one)
    return Items(found, complete=complete)


def _includes(of: Items, arguments: list[Value]) -> Value:
    wanted = arguments[0] if arguments else UNDEFINED
    if isinstance(wanted, Absent):
        return NO
    if isinstance(wanted, Constant) and wanted in [one for one in of.values if isinstance(one, Constant)]:
        return YES
    known = all(isinstance(one, Constant) for one in of.values) and of.complete
    return NO if known and isinstance(wanted, Constant) else Unknown()


def _push(of: Items, arguments: list[Value]) -> Value:
    of.values.extend(arguments)
    of.nodes.clear()
    return Unknown()


def _concat(of: Items, arguments: list[Value]) -> Value:
    found = Items(list(of.values), complete=of.complete)
    for one in arguments:
        if isinstance(one, Items):
            found.values.extend(one.values)
            found.complete = found.complete and one.complete
        else:
            found.values.append(one)
    return found


def _join(of: Items, arguments: list[Value]) -> Value:
    between = text_of(arguments[0]) if arguments else ","
    if between is None or not of.complete:
        return Unknown()
    parts: list[Value] = []
    for one in of.values:
        parts.extend([Constant(between), one] if parts else [one])
    return joined_text(parts)


def _slice(of: Items, arguments: list[Value]) -> Value:
    bounds = [one.value for one in arguments if isinstance(one, Constant) and isinstance(one.value, int)]
    if len(bounds) != len(arguments):
        return Items(list(of.values), complete=False)
    return Items(of.values[slice(*bounds)] if len(bounds) != 1 else of.values[bounds[0] :], of.complete)


def _pop(of: Items, _arguments: list[Value]) -> Value:
    of.nodes.clear()
    return of.values.pop() if of.values and of.complete else Unknown()


_ARRAY_PLAIN: Mapping[str, Callable[[Items, list[Value]], Value]] = {
    "includes": _includes,
    "has": _includes,
    "push": _push,
    "unshift": _push,
    "add": _push,
    "concat": _concat,
    "join": _join,
    "slice": _slice,
    "pop": _pop,
    "flat": _flat,
    "sort": lambda of, _arguments: of,
    "reverse": lambda of, _arguments: Items(list(reversed(of.values)), of.complete),
    "values": lambda of, _arguments: of,
    "toString": lambda of, _arguments: _join(of, [Constant(",")]),
}
