"""Modules of a NestJS application: which are loaded, and what they declare."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from launchready.source.script import decorators
from launchready.source.script.decorators import Decoration
from launchready.source.script.symbolic.interpreter import Interpreter
from launchready.source.script.symbolic.scope import ExhaustedError, Thrown
from launchready.source.script.symbolic.values import (
    Argument,
    Called,
    ClassValue,
    Closure,
    Either,
    Items,
    Member,
    Package,
    Record,
    Settled,
    Site,
    Unknown,
    Value,
)

COMMON = "@nestjs/common"
CORE = "@nestjs/core"
_MOST_MODULES = 2000
_DEEPEST = 6


@dataclass(slots=True)
class Loaded:
    """All that the modules reached from a root declare. `paths` are RouterModule's, by class."""

    modules: list[ClassValue] = field(default_factory=list)
    controllers: list[tuple[ClassValue, ClassValue]] = field(default_factory=list)  # (controller, its module)
    providers: list[Value] = field(default_factory=list)
    paths: list[tuple[ClassValue, list[Value]]] = field(default_factory=list)
    unread: list[Site] = field(default_factory=list)  # imports that could not be read

    def path_of(self, module: ClassValue) -> list[Value]:
        """The parts of the path that RouterModule puts before a module's controllers."""
        return next((parts for held, parts in self.paths if held.node == module.node), [])


@dataclass(slots=True)
class _Walk:
    run: Interpreter
    found: Loaded = field(default_factory=Loaded)
    seen: list[ClassValue] = field(default_factory=list)
    waiting: list[tuple[Value, Site]] = field(default_factory=list)


def loaded_from(run: Interpreter, root: Value, site: Site) -> Loaded:
    """Walk the modules from the root, each once."""
    walk = _Walk(run)
    walk.waiting.append((root, site))
    steps = 0
    while walk.waiting and steps < _MOST_MODULES:
        steps += 1
        value, where = walk.waiting.pop(0)
        _visit(walk, value, where)
    return walk.found


def _visit(walk: _Walk, value: Value, site: Site) -> None:
    value = walk.run.forced(value)
    match value:
        case ClassValue():
            _enter(walk, value)
        case Record():
            _enter_dynamic(walk, value, site)
        case Settled(value=inner):
            walk.waiting.append((inner, site))
        case Either(options=options):
            walk.waiting.extend((option, site) for option in options)
        case Items(values=values):
            walk.waiting.extend((one, site) for one in values)
        case Called(callee=Package(name=name), arguments=arguments) if name == "forwardRef" and arguments:
            inner = arguments[0].value
            if isinstance(inner, Closure):
                walk.waiting.append((_called(walk.run, inner, site), site))
        case Called(callee=Package(package=package, name=name), arguments=arguments) if package == CORE:
            if name.startswith("RouterModule"):
                _enter_paths(walk, arguments)
        case _ if _is_outside(value):
            return
        case _:
            walk.found.unread.append(site)


def _is_outside(value: Value) -> bool:
    """Modules of packages bring no controllers of the product; undefined is what a condition left out."""
    while True:
        match value:
            case Package():
                return True
            case Called(callee=inner):
                value = inner
            case Member(of=inner):
                value = inner
            case Unknown() | Closure():
                return False
            case _:
                return True


def _called(run: Interpreter, closure: Closure, site: Site) -> Value:
    try:
        return run.enter(closure, (), site)
    except (Thrown, ExhaustedError, RecursionError):
        return Unknown(site)


def _enter(walk: _Walk, cls: ClassValue) -> None:
    if any(held.node == cls.node for held in walk.seen):
        return
    walk.seen.append(cls)
    walk.found.modules.append(cls)
    for one in decorators.of_class(walk.run, cls):
        if one.package == COMMON and one.name == "Module" and one.values:
            _enter_metadata(walk, cls, one.values[0], one.site)


def _enter_dynamic(walk: _Walk, record: Record, site: Site) -> None:
    """`{ module: Class, imports, controllers, providers }`."""
    cls = record.entries.get("module")
    if isinstance(cls, ClassValue):
        _enter(walk, cls)
        _enter_metadata(walk, cls, record, site)
    elif cls is None:
        walk.found.unread.append(site)


def _enter_metadata(walk: _Walk, cls: ClassValue, metadata: Value, site: Site) -> None:
    if isinstance(metadata, Either):
        for option in metadata.options:
            _enter_metadata(walk, cls, option, site)
        return
    if not isinstance(metadata, Record):
        walk.found.unread.append(site)
        return
    walk.waiting.extend((one, site) for one in listed(metadata.entries.get("imports")))
    walk.found.providers.extend(listed(metadata.entries.get("providers")))
    known = {id(held) for held, _ in walk.found.controllers}
    for one in listed(metadata.entries.get("controllers")):
        if isinstance(one, ClassValue) and id(one) not in known:
            walk.found.controllers.append((one, cls))
    imports = metadata.entries.get("imports")
    if isinstance(imports, Items) and not imports.complete:
        walk.found.unread.append(site)


def listed(value: Value | None, depth: int = 0) -> Iterator[Value]:
    """The elements of an array, of arrays in it, and of each of several possible ones."""
    if depth > _DEEPEST:
        return
    match value:
        case Items(values=values):
            for one in values:
                yield from listed(one, depth + 1)
        case Either(options=options):
            for option in options:
                yield from listed(option, depth + 1)
        case Settled(value=inner):
            yield from listed(inner, depth + 1)
        case None:
            return
        case _:
            yield value


def _enter_paths(walk: _Walk, arguments: tuple[Argument, ...]) -> None:
    """`RouterModule.register([{ path, module, children }])`."""
    for one in listed(arguments[0].value if arguments else None):
        _enter_path(walk, one, [])


def _enter_path(walk: _Walk, value: Value, above: list[Value]) -> None:
    if isinstance(value, ClassValue):
        walk.found.paths.append((value, above))
    if not isinstance(value, Record) or len(above) > _DEEPEST:
        return
    own = value.entries.get("path")
    parts = [*above, own] if own is not None else above
    module = value.entries.get("module")
    if isinstance(module, ClassValue):
        walk.found.paths.append((module, parts))
    for child in listed(value.entries.get("children")):
        _enter_path(walk, child, parts)


def provided(loaded: Loaded, token: str) -> list[Value]:
    """What providers give for a token of @nestjs/core (`APP_GUARD`, `APP_PIPE`): classes, or instances."""
    found: list[Value] = []
    for one in loaded.providers:
        if isinstance(one, Record) and one.entries.get("provide") == Package(CORE, token):
            for key in ("useClass", "useExisting", "useValue", "useFactory"):
                if key in one.entries:
                    found.append(one.entries[key])
                    break
    return found


def named(decorations: list[Decoration], *names: str) -> list[Decoration]:
    """Decorators of @nestjs/common by their names."""
    return [one for one in decorations if one.package == COMMON and one.name in names]
