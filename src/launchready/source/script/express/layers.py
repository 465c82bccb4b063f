"""Routes of an Express application in the order in which they are registered, each with what a request passes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from launchready.model.source import GuardLevel
from launchready.source.script.express.paths import ROOT, Path, paths_of
from launchready.source.script.express.routers import Layer, LayerKind, Router
from launchready.source.script.symbolic.scope import Condition
from launchready.source.script.symbolic.values import Argument, Either, Items, Settled, Value, pieces_of

_DEEPEST = 12  # routers in routers
_MOST_ENTRIES = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A piece of middleware on the way of a request. `whole`: it stands at a route, so it needs the whole path."""

    path: Path
    argument: Argument
    level: GuardLevel
    conditions: frozenset[Condition]
    method: str = "ANY"
    whole: bool = False
    of_parameter: bool = False  # registered by `param`: called with the value as a fourth argument


@dataclass(frozen=True, slots=True, kw_only=True)
class Registered:
    """A route: `handlers` as written at it, the last one answers; `parameters` are what `param` registered."""

    method: str
    path: Path
    handlers: tuple[Argument, ...]
    layer: Layer
    conditions: frozenset[Condition]
    parameters: tuple[Argument, ...] = ()


def entries(app: Router) -> Iterator[Link | Registered]:
    """Everything that is registered at an application, in order."""
    for count, entry in enumerate(_of_router(app, ROOT, frozenset(), (app,))):
        if count > _MOST_ENTRIES:
            return
        yield entry


def _of_router(
    router: Router, prefix: Path, conditions: frozenset[Condition], above: tuple[Router, ...]
) -> Iterator[Link | Registered]:
    parameters = _parameters(router)
    for layer in router.layers:
        here = conditions | frozenset(layer.conditions)
        own = [path for value in layer.paths for path in paths_of(value)] if layer.paths else [ROOT]
        if layer.kind is LayerKind.ROUTE:
            handlers = tuple(flattened(layer.handlers))
            for path in own:
                asked = tuple(one for name, held in parameters.items() if _has(path, name) for one in held)
                yield Registered(
                    method=layer.method,
                    path=path.under(prefix),
                    handlers=handlers,
                    layer=layer,
                    conditions=here,
                    parameters=asked,
                )
        elif layer.kind is LayerKind.USE:
            for path in own:
                yield from _used(layer, path.under(prefix), here, above)


def _used(
    layer: Layer, path: Path, conditions: frozenset[Condition], above: tuple[Router, ...]
) -> Iterator[Link | Registered]:
    is_global = len(above) == 1 and not path.segments
    for one in flattened(layer.handlers):
        mounted = [held for held in _options(one.value) if isinstance(held, Router)]
        for router in mounted:
            if router not in above and len(above) < _DEEPEST:
                yield from _of_router(router, path, conditions, (*above, router))
        if not mounted:
            level = GuardLevel.GLOBAL if is_global else GuardLevel.GROUP
            yield Link(path=path, argument=one, level=level, conditions=conditions)


def _options(value: Value) -> list[Value]:
    return value.options if isinstance(value, Either) else [value]


def flattened(arguments: tuple[Argument, ...], depth: int = 0) -> Iterator[Argument]:
    """Arguments, arrays among them taken apart."""
    for one in arguments:
        value = one.value.value if isinstance(one.value, Settled) else one.value
        if isinstance(value, Items) and depth < _DEEPEST:
            sites = value.nodes if len(value.nodes) == len(value.values) else [one.site] * len(value.values)
            inner = tuple(
                Argument(value=held, site=site) for held, site in zip(value.values, sites, strict=True)
            )
            yield from flattened(inner, depth + 1)
        else:
            yield replace(one, value=value)


def _parameters(router: Router) -> dict[str, list[Argument]]:
    found: dict[str, list[Argument]] = {}
    for layer in router.layers:
        if layer.kind is LayerKind.PARAM:
            for value in layer.paths:
                name = pieces_of(value)[0]
                if name is not None:
                    found.setdefault(name, []).extend(layer.handlers)
    return found


def _has(path: Path, name: str) -> bool:
    return any("{" + name + "}" in segment for segment in path.segments)
