"""Routes of Next.js applications: route handlers of the app router, API routes of the pages router."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from ast_grep_py import SgNode

from launchready.model.operation import Parameter, Place
from launchready.model.source import GuardKind, SourceApp, SourceGuard, SourceRoute
from launchready.source.code.facts import Found, FoundRoute
from launchready.source.joining import refusing
from launchready.source.script.binding import ScriptModule
from launchready.source.script.nextjs.actions import NOTE, Action, ActionReader, actions_of
from launchready.source.script.nextjs.apps import FRAMEWORK, NextApp, next_apps
from launchready.source.script.nextjs.guards import Wrappers
from launchready.source.script.nextjs.handlers import Handler, handler_in, handler_of
from launchready.source.script.nextjs.inputs import InputReader
from launchready.source.script.nextjs.inside import InsideGuards
from launchready.source.script.nextjs.methods import (
    METHODS,
    added_handlers,
    branches_of,
    built_handlers,
    handlers_by_key,
)
from launchready.source.script.nextjs.middleware import Middleware, middleware_of
from launchready.source.script.nextjs.paths import (
    NextPath,
    Rest,
    path_names,
    path_of,
    sample_path,
    without_extension,
)
from launchready.source.script.nextjs.trial import Trials
from launchready.source.script.nodes import FUNCTIONS, end_line_of, unwrapped
from launchready.source.script.project import Outside, ScriptProject

# What serves several operations at one address: by the package, and by what is called in the handler
_CATCH_ALLS = (
    (("@trpc/",), ("fetchRequestHandler", "createNextApiHandler"), "procedures of tRPC"),
    (
        ("graphql-", "@apollo/", "@as-integrations/"),
        ("createYoga", "startServerAndCreateNextHandler", "graphqlHTTP"),
        "operations of GraphQL",
    ),
    (("hono",), (), "routes of Hono"),
    (("@payloadcms/",), (), "routes of Payload"),
    (("@orpc/", "@ts-rest/"), ("RPCHandler",), "procedures"),
)
_SERVED = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE"})
_ANY = "ANY"


def read_nextjs(project: ScriptProject) -> Found:
    """Every application made with Next.js, its routes, its server actions, and what stands before them."""
    apps: list[SourceApp] = []
    routes: list[FoundRoute] = []
    problems: list[str] = []
    reader = _Reader(project)
    for app in next_apps(project):
        endpoints = [*_app_routes(project, app), *_api_routes(project, app)]
        middleware = middleware_of(project, app, reader.trials)
        before = middleware.guard_of_new_routes() if middleware is not None else None
        apps.append(_stack(app, (before,) if before is not None else ()))
        routes.extend(reader.route(app, one, middleware) for one in endpoints)
        routes.extend(reader.action(app, one, middleware) for one in actions_of(project, app))
        problems.extend(f"{app.entry.path}: {name} could not be read" for name in app.settings.unread)
        problems.extend(dict.fromkeys(text for one in endpoints if (text := _unlisted(one))))
    return Found(apps=tuple(apps), routes=tuple(routes), problems=tuple(problems))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Endpoint:
    """A method on an address with what serves it."""

    method: str
    path: NextPath
    handler: Handler
    without: tuple[tuple[int, int], ...] = ()
    export: tuple[ScriptModule, str] | None = None
    pages: bool = False


def _stack(app: NextApp, guards: tuple[SourceGuard, ...] = ()) -> SourceApp:
    return SourceApp(
        name=app.name,
        framework=FRAMEWORK,
        root=app.root,
        entry=app.entry,
        version=app.version,
        guards=guards,
    )


# ---------------------------------------------------------------------------------------------- app router


def _app_routes(project: ScriptProject, app: NextApp) -> Iterator[_Endpoint]:
    """`route.ts` files: each exported method is a route."""
    base = app.folder("app")
    for file, folders, name in _files(project, base, app.settings.extensions):
        path = path_of(folders, app_router=True) if name == "route" else None
        module = project.module(file) if path is not None else None
        if path is None or module is None:
            continue
        for method in METHODS:
            handler = _exported(project, module, method)
            if handler is not None and method in _SERVED:
                yield _Endpoint(method=method, path=path, handler=handler, export=(module, method))


def _exported(project: ScriptProject, module: ScriptModule, name: str) -> Handler | None:
    if name not in module.exports and not module.stars:
        return None
    held = project.exported(module, name)
    if isinstance(held, Outside):
        return Handler(module=module, node=module.root, package=held.package)
    found = handler_of(project, held) if held is not None else None
    if found is None and name in module.exports:
        return Handler(module=module, node=module.root)
    return found


# -------------------------------------------------------------------------------------------- pages router


def _api_routes(project: ScriptProject, app: NextApp) -> Iterator[_Endpoint]:
    """Files below `pages/api`: the default export serves every method that it does not turn away."""
    base = app.folder("pages") + "api/"
    for file, folders, name in _files(project, base, app.settings.extensions):
        module = project.module(file)
        inner = () if name == "index" else (name,)
        path = path_of(("api", *folders, *inner), app_router=False)
        if module is None or path is None:
            continue
        held = project.exported(module, "default")
        if held is not None or "default" in module.exports:
            for one in _methods(project, module, path):
                yield replace(one, pages=True, export=(module, "default"))


def _methods(project: ScriptProject, module: ScriptModule, path: NextPath) -> Iterator[_Endpoint]:
    node = module.exports.get("default")
    value = project.value(module, node)[1] if isinstance(node, SgNode) else None
    if value is not None and value.kind() not in FUNCTIONS:
        chained = {**added_handlers(project, module, value), **built_handlers(value)}
        if chained:
            for method, one in chained.items():
                yield _Endpoint(method=method, path=path, handler=handler_in(project, module, one))
            return
    handler = _exported(project, module, "default")
    if handler is None:
        return
    keyed = _keyed(handler)
    if keyed:
        for method, one in keyed.items():
            inner = replace(handler_in(project, handler.module, one), wrappers=handler.wrappers)
            yield _Endpoint(method=method, path=path, handler=inner)
        return
    if handler.key is None:
        yield _Endpoint(method=_ANY, path=path, handler=handler)
        return
    yield from _branched(project, handler, path)


def _keyed(handler: Handler) -> dict[str, SgNode]:
    """`defaultHandler({ GET: …, POST: … })`."""
    node = unwrapped(handler.node)
    if node.kind() != "call_expression":
        return {}
    for one in node.find_all(kind="object"):
        held = handlers_by_key(one)
        if held:
            return dict(held)
    return {}


def _branched(project: ScriptProject, handler: Handler, path: NextPath) -> Iterator[_Endpoint]:
    branches = branches_of(project, handler.module, handler.node)
    methods = [one for one in branches.methods if one in _SERVED]
    for method in methods:
        yield _Endpoint(method=method, path=path, handler=handler, without=branches.of_others(method))
    if branches.others or not methods:
        others = branches.of_others(_ANY)
        yield _Endpoint(method=_ANY, path=path, handler=handler, without=others)


# -------------------------------------------------------------------------------------------------- routes


def _files(
    project: ScriptProject, base: str, extensions: Iterable[str]
) -> Iterator[tuple[str, tuple[str, ...], str]]:
    """Files below a folder that can be pages: path, folders below it, name without the extension."""
    for file in sorted(project.files):
        if not file.startswith(base) or file.endswith(".d.ts"):
            continue
        *folders, last = file[len(base) :].split("/")
        name = without_extension(last, extensions)
        if name is not None:
            yield file, tuple(folders), name


class _Reader:
    """Makes routes of what was found; guards and inputs are read with one interpreter for all."""

    def __init__(self, project: ScriptProject) -> None:
        self.trials = Trials(project)
        self._wrappers = Wrappers(project, self.trials)
        self._inputs = InputReader(project, self.trials)
        self._inside = InsideGuards(self.trials)
        self._actions = ActionReader(self.trials, self._wrappers, self._inputs)

    def route(self, app: NextApp, one: _Endpoint, middleware: Middleware | None) -> FoundRoute:
        """A method on an address."""
        handler = one.handler
        certain, notes = _reservations(app, one)
        address = _address(app, one.path)
        path = sample_path(address)
        before = middleware.guard(path, one.method) if middleware is not None else None
        around = self._wrappers.guards(handler, path=path, method=one.method, pages=one.pages)
        guards = (*((before,) if before is not None else ()), *around)
        if one.export is not None and not refusing(guards) and handler.key is not None:
            inside = self._inside.of_export(*one.export, path=path, method=one.method, pages=one.pages)
            guards = (*guards, *inside)
        inputs = self._inputs.inputs(handler, one.without)
        route = SourceRoute(
            method=one.method,
            path=address,
            framework=FRAMEWORK,
            handler=handler.name,
            place=handler.module.place(handler.node),
            end_line=end_line_of(handler.node),
            app=app.name,
            guards=guards,
            parameters=(*_path_parameters(address), *_without_those(inputs.parameters, address)),
            bodies=inputs.bodies if one.method != "GET" else (),
            validation=inputs.validation,
            certain=certain,
            note="; ".join(notes),
        )
        return FoundRoute(route=route, handler=handler.key, without=one.without)

    def action(self, app: NextApp, one: Action, middleware: Middleware | None) -> FoundRoute:
        """A server action: reviewed, never probed."""
        handler = one.handler
        inputs = self._actions.inputs(one)
        # It may be called at any page's address, also at one that the middleware leaves open
        before = middleware.guard("/", "POST") if middleware is not None else None
        doubtful = before is not None and before.kind is not GuardKind.IDENTIFIES
        around = (replace(before, kind=GuardKind.UNCLEAR),) if before is not None and doubtful else ()
        guards = (*around, *self._actions.guards(one))
        if not refusing(guards):
            guards = (*guards, *self._inside.of_function(handler.module, handler.node, one.name))
        route = SourceRoute(
            method="POST",
            path=one.place_name,
            framework=FRAMEWORK,
            handler=handler.name,
            place=handler.module.place(handler.node),
            end_line=end_line_of(handler.node),
            app=app.name,
            guards=guards,
            bodies=inputs.bodies,
            validation=inputs.validation,
            certain=False,
            note=NOTE,
        )
        return FoundRoute(route=route, handler=handler.key)


def _reservations(app: NextApp, one: _Endpoint) -> tuple[bool, list[str]]:
    """Whether the address is certain, and what has to be said of it."""
    notes = [text for text in (_unlisted(one),) if text]
    if app.settings.unread:
        notes.append(f"{' and '.join(app.settings.unread)} of {app.entry.path} could not be read")
    if one.path.rest is not Rest.NONE:
        least = "one segment or more" if one.path.rest is Rest.REST else "any number of segments, also none"
        notes.append(f"the last parameter takes {least}")
    if one.path.intercepted:
        notes.append("the folder intercepts another page's address")
    return not app.settings.unread and not one.path.intercepted, notes


def _unlisted(one: _Endpoint) -> str:
    """What serves many operations at one address, which are not listed; empty where nothing does."""
    text = one.handler.node.text() if one.handler.key is not None else ""
    for packages, calls, what in _CATCH_ALLS:
        if one.handler.package.startswith(packages) or any(f"{call}(" in text for call in calls):
            return f"{what} behind {one.path.template} are not listed one by one"
    return ""


def _path_parameters(address: str) -> Iterator[Parameter]:
    for name in path_names(address):
        yield Parameter(name=name, place=Place.PATH, required=True, schema={"type": "string"})


def _without_those(found: tuple[Parameter, ...], address: str) -> Iterator[Parameter]:
    """The pages router has parameters of the path in `req.query`, too."""
    names = set(path_names(address))
    return (one for one in found if one.name not in names)


def _address(app: NextApp, path: NextPath) -> str:
    whole = app.settings.base + (path.template if path.template != "/" or not app.settings.base else "")
    last = whole.rpartition("/")[2]
    return f"{whole}/" if app.settings.trailing_slash and last and "." not in last else whole
