"""How far the guards of an application reach: all routes, a group, single ones."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from launchready.checks.code_routes import Entry, takes_id, writes
from launchready.model.oracle import Denied, judge_guard
from launchready.model.source import (
    AccessClass,
    CodePlace,
    GuardKind,
    GuardLevel,
    SourceApp,
    SourceGuard,
    SourceRoute,
)

REFUSING = frozenset({GuardKind.AUTHENTICATES, GuardKind.AUTHORIZES, GuardKind.SERVICE})


class Reach(StrEnum):
    """The widest guard that refuses somebody at a route."""

    GLOBAL = "global"
    GROUP = "group"
    ROUTE = "route"
    INLINE = "inline"
    UNCLEAR = "unclear"
    NONE = "none"


_WIDEST = (GuardLevel.GLOBAL, GuardLevel.GROUP, GuardLevel.ROUTE, GuardLevel.INLINE)


def reach_of(route: SourceRoute) -> Reach:
    """The widest guard of a route that refuses; UNCLEAR where one might."""
    levels = {guard.level for guard in route.guards if guard.kind in REFUSING}
    for level in _WIDEST:
        if level in levels:
            return Reach(level.value)
    return Reach.UNCLEAR if any(guard.kind is GuardKind.UNCLEAR for guard in route.guards) else Reach.NONE


@dataclass(frozen=True, slots=True, kw_only=True)
class AppGuards:
    """One application: its routes, and how far the guard of each reaches that is on no public list.

    `guard_names` are those of single routes, `logins` how many of them ask who the caller is.
    """

    name: str
    place: CodePlace
    entries: tuple[Entry, ...]
    reaches: Counter[Reach]
    guard_names: tuple[str, ...]
    logins: int
    unguarded: int
    is_guarded_as_a_whole: bool

    @classmethod
    def of(
        cls, app: SourceApp | None, entries: Sequence[Entry], is_public: Callable[[Entry], bool]
    ) -> "AppGuards":
        """From the routes of the application; `app` is None where only its routes were found."""
        routes = [(entry, entry.route) for entry in entries if entry.route is not None]
        # What another service calls has a check of its own: no login for members covers it
        private = [
            (entry, route)
            for entry, route in routes
            if route.access is not AccessClass.SERVICE and not is_public(entry)
        ]
        narrow = [
            guard
            for _, route in private
            for guard in route.guards
            if guard.kind in REFUSING and guard.level in {GuardLevel.ROUTE, GuardLevel.INLINE}
        ]
        first = routes[0][1]
        whole = (
            *(app.guards if app is not None else ()),
            *(guard for _, one in routes for guard in one.guards),
        )
        return cls(
            name=(app.name if app is not None else "") or first.framework or "the application",
            place=app.entry if app is not None else first.place,
            entries=tuple(entries),
            reaches=Counter(_shown_reach(entry, route) for entry, route in private),
            logins=len({guard.name for guard in narrow if guard.kind is GuardKind.AUTHENTICATES}),
            guard_names=tuple(dict.fromkeys(guard.name for guard in narrow)),
            unguarded=sum(
                _shown_reach(entry, route) is Reach.NONE and cls.matters(entry) for entry, route in private
            ),
            is_guarded_as_a_whole=any(map(_covers_all, whole)),
        )

    @staticmethod
    def matters(entry: Entry) -> bool:
        """Whether a route without a guard may give away or change single things: it writes, or takes an id."""
        return writes(entry.method) or takes_id(entry.path)

    @property
    def is_grouped(self) -> bool:
        """Whether most guards stand at groups, where a new route of the group has them by itself."""
        narrow = self.reaches[Reach.ROUTE] + self.reaches[Reach.INLINE]
        return self.reaches[Reach.GROUP] > narrow

    @property
    def is_scattered(self) -> bool:
        """Whether single routes ask for a login in this way and that, and some that write or take ids in none."""
        return self.unguarded > 0 and (self.logins > 1 or self.reaches[Reach.INLINE] > 0)

    @property
    def ratio(self) -> str:
        """How many routes are guarded how far; those that are listed as public or for services are left out."""
        told = [
            (Reach.GLOBAL, "by a guard for all"),
            (Reach.GROUP, "by that of a group"),
            (Reach.ROUTE, "each by its own"),
            (Reach.INLINE, "inside the handler"),
            (Reach.UNCLEAR, "unclear"),
            (Reach.NONE, "by none"),
        ]
        return ", ".join(f"{self.reaches[reach]} {words}" for reach, words in told)


def _shown_reach(entry: Entry, route: SourceRoute) -> Reach:
    """The same, with a route that refused whoever is not signed in as one whose guard could not be read."""
    reach = reach_of(route)
    refused = entry.probe is not None and isinstance(judge_guard(entry.probe), Denied)
    return Reach.UNCLEAR if reach is Reach.NONE and refused else reach


def _covers_all(guard: SourceGuard) -> bool:
    return guard.level is GuardLevel.GLOBAL and guard.kind in REFUSING
