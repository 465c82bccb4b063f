"""Routes of Next.js applications: route handlers of the app router, API routes of the pages router."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from ast_grep_py import SgNode

from launchready.model.source import SourceApp, SourceGuard, SourceRoute
from launchready.source.code.facts import Found, FoundRoute
from launchready.source.script.binding import ScriptModule
from launchready.source.script.nextjs_apps import FRAMEWORK, NextApp, next_apps
from launchready.source.script.nextjs_guards import Wrappers
from launchready.source.script.nextjs_handlers import Handler, handler_in, handler_of
from launchready.source.script.nextjs_methods import (
    METHODS,
    added_handlers,
    branches_of,
    built_handlers,
    handlers_by_key,
)
from launchready.source.script.nextjs_middleware import Middleware, middleware_of
from launchready.source.script.nextjs_paths import NextPath, Rest, path_of, sample_path, without_extension
from launchready.source.script.nextjs_trial import Trials
from launchready.source.script.nodes import FUNCTIONS, end_line_of, unwrapped
from launchready.source.script.project import Outside, ScriptProject

_SERVED = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE"})
_ANY = "ANY"


def read_nextjs(project: ScriptProject) -> Found:
    """Every application made with Next.js, its routes, and what stands before them."""
    apps: list[SourceApp] = []
    routes: list[FoundRoute] = []
    problems: list[str] = []
    trials = Trials(project)
    wrappers = Wrappers(project, trials)
    for app in next_apps(project):
        found = [*_app_routes(project, app), *_api_routes(project, app)]
        middleware = middleware_of(project, app, trials)
        before = middleware.guard_of_new_routes() if middleware is not None else None
        apps.append(_stack(app, (before,) if before is not None else ()))
        routes.extend(_found(app, one, wrappers, middleware) for one in found)
        problems.extend(f"{app.entry.path}: {name} could not be read" for name in app.settings.unread)
    return Found(apps=tuple(apps), routes=tuple(routes), problems=tuple(problems))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Endpoint:
    """A method on an address with what serves it."""

    method: str
    path: NextPath
    handler: Handler
    without: tuple[tuple[int, int], ...] = ()
    note: str = ""
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
                yield _Endpoint(method=method, path=path, handler=handler)


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
            yield from (replace(one, pages=True) for one in _methods(project, module, path))


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


def _found(app: NextApp, one: _Endpoint, wrappers: Wrappers, middleware: Middleware | None) -> FoundRoute:
    handler = one.handler
    notes = [one.note] if one.note else []
    certain = not app.settings.unread
    if app.settings.unread:
        notes.append(f"{' and '.join(app.settings.unread)} of {app.entry.path} could not be read")
    if one.path.rest is not Rest.NONE:
        least = "one segment or more" if one.path.rest is Rest.REST else "any number of segments, also none"
        notes.append(f"the last parameter takes {least}")
    if one.path.intercepted:
        certain = False
        notes.append("the folder intercepts another page's address")
    address = _address(app, one.path)
    path = sample_path(address)
    before = middleware.guard(path, one.method) if middleware is not None else None
    around = wrappers.guards(handler, path=path, method=one.method, pages=one.pages)
    route = SourceRoute(
        method=one.method,
        path=address,
        framework=FRAMEWORK,
        handler=handler.name,
        place=handler.module.place(handler.node),
        end_line=end_line_of(handler.node),
        app=app.name,
        guards=(*((before,) if before is not None else ()), *around),
        certain=certain,
        note="; ".join(notes),
    )
    return FoundRoute(route=route, handler=handler.key, without=one.without)


def _address(app: NextApp, path: NextPath) -> str:
    whole = app.settings.base + (path.template if path.template != "/" or not app.settings.base else "")
    last = whole.rpartition("/")[2]
    return f"{whole}/" if app.settings.trailing_slash and last and "." not in last else whole
