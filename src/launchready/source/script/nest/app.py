"""NestJS applications as their bootstrap sets them up, and what is known of Nest's packages."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from launchready.source.script.nest.modules import Loaded, loaded_from
from launchready.source.script.symbolic.interpreter import Interpreter
from launchready.source.script.symbolic.scope import Condition
from launchready.source.script.symbolic.values import (
    UNDEFINED,
    Argument,
    Called,
    ClassValue,
    Closure,
    Constant,
    Either,
    Member,
    Native,
    Package,
    Record,
    Site,
    Unknown,
    Value,
    text_of,
)

_CREATE = frozenset({"NestFactory.create"})
_OTHER = frozenset({"NestFactory.createMicroservice", "NestFactory.createApplicationContext"})
_CONFIG = "@nestjs/config"
_STARTING = re.compile(
    r"NestFactory|\bapp\b|\blisten\b|Nest[A-Z]|bootstrap|Module\b|Guard|\bconfig", re.IGNORECASE
)
_CONTAINER_METHODS = frozenset({"get", "resolve", "select"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Set:
    """Something that the bootstrap calls at the application, and under which conditions."""

    name: str
    arguments: tuple[Argument, ...]
    conditions: tuple[Condition, ...]
    site: Site


@dataclass(slots=True, eq=False)
class NestApp(Native):
    """An application made by `NestFactory.create`."""

    root: Value
    site: Site
    hooks: NestHooks
    conditions: tuple[Condition, ...] = ()
    settings: list[Set] = field(default_factory=list)
    loaded: Loaded = field(default_factory=Loaded)
    is_handed_on = True

    def invoke(self, run: Interpreter, name: str, arguments: tuple[Argument, ...], site: Site) -> Value:
        """`setGlobalPrefix`, `useGlobalGuards`, `get` and the like."""
        if name in _CONTAINER_METHODS:
            return self.hooks.given(run, arguments, site, self)
        own = run.conditions[len(self.conditions) :]
        self.settings.append(Set(name=name, arguments=arguments, conditions=own, site=site))
        for one in arguments:
            if isinstance(one.value, Closure) and name == "listen":
                run.call(one.value, (), site)
        return self

    def all(self, name: str) -> list[Set]:
        """What was called by a name, in order."""
        return [one for one in self.settings if one.name == name]

    @property
    def starts(self) -> bool:
        """Whether it is made to answer requests."""
        return any(one.name in {"listen", "init"} for one in self.settings)


@dataclass(slots=True, eq=False)
class ConfigService(Native):
    """`ConfigService` of @nestjs/config: settings by dotted names of registered groups, or by variable."""

    hooks: NestHooks
    is_live = False

    def invoke(self, run: Interpreter, name: str, arguments: tuple[Argument, ...], site: Site) -> Value:
        """`get("app.prefix", default)`."""
        if name not in {"get", "getOrThrow"} or not arguments:
            return Unknown(site)
        key = text_of(arguments[0].value)
        if key is None:
            return Unknown(site)
        group, _, rest = key.partition(".")
        held = self.hooks.groups.get(group)
        if held is not None and rest:
            value: Value = run.call(held, (), site)
            for part in rest.split("."):
                value = run.member_of(value, part, site)
            return value
        default = arguments[1].value if len(arguments) > 1 else None
        if default is not None and not isinstance(default, Record):
            return Either([Package("", f"process.env.{key}"), default])
        return Package("", f"process.env.{key}")


class NestHooks:
    """What is known of Nest while modules and bootstraps are gone through."""

    def __init__(self) -> None:
        self.apps: list[NestApp] = []
        self.others: list[Site] = []  # microservices and contexts, which serve no HTTP
        self.groups: dict[str, Closure] = {}  # registerAs: name → factory
        self.strategies: dict[str, str] = {}  # passport: name → package
        self.open_strategies: set[str] = set()  # those that let everybody through
        self._matters: dict[object, bool] = {}

    def called(
        self, run: Interpreter, callee: Value, arguments: tuple[Argument, ...], site: Site
    ) -> Value | None:
        """Applications are made here; groups of settings and strategies are remembered."""
        if isinstance(callee, Package):
            return self._of_package(run, callee, arguments, site)
        if isinstance(callee, Member) and callee.name in _CONTAINER_METHODS and len(arguments) == 1:
            return self._from_container(run, arguments, site)
        return None

    def _of_package(
        self, run: Interpreter, callee: Package, arguments: tuple[Argument, ...], site: Site
    ) -> Value | None:
        if callee.package == "@nestjs/core":
            if callee.name in _CREATE and arguments:
                made = NestApp(arguments[0].value, site, self, run.conditions)
                self.apps.append(made)
                made.loaded = loaded_from(run, made.root, site)
                return made
            if callee.name in _OTHER:
                self.others.append(site)
                return Unknown(site)
        if callee == Package(_CONFIG, "registerAs") and len(arguments) > 1:
            name, factory = text_of(arguments[0].value), arguments[1].value
            if name is not None and isinstance(factory, Closure):
                self.groups[name] = factory
                return factory
        if callee == Package("@nestjs/common", "mixin") and arguments:
            return arguments[0].value
        if callee == Package("@nestjs/passport", "PassportStrategy") and arguments:
            self._remember(arguments)
        return None

    def _remember(self, arguments: tuple[Argument, ...]) -> None:
        origin = arguments[0].value
        package = origin.package if isinstance(origin, Package) else ""
        named = text_of(arguments[1].value) if len(arguments) > 1 else None
        self.strategies[named or package.removeprefix("passport-")] = package or "unknown"

    def _from_container(self, run: Interpreter, arguments: tuple[Argument, ...], site: Site) -> Value | None:
        wanted = arguments[0].value
        return run.construct(wanted, (), site) if isinstance(wanted, ClassValue) else None

    def given(self, run: Interpreter, arguments: tuple[Argument, ...], site: Site, app: NestApp) -> Value:
        """What `app.get(…)` gives: an instance of a class of the repository, or the settings."""
        wanted = arguments[0].value if arguments else UNDEFINED
        if isinstance(wanted, ClassValue):
            base = wanted.base
            if isinstance(base, Package) and base.name == "Module":
                return app
            return run.construct(wanted, (), site)
        if isinstance(wanted, Package) and wanted.name == "ConfigService":
            return ConfigService(self)
        return Called(wanted, (), site, made=True) if isinstance(wanted, Package) else Unknown(site)

    def enters(self, closure: Closure) -> bool:
        """What may start an application."""
        return self.matters(closure)

    def matters(self, closure: Closure) -> bool:
        """A function that sets up an application or makes a module."""
        key = closure.node
        if key not in self._matters:
            self._matters[key] = bool(_STARTING.search(closure.node.text()))
        return self._matters[key]


def constant_text(value: Value) -> str | None:
    """The text of a value that is one, or has one as its default."""
    if isinstance(value, Either):
        texts = [text for option in value.options if (text := text_of(option)) is not None]
        return texts[0] if len(texts) == 1 else None
    return text_of(value) if isinstance(value, Constant) else None
