"""What the language itself brings: methods of functions, promises and texts, functions of Object, path and fs."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from launchready.source.script.symbolic import regexes
from launchready.source.script.symbolic.arrays import call_array
from launchready.source.script.symbolic.promises import NativePromise
from launchready.source.script.symbolic.scope import Condition, Thrown
from launchready.source.script.symbolic.texts import call_text
from launchready.source.script.symbolic.values import (
    NO,
    UNDEFINED,
    Absent,
    Argument,
    Called,
    ClassValue,
    Closure,
    Constant,
    Items,
    Member,
    Native,
    Package,
    Pieces,
    Present,
    Record,
    Regex,
    Settled,
    Site,
    Unknown,
    Value,
    text_of,
    truth,
)

if TYPE_CHECKING:
    from launchready.source.script.symbolic.interpreter import Interpreter

_LISTING = frozenset({"fs.readdirSync", "fs-extra.readdirSync"})
_OVER_LISTS = frozenset({"lodash", "underscore", "lodash-es"})


def call_method(
    run: Interpreter, of: Value, name: str, arguments: tuple[Argument, ...], site: Site
) -> Value | None:
    """`of.name(…)` where the language itself says what that is; None where it does not."""
    match of:
        case Items():
            return call_array(run, of, name, arguments, site)
        case Constant(value=str()) | Pieces():
            return call_text(of, name, arguments)
        case Regex() if name in {"test", "exec"} and arguments:
            first = arguments[0].value
            if isinstance(first, Absent):
                return NO
            known = regexes.matches(of.source, first)
            return Unknown(site) if known is None else Constant(known)
        case Closure() | ClassValue() | Member() | Package() if name in {"bind", "call", "apply"}:
            return _call_function(run, of, name, arguments, site)
        case Settled():
            return _call_promise(run, of, name, arguments, site)
        case Record() if name == "hasOwnProperty" and arguments:
            key = text_of(arguments[0].value)
            return Constant(key in of.entries) if key is not None and of.complete else None
        case Present():
            return Present(f"{of.name}.{name}")
        case _:
            pass
    if name in {"then", "catch", "finally"} and not isinstance(of, Constant | Record):
        return _call_unknown_promise(run, of, name, arguments, site)
    return None


def _call_function(
    run: Interpreter, of: Value, name: str, arguments: tuple[Argument, ...], site: Site
) -> Value:
    if name == "bind":
        if isinstance(of, Closure) and arguments and of.node.kind() != "arrow_function":
            this = arguments[0].value
            keeps = of.this is not None and isinstance(this, Unknown | Constant)
            return of if keeps else Closure(of.node, of.scope, this, of.entries)
        return of
    rest = arguments[1:]
    if name == "apply":
        listed = rest[0].value if rest else UNDEFINED
        given = listed.values if isinstance(listed, Items) else [Unknown(site)]
        rest = tuple(Argument(value=one, site=site) for one in given)
    return run.call(of, rest, site)


# -------------------------------------------------------------------------------------------- promises


def _call_promise(
    run: Interpreter, of: Settled, name: str, arguments: tuple[Argument, ...], site: Site
) -> Value | None:
    callbacks = [one.value for one in arguments]
    if name == "finally":
        if callbacks:
            run.call(callbacks[0], (), site)
        return of
    if name not in {"then", "catch"}:
        return None
    place = 1 if name == "then" and of.broken else 0
    matters = of.broken is (name == "catch") or (name == "then" and of.broken and len(callbacks) > 1)
    if not matters or place >= len(callbacks):
        return of
    try:
        return Settled(run.call(callbacks[place], (Argument(value=of.value, site=site),), site))
    except Thrown as thrown:
        return Settled(thrown.value, broken=True)


def _call_unknown_promise(
    run: Interpreter, of: Value, name: str, arguments: tuple[Argument, ...], site: Site
) -> Value:
    """`of` may be kept or broken: each callback may be called; what it gives is not known."""
    given = [one.value for one in arguments if isinstance(one.value, Closure | Member)]
    for place, callback in enumerate(given):
        broken = name == "catch" or place > 0
        if isinstance(callback, Closure) and not run.hooks.enters(callback):
            continue
        if broken and not run.guarding:
            continue
        value: Value = Unknown(site) if broken or not isinstance(of, Absent | Present) else of
        condition = Condition("the promise is broken" if broken else "the promise is kept", site)
        certain = name == "finally" or (not run.guarding and not broken)
        with run.under(*(() if certain else (condition,))):
            try:
                run.call(callback, (Argument(value=value, site=site),), site)
            except Thrown as thrown:
                run.frames[-1].thrown.append(thrown.value)
    return Absent() if isinstance(of, Absent) else Called(Member(of, name), arguments, site)


# --------------------------------------------------------------------------------------------- globals


def call_global(
    run: Interpreter, package: Package, arguments: tuple[Argument, ...], site: Site, *, made: bool = False
) -> Value | None:
    """A function of the language or of its standard modules; None where nothing is known of it."""
    values = [one.value for one in arguments]
    name = f"{package.package}.{package.name}" if package.package else package.name
    name = f"new {name}" if made else name
    if name in _LISTING:
        return _listing(run, values)
    if package.package in _OVER_LISTS and len(values) > 1:
        return call_method(run, values[0], package.name.replace("each", "forEach"), arguments[1:], site)
    if name == "new Promise":
        return _promise(run, values, site)
    if name in {"Promise.all", "Promise.allSettled"} and values:
        return values[0]
    handler = _GLOBALS.get(name)
    return handler(values) if handler is not None else None


def _promise(run: Interpreter, values: list[Value], site: Site) -> Value:
    """`new Promise((resolve, reject) => …)`: what it comes to is what its function calls first for certain."""
    made = NativePromise(run.conditions)
    if values and isinstance(values[0], Closure):
        given = [Argument(value=Member(made, name), site=site) for name in ("resolve", "reject")]
        try:
            run.call(values[0], tuple(given), site)
        except Thrown as thrown:
            made.settle("reject", thrown.value, certain=True)
    return made.outcome()


def _first_record(values: list[Value]) -> Record | None:
    if values and isinstance(values[0], Native):
        held = values[0].listed()
        return Record(held) if held else None
    return values[0] if values and isinstance(values[0], Record) else None


def _keys(values: list[Value]) -> Value:
    held = _first_record(values)
    return Items([Constant(name) for name in held.entries], held.complete) if held else Items(complete=False)


def _values(values: list[Value]) -> Value:
    held = _first_record(values)
    return Items(list(held.entries.values()), held.complete) if held else Items(complete=False)


def _entries(values: list[Value]) -> Value:
    held = _first_record(values)
    if held is None:
        return Items(complete=False)
    return Items([Items([Constant(name), one]) for name, one in held.entries.items()], held.complete)


def _assign(values: list[Value]) -> Value:
    held = _first_record(values)
    if held is None:
        return values[0] if values else Unknown()
    for one in values[1:]:
        if isinstance(one, Record):
            held.entries.update(one.entries)
            held.complete = held.complete and one.complete
        else:
            held.complete = False
    return held


def _listed(values: list[Value]) -> Value:
    if not values:
        return Items()
    return values[0] if isinstance(values[0], Items) else Items(complete=False)


def _path_join(values: list[Value]) -> Value:
    texts = [text_of(one) for one in values]
    known = [text for text in texts if text is not None]
    return Constant(posixpath.normpath(posixpath.join(*known))) if known and None not in texts else Unknown()


def _listing(run: Interpreter, values: list[Value]) -> Value:
    """The names in a folder of the repository."""
    folder = text_of(values[0]) if len(values) == 1 else None
    if folder is None or not folder.startswith("/"):
        return Items(complete=False)
    prefix = f"{folder.strip('/')}/".lstrip("/")
    inside = (path.removeprefix(prefix) for path in run.project.files if path.startswith(prefix))
    return Items([Constant(name) for name in sorted({path.partition("/")[0] for path in inside})])


def _first(values: list[Value]) -> Value:
    return values[0] if values else UNDEFINED


def _base_name(values: list[Value]) -> Value:
    texts = [text_of(one) for one in values]
    known = [text for text in texts if text is not None]
    if not known or len(known) < len(texts):
        return Unknown()
    name = posixpath.basename(known[0])
    return Constant(name.removesuffix(known[1]) if len(known) > 1 else name)


def _part(split: Callable[[str], str]) -> Callable[[list[Value]], Value]:
    def part(values: list[Value]) -> Value:
        text = text_of(_first(values))
        return Constant(split(text)) if text is not None else Unknown()

    return part


def _text(values: list[Value]) -> Value:
    text = text_of(_first(values))
    return Constant(text) if text is not None else _kept(values)


def _truth(values: list[Value]) -> Value:
    known = truth(_first(values))
    return Constant(known) if known is not None else Unknown()


def _is_array(values: list[Value]) -> Value:
    first = _first(values)
    return Constant(isinstance(first, Items)) if isinstance(first, Items | Constant | Record) else Unknown()


def _kept(values: list[Value]) -> Value:
    """What is made of something absent or present is so, too."""
    first = _first(values)
    return first if isinstance(first, Absent | Present | Constant) else Unknown()


_GLOBALS: Mapping[str, Callable[[list[Value]], Value]] = {
    "Object.keys": _keys,
    "Object.values": _values,
    "Object.entries": _entries,
    "Object.assign": _assign,
    "Object.freeze": _first,
    "Object.create": _first,
    "Array.from": _listed,
    "Array.of": lambda values: Items(list(values)),
    "Array.isArray": _is_array,
    "new Set": _listed,
    "new Array": lambda values: Items(list(values)) if not values else Items(complete=False),
    "String": _text,
    "Boolean": _truth,
    "Number": _kept,
    "parseInt": _kept,
    "Promise.resolve": lambda values: Settled(_first(values)),
    "Promise.reject": lambda values: Settled(_first(values), broken=True),
    "path.join": _path_join,
    "path.resolve": _path_join,
    "path.basename": _base_name,
    "path.dirname": _part(posixpath.dirname),
    "path.extname": _part(lambda text: posixpath.splitext(text)[1]),
}
