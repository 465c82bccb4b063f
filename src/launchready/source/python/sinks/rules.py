"""What the rules about dangerous lines share: where a call stands, what reaches it, how it is put into words."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from launchready.model.source import Flow, HitKind
from launchready.source.python.flows.names import FileNames, is_for_development, leaf
from launchready.source.python.flows.scopes import Scope, Seen
from launchready.source.python.flows.values import NOTHING, SURE, Value
from launchready.source.python.project import dotted_name

_DEBUG_TEST = re.compile(
    r"debug|develop|local|is_?dev|testing|is_?test|env\b|environment|stage", re.IGNORECASE
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A dangerous line, before it is placed."""

    kind: HitKind
    rule: str
    message: str
    node: ast.AST
    fix: str
    flow: Flow = Flow.NONE
    certain: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A scope of a file that is searched for dangerous lines; `top` is that of the module."""

    path: str
    names: FileNames
    scope: Scope
    module: ast.Module
    top: Scope

    @property
    def development(self) -> bool:
        """Whether the file is for developing only."""
        return is_for_development(self.path)


def reaching(held: Value) -> Flow | None:
    """What reaches a dangerous call in a value: text of the caller's, any text, nothing that could do harm (None)."""
    if held.is_constant:
        return None
    if held.dangerous:
        return Flow.REQUEST
    return Flow.VARIABLE if held.varies else None


def is_sure(held: Value) -> bool:
    """Whether a value certainly is text of the caller's: no type or check that is not known stands between."""
    return held.dangerous and bool(held.flags & SURE)


def argument(seen: Seen, index: int, *names: str) -> Value:
    """An argument by its number or its name; nothing if it is not given."""
    if index < len(seen.args) and not any(
        isinstance(one, ast.Starred) for one in seen.node.args[: index + 1]
    ):
        return seen.args[index]
    return next((seen.keywords[name] for name in names if name in seen.keywords), NOTHING)


def argument_node(node: ast.Call, index: int, *names: str) -> ast.expr | None:
    """The expression of an argument by its number or its name."""
    if index < len(node.args):
        return node.args[index]
    return next((one.value for one in node.keywords if one.arg in names), None)


def keyword(node: ast.Call, *names: str) -> ast.expr | None:
    """The expression of a keyword argument."""
    return next((one.value for one in node.keywords if one.arg in names), None)


def is_literal(node: ast.expr | None, *values: str | int | None) -> bool:
    """Whether an expression is one of some constants; True and False are none of the numbers."""
    return (
        isinstance(node, ast.Constant) and not isinstance(node.value, bool | float) and node.value in values
    )


def is_true(node: ast.expr | None) -> bool:
    """Whether an expression is written as True."""
    return isinstance(node, ast.Constant) and node.value is True


def is_false(node: ast.expr | None) -> bool:
    """Whether an expression is written as False."""
    return isinstance(node, ast.Constant) and node.value is False


def under_debug(tests: tuple[ast.expr, ...]) -> bool:
    """Whether a line stands under a test of the kind "while developing"."""
    return any(_DEBUG_TEST.search(name) for test in tests for name in _names_in(test))


def in_main(tests: tuple[ast.expr, ...]) -> bool:
    """Whether a line runs only where the file is started by hand (`if __name__ == "__main__"`)."""
    return any("__name__" in _names_in(test) for test in tests)


def _names_in(test: ast.expr) -> set[str]:
    found = set()
    for one in ast.walk(test):
        if isinstance(one, ast.Name):
            found.add(one.id)
        elif isinstance(one, ast.Attribute):
            found.add(one.attr)
        elif isinstance(one, ast.Constant) and isinstance(one.value, str):
            found.add(one.value)
    return found


def called(node: ast.expr) -> str:
    """The last part of what an expression calls; empty if it is no call."""
    return leaf(dotted_name(node.func)) if isinstance(node, ast.Call) else ""


def texts_in(node: ast.expr | None) -> Iterator[str]:
    """All texts written in an expression."""
    if node is not None:
        for one in ast.walk(node):
            if isinstance(one, ast.Constant) and isinstance(one.value, str):
                yield one.value
