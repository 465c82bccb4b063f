"""What one function does, found without looking at other files, so that it can be kept by the file's content."""

from dataclasses import dataclass
from typing import TypeAlias

from launchready.model.source import (
    AccessTest,
    CodePlace,
    DataKey,
    SourceApp,
    SourceGuard,
    SourceHit,
    SourceLookup,
    SourceRoute,
    VariableUse,
)

Key: TypeAlias = tuple[str, str]  # (path of the file, qualified name of the function in it)
ANONYMOUS = "<anonymous>"  # a function without a name is `<anonymous>:LINE`


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Who chose a value: the caller freely (`given`), nobody but the caller's own identity (`caller`), neither.

    `parameters` of the function went into it: who chose those shows where it is called; one with a dot behind its name
    stands for an attribute of it. `made` if an unknown function made it of what the caller chose: perhaps the id in
    another form, perhaps the object, whose attributes the caller did not choose.
    """

    given: bool = False
    caller: bool = False
    made: bool = False
    parameters: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnerCheck:
    """Something that was fetched is compared with `who`: an owner check if that is the caller.

    `helper` is the function that is asked instead, called in `line`. `certain` if a refusal hangs on the answer, `weak`
    if the helper's name does not say that it asks: then its code must.
    """

    who: Origin
    text: str
    line: int
    helper: str = ""
    certain: bool = True
    weak: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyedLookup:
    """A lookup whose id or owner came as a parameter: whether it is one by the caller's id shows at the call."""

    lookup: SourceLookup
    key: Origin
    checks: tuple[OwnerCheck, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnerComparison:
    """Parameters (`of`) are compared with `who`, and a refusal or the function's answer hangs on it."""

    of: tuple[str, ...]
    who: Origin
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedGuard:
    """A refusal of `who`, which came as a parameter: a guard if that is the caller."""

    guard: SourceGuard
    who: Origin


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A call as written: `crud.get_item`, and its line. `arguments` are the texts of the arguments, cut.

    `passed` are the arguments by keyword or number (from "0") that somebody in question chose. `injected` is the
    parameter that the framework fills by calling this. `always` if nothing in the function decides whether it is
    called. `checks` are what is asked of its result.
    """

    name: str
    line: int
    arguments: tuple[str, ...] = ()
    passed: tuple[tuple[str, Origin], ...] = ()
    injected: str = ""
    always: bool = False
    checks: tuple[OwnerCheck, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionFacts:
    """A function or method: what it looks up, what it refuses, whom it calls.

    `name` is qualified within the file (`Items.get`, `make.inner`; `<anonymous>:12` for one without a name), `line` to
    `end_line` its extent, decorators included. `refusals` are the HTTP statuses that it raises or answers with (401,
    403, 404 …); `guards` are refusals of callers inside its body, in order.
    """

    path: str
    name: str
    line: int
    end_line: int
    lookups: tuple[SourceLookup, ...] = ()
    guards: tuple[SourceGuard, ...] = ()
    refusals: tuple[int, ...] = ()
    calls: tuple[Call, ...] = ()
    # Whether it compares something with the caller's own id: an owner check for what was looked up elsewhere
    compares_owner: bool = False
    # What depends on how it is called: `parameters` in order, without `self`
    parameters: tuple[str, ...] = ()
    keyed: tuple[KeyedLookup, ...] = ()
    comparisons: tuple[OwnerComparison, ...] = ()
    asked: tuple[AskedGuard, ...] = ()
    # What it gives back: the caller's identity (or what belongs to it)
    gives: Origin = Origin()

    @property
    def key(self) -> Key:
        """File and name."""
        return (self.path, self.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class VariableRead:
    """The environment read at one place."""

    name: str
    use: VariableUse
    place: CodePlace
    secret: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FileFacts:
    """All that one file says by itself. `problem` is why it was not understood, empty if it was."""

    path: str
    functions: tuple[FunctionFacts, ...] = ()
    hits: tuple[SourceHit, ...] = ()
    variables: tuple[VariableRead, ...] = ()
    tests: tuple[AccessTest, ...] = ()
    keys: tuple[DataKey, ...] = ()
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundRoute:
    """A route with the function that serves it; lookups and guards inside it are joined later.

    `handler` is None where the function was not found (an imported one, a factory's). `hooks` are further functions of
    the repository that the framework calls for the route (`get_object`, `perform_create` …). `without` are lines of the
    handler, first and last, that run for other methods only. `scoped_by` names a guard before the handler that asks
    about ids of the path or the body itself (a membership in `{workspace}`), so that a lookup by them may be bound.
    """

    route: SourceRoute
    handler: Key | None = None
    hooks: tuple[Key, ...] = ()
    without: tuple[tuple[int, int], ...] = ()
    scoped_by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What one framework's reader found. `problems` are sentences about what could not be resolved."""

    apps: tuple[SourceApp, ...] = ()
    routes: tuple[FoundRoute, ...] = ()
    problems: tuple[str, ...] = ()
