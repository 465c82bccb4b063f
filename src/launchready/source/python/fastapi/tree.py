"""Applications and routers of FastAPI and Starlette, and how they are put into one another."""

from dataclasses import dataclass, field

from launchready.source.python.fastapi.paths import EMPTY, PathText, path_text
from launchready.source.python.wiring.program import Wiring
from launchready.source.python.wiring.values import (
    Event,
    FunctionValue,
    Given,
    Instance,
    Items,
    Known,
    Made,
    Member,
    Unknown,
    Value,
    creation,
    items_of,
    outside_names,
)

VERBS = ("get", "post", "put", "patch", "delete", "head", "options", "trace")
METHODS = frozenset({
    *VERBS, "api_route", "route", "add_api_route", "add_route", "websocket", "websocket_route", "add_websocket_route",
    "add_api_websocket_route", "include_router", "mount", "host", "add_middleware", "middleware",
    "exception_handler", "add_exception_handler",
})  # fmt: skip
_APPS = ("FastAPI", "Starlette")
_ROUTERS = ("APIRouter", "Router", "InferringRouter")
_PACKAGES = ("fastapi", "starlette", "cadwyn")
_SOCKETS = frozenset({"websocket", "websocket_route", "add_websocket_route", "add_api_websocket_route"})


@dataclass(frozen=True, slots=True, eq=False)
class Declared:
    """A route as declared: `path` and `methods` as given, `endpoint` what serves it."""

    event: Event | None
    path: PathText
    methods: Value | None
    endpoint: Value | None
    dependencies: tuple[Value, ...]
    given: Given
    verb: str = ""
    conditions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Included:
    """A router or application in another one; `mounted` ones keep their own dependencies to themselves."""

    child: Value
    prefix: PathText
    dependencies: tuple[Value, ...]
    given: Given
    mounted: bool = False
    conditions: tuple[str, ...] = ()


@dataclass(slots=True, eq=False)
class Node:
    """An application or router."""

    value: Made | Instance
    is_app: bool
    prefix: PathText = EMPTY
    dependencies: tuple[Value, ...] = ()
    declared: list[Declared] = field(default_factory=list)
    included: list[Included] = field(default_factory=list)
    middlewares: list[Event | Made] = field(default_factory=list)
    handlers: list[tuple[Value, Value]] = field(default_factory=list)
    sockets: int = 0


def kind_of(value: Value | None) -> str:
    """`app`, `router`, or empty for what is neither."""
    if not isinstance(value, Made | Instance):
        return ""
    for name in outside_names(value):
        package, last = name.partition(".")[0], name.rpartition(".")[2]
        if last in _APPS and (package.startswith(_PACKAGES) or last == "FastAPI"):
            return "app"
        if last in _ROUTERS and (package.startswith(_PACKAGES) or last == "APIRouter"):
            return "router"
    return ""


class Tree:
    """All applications and routers of a repository by identity."""

    def __init__(self, wiring: Wiring) -> None:
        self.wiring = wiring
        self.nodes: dict[int, Node] = {}
        for made in wiring.made:
            self.node(made)
        for event in wiring.events:
            self._take(event)
        waiting = list(self.nodes.values())
        while waiting:  # what is mounted may bring lists of routes of its own
            known = set(self.nodes)
            for included in waiting.pop().included:
                child = self.node(included.child)
                if child is not None and id(child.value) not in known:
                    waiting.append(child)

    def node(self, value: Value) -> Node | None:
        """The application or router that a value is; `app.router` is the application."""
        held = self.wiring.settled(value)
        if isinstance(held, Member) and held.name in {"router", "app"}:
            return self.node(held.of)
        if isinstance(held, Made) and held.what.endswith("WSGIMiddleware"):
            return None
        kind = kind_of(held)
        if not kind or not isinstance(held, Made | Instance):
            return None
        if id(held) not in self.nodes:
            self.nodes[id(held)] = self._made(held, kind)
        return self.nodes[id(held)]

    def _made(self, value: Made | Instance, kind: str) -> Node:
        made = creation(value)
        keywords = made.keywords if made is not None else {}
        node = Node(value, kind == "app")
        if kind == "router" and "prefix" in keywords:
            node.prefix = path_text(keywords["prefix"], "the prefix of a router")
        node.dependencies = dependencies_in(keywords.get("dependencies"))
        node.middlewares = [one for one in items_of(keywords.get("middleware")) if isinstance(one, Made)]
        routes = keywords.get("routes")
        if routes is None and made is not None and made.arguments and not made.what.startswith("fastapi"):
            routes = (
                made.arguments[1]
                if made.what.endswith("Starlette") and len(made.arguments) > 1
                else made.arguments[0]
            )
        for route in items_of(routes):
            self._listed(node, route)
        return node

    def _listed(self, node: Node, route: Value) -> None:
        """An entry of Starlette's list of routes: `Route("/", f, methods=[…])`, `Mount("/x", app=y)`."""
        if not isinstance(route, Made):
            return
        given = Given(route.node, self.wiring.namespace(route.module), route.arguments, route.keywords)
        last = route.what.rpartition(".")[2]
        path = path_text(given.argument(0, "path"), "a path")
        if last in {"Route", "APIRoute"}:
            node.declared.append(
                Declared(
                    None, path, given.argument(2, "methods"), given.argument(1, "endpoint"),
                    dependencies_in(given.keywords.get("dependencies")), given,
                )
            )  # fmt: skip
        elif last == "WebSocketRoute":
            node.sockets += 1
        elif last in {"Mount", "Host"}:
            child = given.argument(1, "app")
            inner = given.keywords.get("routes")
            if inner is not None:
                child = Made("starlette.routing.Router", route.node, route.module, (), {"routes": inner})
                child.keywords |= {"middleware": given.keywords.get("middleware", Items([]))}
            if child is not None:
                prefix = _stripped(path) if last == "Mount" else EMPTY
                node.included.append(Included(child, prefix, (), given, mounted=True))

    # ------------------------------------------------------------------------------------------ events

    def _take(self, event: Event) -> None:
        node = self.node(event.receiver)
        if node is None:
            return
        given, method = event.given, event.method
        if method in VERBS or method in {"api_route", "route", "add_api_route", "add_route"}:
            self._route(node, event)
        elif method in _SOCKETS:
            node.sockets += event.decorated is not None or method.startswith("add_")
        elif method == "include_router":
            child = given.argument(0, "router")
            prefix = path_text(
                given.keywords.get("prefix", given.argument(1, "prefix")), "the prefix of a router"
            )
            dependencies = dependencies_in(given.keywords.get("dependencies"))
            if child is not None:
                node.included.append(
                    Included(child, prefix, dependencies, given, conditions=event.conditions)
                )
        elif method in {"mount", "host"}:
            child = given.argument(1, "app")
            prefix = _stripped(path_text(given.argument(0, "path"), "the path of a mount"))
            if child is not None:
                node.included.append(
                    Included(child, prefix, (), given, mounted=True, conditions=event.conditions)
                )
        elif method in {"add_middleware", "middleware"}:
            node.middlewares.append(event)
        elif method in {"exception_handler", "add_exception_handler"}:
            handler = event.decorated or given.argument(1, "handler")
            cause = given.argument(0, "exc_class_or_status_code")
            if handler is not None and cause is not None:
                node.handlers.append((cause, handler))

    def _route(self, node: Node, event: Event) -> None:
        given, method = event.given, event.method
        endpoint: Value | None = event.decorated
        if endpoint is None and method.startswith("add_"):
            endpoint = given.argument(1, "endpoint")
            endpoint = endpoint if endpoint is not None else given.keywords.get("route")
        if endpoint is None:
            return  # the call before the decorator's own: `app.get("/x")(f)` comes as an event with `f`
        position = 2 if method == "add_route" else 1
        methods = given.argument(position if method in {"route", "add_route"} else -1, "methods")
        node.declared.append(
            Declared(
                event,
                path_text(given.argument(0, "path"), "a path"),
                methods,
                endpoint,
                dependencies_in(given.keywords.get("dependencies")),
                given,
                method if method in VERBS else "",
                event.conditions,
            )
        )


def dependencies_in(value: Value | None) -> tuple[Value, ...]:
    """The dependencies in a list of them; what could not be read stands as itself."""
    match value:
        case None | Known(value=None):
            return ()
        case Items(items=items, whole=whole):
            return (*items, *(() if whole else (Unknown(code="a dependency that could not be read"),)))
        case Made() | FunctionValue():
            return (value,)
        case _:
            return (Unknown(code="dependencies that could not be read"),)


def _stripped(path: PathText) -> PathText:
    return PathText(text=path.text.rstrip("/"), certain=path.certain, notes=path.notes)
