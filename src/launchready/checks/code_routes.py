"""The code's routes beside the running product's operations and the probes of them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from launchready.model.evidence import GuardProbe, GuardSweep, SourceReview, Surface
from launchready.model.operation import HttpOperation
from launchready.model.same_route import ANY, Routes, shape
from launchready.model.source import SourceRoute


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeRoutes:
    """Routes of the code, to be looked up by the method and path that the running product has for them.

    A route that two applications of the repository serve, or whose path could not be read, is none that can be told.
    """

    review: SourceReview
    bases: tuple[str, ...] = ("",)
    _routes: Routes[SourceRoute] = field(default_factory=Routes)

    @classmethod
    def of(cls, review: SourceReview, surface: Surface | None) -> "CodeRoutes":
        """Those that an application serves; `surface` tells below which paths the API is mounted."""
        operations = surface.operations if surface is not None else ()
        bases = (one.base_path for one in operations if isinstance(one, HttpOperation))
        found = cls(review=review, bases=tuple(dict.fromkeys(("", *bases))))
        for route in _told_apart(review.routes):
            found._routes.add(route.method, route.path, route)
        return found

    def find(self, method: str, path: str) -> SourceRoute | None:
        """The route that serves it, if exactly one does."""
        return self._routes.find(method, path, self.bases)


def _told_apart(routes: Iterable[SourceRoute]) -> Iterator[SourceRoute]:
    """The first route of each method and shape, for it wins in every framework; none where applications differ."""
    groups: dict[tuple[str, str], list[SourceRoute]] = {}
    for route in routes:
        if route.served and route.certain:
            groups.setdefault((route.method, shape(route.path)), []).append(route)
    for same in groups.values():
        if len({route.app for route in same}) == 1:
            yield same[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of the inventory: a route of the code, an operation of the running product, or both.

    `probe` is the operation asked by nobody, where it was.
    """

    method: str
    path: str
    route: SourceRoute | None = None
    operation: HttpOperation | None = None
    probe: GuardProbe | None = None

    @property
    def name(self) -> str:
        """`METHOD path`, as the product has it where it is known there."""
        return f"{self.method} {self.path}"

    @property
    def names(self) -> tuple[str, ...]:
        """All that it is called, for rules that name it."""
        return tuple(dict.fromkeys((self.name, *([self.route.id] if self.route is not None else []))))


def inventory(
    review: SourceReview | None, surface: Surface | None, sweep: GuardSweep | None
) -> tuple[Entry, ...]:
    """Every operation of the product with its route in the code, then the code's routes that are none of them."""
    codes = CodeRoutes.of(review, surface) if review is not None else None
    probes: Mapping[str, GuardProbe] = {one.operation: one for one in (sweep.probes if sweep else ())}
    operations = surface.operations if surface is not None else ()
    entries = [
        Entry(
            method=one.method,
            path=one.path,
            route=codes.find(one.method, one.path) if codes is not None else None,
            operation=one,
            probe=probes.get(one.id),
        )
        for one in operations
        if isinstance(one, HttpOperation)
    ]
    joined = {_key(entry.route) for entry in entries if entry.route is not None}
    entries.extend(
        Entry(method=route.method, path=route.path, route=route)
        for route in _each_once(review.routes if review is not None else ())
        if _key(route) not in joined
    )
    return tuple(entries)


def _each_once(routes: Iterable[SourceRoute]) -> Iterator[SourceRoute]:
    """Served routes; what an earlier route of the same application hides is left out."""
    seen: set[tuple[str, str, str]] = set()
    for route in routes:
        key = _key(route)
        if route.served and key not in seen:
            seen.add(key)
            yield route


def _key(route: SourceRoute) -> tuple[str, str, str]:
    return route.app, route.method, shape(route.path)


def takes_id(path: str) -> bool:
    """Whether a path has a parameter in it."""
    return "{}" in shape(path)


def writes(method: str) -> bool:
    """Whether the method may change state (RFC 9110 section 9.2.1); a route for any method may."""
    return method == ANY or method not in {"GET", "HEAD", "OPTIONS", "TRACE"}
