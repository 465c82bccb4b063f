"""Express: applications, routes with every mount resolved, and what a request passes on its way to the handler."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from ast_grep_py import SgNode

from launchready.model.operation import Parameter, Place
from launchready.model.source import SourceApp, SourceRoute
from launchready.source.code.facts import Found, FoundRoute, Key
from launchready.source.places import Place as FilePlace
from launchready.source.places import place_of
from launchready.source.script.binding import ScriptModule
from launchready.source.script.express.chain import Chains, Served, application_guards, name_of
from launchready.source.script.express.layers import Registered, flattened
from launchready.source.script.express.packages import RestResources
from launchready.source.script.express.routers import ExpressHooks, LayerKind, Router
from launchready.source.script.express.scoping import scoping_guard
from launchready.source.script.express.validation import bodies_of, inputs_of, query_of, validation_of
from launchready.source.script.guarding.reading import GuardReader
from launchready.source.script.handlers import handler_of
from launchready.source.script.nodes import FUNCTIONS, end_line_of, line_of
from launchready.source.script.project import ScriptProject
from launchready.source.script.symbolic.interpreter import Interpreter
from launchready.source.script.symbolic.scope import ExhaustedError, Thrown
from launchready.source.script.symbolic.values import (
    Argument,
    ClassValue,
    Closure,
    Either,
    Site,
    Unknown,
    Value,
)

FRAMEWORK = "express"
_STEPS = 600_000
_MAKES = re.compile(
    r"express\s*\(|\bRouter\s*\(|AsyncRouter\s*\(|\bapp\s*\.\s*(?:use|get|post|put|all|listen)\s*\("
)
_MAKES_APP = re.compile(r"express\s*\(\s*\)")
_ROUTE_PARAMETER = re.compile(r"\{(\w+)\}")
_START_SCRIPTS = ("start", "start:prod", "serve", "server", "dev")
_FILE = re.compile(r"[\w./-]*\w")
_MOST_ARGUMENTS = 8
_MOST_LOADING = 60  # modules whose loaders are looked for
_MOST_STARTS = 40  # functions that nothing calls, gone through for the applications in them


def read_express(project: ScriptProject) -> Found:
    """Every Express application of the repository with its routes."""
    modules = [one for one in project.modules("express") if _is_source(one)]
    if not modules:
        return Found()
    hooks = ExpressHooks([RestResources()])
    run = Interpreter(project, hooks, _STEPS)
    problems = list(_go_through(run, hooks, modules))
    apps = _standing_alone(hooks.routers)
    reader = GuardReader(run, hooks.strategies)
    found: list[tuple[SourceApp, list[FoundRoute]]] = []
    for app in apps:
        chains = Chains(reader, hooks.strategies)
        served = chains.routes(app)
        stack = replace(_stack(project, app, found), guards=application_guards(served))
        routes = [route for one in served for route in _routes(run, one, stack.name)]
        if app.layers:
            found.append((stack, routes))
    found = _without_copies(found)
    unmounted = list(_unmounted(run, hooks, reader, apps))
    return Found(
        apps=tuple(stack for stack, _ in found),
        routes=(*(route for _, routes in found for route in routes), *unmounted),
        problems=tuple(dict.fromkeys([*problems, *hooks.problems])) if found or unmounted else (),
    )


def _is_source(module: ScriptModule) -> bool:
    return place_of(module.path) is not FilePlace.TEST and bool(_MAKES.search("\n".join(module.lines)))


# ------------------------------------------------------------------------------------------- going through


def _go_through(run: Interpreter, hooks: ExpressHooks, modules: list[ScriptModule]) -> Iterator[str]:
    """Go through every module that makes applications or routers, first those that no other one loads."""
    try:
        for module in (*_entries(run.project, modules), *_in_order(run.project, modules)):
            run.module(module)
        _go_through_loading(run, modules)
        for module in modules:
            _start_unused(run, hooks, module)
    except ExhaustedError:
        yield "the set-up of the Express application is longer than is gone through; some routes were not read"
    yield from dict.fromkeys(run.problems)


def _entries(project: ScriptProject, modules: list[ScriptModule]) -> Iterator[ScriptModule]:
    """The files that package.json says to start with."""
    for root, manifest in {
        project.package_json(one.path)[0]: project.package_json(one.path)[1] for one in modules
    }.items():
        scripts = manifest.get("scripts")
        starts = [scripts.get(name) for name in _START_SCRIPTS] if isinstance(scripts, Mapping) else []
        written = [
            manifest.get("main"),
            *(word for one in starts if isinstance(one, str) for word in one.split()),
        ]
        for word in written:
            if isinstance(word, str) and _FILE.fullmatch(word):
                path = project.find(f"./{word.removeprefix('./')}", f"{root}/package.json".lstrip("/"))
                module = project.module(path) if path is not None else None
                if module is not None and place_of(module.path) is not FilePlace.TEST:
                    yield module


def _in_order(project: ScriptProject, modules: list[ScriptModule]) -> list[ScriptModule]:
    loaded = {
        path
        for module in modules
        for imported in module.imports.values()
        if (path := project.find(imported.origin, module.path)) is not None and path != module.path
    }

    def rank(module: ScriptModule) -> tuple[bool, bool, str]:
        makes_app = bool(_MAKES_APP.search("\n".join(module.lines)))
        return (module.path in loaded, not makes_app, module.path)

    return sorted(modules, key=rank)


def _go_through_loading(run: Interpreter, modules: list[ScriptModule]) -> None:
    """Modules that load those which make applications: a start script makes `new App([…])` of them."""
    waiting = [module.path for module in modules]
    for _ in range(_MOST_LOADING):
        if not waiting:
            return
        for path in loading(run.project, waiting.pop(0)):
            module = run.project.module(path)
            if module is not None and not run.has_gone_through(path):
                run.module(module)
                waiting.append(path)


def loading(project: ScriptProject, path: str) -> Iterator[str]:
    """Modules that name a module where they load others, tests left out."""
    stem = path.rpartition("/")[2].partition(".")[0]
    name = path.split("/")[-2] if stem == "index" and "/" in path else stem
    pattern = re.compile(
        rf"(?:from|require\(|import\(?)\s*[\"'`][^\"'`\n]*?\b{re.escape(name)}(?:\.[cm]?[jt]sx?)?[\"'`]"
    )
    word = f"{name}"
    for other, held in project.files.items():
        if other == path or word not in held.text or place_of(other) is FilePlace.TEST:
            continue
        if any(project.find(_named(found.group()), other) == path for found in pattern.finditer(held.text)):
            yield other


def _named(text: str) -> str:
    """The specifier in `from "./app"`."""
    return re.split(r"[\"'`]", text)[1]


def _start_unused(run: Interpreter, hooks: ExpressHooks, module: ScriptModule) -> None:
    """Functions that make applications and that nothing called yet: a start script elsewhere calls them."""
    made = {(router.site.module.path, router.site.node.range().start.index) for router in hooks.routers}
    started = 0
    for call in module.root.find_all(pattern="express()"):
        if (module.path, call.range().start.index) in made or started >= _MOST_STARTS:
            continue
        outer = _outermost_function(call)
        value = _value_of(run, module, outer) if outer is not None else None
        if value is None:
            continue
        started += 1
        _start(run, value)
        made = {(router.site.module.path, router.site.node.range().start.index) for router in hooks.routers}


def _start(run: Interpreter, value: Value) -> None:
    try:
        if isinstance(value, ClassValue):
            made = run.construct(value, unknown_arguments(_site_of(value)), _site_of(value))
            for name in ("init", "start", "listen", "bootstrap", "setup", "run"):
                method = run.member_of(made, name)
                if isinstance(method, Closure):
                    run.enter(method, unknown_arguments(_site_of(method)), _site_of(method))
        elif isinstance(value, Closure):
            run.enter(value, unknown_arguments(_site_of(value)), _site_of(value))
    except Thrown:
        return


def unknown_arguments(site: Site) -> tuple[Argument, ...]:
    """What a function is called with of whose caller nothing is known."""
    return tuple(Argument(value=Unknown(site), site=site) for _ in range(_MOST_ARGUMENTS))


def _outermost_function(node: SgNode) -> SgNode | None:
    found: SgNode | None = None
    for around in node.ancestors():
        if around.kind() in FUNCTIONS or around.kind() in {"class_declaration", "class"}:
            found = around
    return found


def _value_of(run: Interpreter, module: ScriptModule, node: SgNode) -> Value | None:
    scope = run.module(module).scope
    if node.kind() in FUNCTIONS:
        return Closure(node, scope)
    name = node.field("name")
    return run.lookup(name.text(), scope) if name is not None else None


def _site_of(value: Closure | ClassValue) -> Site:
    return Site(module=value.module, node=value.node)


# -------------------------------------------------------------------------------------------- applications


def _standing_alone(routers: list[Router]) -> list[Router]:
    """Applications that no other one mounts."""
    mounted = {id(inner) for router in routers for inner in _mounted_in(router)}
    return [router for router in routers if router.is_app and id(router) not in mounted]


def _mounted_in(router: Router) -> Iterator[Router]:
    for layer in router.layers:
        if layer.kind is LayerKind.USE:
            for one in flattened(layer.handlers):
                options = one.value.options if isinstance(one.value, Either) else [one.value]
                yield from (option for option in options if isinstance(option, Router))


def _stack(
    project: ScriptProject, app: Router, others: list[tuple[SourceApp, list[FoundRoute]]]
) -> SourceApp:
    module = app.site.module
    root, manifest = project.package_json(module.path)
    stated = manifest.get("name")
    name = stated if isinstance(stated, str) and stated else root or FRAMEWORK
    if any(stack.name == name for stack, _ in others):
        name = f"{name} ({module.path}:{line_of(app.site.node)})"
    return SourceApp(
        name=name,
        framework=FRAMEWORK,
        root=root,
        entry=module.place(app.site.node),
        version=stated_version(manifest, FRAMEWORK),
    )


def stated_version(manifest: Mapping[str, object], package: str) -> str:
    """The version of a package as package.json asks for it."""
    for key in ("dependencies", "devDependencies", "peerDependencies"):
        held = manifest.get(key)
        version = held.get(package) if isinstance(held, Mapping) else None
        if isinstance(version, str):
            return version
    return ""


def _without_copies(
    found: list[tuple[SourceApp, list[FoundRoute]]],
) -> list[tuple[SourceApp, list[FoundRoute]]]:
    """An application whose routes are all another one's was made twice: once for the tests."""
    known = [{(one.route.id, one.route.place) for one in routes} for _, routes in found]
    kept = []
    for place, own in enumerate(known):
        larger = any(own < other for other in known) and (own or _has_rival(found, place))
        earlier = any(own == other for other in known[:place])
        if not larger and not earlier:
            kept.append(found[place])
    return kept


def _has_rival(found: list[tuple[SourceApp, list[FoundRoute]]], place: int) -> bool:
    """Whether another application of the same package has routes: one without is made for something else."""
    root = found[place][0].root
    return any(routes and stack.root == root for stack, routes in found)


def _loaded_elsewhere(run: Interpreter, router: Router) -> bool:
    """Whether a module that was not gone through names the router's module: it may mount it."""
    return any(not run.has_gone_through(one) for one in loading(run.project, router.site.module.path))


def _unmounted(
    run: Interpreter, hooks: ExpressHooks, reader: GuardReader, apps: list[Router]
) -> Iterator[FoundRoute]:
    """Routes of routers that no application mounts."""
    reached: set[int] = set()
    waiting = list(apps)
    while waiting:
        router = waiting.pop()
        if id(router) not in reached:
            reached.add(id(router))
            waiting.extend(_mounted_in(router))
    inner = {id(one) for router in hooks.routers if id(router) not in reached for one in _mounted_in(router)}
    for router in hooks.routers:
        if router.is_app or id(router) in reached or id(router) in inner:
            continue
        followed = not router.escaped and not run.problems and not _loaded_elsewhere(run, router)
        for served in Chains(reader, hooks.strategies).routes(router):
            note = (
                "no application mounts its router"
                if followed
                else "where its router is mounted could not be read"
            )
            for one in _routes(run, served, ""):
                route = replace(one.route, served=False, certain=followed and one.route.certain, note=note)
                yield FoundRoute(route=route, handler=one.handler)


# -------------------------------------------------------------------------------------------------- routes


def _routes(run: Interpreter, served: Served, app: str) -> Iterator[FoundRoute]:
    handler = handler_of(served.handler.value) if served.handler is not None and not served.passing else None
    site = (
        served.registered.layer.site
        if isinstance(served.registered, Registered)
        else served.registered.argument.site
    )
    here = site.module.place(site.node)
    place = handler.closure.module.place(handler.closure.node) if handler is not None else here
    values = [one.value for one in served.links]
    in_path = _ROUTE_PARAMETER.findall(str(served.path))
    inputs = inputs_of(run, values, handler.closure if handler is not None else None, in_path)
    notes = [served.path.note, _only_if(served)]
    route = SourceRoute(
        method=served.method,
        path=str(served.path),
        framework=FRAMEWORK,
        handler=handler.key[1] if handler is not None else _written(served),
        place=place,
        end_line=handler.end_line if handler is not None else end_line_of(site.node),
        app=app,
        guards=served.guards,
        parameters=(*path_parameters(str(served.path)), *query_of(inputs)),
        bodies=bodies_of(inputs)
        if served.method not in {"GET", "HEAD", "DELETE"} or inputs.reads.reads_body
        else (),
        validation=validation_of(inputs, served.method),
        certain=served.path.certain,
        note="; ".join(note for note in notes if note),
    )
    yield FoundRoute(
        route=route,
        handler=handler.key if handler is not None else None,
        hooks=_hooks(served),
        scoped_by=scoping_guard(served.links, in_path),
    )


def _written(served: Served) -> str:
    return name_of(served.handler) if served.handler is not None else ""


def _only_if(served: Served) -> str:
    conditions = served.registered.conditions
    texts = sorted({condition.text for condition in conditions})
    return f"only where {', '.join(texts)}" if texts else ""


def _hooks(served: Served) -> tuple[Key, ...]:
    """Functions of `router.param`, which fetch the object of the route."""
    held = served.registered.parameters if isinstance(served.registered, Registered) else ()
    found = [handler_of(one.value) for one in held]
    return tuple(one.key for one in found if one is not None)


def path_parameters(path: str) -> tuple[Parameter, ...]:
    """The parameters of a path template."""
    names = dict.fromkeys(_ROUTE_PARAMETER.findall(path))
    return tuple(
        Parameter(name=name, place=Place.PATH, required=True, schema={"type": "string"}) for name in names
    )
