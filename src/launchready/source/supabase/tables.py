"""Tables, policies and functions as SQL leaves them behind."""

from collections.abc import Callable
from dataclasses import dataclass, field

from launchready.model.source import CodePlace, Skipped
from launchready.source.supabase.policies import Passes, function_passes, gives_caller
from launchready.source.supabase.sql import Word

CLIENT_ROLES = frozenset({"anon", "authenticated"})


@dataclass(slots=True, kw_only=True)
class Policy:
    """A policy as it stands: words of its expressions, so that it is judged when all functions are known."""

    name: str
    command: str
    roles: tuple[str, ...]
    permissive: bool
    place: CodePlace
    using: list[Word] | None = None
    check: list[Word] | None = None
    using_text: str = ""
    check_text: str = ""


@dataclass(slots=True, kw_only=True)
class Table:
    """A table or view. `secured` is None where other things decide.

    `closed_to` are roles that have no rights on it, `granted` those that were given some in so many words.
    """

    schema: str
    name: str
    place: CodePlace
    columns: list[str] = field(default_factory=list)
    secured: bool | None = False
    policies: dict[str, Policy] = field(default_factory=dict)
    is_view: bool = False
    closed_to: set[str] = field(default_factory=set)
    granted: set[str] = field(default_factory=set)


@dataclass(slots=True, kw_only=True)
class SqlFunction:
    """A function. `definer` if it runs with its owner's rights, `closed_to` are roles that may not call it."""

    schema: str
    name: str
    place: CodePlace
    definer: bool
    returns: str
    body: list[Word]
    closed_to: set[str] = field(default_factory=set)
    granted: set[str] = field(default_factory=set)


@dataclass(slots=True, kw_only=True)
class Schema:
    """The state after the statements that were applied. `notes` are sentences about what only a database would tell."""

    tables: dict[tuple[str, str], Table] = field(default_factory=dict)
    functions: dict[tuple[str, str], SqlFunction] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    # A block that puts statements together while it runs: which tables it secures is not told
    secures_more: bool = False
    # Roles that get no rights on tables made from here on (ALTER DEFAULT PRIVILEGES, or the project's settings)
    closed_by_default: set[str] = field(default_factory=set)

    def known_functions(self) -> Callable[[str], Passes | None]:
        """What functions ask of their callers, each read once."""
        found: dict[str, Passes | None] = {}
        by_name = {name: one for (_, name), one in self.functions.items()}

        def asked(name: str) -> Passes | None:
            if name not in found:
                found[name] = None  # functions that call each other
                held = by_name.get(name)
                found[name] = function_passes(held.body, asked) if held is not None else None
            return found[name]

        return asked

    def identities(self) -> frozenset[str]:
        """Functions that only say who calls."""
        return frozenset(name for (_, name), one in self.functions.items() if gives_caller(one.body))
