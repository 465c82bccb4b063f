"""Middleware of NestJS modules: `consumer.apply(A).exclude(…).forRoutes(…)`."""

from __future__ import annotations

from dataclasses import dataclass, field

from launchready.source.script.express.paths import REST, ROOT, Path, covers, paths_of
from launchready.source.script.nest.routes import controller_of
from launchready.source.script.symbolic import classes
from launchready.source.script.symbolic.interpreter import Interpreter
from launchready.source.script.symbolic.scope import ExhaustedError, Thrown
from launchready.source.script.symbolic.values import (
    Argument,
    ClassValue,
    Items,
    Member,
    Native,
    Package,
    Record,
    Site,
    Value,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """Routes that middleware stands before: a path with what is below it, a method on a path, a controller."""

    path: Path | None = None
    method: str = ""
    controller: ClassValue | None = None


@dataclass(slots=True, kw_only=True)
class Applied:
    """Middleware with the routes that it stands before, and those that are left out."""

    middleware: list[Argument]
    reaches: list[Reach] = field(default_factory=list)
    excluded: list[Reach] = field(default_factory=list)

    def stands_before(self, controller: ClassValue, method: str, path: Path) -> bool | None:
        """Whether a route (its path without the global prefix) passes it."""
        if any(_reaches(one, controller, method, path) for one in self.excluded):
            return False
        verdicts = [_reaches(one, controller, method, path) for one in self.reaches]
        if True in verdicts:
            return True
        return None if None in verdicts else False


def _reaches(reach: Reach, controller: ClassValue, method: str, path: Path) -> bool | None:
    if reach.controller is not None:
        return any(one.node == reach.controller.node for one in classes.lineage(controller))
    if reach.method and reach.method != method:
        return False
    if reach.path is None:
        return None
    return covers(reach.path, path, whole=bool(reach.method))


class Consumer(Native):
    """`MiddlewareConsumer`."""

    def __init__(self) -> None:
        self.applied: list[Applied] = []

    def invoke(self, run: Interpreter, name: str, arguments: tuple[Argument, ...], site: Site) -> Value:
        """`apply(…)`."""
        del run, site
        if name != "apply":
            return self
        made = Applied(middleware=_taken_apart(arguments))
        self.applied.append(made)
        return _Proxy(self, made)


class _Proxy(Native):
    """What `apply` gives."""

    def __init__(self, consumer: Consumer, applied: Applied) -> None:
        self.consumer = consumer
        self.applied = applied

    def invoke(self, run: Interpreter, name: str, arguments: tuple[Argument, ...], site: Site) -> Value:
        """`exclude(…)`, `forRoutes(…)`."""
        del site
        reaches = [reach for one in _taken_apart(arguments) for reach in _reach(run, one.value)]
        if name == "forRoutes":
            self.applied.reaches.extend(reaches)
            return self.consumer
        if name == "exclude":
            self.applied.excluded.extend(reaches)
        return self


def _taken_apart(arguments: tuple[Argument, ...]) -> list[Argument]:
    found: list[Argument] = []
    for one in arguments:
        if isinstance(one.value, Items):
            found.extend(Argument(value=inner, site=one.site) for inner in one.value.values)
        else:
            found.append(one)
    return found


def _reach(run: Interpreter, value: Value) -> list[Reach]:
    if isinstance(value, ClassValue):
        return [Reach(controller=value)] if controller_of(run, value) is not None else [Reach()]
    method = ""
    if isinstance(value, Record):
        held = value.entries.get("method")
        name = held.name.rpartition(".")[2] if isinstance(held, Package | Member) else ""
        method = "" if name == "ALL" else name
        value = value.entries.get("path", value)
    found = []
    for path in paths_of(value):
        everything = any(part.startswith(REST) for part in path.segments[:1])
        found.append(Reach(path=ROOT if everything else path, method=method))
    return found


def middleware_of(run: Interpreter, modules: list[ClassValue]) -> list[Applied]:
    """What the modules' `configure` methods apply."""
    consumer = Consumer()
    for module in modules:
        found = classes.method(module, "configure")
        if found is None:
            continue
        site = Site(module=module.module, node=found[1])
        made = Record(made_by=module, complete=False, site=site)
        bound = classes.bound_method(module, "configure", made)
        if bound is None:
            continue
        try:
            run.enter(bound, (Argument(value=consumer, site=site),), site)
        except (Thrown, ExhaustedError, RecursionError):
            continue
    return consumer.applied
