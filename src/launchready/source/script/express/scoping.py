"""Guards before Express handlers that ask about ids of the path themselves: `req.params.userId !== user.id`."""

import re
from collections.abc import Collection, Iterable, Iterator

from ast_grep_py import SgNode

from launchready.source.script.binding import ScriptModule
from launchready.source.script.express.chain import name_of
from launchready.source.script.handlers import handler_of
from launchready.source.script.nodes import operator_of
from launchready.source.script.symbolic.values import Argument

_EQUAL = frozenset({"===", "!==", "==", "!="})
_CALLER = re.compile(
    r"(?<![\w$])(?:\w*[uU]ser|auth|session|account|principal|payload|decoded|claims|viewer|me)(?![\w$])"
)
_PARAMETER = re.compile(r"(?<![\w$])params\s*(?:\?\.|\.|\[\s*[\"'`])\s*(\w+)")
_DEEPEST = 2  # functions that a guard hands its question on to


def scoping_guard(links: Iterable[Argument], in_path: Collection[str]) -> str:
    """The name of the first guard that compares an id of the path with the caller; empty if none does."""
    if not in_path:
        return ""
    for link in links:
        found = handler_of(link.value)
        if found is not None and _asks(found.closure.module, found.closure.node, in_path):
            return name_of(link) or "a guard"
    return ""


def _asks(module: ScriptModule, function: SgNode, in_path: Collection[str]) -> bool:
    for node in _reached(module, function, _DEEPEST):
        for comparison in node.find_all(kind="binary_expression"):
            if operator_of(comparison) in _EQUAL and _compares(comparison, in_path):
                return True
    return False


def _reached(module: ScriptModule, function: SgNode, depth: int) -> Iterator[SgNode]:
    """A guard and the functions of its own file that it names."""
    yield function
    if depth == 0:
        return
    known = module.functions()
    named = dict.fromkeys(one.text() for one in function.find_all(kind="identifier"))
    for name in named:
        other = known.get(name)
        if other is not None and other != function:
            yield from _reached(module, other, depth - 1)


def _compares(comparison: SgNode, in_path: Collection[str]) -> bool:
    left, right = comparison.field("left"), comparison.field("right")
    if left is None or right is None:
        return False
    return any(
        (name := _PARAMETER.search(one.text())) is not None
        and name.group(1) in in_path
        and _CALLER.search(other.text()) is not None
        for one, other in ((left, right), (right, left))
    )
