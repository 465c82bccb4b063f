"""Middleware of Starlette and FastAPI: what it does with callers, told for each route."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from launchready.model.source import CodePlace, GuardKind, GuardLevel, SourceGuard
from launchready.source.code.guards import kind_by_name
from launchready.source.python.callers.caller import NO_GUARD, RouteFacts, Ruling, judged
from launchready.source.python.callers.evaluation import HANDLER
from launchready.source.python.callers.run import CallerRun
from launchready.source.python.callers.sources import CALLER
from launchready.source.python.wiring.program import Wiring
from launchready.source.python.wiring.values import (
    About,
    ClassValue,
    Event,
    FunctionValue,
    Given,
    Instance,
    Known,
    Made,
    OutsideValue,
    Table,
    Unknown,
    Value,
    outside_names,
)

_REFUSING = frozenset({GuardKind.AUTHENTICATES, GuardKind.AUTHORIZES, GuardKind.SERVICE, GuardKind.UNCLEAR})
_REQUEST = "starlette.requests.Request"


@dataclass(slots=True, eq=False)
class Middleware:
    """A middleware as laid on, and its ruling for each route that was asked about."""

    name: str
    place: CodePlace
    value: Value
    given: Given
    rulings: dict[str, Ruling] = field(default_factory=dict)

    @property
    def refuses_somewhere(self) -> bool:
        """Whether it refuses callers of some route."""
        return any(one.kind in _REFUSING for one in self.rulings.values())


def middlewares_of(wiring: Wiring, laid: Iterable[Event | Made]) -> list[Middleware]:
    """The middlewares that an application was given, in the order in which they are written."""
    found = []
    for each in laid:
        if isinstance(each, Event):
            value = each.decorated if each.decorated is not None else each.argument(0, "middleware_class")
            given, place = each.given, each.place
        else:
            given = Given(each.node, wiring.namespace(each.module), each.arguments, each.keywords)
            value, place = given.argument(0, "cls"), each.module.place(each.node)
        held = wiring.settled(value) if value is not None else None
        if held is not None:
            found.append(Middleware(_name(held), place, held, given))
    return found


def _name(value: Value) -> str:
    match value:
        case FunctionValue():
            return value.short
        case ClassValue(node=node):
            return node.name
        case Unknown(code=code):
            return code or "a middleware"
        case _:
            return next(outside_names(value), "a middleware").rpartition(".")[2]


def rule(wiring: Wiring, one: Middleware, route: RouteFacts, handlers: Mapping[str, int]) -> None:
    """Judge a middleware for a route."""
    key = f"{route.method} {route.path}"
    if key in one.rulings:
        return
    if "" in one.rulings:
        one.rulings[key] = one.rulings[""]
        return
    made, asked = _ruled(wiring, one, route, handlers)
    one.rulings[key if asked else ""] = made
    one.rulings[key] = made


def guard_for(one: Middleware, route: RouteFacts, level: GuardLevel) -> SourceGuard | None:
    """The guard that a middleware is for a route that it was judged for."""
    made = one.rulings.get(f"{route.method} {route.path}", NO_GUARD)
    kind = made.kind
    if kind not in _REFUSING and one.refuses_somewhere:
        return SourceGuard(name=f"{one.name} exempts it", kind=GuardKind.PUBLIC, level=level, place=one.place)
    if kind is None:
        return None
    return SourceGuard(name=one.name, kind=kind, level=level, place=one.place, role=made.role)


def _ruled(
    wiring: Wiring, one: Middleware, route: RouteFacts, handlers: Mapping[str, int]
) -> tuple[Ruling, bool]:
    match one.value:
        case FunctionValue() as function:
            return _followed(wiring, one, function, route, handlers)
        case ClassValue() as cls:
            marker = Made(HANDLER, one.given.node, one.given.module)
            given = Given(one.given.node, one.given.frame, (marker,), one.given.keywords)
            instance = wiring.instantiate(cls, given)
            for method in ("dispatch", "__call__"):
                found = wiring.class_member(cls, method)
                if isinstance(found, FunctionValue) and isinstance(instance, Instance):
                    bound = FunctionValue(
                        found.module, found.node, found.name, found.frame, (), instance, found.owner
                    )
                    return _followed(wiring, one, bound, route, handlers)
            return NO_GUARD, False
        case OutsideValue(name=name):
            return _package(wiring, one, name, handlers), False
        case _:
            return Ruling(kind=GuardKind.UNCLEAR), False


def _followed(
    wiring: Wiring, one: Middleware, function: FunctionValue, route: RouteFacts, handlers: Mapping[str, int]
) -> tuple[Ruling, bool]:
    parameters = [each.arg for each in function.node.args.args]
    names: dict[str, Value] = {}
    if function.bound is not None and parameters:
        names[parameters.pop(0)] = function.bound
    plain = len(parameters) >= 3  # noqa: PLR2004 - ASGI: scope, receive, send
    if plain:
        names[parameters[0]] = _scope(route)
    elif parameters:
        names[parameters[0]] = Made(_REQUEST, function.node, function.module)
        if len(parameters) > 1:
            names[parameters[1]] = Made(HANDLER, function.node, function.module)
    return judged(
        one.name, lambda persona: CallerRun(wiring, persona, route, handlers).wrapper(function, names)
    )


def _scope(route: RouteFacts) -> Table:
    """ASGI's scope of a request (https://asgi.readthedocs.io, HTTP connection scope)."""
    asked = frozenset({About.ROUTE})
    entries: dict[object, Value] = {
        "type": Known(value="http"),
        "path": Known(value=route.path, about=asked),
        "raw_path": Unknown(),
        "method": Known(value=route.method, about=asked),
        "headers": Unknown(about=CALLER),
    }
    return Table(entries, whole=False)


def _package(wiring: Wiring, one: Middleware, name: str, handlers: Mapping[str, int]) -> Ruling:
    """Middleware of a package: by its name; one that authenticates by a backend of the repository, by that."""
    last = name.rpartition(".")[2]
    if last == "AuthenticationMiddleware":
        backend = wiring.settled(one.given.keywords.get("backend", Unknown()))
        found = wiring.class_member(backend.cls, "authenticate") if isinstance(backend, Instance) else None
        if isinstance(found, FunctionValue):
            parameters = [each.arg for each in found.node.args.args]
            names: dict[str, Value] = dict.fromkeys(parameters[:1], backend)
            names |= {each: Made(_REQUEST, found.node, found.module) for each in parameters[1:2]}
            return judged(
                last,
                lambda persona: CallerRun(wiring, persona, RouteFacts(), handlers).dependency(found, names),
            )[0]
        return Ruling(kind=GuardKind.IDENTIFIES)
    if last in {"SessionMiddleware", "TrustedHostMiddleware"}:
        return NO_GUARD
    kind = kind_by_name(last.removesuffix("Middleware"))
    # A package's middleware that does not say so in its name refuses nobody for who he is
    return Ruling(kind=kind) if kind is not GuardKind.UNCLEAR else NO_GUARD
