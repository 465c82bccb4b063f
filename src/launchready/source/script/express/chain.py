"""What a request passes on its way to an Express handler, as guards."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from launchready.model.source import GuardKind, GuardLevel, SourceGuard
from launchready.source.script.express.layers import Link, Registered, entries
from launchready.source.script.express.paths import HOLE, REST, Path, covers
from launchready.source.script.express.routers import Router
from launchready.source.script.functions.finding import qualified_name
from launchready.source.script.guarding.exemptions import exempts
from launchready.source.script.guarding.packages import known_guard
from launchready.source.script.guarding.reading import GuardReader, Reading
from launchready.source.script.handlers import handler_of, passes_on
from launchready.source.script.nodes import dotted_name
from launchready.source.script.symbolic.values import (
    Argument,
    Closure,
    Constant,
    Pieces,
    Value,
    joined_text,
)

_REFUSING = frozenset({GuardKind.AUTHENTICATES, GuardKind.AUTHORIZES, GuardKind.SERVICE})
_MIDDLEWARE_PARAMETERS = 3
_NOT_FOUND = re.compile(r"\b404\b|NOT_FOUND|NotFound")  # what answers that there is nothing is no route


@dataclass(slots=True, kw_only=True)
class Served:
    """A route with its chain. `passing` if its last function hands requests on to what is registered later."""

    method: str
    path: Path
    registered: Registered | Link
    handler: Argument | None
    links: tuple[Argument, ...]
    guards: tuple[SourceGuard, ...]
    passing: bool = False
    notes: list[str] = field(default_factory=list)


class Chains:
    """Goes through an application's registrations in order and keeps what later routes pass."""

    def __init__(self, reader: GuardReader, strategies: Mapping[str, str]) -> None:
        self._reader = reader
        self._strategies = strategies
        self._passed: list[Link] = []

    def routes(self, app: Router) -> list[Served]:
        """All routes of an application, those that only hand on left out where a later one answers."""
        found: list[Served] = []
        for entry in entries(app):
            if isinstance(entry, Link):
                found.extend(self._of_link(entry))
            else:
                found.extend(self._of_route(entry))
        return list(_without_passing(found))

    def _of_link(self, link: Link) -> Iterator[Served]:
        """`use(path, handler)` whose handler answers is a route for everything below the path."""
        value = link.argument.value
        answers = isinstance(value, Closure) and _parameters(value) < _MIDDLEWARE_PARAMETERS
        if isinstance(value, Closure) and answers and link.path.segments:
            if _NOT_FOUND.search(value.node.text()):
                return
            yield Served(
                method="ANY",
                path=replace(link.path, note=link.path.note or "it is mounted for every path below this one"),
                registered=link,
                handler=link.argument,
                links=(),
                guards=self._chain(link.path, "ANY", link.conditions, ()),
            )
            return
        self._passed.append(link)

    def _of_route(self, entry: Registered) -> Iterator[Served]:
        own = (
            *(_at_route(entry, one, of_parameter=True) for one in entry.parameters),
            *(_at_route(entry, one) for one in entry.handlers),
        )
        last = entry.handlers[-1] if entry.handlers else None
        passing = last is None or self._hands_on(last.value)
        before = own if passing else own[:-1]
        if entry.method != "OPTIONS" and not (passing and REST in entry.path.segments):
            yield Served(
                method=entry.method,
                path=entry.path,
                registered=entry,
                handler=last,
                links=tuple(one.argument for one in before),
                guards=self._chain(entry.path, entry.method, entry.conditions, before),
                passing=passing,
            )
        if passing:
            self._passed.extend(
                replace(one, method=entry.method, whole=True, level=GuardLevel.GROUP) for one in own
            )

    def _hands_on(self, value: Value) -> bool:
        if isinstance(value, Closure):
            inner = handler_of(value)
            return passes_on(inner.closure if inner is not None else value)
        known = known_guard(value, self._strategies)
        return known is not None and known.kind in _REFUSING

    def _chain(
        self, path: Path, method: str, conditions: frozenset[object], own: tuple[Link, ...]
    ) -> tuple[SourceGuard, ...]:
        found: list[SourceGuard] = []
        for link in (*self._passed, *own):
            if link.method in {"ANY", method}:
                found.extend(self._guards(link, path, method, conditions))
        return tuple(dict.fromkeys(found))

    def _guards(
        self, link: Link, path: Path | None, method: str, conditions: frozenset[object]
    ) -> Iterator[SourceGuard]:
        """What a piece of middleware is for a route; nothing if the route does not pass it."""
        covered = covers(link.path, path, whole=link.whole) if path is not None else True
        if covered is False:
            return
        name = name_of(link.argument)
        value, takes_errors = link.argument.value, not link.of_parameter
        reading = self._reader.read(value, name, takes_errors=takes_errors)
        if path is not None and reading.by_route:
            route, key = _route_of(link, path, method), f"{method} {path} {link.path}"
            reading = self._reader.read(value, name, route, key, takes_errors=takes_errors)
        if reading.kind is None:
            return
        kind = reading.kind
        if path is not None and reading.exempt is not None:
            exempted = exempts(reading.exempt, method, path)
            if exempted:
                return
            covered = None if exempted is None else covered
        if kind in _REFUSING and (covered is None or not link.conditions <= conditions):
            kind = GuardKind.UNCLEAR
        yield _guard(link, reading, kind, name)


def _at_route(entry: Registered, argument: Argument, *, of_parameter: bool = False) -> Link:
    return Link(
        path=entry.path,
        argument=argument,
        level=GuardLevel.ROUTE,
        conditions=entry.conditions,
        of_parameter=of_parameter,
    )


def _guard(link: Link, reading: Reading, kind: GuardKind, name: str) -> SourceGuard:
    site = link.argument.site
    return SourceGuard(
        name=name or reading.function or "middleware",
        kind=kind,
        level=link.level,
        place=site.module.place(site.node),
        role=reading.role if kind is GuardKind.AUTHORIZES else "",
    )


def _without_passing(found: list[Served]) -> Iterator[Served]:
    """A route that hands on is no route of its own where a later one has its method and path."""
    answered: set[tuple[str, tuple[str, ...]]] = set()
    kept: list[Served] = []
    for one in reversed(found):
        shape = tuple("{}" if "{" in part else part.lower() for part in one.path.segments)
        known = {("ANY", shape), (one.method, shape)}
        if one.passing and known & answered:
            continue
        answered.add((one.method, shape))
        kept.append(one)
    return reversed(kept)


def application_guards(routes: list[Served]) -> tuple[SourceGuard, ...]:
    """What stands before all that is registered after it, wherever that is."""
    guards = (guard for route in routes for guard in route.guards if guard.level is GuardLevel.GLOBAL)
    return tuple(dict.fromkeys(guards))


def name_of(argument: Argument) -> str:
    """A piece of middleware as it is written; the name of its function where it stands there itself."""
    node = argument.site.node
    written = dotted_name(node)
    if written:
        return written
    if isinstance(argument.value, Closure) and argument.value.node == node:
        return qualified_name(node).rpartition(".")[2]
    return ""


def _route_of(link: Link, path: Path, method: str) -> dict[str, Value]:
    """What a guard at `link` can see of a request for `path`."""
    base, below = path.segments[: len(link.path.segments)], path.segments[len(link.path.segments) :]
    if link.level is GuardLevel.ROUTE or link.whole:
        base, below = (), path.segments
    known: dict[str, Value] = {
        "path": _text(below),
        "url": _text(below),
        "originalUrl": _text(path.segments),
        "baseUrl": _text(base) if base else Constant(""),
    }
    if method != "ANY":
        known["method"] = Constant(method)
    return known


def _text(segments: tuple[str, ...]) -> Value:
    parts: list[Value] = []
    for segment in segments:
        unknown = "{" in segment or segment == REST or HOLE in segment
        parts.extend([Constant("/"), Pieces((None,)) if unknown else Constant(segment)])
    return joined_text(parts) if parts else Constant("/")


def _parameters(closure: Closure) -> int:
    held = closure.node.field("parameters")
    return len([one for one in held.named_children() if one.kind() != "comment"]) if held is not None else 1
