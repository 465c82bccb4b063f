"""Decorators of classes, methods, fields and parameters, as values; composed ones taken apart."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ast_grep_py import SgNode

from launchready.source.script.symbolic.interpreter import Interpreter
from launchready.source.script.symbolic.scope import ExhaustedError, Scope, Thrown
from launchready.source.script.symbolic.values import (
    Argument,
    Called,
    ClassValue,
    Closure,
    Either,
    Member,
    Package,
    Settled,
    Site,
    Unknown,
    Value,
)

_DEEPEST = 8
_COMPOSING = frozenset({"applyDecorators"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoration:
    """A decorator of a package with its arguments. `site` is where it is written, at the class, method or field.

    `made_by` is what was called, for decorators that the code itself makes (`Reflector.createDecorator`).
    """

    package: str
    name: str
    arguments: tuple[Argument, ...]
    site: Site
    made_by: Value

    @property
    def values(self) -> list[Value]:
        """The arguments' values."""
        return [one.value for one in self.arguments]


def of_class(run: Interpreter, cls: ClassValue) -> list[Decoration]:
    """The decorators of a class."""
    nodes = [child for child in cls.node.children() if child.kind() == "decorator"]
    around = cls.node.parent()
    if around is not None and around.kind() == "export_statement":
        nodes = [*(child for child in around.children() if child.kind() == "decorator"), *nodes]
    return [one for node in nodes for one in _evaluated(run, node, cls.scope)]


def of_member(run: Interpreter, cls: ClassValue, member: SgNode) -> list[Decoration]:
    """The decorators of a method or field."""
    nodes = [child for child in member.children() if child.kind() == "decorator"]
    before = member.prev()
    above: list[SgNode] = []
    while before is not None and before.kind() in {"decorator", "comment"}:
        if before.kind() == "decorator":
            above.append(before)
        before = before.prev()
    nodes = [*reversed(above), *nodes] if member.kind() == "method_definition" else nodes
    return [one for node in nodes for one in _evaluated(run, node, cls.scope)]


def of_parameter(run: Interpreter, cls: ClassValue, parameter: SgNode) -> list[Decoration]:
    """The decorators of a parameter."""
    nodes = [child for child in parameter.children() if child.kind() == "decorator"]
    return [one for node in nodes for one in _evaluated(run, node, cls.scope)]


def _evaluated(run: Interpreter, decorator: SgNode, scope: Scope) -> Iterator[Decoration]:
    inner = next((child for child in decorator.named_children() if child.kind() != "comment"), None)
    if inner is None:
        return
    try:
        value = run.evaluate(inner, scope)
    except (Thrown, ExhaustedError, RecursionError):
        return
    yield from taken_apart(run, value, Site(module=scope.module, node=inner))


def taken_apart(run: Interpreter, value: Value, site: Site, depth: int = 0) -> Iterator[Decoration]:
    """The decorators of packages that a decorator stands for."""
    if depth > _DEEPEST:
        return
    value = run.forced(value)
    match value:
        case Called(callee=callee, arguments=arguments):
            origin = origin_of(callee)
            if origin is not None and origin.name.rpartition(".")[2] in _COMPOSING:
                for one in arguments:
                    yield from taken_apart(run, one.value, site, depth + 1)
            elif origin is not None:
                yield Decoration(
                    package=_root(origin.package),
                    name=origin.name,
                    arguments=arguments,
                    site=site,
                    made_by=callee,
                )
        case Package(package=package, name=name) if package:
            yield Decoration(package=_root(package), name=name, arguments=(), site=site, made_by=value)
        case Closure():
            yield from _applied(run, value, site, depth)
        case Either(options=options):
            for option in options:
                yield from taken_apart(run, option, site, depth + 1)
        case Settled(value=inner):
            yield from taken_apart(run, inner, site, depth + 1)
        case _:
            return


def _root(package: str) -> str:
    """`@nestjs/common` of `@nestjs/common/decorators`."""
    return "/".join(package.split("/")[: 2 if package.startswith("@") else 1])


def _applied(run: Interpreter, closure: Closure, site: Site, depth: int) -> Iterator[Decoration]:
    """`(target, key, descriptor) => { UseGuards(A)(target, key, descriptor); }`: what it applies."""
    recorder = _Recorder(run.hooks)
    held, run.hooks = run.hooks, recorder
    try:
        given = tuple(Argument(value=Unknown(site), site=site) for _ in range(3))
        run.enter(closure, given, site)
    except (Thrown, ExhaustedError, RecursionError):
        return
    finally:
        run.hooks = held
    for one in recorder.applied:
        yield from taken_apart(run, one, site, depth + 1)


class _Recorder:
    """Keeps what is called that a decorator factory gave."""

    def __init__(self, inner: object) -> None:
        self._inner = inner
        self.applied: list[Value] = []

    def called(
        self, run: Interpreter, callee: Value, arguments: tuple[Argument, ...], site: Site
    ) -> Value | None:
        """A call of a call of a package's: the decorator is applied."""
        if isinstance(callee, Called) and origin_of(callee.callee) is not None:
            self.applied.append(callee)
            return Unknown(site)
        called = getattr(self._inner, "called", None)
        found = called(run, callee, arguments, site) if called is not None else None
        return found if found is None or isinstance(found, _VALUES) else None

    def enters(self, closure: Closure) -> bool:
        """Nothing that is handed on."""
        del closure
        return False

    def matters(self, closure: Closure) -> bool:
        """All of it is short."""
        del closure
        return True


_VALUES = (Called, Package, Closure, Unknown, Member, ClassValue, Either)


def origin_of(value: Value) -> Package | None:
    """The package's name that a decorator's function is; of one that the code makes, the maker's."""
    for _ in range(_DEEPEST):
        match value:
            case Package(package=package):
                return value if package else None
            case Member(of=Package(package=package, name=outer), name=name):
                return Package(package, f"{outer}.{name}")
            case Called(callee=inner):
                value = inner
            case _:
                return None
    return None
