"""Routes with what their handlers do: lookups and guards inside them, through the functions that they call."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

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
from launchready.source.code.facts import FoundRoute, FunctionFacts, Key
from launchready.source.reaching import Callee, Reach


def joined(
    found: Iterable[FoundRoute], functions: Mapping[Key, FunctionFacts], callee: Callee
) -> tuple[SourceRoute, ...]:
    """The routes with lookups and inline guards of their handlers and of what these call."""
    reach = Reach(functions, callee)
    return tuple(_joined(one, functions, reach) for one in found)


def _joined(one: FoundRoute, functions: Mapping[Key, FunctionFacts], reach: Reach) -> SourceRoute:
    keys = (*((one.handler,) if one.handler is not None else ()), *one.hooks)
    entries = [_without(facts, one) for key in keys if (facts := functions.get(key)) is not None]
    if not entries:
        return replace(one.route, lookups=tuple(_scoped(lookup, one) for lookup in one.route.lookups))
    visits = list(reach.visits(entries))
    route = one.route
    inline = [replace(guard, level=GuardLevel.INLINE) for visit in visits for guard in reach.guards(visit)]
    known = {guard.name for guard in route.guards}
    inner_guards = dict.fromkeys(guard for guard in inline if guard.name not in known)
    guards = (*route.guards, *inner_guards)
    compares = any(visit.facts.compares_owner for visit in visits)
    inner = [lookup for visit in visits for lookup in reach.lookups(visit)]
    bound = _compared(inner) if compares else inner
    lookups = tuple(dict.fromkeys(_scoped(lookup, one) for lookup in (*route.lookups, *bound)))
    return replace(route, guards=guards, lookups=_by_verb(route, lookups))


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
        keyed=tuple(one for one in facts.keyed if runs(one.lookup.place.line)),
        asked=tuple(one for one in facts.asked if runs(one.guard.place.line)),
        calls=tuple(call for call in facts.calls if runs(call.line)),
    )


def _compared(lookups: Sequence[SourceLookup]) -> list[SourceLookup]:
    """Lookups where a handler, or what it calls, compares an owner afterwards.

    The only kind of object looked up by id alone is the one that is compared; of several it is not told which.
    """
    alone = {lookup.model for lookup in lookups if lookup.bound is Bound.NONE}
    bound, term = (
        (Bound.OWNER, "compared with the caller afterwards")
        if len(alone) == 1
        else (Bound.UNCLEAR, "something is compared with the caller afterwards")
    )
    return [
        replace(lookup, bound=bound, term=term) if lookup.bound is Bound.NONE else lookup
        for lookup in lookups
    ]


def _scoped(lookup: SourceLookup, one: FoundRoute) -> SourceLookup:
    """A lookup by id alone behind a guard that asks about ids itself: whether about this one is not told."""
    if one.scoped_by and lookup.bound is Bound.NONE:
        return replace(lookup, bound=Bound.UNCLEAR, term=f"{one.scoped_by} may ask")
    return lookup


_PARAMETER = re.compile(r"\{([^{}]*)\}")
_ACTIONS = {"DELETE": LookupAction.DELETE, "PUT": LookupAction.UPDATE, "PATCH": LookupAction.UPDATE}


def _by_verb(route: SourceRoute, lookups: tuple[SourceLookup, ...]) -> tuple[SourceLookup, ...]:
    """A fetch in a handler that changes or deletes the object of its path is the fetch of what is changed.

    `DELETE /articles/{id}/favorite` deletes no article: the path's end is not the object. Nor is an article what
    `DELETE /articles/{slug}/comments/{id}` deletes: it is looked up by what stands before the end.
    """
    action = _ACTIONS.get(route.method)
    names = _PARAMETER.findall(route.path)
    if action is None or not names or not route.path.rstrip("/").endswith("}"):
        return lookups
    around = set(names[:-1]) - {names[-1]}

    def is_meant(one: SourceLookup) -> bool:
        return one.action is LookupAction.READ and one.key not in around

    return tuple(replace(one, action=action) if is_meant(one) else one for one in lookups)


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
