"""NestJS: applications, routes of the controllers that they load, and what stands before them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from ast_grep_py import SgNode

from launchready.model.source import GuardLevel, SourceApp
from launchready.source.code.facts import Found, FoundRoute
from launchready.source.places import Place as FilePlace
from launchready.source.places import place_of
from launchready.source.script.binding import ScriptModule
from launchready.source.script.express.paths import Path, paths_of
from launchready.source.script.express.reader import stated_version, unknown_arguments
from launchready.source.script.nest.app import NestApp, NestHooks
from launchready.source.script.nest.chain import FRAMEWORK, Chain
from launchready.source.script.nest.guards import NestGuards
from launchready.source.script.nest.injection import Injector
from launchready.source.script.nest.inputs import is_validation_pipe
from launchready.source.script.nest.middleware import middleware_of
from launchready.source.script.nest.modules import Loaded, provided
from launchready.source.script.nest.paths import Addressing, addresses, addressing_of
from launchready.source.script.nest.routes import controller_of, endpoints_of
from launchready.source.script.nodes import CLASSES, FUNCTIONS
from launchready.source.script.project import ScriptProject
from launchready.source.script.symbolic.interpreter import Interpreter
from launchready.source.script.symbolic.scope import ExhaustedError, Thrown
from launchready.source.script.symbolic.values import (
    Argument,
    Called,
    ClassValue,
    Closure,
    Site,
    Value,
)

_STEPS = 1_500_000
_OTHERS = (
    (
        "GraphQL operation",
        re.compile(r"@(?:Query|Mutation|Subscription)\(\s*(?:\(|returns|\{|$|[A-Z\"'`])"),
        "@nestjs/graphql",
    ),
    ("WebSocket message", re.compile(r"@SubscribeMessage\("), "@nestjs/websockets"),
    (
        "microservice message",
        re.compile(r"@(?:MessagePattern|EventPattern|GrpcMethod)\("),
        "@nestjs/microservices",
    ),
)


def read_nest(project: ScriptProject) -> Found:
    """Every NestJS application of the repository with its routes."""
    modules = [one for one in project.modules("NestFactory") if place_of(one.path) is not FilePlace.TEST]
    if not modules:
        return Found()
    hooks = NestHooks()
    run = Interpreter(project, hooks, _STEPS)
    problems: list[str] = []
    try:
        _go_through(run, hooks, modules)
    except ExhaustedError:
        problems.append(
            "the set-up of the NestJS application is longer than is gone through; some was not read"
        )
    apps: list[SourceApp] = []
    routes: list[FoundRoute] = []
    reached: list[ClassValue] = []
    for app in _serving(project, hooks.apps):
        held = _Reading(run, hooks, app, _name(project, app, apps))
        found = list(held.routes())
        reached.extend(held.controllers)
        problems.extend(held.problems())
        apps.append(_stack(project, app, held.name, found))
        routes.extend(found)
    serving = {one.route.app for one in routes}
    apps = [
        one
        for one in apps
        if one.name in serving or all(other.root != one.root for other in apps if other is not one)
    ]
    if apps:
        routes.extend(_not_loaded(run, hooks, project, reached, certain=not problems))
        problems.extend(_others(project))
    return Found(apps=tuple(apps), routes=tuple(routes), problems=tuple(dict.fromkeys(problems)))


# ------------------------------------------------------------------------------------------- going through


def _go_through(run: Interpreter, hooks: NestHooks, modules: list[ScriptModule]) -> None:
    for module in modules:
        run.module(module)
    for module in modules:
        for call in module.root.find_all(pattern="NestFactory.create($$$)"):
            made = {(app.site.module.path, app.site.node.range().start.line) for app in hooks.apps}
            if (module.path, call.range().start.line) not in made:
                _start(run, module, call)


def _start(run: Interpreter, module: ScriptModule, call: SgNode) -> None:
    """A function with `NestFactory.create` that nothing called: a server without a start of its own (a lambda's)."""
    outer: SgNode | None = None
    for around in call.ancestors():
        if around.kind() in FUNCTIONS or around.kind() in CLASSES:
            outer = around
    if outer is None:
        return
    scope = run.module(module).scope
    site = Site(module=module, node=outer)
    try:
        if outer.kind() in FUNCTIONS:
            run.enter(Closure(outer, scope), unknown_arguments(site), site)
            return
        name = outer.field("name")
        cls = run.lookup(name.text(), scope) if name is not None else None
        if isinstance(cls, ClassValue):
            made = run.construct(cls, (), site)
            for member in outer.find_all(kind="method_definition"):
                if call.range().start.index in range(member.range().start.index, member.range().end.index):
                    held = member.field("name")
                    method = run.member_of(made, held.text() if held is not None else "", site)
                    if isinstance(method, Closure):
                        run.enter(method, unknown_arguments(site), site)
    except (Thrown, RecursionError):
        return


def _serving(project: ScriptProject, apps: list[NestApp]) -> list[NestApp]:
    """One application a package: of several, those that are made to answer."""
    kept: list[NestApp] = []
    for app in apps:
        root = project.package_json(app.site.module.path)[0]
        rivals = [one for one in apps if project.package_json(one.site.module.path)[0] == root]
        if not app.starts and any(one.starts for one in rivals):
            continue
        same = [one for one in kept if isinstance(one.root, ClassValue) and one.root is app.root]
        if not same:
            kept.append(app)
    return kept


def _name(project: ScriptProject, app: NestApp, others: list[SourceApp]) -> str:
    root, manifest = project.package_json(app.site.module.path)
    stated = manifest.get("name")
    name = stated if isinstance(stated, str) and stated else root or FRAMEWORK
    if any(one.name == name for one in others):
        return f"{name} ({app.site.module.path})"
    return name


def _stack(project: ScriptProject, app: NestApp, name: str, routes: list[FoundRoute]) -> SourceApp:
    root, manifest = project.package_json(app.site.module.path)
    guards = (guard for one in routes for guard in one.route.guards if guard.level is GuardLevel.GLOBAL)
    return SourceApp(
        name=name,
        framework=FRAMEWORK,
        root=root,
        entry=app.site.module.place(app.site.node),
        version=stated_version(manifest, "@nestjs/core"),
        guards=tuple(dict.fromkeys(guards)),
    )


def _others(project: ScriptProject) -> Iterator[str]:
    """What answers on other ways than HTTP routes."""
    counts = dict.fromkeys((name for name, _, _ in _OTHERS), 0)
    for path, held in project.files.items():
        for name, pattern, package in _OTHERS:
            if package in held.text and place_of(path) is not FilePlace.TEST:
                counts[name] += len(pattern.findall(held.text))
    for name, count in counts.items():
        if count:
            yield f"{count} {name} handler{'s are' if count > 1 else ' is'} no HTTP route and not read here"


def _not_loaded(
    run: Interpreter, hooks: NestHooks, project: ScriptProject, reached: list[ClassValue], *, certain: bool
) -> Iterator[FoundRoute]:
    """Controllers that no module of an application declares."""
    known = {(one.module.path, one.node.range().start.index) for one in reached}
    guards = NestGuards(run, hooks.strategies, hooks.open_strategies)
    for module in project.modules("@Controller("):
        if place_of(module.path) is FilePlace.TEST or "@nestjs/common" not in "\n".join(module.lines):
            continue
        try:
            scope = run.module(module).scope
        except ExhaustedError:
            return
        for value in list(scope.names.values()):
            if not isinstance(value, ClassValue) or value.module is not module:
                continue
            if (module.path, value.node.range().start.index) in known:
                continue
            yield from _dead(run, guards, value, certain=certain)


def _dead(run: Interpreter, guards: NestGuards, cls: ClassValue, *, certain: bool) -> Iterator[FoundRoute]:
    controller = controller_of(run, cls)
    if controller is None:
        return
    note = "no module of an application declares its controller"
    note = note if certain else "the module that declares its controller could not be read"
    held = Chain(run=run, guards=guards)
    for endpoint in endpoints_of(run, controller):
        for path in endpoint.paths:
            found = held.route(controller, endpoint, path, path, "")
            route = replace(found.route, served=False, certain=certain and found.route.certain, note=note)
            yield FoundRoute(route=route, handler=found.handler)


class _Reading:
    """One application: its modules, what stands before all routes, its routes."""

    def __init__(self, run: Interpreter, hooks: NestHooks, app: NestApp, name: str) -> None:
        self.run = run
        self.app = app
        self.name = name
        self.loaded: Loaded = app.loaded
        self.controllers: list[ClassValue] = [one for one, _ in self.loaded.controllers]
        self.addressing: Addressing = addressing_of(app)
        guards = NestGuards(run, hooks.strategies, hooks.open_strategies)
        self._chain = Chain(run=run, guards=guards)
        run.injector = Injector(run, self.loaded).given
        self._set_everywhere()

    def _set_everywhere(self) -> None:
        chain = self._chain
        for one in self.app.all("useGlobalGuards"):
            chain.everywhere.extend(one.arguments)
            if one.conditions:
                chain.doubtful.update(id(argument) for argument in one.arguments)
        chain.everywhere.extend(
            Argument(value=value, site=_site_of(value, self.app.site))
            for value in provided(self.loaded, "APP_GUARD")
        )
        pipes = [argument.value for one in self.app.all("useGlobalPipes") for argument in one.arguments]
        pipes.extend(provided(self.loaded, "APP_PIPE"))
        chain.piped = any(is_validation_pipe(one) for one in pipes)
        chain.applied = middleware_of(self.run, self.loaded.modules)

    def routes(self) -> Iterator[FoundRoute]:
        """Every route of every controller that a loaded module declares."""
        for cls, module in self.loaded.controllers:
            controller = controller_of(self.run, cls)
            if controller is None:
                continue
            above = Path(segments=())
            for part in self.loaded.path_of(module):
                above = _joined(above, part)
            for endpoint in endpoints_of(self.run, controller):
                for path in endpoint.paths:
                    own = path.under(above)
                    for address in addresses(self.addressing, endpoint.method, own, endpoint.versions):
                        yield self._chain.route(controller, endpoint, own, address, self.name)

    def problems(self) -> Iterator[str]:
        """What of the modules could not be read."""
        for site in self.loaded.unread:
            yield f"{site.module.place(site.node)} imports a module that could not be read"


def _joined(above: Path, part: Value) -> Path:
    return paths_of(part)[0].under(above)


def _site_of(value: Value, default: Site) -> Site:
    if isinstance(value, ClassValue):
        return Site(module=value.module, node=value.node)
    return value.site if isinstance(value, Called) else default
