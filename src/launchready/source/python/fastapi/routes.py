"""Routes of an application, with every prefix and mount, and what stands before them."""

from collections.abc import Iterator
from dataclasses import dataclass

from launchready.model.source import GuardLevel
from launchready.source.python.fastapi.paths import EMPTY, PathText
from launchready.source.python.fastapi.starlette_middleware import Middleware, middlewares_of
from launchready.source.python.fastapi.tree import VERBS, Declared, Included, Node, Tree
from launchready.source.python.fastapi.users import KnownRoute, known_routes
from launchready.source.python.wiring.values import (
    ClassValue,
    FunctionValue,
    Given,
    Instance,
    Items,
    Made,
    Member,
    OutsideValue,
    Unknown,
    Value,
    outside_names,
    texts_of,
)

_DEEPEST = 16
_MOST = 8_000
_STATIC = ("StaticFiles", "WSGIMiddleware", "GraphQL", "GraphQLRouter", "make_asgi_app", "ASGIApp")


@dataclass(frozen=True, slots=True, kw_only=True)
class Laid:
    """Dependencies laid on at a level."""

    values: tuple[Value, ...]
    level: GuardLevel
    given: Given


@dataclass(frozen=True, slots=True, eq=False)
class Placed:
    """A route where it is served: one method, the whole path, all that stands before the handler."""

    method: str
    path: PathText
    endpoint: Value
    laid: tuple[Laid, ...]
    middlewares: tuple[Middleware, ...]
    given: Given
    conditions: tuple[str, ...] = ()
    known: KnownRoute | None = None
    maker: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Unread:
    """Something that is put in at a place, and whose routes could not be told."""

    included: Included
    path: PathText
    laid: tuple[Laid, ...]
    middlewares: tuple[Middleware, ...]
    conditions: tuple[str, ...]


@dataclass(slots=True)
class Walk:
    """One walk through an application. `unread` are things included whose routes could not be told."""

    tree: Tree
    reached: set[int]
    unread: list[Unread]
    count: int = 0

    def routes(self, node: Node) -> Iterator[Placed]:
        """All routes of an application or router."""
        yield from self._of(node, EMPTY, (), (), (), ())

    def guessed(self, node: Node, at: Unread) -> Iterator[Placed]:
        """The routes of a router that nobody was seen to include, where something unread is put in."""
        yield from self._of(node, at.path, at.laid, at.middlewares, at.conditions, ())

    def _of(
        self,
        node: Node,
        path: PathText,
        laid: tuple[Laid, ...],
        middlewares: tuple[Middleware, ...],
        conditions: tuple[str, ...],
        above: tuple[int, ...],
    ) -> Iterator[Placed]:
        if id(node) in above or len(above) > _DEEPEST or self.count > _MOST:
            return
        self.reached.add(id(node))
        whole = path + node.prefix
        level = GuardLevel.GLOBAL if node.is_app else GuardLevel.GROUP
        given = Given(node.value.node, self.tree.wiring.namespace(node.value.module))
        inner = (
            (*laid, Laid(values=node.dependencies, level=level, given=given)) if node.dependencies else laid
        )
        around = (*middlewares, *middlewares_of(self.tree.wiring, node.middlewares))
        for declared in node.declared:
            for placed in _declared(self.tree, declared, whole, inner, around, conditions):
                self.count += 1
                yield placed
        for included in node.included:
            under = (*conditions, *included.conditions)
            child = self.tree.node(included.child)
            further = whole + included.prefix
            before = inner
            if included.mounted:
                before = ()  # a mounted application answers alone; only middleware is around it
            elif included.dependencies:
                before = (
                    *inner,
                    Laid(values=included.dependencies, level=GuardLevel.GROUP, given=included.given),
                )
            if child is not None:
                yield from self._of(child, further, before, around, under, (*above, id(node)))
            else:
                yield from self._brought(included, further, before, around, under)

    def _brought(
        self,
        included: Included,
        path: PathText,
        laid: tuple[Laid, ...],
        middlewares: tuple[Middleware, ...],
        conditions: tuple[str, ...],
    ) -> Iterator[Placed]:
        """Routes that a package brings along."""
        maker, routes = known_routes(self.tree.wiring.settled(included.child))
        for known in routes:
            yield Placed(
                known.method,
                path + PathText(text=known.path),
                included.child,
                laid,
                middlewares,
                included.given,
                conditions,
                known,
                maker,
            )
        if not routes and not _is_static(self.tree.wiring.settled(included.child)):
            self.unread.append(Unread(included, path, laid, middlewares, conditions))


def _is_static(value: Value) -> bool:
    """Whether what is mounted serves files, or is no application of the repository."""
    names = list(outside_names(value))
    return any(name.rpartition(".")[2] in _STATIC for name in names) or isinstance(value, FunctionValue)


def _declared(
    tree: Tree,
    declared: Declared,
    prefix: PathText,
    laid: tuple[Laid, ...],
    middlewares: tuple[Middleware, ...],
    conditions: tuple[str, ...],
) -> Iterator[Placed]:
    path = prefix + declared.path
    endpoint = _endpoint(tree, declared.endpoint)
    given = declared.given
    before = laid
    if declared.dependencies:
        before = (*laid, Laid(values=declared.dependencies, level=GuardLevel.ROUTE, given=given))
    under = (*conditions, *declared.conditions)
    if isinstance(endpoint, ClassValue):
        for verb in VERBS:
            found = tree.wiring.class_member(endpoint, verb)
            if isinstance(found, FunctionValue):
                yield Placed(verb.upper(), path, found, before, middlewares, given, under)
        return
    methods, sure = _methods(declared)
    if not sure:
        path += PathText(certain=False, notes=("the methods could not be read",))
    for method in methods:
        yield Placed(method, path, endpoint, before, middlewares, given, under)


def _methods(declared: Declared) -> tuple[tuple[str, ...], bool]:
    if declared.verb:
        return (declared.verb.upper(),), True
    match declared.methods:
        case None:
            return ("GET",), True
        case Items() as items:
            found = tuple(dict.fromkeys(text.upper() for text in texts_of(items)))
            return found or ("GET",), items.whole and bool(found)
        case value:
            found = tuple(text.upper() for text in texts_of(value))
            return (found, True) if found else (("GET",), False)


def _endpoint(tree: Tree, value: Value | None) -> Value:
    """The function that serves a route, out of partials and bound methods."""
    held = tree.wiring.settled(value) if value is not None else Unknown()
    if isinstance(held, Instance):
        found = tree.wiring.class_member(held.cls, "__call__")
        return found if found is not None else held
    if isinstance(held, Made) and held.what.endswith("partial") and held.arguments:
        return held.arguments[0]
    if isinstance(held, Member | OutsideValue | Made):
        return held
    return held
