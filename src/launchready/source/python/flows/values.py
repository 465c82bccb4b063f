"""What is known of a value inside one function: where it comes from, what text it holds, what was looked up."""

import ast
from dataclasses import dataclass, field
from typing import Final, NamedTuple

# Marks of a value, combined by `|`
GIVEN: Final = 1  # the caller chose it
TEXT: Final = 2  # it may hold any characters
RISKY: Final = 4  # both in one: the caller chose it, and it may hold any characters
OBJECT: Final = 8  # it may be an object or list, as JSON has them
WHOLE: Final = 16  # a whole body, all headers, all cookies
CALLER: Final = 32  # the signed-in caller, or an attribute of it
OWNED: Final = 64  # made or found by the caller's identity
SCOPE: Final = 128  # stands for a tenant or a workspace; who chose it is not known
STORED: Final = 256  # comes from the data store
DERIVED: Final = 512  # made by an unknown function from what the caller chose
BUILT: Final = 1024  # put together of several texts
REQUEST: Final = 2048  # the request itself
SESSION: Final = 4096  # the session of the caller, as the server keeps it
FORM: Final = 8192  # a form that takes the request by itself
SURE: Final = 16384  # RISKY, and nothing else can be read into it: no type or check that is not known

FREE: Final = GIVEN | TEXT | RISKY | SURE  # text as the caller sent it
MAYBE: Final = GIVEN | TEXT | RISKY  # something the caller sent, text perhaps
HARMLESS: Final = ~(TEXT | RISKY | SURE | BUILT | OBJECT | WHOLE)  # what is left after a check or an escape

# What stands in a text for what is not known
HOLE: Final = "\x00"  # any characters, whoever chose them
SAFE_HOLE: Final = "\x01"  # a number, a checked value, something of the product's own
RISKY_HOLE: Final = "\x02"  # any characters, chosen by the caller
HOLES: Final = "\x00\x01\x02"
_LONGEST_TEXT: Final = 2_000
_NOBODY: Final[frozenset[str]] = frozenset()
_PASSED_ON: Final = ~(BUILT | REQUEST | SESSION)


@dataclass(slots=True, eq=False)
class Query:
    """A query that is being put together, or an object that was fetched, and whose condition is an id.

    `key` is the value that the id is compared with; None as long as no condition has one. `owners` are conditions
    with another value, as (value, text). `parent` is the query that this one narrows.
    """

    model: str
    line: int
    key: "Value | None" = None
    key_text: str = ""
    owners: "list[tuple[Value, str]]" = field(default_factory=list)
    checks: "list[OwnerTest]" = field(default_factory=list)
    parent: "Query | None" = None
    action: str = "read"
    narrowed: bool = False
    made: str = ""  # the model's name as written, with its module
    # What else it asks about beside the caller: whoever is found by it may have that, too (a membership)
    vouched: "list[Query | Called | str]" = field(default_factory=list)

    def narrower(self) -> "Query":
        """A query with the conditions of this one, to which more are added."""
        self.narrowed = True
        return Query(
            model=self.model,
            line=self.line,
            key=self.key,
            key_text=self.key_text,
            owners=list(self.owners),
            checks=list(self.checks),
            parent=self,
            action=self.action,
            vouched=list(self.vouched),
            made=self.made,
        )


@dataclass(slots=True, eq=False)
class Called:
    """A call whose result may be an object that somebody else looked up."""

    name: str
    line: int
    checks: "list[OwnerTest]" = field(default_factory=list)


class OwnerTest(NamedTuple):
    """Something is compared with the caller, or a helper is asked about both. `certain` if a refusal hangs on it."""

    value: "Value"
    text: str
    line: int
    helper: str = ""
    certain: bool = True
    weak: bool = False  # the helper's name says nothing: it counts only if its code asks


class Value(NamedTuple):
    """What an expression gives. `text` is None where nothing is known of it, else the text with holes.

    `params` are the parameters of the function that went into it, `queries` the queries that it stands for, `found`
    the lookups and calls whose result it is (or an attribute of it), `made` the full name of what made it.
    """

    flags: int = 0
    params: frozenset[str] = _NOBODY
    text: str | None = None
    queries: tuple[Query, ...] = ()
    found: tuple[Query | Called, ...] = ()
    made: str = ""

    @property
    def is_constant(self) -> bool:
        """Whether its text is known in full."""
        return self.text is not None and not any(hole in self.text for hole in HOLES)

    @property
    def pattern(self) -> str:
        """Its text, with holes for what is not known."""
        if self.text is not None:
            return self.text
        return RISKY_HOLE if self.flags & RISKY else HOLE if self.flags & TEXT else SAFE_HOLE

    @property
    def dangerous(self) -> bool:
        """Whether the caller chose it and it may hold any characters."""
        return self.flags & RISKY != 0

    @property
    def is_own_condition(self) -> bool:
        """Whether it is a comparison with the caller, or several put together, and not something of the caller's."""
        return self.flags & (OWNED | CALLER | TEXT | STORED) == OWNED

    @property
    def varies(self) -> bool:
        """Whether it may hold any characters, whoever chose them."""
        return self.flags & TEXT != 0

    def harmless(self) -> "Value":
        """The same after a check, a cast or an escape."""
        return self._replace(flags=self.flags & HARMLESS, text=None)


NOTHING: Final = Value()
UNKNOWN: Final = Value(flags=TEXT)
OWN_CONDITION: Final = Value(flags=OWNED)  # a comparison with the caller
FROM_STORE: Final = Value(flags=TEXT | STORED)


def constant(text: str) -> Value:
    """A value whose text is known."""
    return Value(text=text[:_LONGEST_TEXT])


def either(first: Value, second: Value) -> Value:
    """One value or the other, as after a branch."""
    if first is second or first == second:
        return first
    same_text = first.text if first.text == second.text else _longer(first.text, second.text)
    return Value(
        flags=first.flags | second.flags,
        params=first.params | second.params,
        text=same_text,
        queries=_union(first.queries, second.queries),
        found=_union(first.found, second.found),
        made=first.made if first.made == second.made else first.made or second.made,
    )


def _longer(first: str | None, second: str | None) -> str | None:
    """Of two texts the one that has a hole, since that is where danger lies."""
    if first is None or second is None:
        return first if second is None else second
    for hole in (RISKY_HOLE, HOLE):
        if (hole in first) != (hole in second):
            return first if hole in first else second
    return second if len(second) > len(first) else first


def _union(first: tuple[object, ...], second: tuple[object, ...]) -> tuple:  # type: ignore[type-arg]
    if not second or first == second:
        return first
    return (*first, *(one for one in second if one not in first))


def joined_text(parts: list[Value]) -> Value:
    """The text that is put together of `parts`, in order."""
    flags = 0
    params = _NOBODY
    texts: list[str] = []
    for part in parts:
        flags |= part.flags
        if part.params:
            params |= part.params
        texts.append(part.pattern)
    several = len(parts) > 1 and any(part.text for part in parts)
    built = BUILT if several and flags & TEXT else flags & BUILT
    return Value(flags=flags & _PASSED_ON | built, params=params, text="".join(texts)[:_LONGEST_TEXT])


def gathered(parts: list[Value]) -> Value:
    """A list, tuple, set or mapping of `parts`."""
    if not parts:
        return NOTHING
    flags = 0
    params = _NOBODY
    found: tuple[Query | Called, ...] = ()
    for part in parts:
        flags |= part.flags
        if part.params:
            params |= part.params
        if part.found:
            found = _union(found, part.found)
    return Value(flags=flags & ~REQUEST, params=params, found=found)


def line_of(node: ast.AST) -> int:
    """The line that a node begins in."""
    return getattr(node, "lineno", 1)
