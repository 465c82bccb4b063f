"""FastAPI and Starlette: applications, routes with every prefix and mount resolved, the guards before each.

The framework's own routes (`/docs`, `/redoc`, `/openapi.json`) and WebSockets are not in the inventory.
"""

import ast
from collections.abc import Iterator
from dataclasses import replace

from launchready.model.operation import BodyForm
from launchready.model.source import (
    CodePlace,
    GuardKind,
    GuardLevel,
    SourceApp,
    SourceGuard,
    SourceRoute,
    Validation,
)
from launchready.source.code.facts import Found, FoundRoute, Key
from launchready.source.python.callers.caller import Persona, RouteFacts, Ruling
from launchready.source.python.callers.decorators import Decorators
from launchready.source.python.callers.run import CallerRun
from launchready.source.python.callers.statuses import answered_status, names_of, number_of
from launchready.source.python.fastapi.dependencies import Dependencies
from launchready.source.python.fastapi.inputs import InputReader, Inputs
from launchready.source.python.fastapi.paths import names_in, template
from launchready.source.python.fastapi.routes import Placed, Walk
from launchready.source.python.fastapi.starlette_middleware import guard_for, rule
from launchready.source.python.fastapi.taken import class_dependencies, dependency_of, is_depends
from launchready.source.python.fastapi.tree import METHODS, Node, Tree
from launchready.source.python.project import PythonProject
from launchready.source.python.schemas.models import Schemas
from launchready.source.python.schemas.raw import FORM, JSON
from launchready.source.python.wiring.program import Wiring
from launchready.source.python.wiring.values import (
    ClassValue,
    FunctionValue,
    Made,
    Unknown,
    Value,
    outside_names,
    texts_of,
)

_WORDS = ("fastapi", "starlette")
_MAKES_APP = ("FastAPI(", "Starlette(")
_APP_NAMES = frozenset(
    {"app", "application", "api", "fastapi_app", "server", "fastapi", "router", "api_router"}
)
_UNCALLED = "it is put in by a function whose call could not be found"


def read_fastapi(project: PythonProject) -> Found:
    """Applications and routes of FastAPI and Starlette."""
    wiring = Wiring(project, _WORDS, METHODS)
    wiring.follow(lambda text: any(word in text for word in _MAKES_APP))
    if wiring.is_empty:
        return Found()
    wiring.follow_uncalled(lambda one: _holds(one, _MAKES_APP), lambda _: {})
    apps = [node for node in Tree(wiring).nodes.values() if node.is_app]
    if apps:
        wiring.follow_uncalled(
            lambda one: bool(_app_parameters(one)),
            lambda one: dict.fromkeys(_app_parameters(one), _nearest(apps, one).value),
        )
    return _Reader(wiring).found()


def _holds(function: FunctionValue, words: tuple[str, ...]) -> bool:
    node = function.node
    lines = function.module.lines[node.lineno - 1 : node.end_lineno]
    return any(word in line for line in lines for word in words)


def _app_parameters(function: FunctionValue) -> list[str]:
    names = []
    for each in function.node.args.args:
        written = ast.unparse(each.annotation) if each.annotation is not None else ""
        if written.endswith(("FastAPI", "Starlette")) or (not written and each.arg in _APP_NAMES):
            names.append(each.arg)
    return names


def _nearest(apps: list[Node], function: FunctionValue) -> Node:
    """The application whose folder has most in common with that of a function."""
    parts = function.module.path.split("/")

    def shared(node: Node) -> int:
        others = node.value.module.path.split("/")
        return next((i for i, (a, b) in enumerate(zip(parts, others, strict=False)) if a != b), len(parts))

    return max(apps, key=shared)


class _Reader:
    """Makes routes of a tree of routers."""

    def __init__(self, wiring: Wiring) -> None:
        self.wiring = wiring
        self.tree = Tree(wiring)
        self.handlers = self._handlers()
        self.dependencies = Dependencies(wiring, self.handlers)
        self.decorators = Decorators(wiring, self.handlers, _known_decorator)
        self.inputs = InputReader(self.dependencies, Schemas(wiring.project))

    def found(self) -> Found:
        """All applications and routes."""
        walk = Walk(self.tree, set(), [])
        apps: list[SourceApp] = []
        routes: list[FoundRoute] = []
        for node in self._top():
            placed = list(walk.routes(node))
            if placed:
                app, made = self._application(node, placed)
                apps.append(app)
                routes.extend(made)
        routes.extend(self._left_over(walk))
        return Found(apps=tuple(apps), routes=tuple(routes), problems=tuple(dict.fromkeys(_problems(walk))))

    def _top(self) -> list[Node]:
        """The applications that no other one mounts; of several made at one place, the one with most in it."""
        inside = self._inside()
        best: dict[tuple[str, int], Node] = {}
        for node in self.tree.nodes.values():
            if not node.is_app or id(node) in inside:
                continue
            key = (node.value.module.path, getattr(node.value.node, "lineno", 0))
            size = len(node.declared) + len(node.included)
            held = best.get(key)
            if held is None or size > len(held.declared) + len(held.included):
                best[key] = node
        return list(best.values())

    def _inside(self) -> set[int]:
        """What is put into something else."""
        children = [included.child for node in self.tree.nodes.values() for included in node.included]
        return {id(child) for value in children if (child := self.tree.node(value)) is not None}

    def _application(self, node: Node, placed: list[Placed]) -> tuple[SourceApp, list[FoundRoute]]:
        name = self._name(node)
        for one in placed:
            for middleware in one.middlewares:
                rule(self.wiring, middleware, _facts(one), self.handlers)
        routes = [self._route(one, name) for one in placed]
        shared: dict[str, SourceGuard] = {}
        for route in routes:
            for guard in route.route.guards:
                if guard.level is GuardLevel.GLOBAL and guard.kind is not GuardKind.PUBLIC:
                    shared.setdefault(guard.name, guard)
        framework, path = _framework(node), node.value.module.path
        manifests = self.wiring.project.manifests
        app = SourceApp(
            name=name,
            framework=framework,
            root=manifests.root_of(path),
            version=manifests.version(framework, path),
            entry=node.value.module.place(node.value.node),
            guards=tuple(shared.values()),
        )
        return app, routes

    def _left_over(self, walk: Walk) -> Iterator[FoundRoute]:
        """Routers that no application was seen to include."""
        open_ends = bool(walk.unread)
        inside = self._inside()
        for node in list(self.tree.nodes.values()):
            if node.is_app or id(node) in walk.reached or id(node) in inside:
                continue
            # Where one thing only could not be read, that may be this router
            guess = walk.unread[0] if len(walk.unread) == 1 and not walk.unread[0].included.mounted else None
            for placed in list(walk.guessed(node, guess) if guess is not None else walk.routes(node)):
                for middleware in placed.middlewares:
                    rule(self.wiring, middleware, _facts(placed), self.handlers)
                found = self._route(placed, "")
                note = "no application was seen to include its router"
                yield replace(
                    found,
                    route=replace(found.route, served=open_ends, certain=False, note=note),
                )

    def _name(self, node: Node) -> str:
        """`app/main.py:app`: the file, and the name that the application has in it."""
        module = node.value.module
        for name, value in self.wiring.namespace(module).names.items():
            if self.wiring.settled(value) is node.value:
                return f"{module.path}:{name}"
        line = getattr(node.value.node, "lineno", 0)
        around = [
            each.name
            for each in ast.walk(module.tree)
            if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
            and each.lineno <= line <= (each.end_lineno or line)
        ]
        return f"{module.path}:{around[0]}" if around else module.path

    def _handlers(self) -> dict[str, int]:
        """Statuses that exceptions are answered with, by the exceptions' names."""
        found: dict[str, int] = {}
        for node in self.tree.nodes.values():
            for cause, handler in node.handlers:
                held = self.wiring.settled(handler)
                names = names_of(self.wiring, self.wiring.settled(cause))[:1]
                if not names or names[0] in {"HTTPException", "Exception"} or number_of(cause) is not None:
                    continue
                if isinstance(held, FunctionValue):
                    run = CallerRun(self.wiring, Persona.MEMBER, RouteFacts(), {})
                    outcome = run.dependency(held, {})
                    statuses = {answered_status(run, passage.value) for passage in outcome.passages}
                    status = next((one for one in statuses if one is not None), None)
                    if status is not None:
                        found[names[0]] = status
        return found

    # ------------------------------------------------------------------------------------------ routes

    def _route(self, placed: Placed, app: str) -> FoundRoute:
        facts = _facts(placed)
        guards = self._guards(placed, facts)
        function = placed.endpoint if isinstance(placed.endpoint, FunctionValue) else None
        inputs = self._inputs(placed, function, names_in(placed.path.text))
        place, end, handler, key = _where(placed, function)
        notes = [*placed.path.notes, *(f"only where {condition}" for condition in placed.conditions)]
        route = SourceRoute(
            method=placed.method,
            path=facts.path,
            framework="FastAPI",
            handler=handler,
            place=place,
            end_line=end,
            app=app,
            guards=tuple(guards),
            parameters=inputs.parameters,
            bodies=inputs.bodies,
            validation=inputs.validation,
            certain=placed.path.certain,
            note="; ".join(notes),
        )
        return FoundRoute(route=route, handler=key)

    def _guards(self, placed: Placed, facts: RouteFacts) -> list[SourceGuard]:
        found: list[SourceGuard] = []
        for middleware in placed.middlewares:
            guard = guard_for(middleware, facts, GuardLevel.GLOBAL)
            if guard is not None:
                found.append(guard)
        for laid in placed.laid:
            place = laid.given.module.place(laid.given.node)
            found.extend(self.dependencies.guards(laid.values, laid.level, place, facts))
        if placed.known is not None:
            place = placed.given.module.place(placed.given.node)
            found.append(
                SourceGuard(name=placed.maker, kind=placed.known.guard, level=GuardLevel.ROUTE, place=place)
            )
        function = placed.endpoint
        if isinstance(function, FunctionValue):
            found.extend(self._class_guards(function, facts))
            found.extend(self.decorators.guards(function.decorators, GuardLevel.ROUTE, facts))
            found.extend(self.dependencies.guards_of(function, GuardLevel.ROUTE, facts))
        known: dict[tuple[str, GuardKind, str], SourceGuard] = {}
        for guard in found:
            known.setdefault((guard.name, guard.kind, guard.role), guard)
        return list(known.values())

    def _class_guards(self, function: FunctionValue, facts: RouteFacts) -> list[SourceGuard]:
        """Of a class-based view: what its attributes and its `__init__` depend on."""
        owner = function.owner
        if owner is None or not owner.decorators:
            return []
        found: list[SourceGuard] = []
        for target in class_dependencies(self.wiring, owner):
            place = owner.module.place(owner.node)
            found.extend(self.dependencies.guards_for(target, GuardLevel.GROUP, place, facts))
        init = self.wiring.class_member(owner, "__init__")
        if isinstance(init, FunctionValue):
            found.extend(self.dependencies.guards_of(init, GuardLevel.GROUP, facts))
        return found

    def _inputs(self, placed: Placed, function: FunctionValue | None, names: tuple[str, ...]) -> Inputs:
        if placed.known is not None and placed.known.fields is not None:
            properties = dict(placed.known.fields)
            schema = {"type": "object", "properties": properties, "required": list(properties)}
            body = BodyForm(media_type=FORM if placed.known.form else JSON, schema=schema, required=True)
            return Inputs(bodies=(body,), validation=Validation.SCHEMA)
        if function is None:
            return Inputs(validation=Validation.NO_BODY if placed.known is not None else Validation.UNCLEAR)
        extra: list[Value] = []
        for laid in placed.laid:
            for value in laid.values:
                target = dependency_of(value) if isinstance(value, Made) and is_depends(value) else None
                if target is not None:
                    extra.append(target)
        owner = function.owner
        if owner is not None and owner.decorators:
            extra.extend(class_dependencies(self.wiring, owner))
        return self.inputs.read(function, names, extra, placed.method)


def _facts(placed: Placed) -> RouteFacts:
    return RouteFacts(path=template(placed.path.text), method=placed.method)


def _where(placed: Placed, function: FunctionValue | None) -> tuple[CodePlace, int, str, Key | None]:
    """Place, last line, name and key of a handler."""
    if function is None:
        place = placed.given.module.place(placed.given.node)
        name = next(outside_names(placed.endpoint), "")
        if placed.known is not None:
            name = f"{placed.maker}.{placed.known.name}"
        if isinstance(placed.endpoint, Unknown):
            name = placed.endpoint.code
        return place, place.line, name, None
    node = function.node
    if isinstance(node, ast.Lambda):
        return function.module.place(node), node.end_lineno or node.lineno, function.name, None
    first = min([node, *node.decorator_list], key=lambda each: each.lineno)
    key = (function.module.path, function.name)
    return function.module.place(first), node.end_lineno or node.lineno, function.name, key


def _framework(node: Node) -> str:
    names = list(outside_names(node.value))
    return "Starlette" if names and names[-1].endswith("Starlette") else "FastAPI"


def _known_decorator(name: str, made: Made | None) -> Ruling | None:
    """Starlette's `requires`."""
    if name.endswith("authentication.requires") and made is not None:
        scopes = [text for value in made.arguments for text in texts_of(value)]
        role = ", ".join(scope for scope in scopes if scope != "authenticated")
        return Ruling(kind=GuardKind.AUTHORIZES if role else GuardKind.AUTHENTICATES, role=role)
    return None


def _problems(walk: Walk) -> Iterator[str]:
    for each in walk.unread:
        given = each.included.given
        place = given.module.place(given.node)
        yield f"the routes of what is put in at {place} could not be told: {place.code}"


__all__ = ["ClassValue", "read_fastapi"]
