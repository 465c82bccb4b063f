"""Names, conditions and calls under way."""

from __future__ import annotations

from dataclasses import dataclass, field

from launchready.source.script.binding import ScriptModule
from launchready.source.script.symbolic.values import Site, Value, either


@dataclass(frozen=True, slots=True, eq=False)
class Condition:
    """A branch that is taken only sometimes. `text` is the code of the condition."""

    text: str
    site: Site


@dataclass(slots=True, eq=False)
class Scope:
    """The names of a block or function. `this` is inherited from the scope around where it is None."""

    module: ScriptModule
    parent: Scope | None = None
    this: Value | None = None
    names: dict[str, Value] = field(default_factory=dict)
    constants: dict[str, Site] = field(default_factory=dict)
    # The class whose method this is, for `super`
    owner: Value | None = None
    is_function: bool = False

    def holder(self, name: str) -> Scope | None:
        """The nearest scope that has a name."""
        scope: Scope | None = self
        while scope is not None:
            if name in scope.names:
                return scope
            scope = scope.parent
        return None

    def nearest_this(self) -> Value | None:
        """What `this` is here."""
        scope: Scope | None = self
        while scope is not None:
            if scope.this is not None:
                return scope.this
            scope = scope.parent
        return None

    def nearest_owner(self) -> Value | None:
        """The class whose method this is."""
        scope: Scope | None = self
        while scope is not None:
            if scope.owner is not None:
                return scope.owner
            scope = scope.parent
        return None

    def function_scope(self) -> Scope:
        """The scope that `var` binds in."""
        scope = self
        while not scope.is_function and scope.parent is not None:
            scope = scope.parent
        return scope

    def assigned(self, name: str) -> dict[str, Value]:
        """The names among which an assignment enters this one."""
        return (self.holder(name) or self.function_scope()).names


@dataclass(slots=True)
class Journal:
    """What was entered where while a branch was gone through, with what was there before."""

    entries: list[tuple[dict[str, Value], str, Value | None]] = field(default_factory=list)
    made: list[dict[str, Value]] = field(default_factory=list)  # of objects that the branch itself makes

    def close(self, *, goes_on: bool) -> None:
        """After the branch, either may hold; if nothing goes on from the branch, what was before."""
        for held, name, before in reversed(self.entries):
            if before is None:
                if not goes_on:
                    held.pop(name, None)
            elif goes_on and name in held:
                held[name] = either([before, held[name]])
            else:
                held[name] = before


@dataclass(slots=True)
class Frame:
    """A call under way: what it may give back, and whether it may have ended already."""

    returns: list[Value] = field(default_factory=list)
    thrown: list[Value] = field(default_factory=list)
    left: Condition | None = None


class Thrown(Exception):  # noqa: N818 - it is the audited code's exception, no error of ours
    """The code that is gone through throws `value`."""

    def __init__(self, value: Value) -> None:
        super().__init__("thrown by the code")
        self.value = value


class ExhaustedError(Exception):
    """More code than is gone through."""
