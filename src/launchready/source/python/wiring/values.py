"""What an expression stands for when code is followed without being run: constants, functions, made things."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

from launchready.model.source import CodePlace
from launchready.source.python.project import Function, PythonModule


class About(StrEnum):
    """What a value depends on that is not in the code."""

    CALLER = "caller"  # who asks: a session, a token, the signed-in user
    SETTING = "setting"  # the environment; the value is the default
    OPAQUE = "opaque"  # code that is not at hand
    ROUTE = "route"  # which route is asked for


Taint: TypeAlias = frozenset[About]
CLEAN: Taint = frozenset()


@dataclass(slots=True, eq=False)
class Frame:
    """Names that are bound while a module, class or function is followed. `prefix` is that of qualified names."""

    module: PythonModule
    names: "dict[str, Value]" = field(default_factory=dict)
    outer: "Frame | None" = None
    prefix: str = ""
    owner: "ClassValue | None" = None
    is_class: bool = False
    globals: set[str] = field(default_factory=set)
    returns: "list[tuple[int, Value]]" = field(default_factory=list)
    doubt: int = 0  # how many conditions that could not be told the line at hand stands under


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A constant."""

    value: str | bytes | int | float | bool | None
    about: Taint = CLEAN


@dataclass(slots=True, eq=False)
class Items:
    """A list, tuple or set. `whole` is False if it holds more than could be told."""

    items: "list[Value]"
    whole: bool = True
    about: Taint = CLEAN


@dataclass(slots=True, eq=False)
class Table:
    """A dict with constant keys."""

    entries: "dict[object, Value]"
    whole: bool = True
    about: Taint = CLEAN


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown:
    """Something that cannot be told; `truth` if at least that can, `code` as written.

    `beside` is what was asked besides, and came out so that it does not decide.
    """

    about: Taint = CLEAN
    truth: bool | None = None
    code: str = ""
    beside: Taint = CLEAN


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """A decorator: its value, and where it is written."""

    value: "Value"
    node: ast.expr
    module: PythonModule

    @property
    def place(self) -> CodePlace:
        """Where it is written."""
        return self.module.place(self.node)


@dataclass(frozen=True, slots=True, eq=False)
class FunctionValue:
    """A function with the frame that it was made in; `decorators` are those laid on so far, innermost first."""

    module: PythonModule
    node: Function | ast.Lambda
    name: str
    frame: Frame
    decorators: tuple[Applied, ...] = ()
    bound: "Value | None" = None
    owner: "ClassValue | None" = None

    @property
    def short(self) -> str:
        """The name without what it stands in."""
        return self.name.rpartition(".")[2]


@dataclass(slots=True, eq=False)
class ClassValue:
    """A class of the repository. `body` is followed when it is first asked for."""

    module: PythonModule
    node: ast.ClassDef
    name: str
    frame: Frame
    bases: "tuple[Value, ...]" = ()
    decorators: tuple[Applied, ...] = ()
    body: Frame | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ModuleValue:
    """A module of the repository."""

    module: PythonModule


@dataclass(frozen=True, slots=True, kw_only=True)
class OutsideValue:
    """Something of a package, in full: `fastapi.Depends`."""

    name: str


@dataclass(slots=True, eq=False)
class Made:
    """What a call of a package's function or class gave. `what` is its full name: `fastapi.APIRouter`."""

    what: str
    node: ast.AST
    module: PythonModule
    arguments: "tuple[Value, ...]" = ()
    keywords: "dict[str, Value]" = field(default_factory=dict)
    receiver: "Value | None" = None
    attributes: "dict[str, Value]" = field(default_factory=dict)
    about: Taint = CLEAN


@dataclass(slots=True, eq=False)
class Instance:
    """An instance of a class of the repository. `made` is what its outside base class was given, if it has one."""

    cls: ClassValue
    node: ast.AST
    module: PythonModule
    arguments: "tuple[Value, ...]" = ()
    keywords: "dict[str, Value]" = field(default_factory=dict)
    attributes: "dict[str, Value]" = field(default_factory=dict)
    made: Made | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Member:
    """An attribute of something whose code is not at hand: `app.route`, `"text".join`."""

    of: "Value"
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """A name of a module that is still being followed (imports in a circle); settled at the end."""

    module: PythonModule
    name: str


Value: TypeAlias = (
    Known
    | Items
    | Table
    | Unknown
    | FunctionValue
    | ClassValue
    | ModuleValue
    | OutsideValue
    | Made
    | Instance
    | Member
    | Pending
)

NOTHING = Unknown()
NONE = Known(value=None)


@dataclass(frozen=True, slots=True, eq=False)
class Given:
    """The arguments of a call, and where it is written."""

    node: ast.AST
    frame: Frame
    arguments: tuple[Value, ...] = ()
    keywords: "dict[str, Value]" = field(default_factory=dict)

    @property
    def module(self) -> PythonModule:
        """The module that the call is written in."""
        return self.frame.module

    def argument(self, index: int, name: str) -> Value | None:
        """An argument by position or name."""
        if name in self.keywords:
            return self.keywords[name]
        return self.arguments[index] if 0 <= index < len(self.arguments) else None

    @property
    def taint(self) -> Taint:
        """What the arguments depend on."""
        return taint_of(*self.arguments, *self.keywords.values())

    def made(self, what: str, receiver: Value | None = None) -> Made:
        """The thing that the call makes."""
        return Made(
            what, self.node, self.module, self.arguments, self.keywords, receiver, about=about(receiver)
        )


@dataclass(frozen=True, slots=True, eq=False)
class Event:
    """A call of a method on a made thing, or its use as a decorator (`decorated`).

    `conditions` are the tests around it that could not be told.
    """

    receiver: Value
    method: str
    given: Given
    decorated: FunctionValue | ClassValue | None = None
    conditions: tuple[str, ...] = ()

    @property
    def place(self) -> CodePlace:
        """Where it is written."""
        return self.given.module.place(self.given.node)

    def argument(self, index: int, name: str) -> Value | None:
        """An argument by position or name."""
        return self.given.argument(index, name)


def about(value: Value | None) -> Taint:
    """What a value depends on."""
    match value:
        case Known() | Items() | Table() | Unknown() | Made():
            return value.about
        case Member(of=of):
            return about(of)
        case _:
            return CLEAN


def taint_of(*values: Value | None) -> Taint:
    """What several values together depend on."""
    found: Taint = CLEAN
    for value in values:
        found |= about(value)
    return found


def with_about(value: Value, extra: Taint) -> Value:
    """The value, known to depend on `extra`, too."""
    if not extra:
        return value
    match value:
        case Known(value=held, about=known):
            return Known(value=held, about=known | extra)
        case Unknown(about=known, truth=truth, code=code, beside=beside):
            return Unknown(about=known | extra, truth=truth, code=code, beside=beside)
        case Items(items=items, whole=whole, about=known):
            return Items(items, whole, known | extra)
        case Table(entries=entries, whole=whole, about=known):
            return Table(entries, whole, known | extra)
        case _:
            return value


def truth_of(value: Value) -> bool | None:
    """Whether a value is true in a condition; None if that cannot be told."""
    match value:
        case Known(value=held):
            return bool(held)
        case Items(items=items, whole=whole):
            return True if items else (False if whole else None)
        case Table(entries=entries, whole=whole):
            return True if entries else (False if whole else None)
        case Unknown(truth=truth):
            return truth
        case FunctionValue() | ClassValue() | ModuleValue():
            return True
        case _:
            return None


def text_of(value: Value | None) -> str | None:
    """The text that a value is, if it is one."""
    return value.value if isinstance(value, Known) and isinstance(value.value, str) else None


def texts_of(value: Value | None) -> list[str]:
    """The texts in a list, or the one text that a value is."""
    match value:
        case Known(value=str() as text):
            return [text]
        case Items(items=items):
            return [held for item in items if (held := text_of(item)) is not None]
        case Table(entries=entries):
            return [key for key in entries if isinstance(key, str)]
        case _:
            return []


def items_of(value: Value | None) -> list[Value]:
    """What a list holds; a table gives its keys."""
    match value:
        case Items(items=items):
            return items
        case Table(entries=entries):
            return [key_value(key) for key in entries]
        case _:
            return []


def key_value(key: object) -> Value:
    """A key of a table as a value."""
    if key is None or isinstance(key, str | bytes | int | float | bool):
        return Known(value=key)
    return NOTHING


def outside_names(value: Value | None, depth: int = 0) -> Iterator[str]:
    """Full names of the packages' classes that a made thing, an instance or a class descends from, nearest first."""
    if depth > 12:  # noqa: PLR2004 - class hierarchies of people end before
        return
    match value:
        case Made(what=what):
            yield what
        case Instance(cls=cls):
            yield from outside_names(cls, depth + 1)
        case OutsideValue(name=name):
            yield name
        case ClassValue(bases=bases):
            for base in bases:
                yield from outside_names(base, depth + 1)
        case Member(of=of, name=name):
            yield from (f"{each}.{name}" for each in outside_names(of, depth + 1))
        case _:
            return


def creation(value: Value | None) -> Made | None:
    """The call that made a thing of a package: its own, or that of the package's class under an own one."""
    match value:
        case Made():
            return value
        case Instance(made=made):
            return made
        case _:
            return None
