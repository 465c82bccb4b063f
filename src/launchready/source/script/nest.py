"""NestJS: applications, routes of the controllers that they load, and what stands before them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from ast_grep_py import SgNode

from launchready.model.operation import Parameter
from launchready.model.source import GuardKind, GuardLevel, SourceApp, SourceGuard, SourceRoute
from launchready.source.code.facts import Found, FoundRoute
from launchready.source.places import Place as FilePlace
from launchready.source.places import place_of
from launchready.source.script import decorators
from launchready.source.script.binding import ScriptModule
from launchready.source.script.express import path_parameters, stated_version
from launchready.source.script.express_paths import Path, paths_of
from launchready.source.script.functions import first_line, qualified_name
from launchready.source.script.guard_reading import Reading
from launchready.source.script.nest_app import NestApp, NestHooks
from launchready.source.script.nest_guards import Metadata, NestGuards, metadata_of
from launchready.source.script.nest_injection import Injector
from launchready.source.script.nest_inputs import bodies_of, is_validation_pipe, taken_by, validation_of
from launchready.source.script.nest_middleware import Applied, middleware_of
from launchready.source.script.nest_modules import Loaded, named, provided
from launchready.source.script.nest_paths import Addressing, addresses, addressing_of
from launchready.source.script.nest_routes import Controller, Endpoint, controller_of, endpoints_of
from launchready.source.script.nodes import CLASSES, FUNCTIONS, dotted_name, end_line_of
from launchready.source.script.project import ScriptProject
from launchready.source.script.symbolic.interpreter import Interpreter
from launchready.source.script.symbolic.scope import ExhaustedError, Thrown
from launchready.source.script.symbolic.values import (
    Argument,
    Called,
    ClassValue,
    Closure,
    Record,
    Site,
    Value,
)

FRAMEWORK = "nestjs"
_STEPS = 1_500_000
_REFUSING = frozenset({GuardKind.AUTHENTICATES, GuardKind.AUTHORIZES, GuardKind.SERVICE, GuardKind.UNCLEAR})
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
            run.enter(Closure(outer, scope), (), site)
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
                        run.enter(method, (), site)
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
    held = _Chain(run=run, guards=guards)
    for endpoint in endpoints_of(run, controller):
        for path in endpoint.paths:
            found = held.route(controller, endpoint, path, path, "")
            route = replace(found.route, served=not certain, certain=False, note=note)
            yield FoundRoute(route=route, handler=found.handler)


# -------------------------------------------------------------------------------------------------- chains


@dataclass(slots=True, kw_only=True)
class _Chain:
    """Makes routes of endpoints with what stands before all of them."""

    run: Interpreter
    guards: NestGuards
    everywhere: list[Argument] = field(default_factory=list)
    doubtful: set[int] = field(default_factory=set)  # of `everywhere`, by id: set only under conditions
    piped: bool = False
    applied: list[Applied] = field(default_factory=list)

    def route(
        self, controller: Controller, endpoint: Endpoint, own: Path, address: Path, app: str
    ) -> FoundRoute:
        """A route; `own` is its path without prefix and version."""
        taken = taken_by(self.run, endpoint.owner, endpoint.node)
        piped = self.piped or any(
            is_validation_pipe(one)
            for decoration in named([*controller.decorations, *endpoint.decorations], "UsePipes")
            for one in decoration.values
        )
        module = endpoint.owner.module
        line = first_line(endpoint.node)
        place = module.place(endpoint.node)
        name = _handler_name(endpoint.node)
        parameters = _merged(path_parameters(str(address)), tuple(taken.parameters))
        notes = [address.note, "only for some host names" if controller.host else ""]
        route = SourceRoute(
            method=endpoint.method,
            path=str(address),
            framework=FRAMEWORK,
            handler=name,
            place=replace(
                place, line=line, code=module.lines[line - 1].strip() if line != place.line else place.code
            ),
            end_line=end_line_of(endpoint.node),
            app=app,
            guards=tuple(dict.fromkeys(self._chain(controller, endpoint, own))),
            parameters=parameters,
            bodies=bodies_of(taken),
            validation=validation_of(taken, piped=piped),
            certain=address.certain and not controller.host,
            note="; ".join(note for note in notes if note),
        )
        return FoundRoute(route=route, handler=(module.path, name))

    def _chain(self, controller: Controller, endpoint: Endpoint, own: Path) -> Iterator[SourceGuard]:
        for applied in self.applied:
            yield from self._middleware(applied, controller, endpoint, own)
        of_class = metadata_of(controller.decorations)
        of_method = metadata_of(endpoint.decorations)
        written = [(one, GuardLevel.GLOBAL) for one in self.everywhere]
        for decorations, level in (
            (controller.decorations, GuardLevel.GROUP),
            (endpoint.decorations, GuardLevel.ROUTE),
        ):
            for decoration in named(decorations, "UseGuards"):
                written.extend((argument, level) for argument in decoration.arguments)
        for argument, level in written:
            yield from self._guard(
                argument, level, of_method, of_class, [*endpoint.decorations, *controller.decorations]
            )

    def _guard(
        self,
        argument: Argument,
        level: GuardLevel,
        of_method: Metadata,
        of_class: Metadata,
        decorations: list[decorators.Decoration],
    ) -> Iterator[SourceGuard]:
        name = _guard_name(argument)
        reading = self.guards.read(argument.value, name, of_method, of_class)
        if reading.kind is None or reading.kind is GuardKind.IDENTIFIES:
            plain = self.guards.read(argument.value, name, Metadata(), Metadata())
            if plain.kind in _REFUSING and (
                of_method.by_key or of_class.by_key or of_method.by_maker or of_class.by_maker
            ):
                yield _opt_out(decorations, level)
        if reading.kind is None:
            return
        kind = reading.kind
        if id(argument) in self.doubtful and kind in _REFUSING:
            kind = GuardKind.UNCLEAR
        yield _source_guard(argument, name, level, reading, kind)

    def _middleware(
        self, applied: Applied, controller: Controller, endpoint: Endpoint, own: Path
    ) -> Iterator[SourceGuard]:
        stands = applied.stands_before(controller.cls, endpoint.method, own)
        if stands is False:
            return
        everywhere = any(reach.path is not None and not reach.path.segments for reach in applied.reaches)
        for one in applied.middleware:
            name = _guard_name(one)
            reading = self.guards.middleware(_use_of(self.run, one), name)
            if reading.kind is None:
                continue
            doubtful = stands is None and reading.kind in _REFUSING
            kind = GuardKind.UNCLEAR if doubtful else reading.kind
            level = GuardLevel.GLOBAL if everywhere else GuardLevel.GROUP
            yield _source_guard(one, name, level, reading, kind)


def _use_of(run: Interpreter, argument: Argument) -> Value:
    """The function of a piece of middleware: a class's `use`."""
    value = argument.value
    if isinstance(value, ClassValue):
        try:
            value = run.member_of(run.construct(value, (), argument.site), "use", argument.site)
        except (Thrown, ExhaustedError, RecursionError):
            return argument.value
    return value


def _source_guard(
    argument: Argument, name: str, level: GuardLevel, reading: Reading, kind: GuardKind
) -> SourceGuard:
    return SourceGuard(
        name=name or "guard",
        kind=kind,
        level=level,
        place=argument.site.module.place(argument.site.node),
        role=reading.role if kind is GuardKind.AUTHORIZES else "",
    )


def _opt_out(decorations: list[decorators.Decoration], level: GuardLevel) -> SourceGuard:
    """The decorator that says that a guard lets everybody through here."""
    held = next(one for one in decorations if one.name == "SetMetadata" or one.name.startswith("Reflector"))
    del level
    return SourceGuard(
        name=dotted_name(held.site.node) or held.name,
        kind=GuardKind.PUBLIC,
        level=GuardLevel.ROUTE,
        place=held.site.module.place(held.site.node),
    )


def _guard_name(argument: Argument) -> str:
    match argument.value:
        case ClassValue() as cls if cls.name:
            return cls.name
        case Record(made_by=ClassValue() as cls) if cls.name:
            return cls.name
        case Called() as called:
            return dotted_name(called.site.node) or dotted_name(argument.site.node)
        case _:
            return dotted_name(argument.site.node)


def _handler_name(node: SgNode) -> str:
    if node.kind() == "method_definition":
        return qualified_name(node)
    value = node.field("value")
    inner = (
        next(iter(value.find_all(any=[{"kind": kind} for kind in sorted(FUNCTIONS)])), None)
        if value
        else None
    )
    return qualified_name(inner if inner is not None else node)


def _merged(of_path: tuple[Parameter, ...], taken: tuple[Parameter, ...]) -> tuple[Parameter, ...]:
    known = {(one.place, one.name): one for one in taken}
    first = tuple(known.pop((one.place, one.name), one) for one in of_path)
    path_names = {one.name for one in of_path}
    rest = (one for one in known.values() if one.place != "path" or one.name in path_names)
    return (*first, *rest)


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
        self._chain = _Chain(run=run, guards=guards)
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
