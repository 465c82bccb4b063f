"""Debug modes, verbose settings, listed folders, origins that are let in (DEP-08, LOG-04, CORS-03)."""

import ast
import re
from collections.abc import Callable, Iterator, Mapping
from itertools import islice

from launchready.model.source import Flow, HitKind
from launchready.source.places import is_for_production
from launchready.source.python.environment import variable_read
from launchready.source.python.environment_classes import is_settings_class
from launchready.source.python.flows.names import leaf
from launchready.source.python.flows.scopes import Assigned, Scope, Seen
from launchready.source.python.project import dotted_name
from launchready.source.python.sinks.origins import ORIGIN_RULES, assigned_origins
from launchready.source.python.sinks.rules import (
    Hit,
    Site,
    in_main,
    is_false,
    is_literal,
    is_true,
    keyword,
    under_debug,
)

_SETTINGS_FILE = re.compile(
    r"(?:^|/)(?:settings|config|configuration|conf)(?:/[^/]+)?(?:[^/]*)\.py$|(?:^|/)[^/]*settings[^/]*\.py$"
)
_DEVELOPMENT_CLASS = re.compile(r"dev|test|local|debug", re.IGNORECASE)
_DJANGO = frozenset({"INSTALLED_APPS", "ROOT_URLCONF", "MIDDLEWARE", "WSGI_APPLICATION", "TEMPLATES"})
_SERVERS = (
    "flask",
    "quart",
    "sanic",
    "bottle",
    "uvicorn",
    "flask_socketio",
    "dash",
    "connexion",
    "fastapi",
    "starlette",
)
DJANGO_DEBUG = "python-django-debug"  # settled when all settings modules are known


# ---------------------------------------------------------------------------------------------- debug


def _run(site: Site, seen: Seen) -> Iterator[Hit]:
    """`app.run(debug=True)`, `uvicorn.run(…, reload=True)`."""
    starts = site.names.has(*_SERVERS) or keyword(seen.node, "host", "port") is not None
    if not starts or site.development:
        return
    host = keyword(seen.node, "host")
    by_hand = bool(seen.tests) or not is_literal(host, "0.0.0.0", "::")  # noqa: S104 - read, not bound
    if is_literal(host, "127.0.0.1", "localhost", "::1"):
        return  # nobody but the developer's own machine
    if is_true(keyword(seen.node, "debug")):
        yield _debug(
            seen.node,
            "python-run-debug",
            "The server is started in debug mode, whose error pages run code",
            certain=not by_hand,
        )
    elif seen.name == "uvicorn.run" and is_true(keyword(seen.node, "reload")):
        yield _debug(
            seen.node, "python-run-reload", "The server is started in the mode for developing (reload)"
        )


def _application(site: Site, seen: Seen) -> Iterator[Hit]:
    """`FastAPI(debug=True)`."""
    name = seen.name
    known = name.startswith(("fastapi.", "starlette.", "litestar.", "tornado.web.", "bottle."))
    if known and is_true(keyword(seen.node, "debug")) and not site.development:
        yield _debug(
            seen.node,
            "python-app-debug",
            "The application shows its code in answers to errors",
            certain=not seen.tests,
        )


def _updated(site: Site, seen: Seen) -> Iterator[Hit]:
    """`app.config.update(DEBUG=True)`."""
    receiver = dotted_name(seen.node.func).rpartition(".")[0]
    if receiver.endswith("config") and is_true(keyword(seen.node, "DEBUG")) and not site.development:
        yield _debug(
            seen.node,
            "python-config-debug",
            "Debug mode is on",
            certain=not seen.tests and not in_main(seen.tests),
        )


def assigned_settings(site: Site) -> Iterator[Hit]:
    """Debug modes, verbose settings and origins that are given to names."""
    yield from assigned_origins(site)
    if site.development:
        return
    for one in site.scope.assigned:
        last = one.name.rpartition("[")[2].rstrip("]") if "[" in one.name else leaf(one.name)
        if last in {"DEBUG", "debug"}:
            yield from _debug_setting(site, one)
        elif last == "SQLALCHEMY_ECHO" and is_true(one.node):
            yield _verbose(
                one.node, "Every SQL statement goes to the log, values included", certain=not one.tests
            )
        elif one.name == "LOGGING" and isinstance(one.node, ast.Dict):
            yield from islice(_logging(one), 1)


def _debug_setting(site: Site, one: Assigned) -> Iterator[Hit]:
    if under_debug(one.tests) or in_main(one.tests):
        return
    scope = site.scope
    if isinstance(one.target, ast.Attribute | ast.Subscript):
        owner = one.name.rpartition("[")[0] or one.name.rpartition(".")[0]
        is_app = leaf(owner) in {"app", "application", "server"} or leaf(owner) == "config"
        if is_app and is_true(one.node):
            yield _debug(one.target, "python-config-debug", "Debug mode is on", certain=not one.tests)
    elif isinstance(scope.node, ast.ClassDef):
        yield from _class_debug(site, one)
    elif isinstance(scope.node, ast.Module):
        yield from _module_debug(site, one)


def _class_debug(site: Site, one: Assigned) -> Iterator[Hit]:
    """`class Config: DEBUG = True`, where no class for production switches it off."""
    node = site.scope.node
    assert isinstance(node, ast.ClassDef)
    if not is_true(one.node) or _DEVELOPMENT_CLASS.search(node.name):
        return
    if is_settings_class(node, site.names):
        yield _debug(one.node, "python-debug-default", "Debug mode is on unless a variable says otherwise")
        return
    configuration = (
        node.name.endswith(("Config", "Settings", "Configuration", "Base")) and one.name == "DEBUG"
    )
    if not configuration or _switched_off(site):
        return
    yield _debug(one.node, "python-config-debug", "Debug mode is on", certain="prod" in node.name.lower())


def _switched_off(site: Site) -> bool:
    """Whether another class of the file says DEBUG = False."""
    return any(
        isinstance(inner, ast.Assign | ast.AnnAssign)
        and is_false(inner.value)
        and any(
            isinstance(target, ast.Name) and target.id == "DEBUG"
            for target in (inner.targets if isinstance(inner, ast.Assign) else [inner.target])
        )
        for node in site.names.classes.values()
        for inner in node.body
    )


def _module_debug(site: Site, one: Assigned) -> Iterator[Hit]:
    last = [other for other in site.scope.assigned if other.name == one.name][-1]
    if last is not one or not _SETTINGS_FILE.search(site.path) or one.name != "DEBUG":
        return
    django = is_django_settings(site.scope)
    if is_true(one.node):
        yield _debug(
            one.node,
            DJANGO_DEBUG if django else "python-config-debug",
            "Debug mode is on: errors show settings and code to everybody",
            certain=not one.tests and is_for_production(site.path),
        )
    elif _default_is_on(site, one):
        yield _debug(one.node, "python-debug-default", "Debug mode is on unless a variable says otherwise")


def is_django_settings(scope: Scope) -> bool:
    """Whether a module holds settings of Django."""
    return any(one.name in _DJANGO for one in scope.assigned)


def _default_is_on(site: Site, one: Assigned) -> bool:
    inside = {id(node) for node in ast.walk(one.node)}
    for seen in site.scope.seen:
        if id(seen.node) not in inside:
            continue
        read = variable_read(seen, site.names)
        if read is None or not isinstance(read.default, ast.Constant):
            continue
        plain = one.node is seen.node or not isinstance(one.node, ast.UnaryOp)
        if plain and read.default.value in (True, 1, "True", "true", "1", "on", "yes", "TRUE"):
            return not _compares_off(one.node)
    return False


def _compares_off(node: ast.expr) -> bool:
    """`os.getenv("PRODUCTION", "1") == "0"`: on only where the variable says so."""
    return any(
        isinstance(one, ast.Compare)
        and (
            isinstance(one.ops[0], ast.NotEq | ast.NotIn)
            or any(is_literal(c, "0", "False", "false") for c in one.comparators)
        )
        for one in ast.walk(node)
    )


def _debug(node: ast.AST, rule: str, message: str, *, certain: bool = False) -> Hit:
    return Hit(
        kind=HitKind.DEBUG,
        rule=rule,
        message=message,
        node=node,
        fix="Take it from the environment, off by default",
        certain=certain,
    )


# -------------------------------------------------------------------------------------------- verbose


def _engine(site: Site, seen: Seen) -> Iterator[Hit]:
    if (
        (is_true(keyword(seen.node, "echo")) or is_literal(keyword(seen.node, "echo"), "debug"))
        and not site.development
        and not under_debug(seen.tests)
    ):
        yield _verbose(
            seen.node, "Every SQL statement goes to the log, values included", certain=not seen.tests
        )


def _level(site: Site, seen: Seen) -> Iterator[Hit]:
    """`logging.basicConfig(level=logging.DEBUG)`, `logger.setLevel("DEBUG")`."""
    if site.development or in_main(seen.tests) or under_debug(seen.tests):
        return
    name = leaf(seen.name)
    node = keyword(seen.node, "level") or (
        seen.node.args[0] if name == "setLevel" and seen.node.args else None
    )
    if node is None or not (is_literal(node, "DEBUG", 10) or dotted_name(node) in {"logging.DEBUG", "DEBUG"}):
        return
    receiver = dotted_name(seen.node.func).lower()
    if name == "setLevel" and ("handler" in receiver or "file" in receiver):
        return  # handlers pass on what loggers let through
    if name == "basicConfig" and not seen.name.startswith("logging."):
        return
    yield _verbose(seen.node, "The log is at level DEBUG, whatever the environment", certain=False)


def _logging(one: Assigned) -> Iterator[Hit]:
    """Django's LOGGING: loggers at level DEBUG."""
    if under_debug(one.tests) or not isinstance(one.node, ast.Dict):
        return
    for key, value in zip(one.node.keys, one.node.values, strict=True):
        if not is_literal(key, "loggers", "root") or not isinstance(value, ast.Dict):
            continue
        inner = value.values if is_literal(key, "loggers") else [value]
        for logger in inner:
            if isinstance(logger, ast.Dict):
                for name, level in zip(logger.keys, logger.values, strict=True):
                    if is_literal(name, "level") and is_literal(level, "DEBUG"):
                        yield _verbose(
                            level, "The log is at level DEBUG, whatever the environment", certain=False
                        )


def _verbose(node: ast.AST, message: str, *, certain: bool) -> Hit:
    return Hit(
        kind=HitKind.VERBOSE,
        rule="python-verbose",
        message=message,
        node=node,
        fix="Take the level from the environment, INFO by default",
        certain=certain,
    )


# -------------------------------------------------------------------------------------------- folders


def _listed(site: Site, seen: Seen) -> Iterator[Hit]:
    """A folder whose files are listed to whoever asks."""
    node = seen.node
    listed = any(is_true(keyword(node, name)) for name in ("show_index", "show_indexes", "directory_view"))
    for argument in node.args:
        if isinstance(argument, ast.Dict):
            listed = listed or any(
                is_literal(key, "show_indexes") and is_true(value)
                for key, value in zip(argument.keys, argument.values, strict=True)
            )
    if leaf(seen.name) == "AutoIndex" and site.names.has("flask_autoindex"):
        listed = True
    if listed and not site.development and not under_debug(seen.tests):
        yield Hit(
            kind=HitKind.LISTING,
            rule="python-folder-listed",
            message="The files of this folder are listed to whoever asks",
            node=node,
            fix="Serve files by name only",
            flow=Flow.NONE,
            certain=not seen.tests,
        )


SETTING_RULES: Mapping[str, Callable[[Site, Seen], Iterator[Hit]]] = {
    "run": _run,
    **dict.fromkeys(("FastAPI", "Starlette", "Litestar", "Application"), _application),
    "update": _updated,
    **dict.fromkeys(("create_engine", "create_async_engine", "SQLAlchemy"), _engine),
    **dict.fromkeys(("basicConfig", "setLevel"), _level),
    **dict.fromkeys(("add_static", "static", "serve", "url", "re_path", "path", "AutoIndex"), _listed),
    **ORIGIN_RULES,
}
