"""What is noted while a file is walked: calls, assignments and answers, by the scope that they stand in."""

import ast
from dataclasses import dataclass, field

from launchready.source.python.flows.values import Called, Query, Value
from launchready.source.python.project import Function


@dataclass(slots=True)
class Seen:
    """A call, with what goes into it. `name` is the full name, `made` the same with the receiver's type for its name.

    `called_as` is the name by which the called function is found from this file.

    `tests` are the conditions that it stands under.
    """

    node: ast.Call
    name: str
    made: str
    receiver: Value
    args: list[Value]
    keywords: dict[str, Value]
    tests: tuple[ast.expr, ...]
    called_as: str = ""
    called: Called | None = None


@dataclass(slots=True)
class Assigned:
    """A value that is given to a name, an attribute or an item, as written."""

    target: ast.expr
    name: str
    node: ast.expr
    value: Value
    tests: tuple[ast.expr, ...]


@dataclass(slots=True)
class Returned:
    """What a function gives back."""

    node: ast.Return
    value: Value
    tests: tuple[ast.expr, ...]


@dataclass(slots=True)
class Scope:
    """A function, a class body or a module, and all that was seen in it."""

    name: str
    node: Function | ast.ClassDef | ast.Module
    owner: ast.ClassDef | None = None
    handler: bool = False
    seen: list[Seen] = field(default_factory=list)
    assigned: list[Assigned] = field(default_factory=list)
    returned: list[Returned] = field(default_factory=list)
    queries: list[Query] = field(default_factory=list)
    # `os.environ["X"]`, with the conditions that it stands under; True if an error is caught around it
    items: list[tuple[ast.Subscript, tuple[ast.expr, ...], bool]] = field(default_factory=list)

    @property
    def is_function(self) -> bool:
        """Whether it is a function."""
        return isinstance(self.node, ast.FunctionDef | ast.AsyncFunctionDef)
