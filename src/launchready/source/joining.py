"""Routes with what their handlers do: lookups and guards inside them, through the functions that they call."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TypeAlias

from launchready.model.source import (
    Bound,
    GuardKind,
    GuardLevel,
    LookupAction,
    SourceGuard,
    SourceHit,
    SourceLookup,
    SourceRoute,
)
from launchready.source.code.facts import Call, FoundRoute, FunctionFacts, Key

_DEEPEST = 3  # calls from the handler down: handler → service → repository
_MOST_FUNCTIONS = 60  # of one route

Callee: TypeAlias = Callable[[FunctionFacts, Call], Key | None]


def joined(
    found: Iterable[FoundRoute], functions: Mapping[Key, FunctionFacts], callee: Callee
) -> tuple[SourceRoute, ...]:
    """The routes with lookups and inline guards of their handlers and of what these call."""
    return tuple(_joined(one, functions, callee) for one in found)


def _joined(one: FoundRoute, functions: Mapping[Key, FunctionFacts], callee: Callee) -> SourceRoute:
    keys = (*((one.handler,) if one.handler is not None else ()), *one.hooks)
    entries = [_without(facts, one) for key in keys if (facts := functions.get(key)) is not None]
    if not entries:
        return one.route
    reached = list(_reached(entries, functions, callee))
    route = one.route
    inline = [replace(guard, level=GuardLevel.INLINE) for facts in entries for guard in facts.guards]
    known = {guard.name for guard in route.guards}
    guards = (*route.guards, *(guard for guard in inline if guard.name not in known))
    compares = any(facts.compares_owner for facts in reached)
    inner = (_as_bound(lookup, compares=compares) for facts in reached for lookup in facts.lookups)
    lookups = tuple(dict.fromkeys((*route.lookups, *inner)))
    return replace(route, guards=guards, lookups=_by_verb(route.method, lookups))


def _without(facts: FunctionFacts, one: FoundRoute) -> FunctionFacts:
    """A handler without what it does for other methods."""
    if not one.without or facts.key != one.handler:
        return facts

    def runs(line: int) -> bool:
        return not any(first <= line <= last for first, last in one.without)

    return replace(
        facts,
        guards=tuple(guard for guard in facts.guards if runs(guard.place.line)),
        lookups=tuple(lookup for lookup in facts.lookups if runs(lookup.place.line)),
        calls=tuple(call for call in facts.calls if runs(call.line)),
    )


def _reached(
    entries: list[FunctionFacts], functions: Mapping[Key, FunctionFacts], callee: Callee
) -> Iterator[FunctionFacts]:
    """The handler, the hooks and what they call, each once, nearest first."""
    level = list({facts.key: facts for facts in entries}.values())
    seen = {facts.key for facts in level}
    for depth in range(_DEEPEST + 1):
        yield from level
        if depth == _DEEPEST:
            return
        following: list[FunctionFacts] = []
        for facts in level:
            for call in facts.calls:
                key = callee(facts, call)
                called = functions.get(key) if key is not None else None
                if called is not None and called.key not in seen and len(seen) < _MOST_FUNCTIONS:
                    seen.add(called.key)
                    following.append(called)
        level = following


def _as_bound(lookup: SourceLookup, *, compares: bool) -> SourceLookup:
    """A lookup by id alone is bound where its handler, or what that calls, compares an owner afterwards."""
    if compares and lookup.bound is Bound.NONE:
        return replace(lookup, bound=Bound.OWNER, term="compared with the caller afterwards")
    return lookup


def _by_verb(method: str, lookups: tuple[SourceLookup, ...]) -> tuple[SourceLookup, ...]:
    """A fetch in a handler that changes or deletes is the fetch of what is changed."""
    action = {"DELETE": LookupAction.DELETE, "PUT": LookupAction.UPDATE, "PATCH": LookupAction.UPDATE}.get(
        method
    )
    if action is None:
        return lookups
    return tuple(replace(one, action=action) if one.action is LookupAction.READ else one for one in lookups)


def with_routes(hits: Iterable[SourceHit], routes: Iterable[SourceRoute]) -> tuple[SourceHit, ...]:
    """The hits, each with the route whose handler's lines hold it."""
    by_path: dict[str, list[SourceRoute]] = {}
    for route in routes:
        by_path.setdefault(route.place.path, []).append(route)
    return tuple(_with_route(hit, by_path.get(hit.place.path, ())) for hit in hits)


def _with_route(hit: SourceHit, routes: Iterable[SourceRoute]) -> SourceHit:
    around = [one for one in routes if one.place.line <= hit.place.line <= one.end_line]
    if not around:
        return hit
    nearest = min(around, key=lambda one: one.end_line - one.place.line)
    return replace(hit, route=nearest.id)


def refusing(guards: Iterable[SourceGuard]) -> tuple[SourceGuard, ...]:
    """Those of the guards that refuse somebody."""
    kinds = {GuardKind.AUTHENTICATES, GuardKind.AUTHORIZES, GuardKind.SERVICE}
    return tuple(guard for guard in guards if guard.kind in kinds)
