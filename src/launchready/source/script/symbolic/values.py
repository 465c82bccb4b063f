"""What an expression can stand for while code is gone through."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from ast_grep_py import SgNode

from launchready.source.script.binding import ScriptModule

if TYPE_CHECKING:
    from launchready.source.script.symbolic.interpreter import Interpreter
    from launchready.source.script.symbolic.scope import Scope


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A place in the code: the node and the module that it is written in."""

    module: ScriptModule
    node: SgNode


@dataclass(frozen=True, slots=True)
class Constant:
    """A text, number, boolean or null; `undefined` is null, too."""

    value: str | float | bool | None


@dataclass(frozen=True, slots=True)
class Pieces:
    """A text with parts that are not known (None)."""

    parts: tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class Regex:
    """A regular expression as written, slashes included."""

    source: str


@dataclass(slots=True, eq=False)
class Items:
    """An array. `complete` is False where it may hold more than is known."""

    values: list[Value] = field(default_factory=list)
    complete: bool = True
    nodes: list[Site] = field(
        default_factory=list
    )  # where the elements are written; empty if they came otherwise


@dataclass(slots=True, eq=False)
class Record:
    """An object: a literal, an instance (`made_by` its class), what a module exports."""

    entries: dict[str, Value] = field(default_factory=dict)
    made_by: Value | None = None
    complete: bool = True
    site: Site | None = None


@dataclass(slots=True, eq=False)
class Closure:
    """A function of the repository with the names that it sees. `this` is what it is bound to."""

    node: SgNode
    scope: Scope
    this: Value | None = None
    entries: dict[str, Value] = field(default_factory=dict)

    @property
    def module(self) -> ScriptModule:
        """The module that it is written in."""
        return self.scope.module


@dataclass(slots=True, eq=False)
class ClassValue:
    """A class of the repository."""

    node: SgNode
    scope: Scope
    base: Value | None = None
    statics: dict[str, Value] = field(default_factory=dict)

    @property
    def module(self) -> ScriptModule:
        """The module that it is written in."""
        return self.scope.module

    @property
    def name(self) -> str:
        """Its name, empty if it has none."""
        name = self.node.field("name")
        return name.text() if name is not None else ""


@dataclass(frozen=True, slots=True)
class Package:
    """A name of a package (`express`, "Router"); of the language itself where `package` is empty."""

    package: str
    name: str


@dataclass(frozen=True, slots=True, eq=False)
class Called:
    """What a call gives that could not be gone through; `made` if with `new`."""

    callee: Value
    arguments: tuple[Argument, ...]
    site: Site
    made: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Member:
    """A member of something that is not known more closely, or a method of a `Native`."""

    of: Value
    name: str


@dataclass(frozen=True, slots=True, eq=False)
class Unknown:
    """Nothing is known of it."""

    site: Site | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Absent:
    """What a caller without credentials did not send, and all that is made of it.

    `undefined` if it is just that, so that a member of it cannot be asked for; what is made of it may be anything
    false.
    """

    undefined: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Present:
    """What a caller with credentials sent, and all that is made of it: there, but not known."""

    name: str = ""


@dataclass(slots=True, eq=False)
class Either:
    """One of several values."""

    options: list[Value]


@dataclass(slots=True, eq=False)
class Settled:
    """A promise that is known to be kept, or broken."""

    value: Value
    broken: bool = False


class Native:
    """Something of a framework. Subclasses say what calling it and its methods does.

    `is_live`: a function that is given it is worth going through.
    """

    is_live = True

    def member(self, name: str) -> Value | None:
        """A property; None where it is a method, or not known."""
        del name
        return None

    def listed(self) -> dict[str, Value]:
        """Its members by name, as far as they can be listed."""
        return {}

    def invoke(self, run: Interpreter, name: str, arguments: tuple[Argument, ...], site: Site) -> Value:
        """Call a method; an empty name calls the thing itself."""
        del run, name, arguments
        return Unknown(site)

    def assign(self, run: Interpreter, name: str, value: Value, site: Site) -> None:
        """Enter a member; ignored unless a subclass says more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Argument:
    """An argument of a call, and where it is written. `spread` if it stands for several that are not known."""

    value: Value
    site: Site
    spread: bool = False


Value: TypeAlias = (
    Constant
    | Pieces
    | Regex
    | Items
    | Record
    | Closure
    | ClassValue
    | Package
    | Called
    | Member
    | Unknown
    | Absent
    | Present
    | Either
    | Settled
    | Native
)

_MOST_OPTIONS = 24

_MOST_OPTIONS = 6
_MOST_NATIVES = 40
UNDEFINED = Constant(None)
YES = Constant(True)  # noqa: FBT003 - the value itself
NO = Constant(False)  # noqa: FBT003


def truth(value: Value) -> bool | None:
    """Whether a value counts as true; None where that is not known."""
    match value:
        case Constant(value=held):
            return bool(held)
        case Pieces(parts=parts):
            return True if any(parts) else None
        case Absent():
            return False
        case Present() | Regex() | Items() | Record() | Closure() | ClassValue() | Native() | Settled():
            return True
        case Called(made=True):
            return True
        case Either(options=options):
            found = {truth(option) for option in options}
            return found.pop() if len(found) == 1 else None
        case _:
            return None


def either(values: list[Value]) -> Value:
    """One value for several possible ones; past some, the rest is unknown."""
    found: list[Value] = []
    for value in values:
        for one in value.options if isinstance(value, Either) else [value]:
            if any(one is other or _same(one, other) for other in found):
                continue
            # What a framework made is kept: an answer among them that is lost would let somebody through
            if len(found) >= (_MOST_NATIVES if isinstance(one, Native) else _MOST_OPTIONS):
                return Either([*found, Unknown()])
            found.append(one)
    return found[0] if len(found) == 1 else Either(found)


def _same(one: Value, other: Value) -> bool:
    if isinstance(one, Unknown):
        return isinstance(other, Unknown)
    return isinstance(one, Constant | Pieces | Regex | Package) and one == other


def text_of(value: Value) -> str | None:
    """The text of a constant; None for anything else."""
    if not isinstance(value, Constant) or value.value is None:
        return None
    held = value.value
    if isinstance(held, bool):
        return "true" if held else "false"
    if isinstance(held, float) and held.is_integer():
        return str(int(held))
    return str(held)


def pieces_of(value: Value) -> tuple[str | None, ...]:
    """The parts of a text, unknown ones as None."""
    if isinstance(value, Pieces):
        return value.parts
    return (text_of(value),)


def joined_text(values: list[Value]) -> Value:
    """Texts put together: a constant where all are known."""
    parts: list[str | None] = []
    for value in values:
        for part in pieces_of(value):
            if part is None:
                parts.append(None)
            elif parts and parts[-1] is not None:
                parts[-1] += part
            else:
                parts.append(part)
    if not parts:
        return Constant("")
    if len(parts) == 1 and parts[0] is not None:
        return Constant(parts[0])
    return Pieces(tuple(parts))
