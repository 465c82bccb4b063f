"""Flask: applications, routes with every prefix resolved, the functions and decorators before each.

The static route, and the pages that flask-restx, flask-smorest and APIFlask serve about themselves, are not in the
inventory; nor are HEAD and OPTIONS, which Flask answers by itself.
"""

import ast
from collections.abc import Iterator
from dataclasses import replace

from launchready.model.source import CodePlace, GuardKind, GuardLevel, SourceApp, SourceGuard, SourceRoute
from launchready.source.code.facts import Found, FoundRoute, Key
from launchready.source.python.callers.caller import Persona, RouteFacts
from launchready.source.python.callers.run import CallerRun
from launchready.source.python.callers.statuses import answered_status, names_of, number_of
from launchready.source.python.flask.guards import Hook, Hooks
from launchready.source.python.flask.inputs import InputReader
from launchready.source.python.flask.routes import Placed, Walk, class_decorators
from launchready.source.python.flask.rules import template
from launchready.source.python.flask.tree import METHODS, Kind, Node, Tree
from launchready.source.python.project import PythonProject
from launchready.source.python.wiring.program import Wiring
from launchready.source.python.wiring.values import Applied, FunctionValue, Unknown, Value, outside_names

_WORDS = ("flask", "quart")
_MAKES_APP = ("Flask(", "OpenAPI(", "Quart(")
_APP_NAMES = frozenset({"app", "application", "flask_app", "server", "current_app"})


def read_flask(project: PythonProject) -> Found:
    """Applications and routes of Flask."""
    wiring = Wiring(project, _WORDS, METHODS)
    wiring.follow(lambda text: any(word in text for word in _MAKES_APP))
    if wiring.is_empty:
        return Found()
    own = tuple(f"{name}(" for name in _own_classes(wiring))
    wiring.follow_uncalled(lambda one: _holds(one, (*_MAKES_APP, *own)), lambda _: {})
    apps = [node for node in Tree(wiring).nodes.values() if node.kind is Kind.APP]
    if apps:
        wiring.follow_uncalled(
            lambda one: bool(_app_parameters(one)),
            lambda one: dict.fromkeys(_app_parameters(one), _nearest(apps, one).value),
        )
    return _Reader(wiring).found()


def _own_classes(wiring: Wiring) -> list[str]:
    """Names of the repository's own classes of applications: `class Shop(Flask)`."""
    found = []
    for path in sorted(wiring.project.files):
        text = wiring.project.files[path].text
        if "(Flask)" in text or "(APIFlask)" in text or "(Quart)" in text:
            module = wiring.project.module(path)
            for node in module.tree.body if module is not None else []:
                if isinstance(node, ast.ClassDef) and node.bases:
                    names = {ast.unparse(base).rpartition(".")[2] for base in node.bases}
                    found.extend([node.name] if names & {"Flask", "APIFlask", "Quart"} else [])
    return found


def _holds(function: FunctionValue, words: tuple[str, ...]) -> bool:
    node = function.node
    lines = function.module.lines[node.lineno - 1 : node.end_lineno]
    return any(word in line for line in lines for word in words)


def _app_parameters(function: FunctionValue) -> list[str]:
    names = []
    for each in function.node.args.args:
        written = ast.unparse(each.annotation) if each.annotation is not None else ""
        if written.endswith(("Flask", "Quart")) or (not written and each.arg in _APP_NAMES):
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
    """Makes routes of a tree of blueprints."""

    def __init__(self, wiring: Wiring) -> None:
        self.wiring = wiring
        self.tree = Tree(wiring)
        self.walk = Walk(self.tree)
        self.hooks = Hooks(wiring, self._handlers())
        self.inputs = InputReader(self.tree)

    def found(self) -> Found:
        """All applications and routes."""
        apps: list[SourceApp] = []
        routes: list[FoundRoute] = []
        for node in self._top():
            placed = list(self.walk.routes(node))
            if placed:
                app, made = self._application(node, placed)
                apps.append(app)
                routes.extend(made)
        routes.extend(self._left_over())
        problems = dict.fromkeys(self._problems())
        return Found(apps=tuple(apps), routes=tuple(routes), problems=tuple(problems))

    def _top(self) -> list[Node]:
        """The applications; of several made at one place, the one with most in it."""
        best: dict[tuple[str, int], Node] = {}
        for node in self.tree.nodes.values():
            if node.kind is not Kind.APP:
                continue
            key = (node.value.module.path, getattr(node.value.node, "lineno", 0))
            size = len(node.declared) + len(node.inside)
            held = best.get(key)
            if held is None or size > len(held.declared) + len(held.inside):
                best[key] = node
        return list(best.values())

    def _application(self, node: Node, placed: list[Placed]) -> tuple[SourceApp, list[FoundRoute]]:
        everywhere = [*node.hooks, *node.app_hooks]
        for each in self.walk.nodes(node):
            if each is not node:
                everywhere.extend(each.app_hooks)
        global_hooks = [self.hooks.hook(value, event, GuardLevel.GLOBAL) for value, event in everywhere]
        for one in placed:
            facts = self._facts(one)
            for hook in (*global_hooks, *self._group_hooks(one)):
                self.hooks.rule(hook, facts)
        name = self._name(node)
        routes = [self._route(one, name, global_hooks) for one in placed]
        shared: dict[str, SourceGuard] = {}
        for route in routes:
            for guard in route.route.guards:
                if guard.level is GuardLevel.GLOBAL and guard.kind is not GuardKind.PUBLIC:
                    shared.setdefault(guard.name, guard)
        entry = node.value.module.place(node.value.node)
        path, manifests = node.value.module.path, self.wiring.project.manifests
        app = SourceApp(
            name=name,
            framework="Flask",
            root=manifests.root_of(path),
            entry=entry,
            version=manifests.version("flask", path),
            guards=tuple(shared.values()),
        )
        return app, routes

    def _left_over(self) -> Iterator[FoundRoute]:
        """Blueprints and APIs that no application was seen to register."""
        inside = {
            id(child)
            for node in list(self.tree.nodes.values())
            for put in node.inside
            if (child := self.tree.node(put.child)) is not None
        }
        for node in list(self.tree.nodes.values()):
            if node.kind is Kind.APP or id(node) in self.walk.reached or id(node) in inside:
                continue
            for placed in self.walk.routes(node):
                found = self._route(placed, "", [])
                note = "no application was seen to register its blueprint"
                served = bool(self.tree.unread)
                yield replace(found, route=replace(found.route, served=served, certain=False, note=note))

    def _group_hooks(self, placed: Placed) -> list[Hook]:
        return [self.hooks.hook(value, event, GuardLevel.GROUP) for value, event in placed.around.hooks]

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
                    statuses = (answered_status(run, passage.value) for passage in outcome.passages)
                    status = next((one for one in statuses if one is not None), None)
                    if status is not None:
                        found[names[0]] = status
        return found

    # ------------------------------------------------------------------------------------------ routes

    def _route(self, placed: Placed, app: str, global_hooks: list[Hook]) -> FoundRoute:
        facts = self._facts(placed)
        inputs = self.inputs.read(placed.function, placed.rule.text, placed.method)
        place, end, handler, key = _where(placed)
        notes = [*placed.rule.notes, *(f"only where {condition}" for condition in placed.conditions)]
        route = SourceRoute(
            method=placed.method,
            path=facts.path,
            framework="Flask",
            handler=handler,
            place=place,
            end_line=end,
            app=app,
            guards=tuple(self._guards(placed, facts, global_hooks)),
            parameters=inputs.parameters,
            bodies=inputs.bodies,
            validation=inputs.validation,
            certain=placed.rule.certain,
            note="; ".join(dict.fromkeys(notes)),
        )
        return FoundRoute(route=route, handler=key)

    def _facts(self, placed: Placed) -> RouteFacts:
        applied = placed.function.decorators if placed.function is not None else ()
        return RouteFacts(
            path=template(placed.rule.text),
            method=placed.method,
            endpoint=placed.endpoint,
            blueprint=placed.blueprint,
            marks=self.hooks.decorators.marks(applied),
        )

    def _guards(self, placed: Placed, facts: RouteFacts, global_hooks: list[Hook]) -> list[SourceGuard]:
        found: list[SourceGuard] = []
        for hook in (*global_hooks, *self._group_hooks(placed)):
            guard = self.hooks.guard(hook, facts)
            if guard is not None:
                found.append(guard)
        decorators = self.hooks.decorators
        shared = [*placed.around.decorators]
        if placed.cls is not None:
            shared.extend(class_decorators(self.walk, placed.cls, placed.method))
            found.extend(decorators.guards(placed.cls.decorators, GuardLevel.GROUP, facts))
        found.extend(decorators.guards(self._applied(placed, shared), GuardLevel.GROUP, facts))
        found.extend(decorators.guards(placed.outer, GuardLevel.ROUTE, facts))
        if placed.function is not None:
            found.extend(decorators.guards(placed.function.decorators, GuardLevel.ROUTE, facts))
        known: dict[tuple[str, GuardKind, str], SourceGuard] = {}
        for one in found:
            known.setdefault((one.name, one.kind, one.role), one)
        return list(known.values())

    def _applied(self, placed: Placed, values: list[Value]) -> tuple[Applied, ...]:
        """Decorators that are listed (`decorators = [login_required]`) as if they were written above."""
        node = placed.cls.node if placed.cls is not None else placed.given.node
        module = placed.cls.module if placed.cls is not None else placed.given.module
        name = ast.copy_location(ast.Name(id="decorators", ctx=ast.Load()), node)
        return tuple(Applied(value=self.wiring.settled(value), node=name, module=module) for value in values)

    def _problems(self) -> Iterator[str]:
        for put in self.tree.unread:
            place = put.given.module.place(put.given.node)
            held = self.wiring.settled(put.child)
            if isinstance(held, Unknown):
                yield f"the routes of what is registered at {place} could not be told: {place.code}"


def _where(placed: Placed) -> tuple[CodePlace, int, str, Key | None]:
    """Place, last line, name and key of a handler."""
    function = placed.function
    if function is None:
        place = placed.given.module.place(placed.given.node)
        name = next(outside_names(placed.serves), "") if placed.serves is not None else ""
        return place, place.line, name or placed.endpoint, None
    node = function.node
    if isinstance(node, ast.Lambda):
        return function.module.place(node), node.end_lineno or node.lineno, function.name, None
    first = min([node, *node.decorator_list], key=lambda each: each.lineno)
    key = (function.module.path, function.name)
    return function.module.place(first), node.end_lineno or node.lineno, function.name, key
