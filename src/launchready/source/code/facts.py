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
class Call:
    """A call as written: `crud.get_item`, and its line. `arguments` are the texts of the arguments, cut."""

    name: str
    line: int
    arguments: tuple[str, ...] = ()


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
    handler, first and last, that run for other methods only.
    """

    route: SourceRoute
    handler: Key | None = None
    hooks: tuple[Key, ...] = ()
    without: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What one framework's reader found. `problems` are sentences about what could not be resolved."""

    apps: tuple[SourceApp, ...] = ()
    routes: tuple[FoundRoute, ...] = ()
    problems: tuple[str, ...] = ()
