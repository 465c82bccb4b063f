"""Decorators of handlers: what they do with callers, told from the wrapper that they lay around the handler."""

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from launchready.model.source import GuardKind, GuardLevel, SourceGuard
from launchready.source.code.guards import kind_by_name
from launchready.source.python.callers.caller import NO_GUARD, RouteFacts, Ruling, judged
from launchready.source.python.callers.evaluation import HANDLER
from launchready.source.python.callers.run import CallerRun
from launchready.source.python.wiring.program import Wiring
from launchready.source.python.wiring.values import (
    Applied,
    ClassValue,
    FunctionValue,
    Given,
    Instance,
    Items,
    Made,
    Member,
    OutsideValue,
    Unknown,
    Value,
    outside_names,
    texts_of,
    truth_of,
)

# What a package's decorator does, by its full name and how it is called; None if the package is not known
Known: TypeAlias = Callable[[str, Made | None], Ruling | None]
_DEEPEST = 3
_ALTERNATIVES = (".Or", ".Any", ".any_of", ".AnyOf", ".one_of")
_REFUSING = frozenset({GuardKind.AUTHENTICATES, GuardKind.AUTHORIZES, GuardKind.SERVICE})


@dataclass(slots=True)
class Decorators:
    """Judges decorators, each once where it does not ask for the route."""

    wiring: Wiring
    handlers: Mapping[str, int]
    known: Known
    _rulings: dict[tuple[int, str], tuple[Value, Ruling, bool]] = field(default_factory=dict)

    def guards(self, applied: tuple[Applied, ...], level: GuardLevel, route: RouteFacts) -> list[SourceGuard]:
        """The guards among decorators, outermost first."""
        found: list[SourceGuard] = []
        for one in reversed(applied):
            made = self.rule(one.value, route)
            if made.kind is not None:
                found.append(
                    SourceGuard(
                        name=name_of(one.value), kind=made.kind, level=level, place=one.place, role=made.role
                    )
                )
        return found

    def rule(self, value: Value, route: RouteFacts) -> Ruling:
        """What a decorator does with callers of a route."""
        key = f"{route.method} {route.path} {route.endpoint}"
        for per_route in (key, ""):
            known = self._rulings.get((id(value), per_route))
            if known is not None:
                return known[1]
        made, asked = self._ruled(self.wiring.settled(value), route)
        self._rulings[id(value), key if asked else ""] = (value, made, asked)
        return made

    def marks(self, applied: tuple[Applied, ...]) -> frozenset[str]:
        """Attributes that decorators set on a handler which they hand back: `view.is_public = True`."""
        found: set[str] = set()
        for one in applied:
            value = self.wiring.settled(one.value)
            if isinstance(value, FunctionValue) or (isinstance(value, Made) and value.receiver is not None):
                made = self._wrapper(value)
                if isinstance(made, Made) and made.what == HANDLER:
                    found |= {name for name, held in made.attributes.items() if truth_of(held) is not False}
        return frozenset(found)

    def _ruled(self, value: Value, route: RouteFacts) -> tuple[Ruling, bool]:
        called = value.receiver if isinstance(value, Made) else None
        held = called if isinstance(called, FunctionValue | ClassValue | Instance | Unknown) else value
        made = value if isinstance(value, Made) else None
        name = next(outside_names(held), "") if isinstance(held, OutsideValue | Member | Made) else ""
        if name:
            known = self.known(name, made)
            return (known if known is not None else _by_package(name)), False
        if isinstance(held, Unknown):
            return _unreadable(held.code), False
        wrapper = self._wrapper(value)
        if isinstance(wrapper, Made) and wrapper.what == HANDLER:
            return NO_GUARD, False  # it hands the handler back, marked perhaps
        if isinstance(wrapper, Made):
            inner = next(outside_names(wrapper.receiver), wrapper.what) if wrapper.receiver else wrapper.what
            return (self.known(inner, wrapper) or _by_package(inner)), False
        if not isinstance(wrapper, FunctionValue):
            return _unreadable(name_of(value)), False
        found, asked = judged(
            name_of(value),
            lambda persona: CallerRun(self.wiring, persona, route, self.handlers).wrapper(wrapper, {}),
        )
        if wrapper.decorators and found.kind not in _REFUSING:
            inner_guards = [self.rule(each.value, route) for each in wrapper.decorators]
            found = next((one for one in inner_guards if one.kind in _REFUSING), found)
        if found.kind is GuardKind.AUTHORIZES:
            found = Ruling(kind=found.kind, role=_written(value) or found.role)
        return found, asked

    def _wrapper(self, value: Value) -> Value:
        """What takes the handler's place; the handler itself where it is handed back."""
        node: ast.AST = ast.Pass()
        decorator = value
        if isinstance(value, Made) and isinstance(value.receiver, FunctionValue | ClassValue | Instance):
            node = value.node
            frame = self.wiring.namespace(value.module)
            decorator = self.wiring.call_now(
                value.receiver, Given(node, frame, value.arguments, value.keywords)
            )
        match decorator:
            case FunctionValue(module=module) | ClassValue(module=module) | Instance(module=module):
                frame = self.wiring.namespace(module)
                marker = Made(HANDLER, decorator.node, module)
                given = Given(decorator.node, frame, (marker,))
            case _:
                return decorator
        made = self.wiring.call_now(decorator, given)
        return self._called(made) if isinstance(made, Instance) else made

    def _called(self, made: Instance) -> Value:
        """A class that wraps: what its `__call__` does."""
        found = self.wiring.class_member(made.cls, "__call__")
        if not isinstance(found, FunctionValue):
            return Unknown()
        return FunctionValue(found.module, found.node, found.name, found.frame, (), made, found.owner)


def name_of(value: Value) -> str:
    """The name of a decorator, as it is known to people."""
    match value:
        case Made(receiver=FunctionValue() | ClassValue() | Instance() | Unknown() as receiver):
            return name_of(receiver)
        case FunctionValue():
            return value.short
        case ClassValue(node=node):
            return node.name
        case Instance(cls=cls):
            return cls.node.name
        case Unknown(code=code):
            return code or "a decorator"
        case _:
            return next(outside_names(value), "a decorator").rpartition(".")[2]


def _by_package(name: str) -> Ruling:
    """A package's decorator: a guard only if its name says so."""
    kind = kind_by_name(name.rpartition(".")[2])
    return Ruling(kind=kind) if kind not in {GuardKind.UNCLEAR, GuardKind.PUBLIC} else NO_GUARD


def _unreadable(name: str) -> Ruling:
    """The repository's own decorator whose code could not be followed."""
    kind = kind_by_name(name.rpartition(".")[2]) if name else GuardKind.UNCLEAR
    return Ruling(kind=kind)


def _written(value: Value) -> str:
    """The texts that a decorator is given: `@require("admin")`."""
    if not isinstance(value, Made):
        return ""
    return ", ".join(text for each in (*value.arguments, *value.keywords.values()) for text in words_in(each))


def words_in(value: Value, depth: int = 0) -> list[str]:
    """What a role is written as: texts, and names of classes and functions of the repository."""
    match value:
        case ClassValue(node=node):
            return [node.name]
        case FunctionValue() if not isinstance(value.node, ast.Lambda):
            return [value.short]
        case Instance(cls=cls, arguments=arguments):
            return [cls.node.name, *(text for each in arguments for text in texts_of(each))]
        case Made(what=what, arguments=arguments) if depth < _DEEPEST and what.endswith(_ALTERNATIVES):
            return [" | ".join(" ".join(words_in(each, depth + 1)) for each in arguments)]
        case Made(arguments=arguments) if depth < _DEEPEST:
            return [text for each in arguments for text in words_in(each, depth + 1)]
        case Items(items=items) if depth < _DEEPEST:
            return [text for each in items for text in words_in(each, depth + 1)]
        case _:
            return texts_of(value)
