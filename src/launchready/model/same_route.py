"""Whether two descriptions mean the same route: the specification's, the code's, a client's."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

Named = TypeVar("Named")

_PARAMETER = re.compile(r"\{[^{}/]*\}|:\w+|<[^<>/]*>|\[{1,2}(?:\.\.\.)?\w+\]{1,2}")
_MOUNT = re.compile(r"(?:/(?:api|rest|apis|v\d+(?:\.\d+)?))+", re.IGNORECASE)
ANY = "ANY"


def shape(path: str) -> str:
    """A path with its parameters' names left out: `/items/{item_id}/` and `/items/:id` are `/items/{}`."""
    return "/" + _PARAMETER.sub("{}", path.partition("?")[0]).strip("/")


@dataclass(slots=True)
class Routes(Generic[Named]):
    """Things by method and path shape, to be looked up by another description's method and path.

    A description may leave out the prefix below which the API is mounted (`/api/v1`); a match without it is believed
    only when there is exactly one.
    """

    _exact: dict[tuple[str, str], list[Named]] = field(default_factory=dict)
    _shapes: dict[str, list[tuple[str, Named]]] = field(default_factory=dict)

    def add(self, method: str, path: str, named: Named) -> None:
        """Enter one."""
        form = shape(path)
        self._exact.setdefault((method, form), []).append(named)
        self._shapes.setdefault(form, []).append((method, named))

    def find(self, method: str, path: str, bases: Iterable[str] = ("",)) -> Named | None:
        """The thing at `path` below one of `bases`, or the only one that differs by a mount's prefix."""
        for base in bases:
            form = shape(f"{base.rstrip('/')}/{path.lstrip('/')}")
            for verb in (method, ANY):
                if found := self._exact.get((verb, form)):
                    return found[0]
        return self._by_tail(method, shape(path))

    def _by_tail(self, method: str, form: str) -> Named | None:
        found = [
            named
            for known, entries in self._shapes.items()
            if _is_mount(known, form) or _is_mount(form, known)
            for verb, named in entries
            if verb in {method, ANY}
        ]
        return found[0] if len(found) == 1 else None


def _is_mount(longer: str, shorter: str) -> bool:
    """Whether `longer` is `shorter` below a prefix such as APIs are mounted at."""
    if shorter == "/" or not longer.endswith(shorter):
        return False
    return _MOUNT.fullmatch(longer.removesuffix(shorter)) is not None


def routes_by_id(named: Mapping[str, Named]) -> Routes[Named]:
    """`Routes` of things by their id, `METHOD path`."""
    routes: Routes[Named] = Routes()
    for key, one in named.items():
        method, _, path = key.partition(" ")
        routes.add(method, path, one)
    return routes
