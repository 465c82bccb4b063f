"""In which order operations are probed: what the code shows without a guard comes first, should the budget end."""

from collections.abc import Iterable

from launchready.collecting.context import Context
from launchready.collecting.urls import path_parameters
from launchready.model.evidence import SourceReview
from launchready.model.operation import HttpOperation
from launchready.model.same_route import Routes
from launchready.model.source import AccessClass, Bound, SourceRoute
from launchready.surface.merge import full_path

_UNGUARDED, _UNBOUND, _UNCLEAR, _REST = range(4)


def riskiest_first(context: Context, operations: Iterable[HttpOperation]) -> list[HttpOperation]:
    """The operations by what the code says of them; in their own order where it says the same or nothing.

    First writes and reads by id of routes without any guard, then lookups by id alone, then routes whose guard could
    not be read. It decides nothing but the order.
    """
    given = list(operations)
    review = context.find(SourceReview)
    if review is None:
        return given
    routes: Routes[SourceRoute] = Routes()
    for route in review.routes:
        if route.served:
            routes.add(route.method, route.path, route)
    return sorted(given, key=lambda each: _rank(each, routes.find(each.method, full_path(each))))


def _rank(operation: HttpOperation, route: SourceRoute | None) -> int:
    if route is None:
        return _REST
    telling = operation.writes or bool(path_parameters(operation.path))
    if telling and route.access is AccessClass.NONE:
        return _UNGUARDED
    if any(lookup.bound is Bound.NONE for lookup in route.lookups):
        return _UNBOUND
    return _UNCLEAR if telling and route.access is AccessClass.UNCLEAR else _REST
