"""Express applications and routers, and what is registered at them, in order."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from launchready.source.script.nodes import dotted_name
from launchready.source.script.symbolic.interpreter import Interpreter
from launchready.source.script.symbolic.scope import Condition
from launchready.source.script.symbolic.values import (
    Argument,
    Called,
    ClassValue,
    Closure,
    Constant,
    Either,
    Items,
    Member,
    Native,
    Package,
    Pieces,
    Record,
    Regex,
    Site,
    Unknown,
    Value,
)

METHODS = frozenset({"get", "post", "put", "patch", "delete", "head", "options", "all"})
_SETTINGS = frozenset({"set", "enable", "disable", "engine", "on", "once", "render"})
_ROUTER_MAKERS = frozenset({
    Package("express", "Router"),
    Package("express-promise-router", "default"),
    Package("express-promise-router", "*"),
    Package("express-async-router", "AsyncRouter"),
    Package("@awaitjs/express", "Router"),
})  # fmt: skip
_APP_MAKERS = frozenset({Package("express", "default"), Package("express", "*")})
# An application is handed to these to be served or watched; they add no routes of the product
_SERVERS = (
    "http", "https", "http2", "spdy", "socket.io", "ws", "supertest", "serverless-http", "@vendia/serverless-express",
    "aws-serverless-express", "@sentry/", "express-ws", "greenlock", "stoppable", "http-terminator", "chai",
    "http-shutdown", "express-list-endpoints", "express-listroutes", "vite", "@codegenie/serverless-express",
    "express-status-monitor", "express-async-errors", "i18n", "vhost", "nunjucks", "consolidate", "response-time",
    "@godaddy/terminus", "lightship", "newrelic", "applicationinsights", "dd-trace", "express-prom-bundle",
    "livereload", "connect-livereload", "easy-livereload", "firebase-functions",
)  # fmt: skip
_ROUTING = re.compile(
    r"\.\s*(?:use|get|post|put|patch|delete|all|route|listen)\s*\(|[rR]oute|express\s*\(|\brequire\s*\(|import\s*\("
)
# Long functions that nothing of Express is given to are gone through if they say one of these
_SETTING_UP = re.compile(
    r"express\s*\(|\bRouter\s*\(|\b\w*(?:[aA]pp|[rR]outer|[sS]erver|[rR]outes?)\s*\.\s*"
    r"(?:use|get|post|put|patch|delete|all|route|listen|register|forEach|map)\b"
    r"|\bthis\s*\.\s*(?:use|get|post|put|patch|delete|all|route)\s*\("
    r"|\b_?req(?:uest)?\s*(?::\s*[\w.<>\[\], ]+)?,\s*_?res|\.\s*listen\s*\("
)
_CONTAINER_METHODS = frozenset({"get", "resolve", "getInstance", "make", "inject", "instance"})


class LayerKind(StrEnum):
    """What is registered."""

    USE = "use"
    ROUTE = "route"
    PARAM = "param"


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """One registration. `paths` are values of texts; empty where none is given. `method` is "ANY" for `all`."""

    kind: LayerKind
    method: str
    paths: tuple[Value, ...]
    handlers: tuple[Argument, ...]
    site: Site
    conditions: tuple[Condition, ...]


@dataclass(slots=True, eq=False)
class Router(Native):
    """An application or a router. `escaped` names a package that it was handed to, which may add or mount routes."""

    is_app: bool
    site: Site
    layers: list[Layer] = field(default_factory=list)
    escaped: str = ""
    is_handed_on = True

    def member(self, name: str) -> Value | None:
        """Its own methods only."""
        return None if name not in {"locals", "settings"} else Record(complete=False)

    def invoke(self, run: Interpreter, name: str, arguments: tuple[Argument, ...], site: Site) -> Value:
        """`use`, `get` …, `route`, `param`; what else there is changes no routes."""
        if name == "use":
            paths, handlers = _with_path(arguments)
            self._add(run, LayerKind.USE, "ANY", paths, handlers, site)
        elif name in METHODS and arguments:
            if name == "get" and len(arguments) == 1:
                return Unknown(site)  # a setting is read
            method = "ANY" if name == "all" else name.upper()
            self._add(run, LayerKind.ROUTE, method, paths_in(arguments[0].value), arguments[1:], site)
        elif name == "route" and arguments:
            return RouteBuilder(self, paths_in(arguments[0].value))
        elif name == "param":
            self._add(
                run,
                LayerKind.PARAM,
                "",
                paths_in(arguments[0].value) if arguments else (),
                arguments[1:],
                site,
            )
        elif name == "listen":
            for one in arguments:
                if isinstance(one.value, Closure) and run.hooks.enters(one.value):
                    run.call(one.value, (), site)
        elif name not in _SETTINGS:
            return Unknown(site)
        return self

    def assign(self, run: Interpreter, name: str, value: Value, site: Site) -> None:
        """`app.x = …` changes no routes."""

    def _add(
        self,
        run: Interpreter,
        kind: LayerKind,
        method: str,
        paths: tuple[Value, ...],
        handlers: tuple[Argument, ...],
        site: Site,
    ) -> None:
        layer = Layer(
            kind=kind, method=method, paths=paths, handlers=handlers, site=site, conditions=run.conditions
        )
        self.layers.append(layer)


@dataclass(slots=True, eq=False)
class RouteBuilder(Native):
    """`router.route("/x")`: methods on one path."""

    router: Router
    paths: tuple[Value, ...]

    def invoke(self, run: Interpreter, name: str, arguments: tuple[Argument, ...], site: Site) -> Value:
        """`get`, `post` …, `all`."""
        if name in METHODS:
            layer = Layer(
                kind=LayerKind.ROUTE,
                method="ANY" if name == "all" else name.upper(),
                paths=self.paths,
                handlers=arguments,
                site=site,
                conditions=run.conditions,
            )
            self.router.layers.append(layer)
        return self


def paths_in(value: Value) -> tuple[Value, ...]:
    """One path, or several of an array."""
    if isinstance(value, Items):
        return tuple(value.values)
    return (value,)


def _with_path(arguments: tuple[Argument, ...]) -> tuple[tuple[Value, ...], tuple[Argument, ...]]:
    """`use(path, …)`, or `use(…)` alone."""
    if arguments and _is_path(arguments[0], has_more=len(arguments) > 1):
        return paths_in(arguments[0].value), arguments[1:]
    return (), arguments


_PATH_WORDS = re.compile(r"(?:path|prefix|url|uri|base|route|endpoint|api|version|mount)\w*$", re.IGNORECASE)


def _is_path(argument: Argument, *, has_more: bool) -> bool:
    match argument.value:
        case Constant(value=str()) | Pieces() | Regex():
            return True
        case Items(values=values):
            return bool(values) and all(isinstance(one, Constant | Pieces | Regex) for one in values)
        case Either(options=options):
            return any(isinstance(one, Constant | Pieces) for one in options)
        case Closure() | Native() | Called() | ClassValue() | Record():
            return False
        case Package(package="", name=name) if name.startswith("process.env."):
            return has_more
        case _:
            name = dotted_name(argument.site.node)
            return has_more and bool(_PATH_WORDS.search(name))


class PackageRoutes(Protocol):
    """Knows packages that add routes of their own."""

    def called(
        self, run: Interpreter, callee: Package, arguments: tuple[Argument, ...], site: Site
    ) -> Value | None:
        """What a call of such a package gives, its routes added; None for other packages."""


# passport-local's own defaults (its README: Parameters)
LOGIN_FIELDS = ("username", "password")


def _login_fields(made: Called) -> tuple[str, str]:
    """The fields that a local strategy is told to read."""
    options = made.arguments[0].value if made.arguments else None
    if not isinstance(options, Record):
        return LOGIN_FIELDS
    named = [options.entries.get(key) for key in ("usernameField", "passwordField")]
    first, second = (
        one.value if isinstance(one, Constant) and isinstance(one.value, str) else usual
        for one, usual in zip(named, LOGIN_FIELDS, strict=True)
    )
    return first, second


class ExpressHooks:
    """What is known of Express and of the packages around it, while set-up code is gone through."""

    def __init__(self, packages: Sequence[PackageRoutes] = ()) -> None:
        self._packages = packages
        self.routers: list[Router] = []
        self.problems: list[str] = []
        self.strategies: dict[str, str] = {}  # passport: name → package of the strategy
        self.login_fields = LOGIN_FIELDS  # what passport-local reads of the body
        self._entering: dict[object, bool] = {}
        self._setting_up: dict[object, bool] = {}

    def called(
        self, run: Interpreter, callee: Value, arguments: tuple[Argument, ...], site: Site
    ) -> Value | None:
        """Applications and routers are made here; containers give instances; the rest is not known."""
        if isinstance(callee, Package):
            for one in self._packages:
                found = one.called(run, callee, arguments, site)
                if found is not None:
                    return found
            if callee in _APP_MAKERS or callee in _ROUTER_MAKERS:
                made = Router(is_app=callee in _APP_MAKERS, site=site)
                self.routers.append(made)
                return made
            if callee.package == "passport" and callee.name == "use":
                self._remember_strategy(arguments)
        self._note_escapes(callee, arguments, site)
        return None

    def enters(self, closure: Closure) -> bool:
        """A function that may register routes."""
        key = closure.node
        if key not in self._entering:
            self._entering[key] = bool(_ROUTING.search(closure.node.text()))
        return self._entering[key]

    def matters(self, closure: Closure) -> bool:
        """A function that sets up an application, or makes middleware."""
        key = closure.node
        if key not in self._setting_up:
            self._setting_up[key] = bool(_SETTING_UP.search(closure.node.text()))
        return self._setting_up[key]

    def _remember_strategy(self, arguments: tuple[Argument, ...]) -> None:
        values = [one.value for one in arguments]
        made = next(
            (one for one in values if isinstance(one, Called) and isinstance(one.callee, Package)), None
        )
        package = made.callee.package if made is not None and isinstance(made.callee, Package) else ""
        if made is not None and package == "passport-local":
            self.login_fields = _login_fields(made)
        named = values[0].value if values and isinstance(values[0], Constant) else None
        short = package.rpartition("passport-")[2] or package
        if isinstance(named, str) or short:
            self.strategies[named if isinstance(named, str) else short] = package or "unknown"

    def _note_escapes(self, callee: Value, arguments: tuple[Argument, ...], site: Site) -> None:
        held = [one for argument in arguments for one in _routers_in(argument.value)]
        if not held:
            return
        origin = package_of(callee)
        if origin is not None and origin.startswith(_SERVERS):
            return
        name = dotted_name(site.node) or "a function that was not found"
        for one in held:
            one.escaped = one.escaped or name
        if any(one.is_app for one in held):
            place = site.module.place(site.node)
            self.problems.append(
                f"{place} hands the application to {name}; routes that it adds were not read"
            )


def _routers_in(value: Value) -> list[Router]:
    match value:
        case Router():
            return [value]
        case Record(entries=entries):
            return [one for one in entries.values() if isinstance(one, Router)]
        case Items(values=values):
            return [one for one in values if isinstance(one, Router)]
        case _:
            return []


def package_of(value: Value) -> str | None:
    """The package that something comes from; None for what is not of a package."""
    for _ in range(12):
        match value:
            case Package(package=package):
                return package
            case Called(callee=inner) | Member(of=inner):
                value = inner
            case _:
                return None
    return None
