"""Names inside functions: where each is bound, and to what."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

from ast_grep_py import SgNode

from launchready.source.script.nodes import FUNCTIONS, arguments_of, string_value

_BLOCKS = frozenset({
    "statement_block", "for_statement", "for_in_statement", "switch_body", "catch_clause", "program",
    "class_static_block",
}) | FUNCTIONS  # fmt: skip
_GROWING = frozenset({"push", "unshift", "append"})
_DEEPEST = 12  # patterns inside patterns
_KINDS = (
    "variable_declarator", "assignment_expression", "augmented_assignment_expression", "for_in_statement",
    "catch_clause", "call_expression", *sorted(FUNCTIONS),
)  # fmt: skip

Path: TypeAlias = tuple[str, ...]  # properties from the outside in: `("body", "name")`


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """A parameter: its function, its position, the node of the whole parameter."""

    function: SgNode
    index: int
    node: SgNode


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """What a name stands for in a scope: the part at `path` of `value`, which is an expression or a parameter.

    `start` is where it is bound. `each` says that the name is one element of the value (`for (const x of value)`),
    `grows` that the value is added to what was there (`+=`, `push`).
    """

    value: "SgNode | Parameter"
    path: Path
    scope: tuple[int, int]
    start: int
    each: bool = False
    grows: bool = False


class Bindings:
    """All names of a file by scope: declarations, assignments, parameters, what is pushed to a list."""

    def __init__(self, root: SgNode) -> None:
        self._by_name: dict[str, list[Bound]] = {}
        for node in root.find_all(any=[{"kind": kind} for kind in _KINDS]):
            kind = node.kind()
            if kind in FUNCTIONS:
                self._enter_parameters(node)
            elif kind == "variable_declarator":
                self._enter(node.field("name"), node.field("value"), node)
            elif kind == "assignment_expression":
                self._enter(node.field("left"), node.field("right"), node, assigned=True)
            elif kind == "augmented_assignment_expression":
                self._enter(node.field("left"), node.field("right"), node, assigned=True, grows=True)
            elif kind == "for_in_statement":
                self._enter(node.field("left"), node.field("right"), node, each=True)
            elif kind == "call_expression":
                self._enter_growing(node)

    def of(self, name: str, node: SgNode) -> tuple[Bound, ...]:
        """What a name may stand for at a node: all that is bound in its nearest scope, first bound first.

        What is bound after the node is left out unless nothing was bound before it. Empty for globals.
        """
        at = node.range().start.index
        held = [one for one in self._by_name.get(name, ()) if one.scope[0] <= at < one.scope[1]]
        declared = [one for one in held if not one.grows]
        if not declared:
            return ()
        nearest = min(one.scope[1] - one.scope[0] for one in declared)
        here = [one for one in held if one.scope[1] - one.scope[0] <= nearest]
        before = [one for one in here if one.start <= at]
        return tuple(before or here)

    def _enter(
        self,
        target: SgNode | None,
        value: SgNode | None,
        node: SgNode,
        *,
        assigned: bool = False,
        each: bool = False,
        grows: bool = False,
    ) -> None:
        if target is None or value is None or target.kind() == "member_expression":
            return
        start = target.range().start.index
        scope = _scope(node)
        for name, path in _names(target, ()):
            where = self._declared_scope(name, start) if assigned else scope
            self._add(
                name, Bound(value=value, path=path, scope=where or scope, start=start, each=each, grows=grows)
            )

    def _enter_growing(self, call: SgNode) -> None:
        """`conditions.push(text)` adds to `conditions`."""
        called = call.field("function")
        if called is None or called.kind() != "member_expression":
            return
        owner, name = called.field("object"), called.field("property")
        if owner is None or name is None or owner.kind() != "identifier" or name.text() not in _GROWING:
            return
        start = call.range().start.index
        scope = self._declared_scope(owner.text(), start)
        for value in arguments_of(call) if scope is not None else []:
            self._add(owner.text(), Bound(value=value, path=(), scope=scope, start=start, grows=True))  # type: ignore[arg-type]

    def _enter_parameters(self, function: SgNode) -> None:
        scope = _extent(function)
        for parameter in parameters_of(function):
            pattern = pattern_of(parameter.node)
            for name, path in _names(pattern, ()):
                start = parameter.node.range().start.index
                self._add(name, Bound(value=parameter, path=path, scope=scope, start=start))

    def _declared_scope(self, name: str, at: int) -> tuple[int, int] | None:
        """The scope that an assignment writes to: the nearest one that has the name."""
        held = [one.scope for one in self._by_name.get(name, ()) if one.scope[0] <= at < one.scope[1]]
        return min(held, key=lambda scope: scope[1] - scope[0], default=None)

    def _add(self, name: str, bound: Bound) -> None:
        self._by_name.setdefault(name, []).append(bound)


def parameters_of(function: SgNode) -> list[Parameter]:
    """The parameters of a function in their order; TypeScript's `this` is none."""
    single = function.field("parameter")  # x => …
    if single is not None:
        return [Parameter(function=function, index=0, node=single)]
    held = function.field("parameters")
    nodes = [one for one in held.named_children() if one.kind() != "comment"] if held is not None else []
    nodes = [one for one in nodes if pattern_of(one).kind() != "this"]
    return [Parameter(function=function, index=index, node=node) for index, node in enumerate(nodes)]


def pattern_of(parameter: SgNode) -> SgNode:
    """The name or pattern of a parameter, without type, default and decorators."""
    if parameter.kind() in {"required_parameter", "optional_parameter"}:
        return parameter.field("pattern") or parameter
    if parameter.kind() == "assignment_pattern":
        return parameter.field("left") or parameter
    return parameter


def parameter_name(parameter: Parameter) -> str:
    """The name of a parameter; empty for a pattern."""
    pattern = pattern_of(parameter.node)
    return pattern.text() if pattern.kind() == "identifier" else ""


def _names(pattern: SgNode, path: Path) -> Iterator[tuple[str, Path]]:
    """Names in a pattern, with the path that each takes."""
    kind = pattern.kind()
    if len(path) > _DEEPEST:
        return
    if kind in {"identifier", "shorthand_property_identifier_pattern"}:
        yield pattern.text(), (*path, pattern.text()) if kind != "identifier" else path
    elif kind in {"assignment_pattern", "object_assignment_pattern"}:
        left = pattern.field("left")
        if left is not None:
            yield from _names(left, path)
    elif kind == "rest_pattern":
        for child in pattern.named_children():
            yield from _names(child, path)
    elif kind == "pair_pattern":
        key, value = pattern.field("key"), pattern.field("value")
        if key is not None and value is not None:
            name = string_value(key) if key.kind() == "string" else key.text()
            yield from _names(value, (*path, name))
    elif kind == "object_pattern":
        for child in pattern.named_children():
            yield from _names(child, path)
    elif kind == "array_pattern":
        for index, child in enumerate(pattern.named_children()):
            yield from _names(child, (*path, str(index)))
    elif kind in {"lexical_declaration", "variable_declaration"}:
        for child in pattern.named_children():
            yield from _names(child, path)


def _scope(node: SgNode) -> tuple[int, int]:
    for around in node.ancestors():
        if around.kind() in _BLOCKS:
            return _extent(around)
    return (0, 1 << 60)


def _extent(node: SgNode) -> tuple[int, int]:
    held = node.range()
    return (held.start.index, held.end.index)
