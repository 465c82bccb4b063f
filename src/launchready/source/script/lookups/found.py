"""A query with its conditions, before it is told whether they are tied to the caller."""

from collections.abc import Iterator
from dataclasses import dataclass

from ast_grep_py import SgNode

from launchready.model.source import LookupAction
from launchready.source.script.bindings import Parameter
from launchready.source.script.nodes import object_entries, string_value, unwrapped
from launchready.source.script.reading import Reading

_GROUPS = frozenset({"AND", "OR", "and", "or", "$and", "$or", "Op.and", "[Op.and]", "[Op.or]", "where", "is"})
_OPERATORS = frozenset({"equals", "eq", "$eq", "[Op.eq]", "in", "$in", "[Op.in]"})
_DEEPEST = 5  # conditions inside conditions


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A condition: the field, its value, and whether the field is the row's own, not of one that it refers to."""

    key: str
    value: SgNode
    own: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """A query of one kind of object. `open` says that a part of its conditions could not be read.

    `guarded` names what may ask for the caller outside of the code: row level security.
    """

    model: str
    action: LookupAction
    node: SgNode
    terms: tuple[Term, ...]
    open: bool = False
    guarded: str = ""


def terms_of(reading: Reading, node: SgNode, *, own: bool = True, depth: int = 0) -> tuple[list[Term], bool]:
    """The terms of a filter object, and whether a part of it could not be read."""
    node = resolved(reading, node)
    if node.kind() == "array":
        return _all(
            reading, [one for one in node.named_children() if one.kind() != "comment"], own=own, depth=depth
        )
    if node.kind() != "object" or depth > _DEEPEST:
        return [], True
    terms: list[Term] = []
    is_open = False
    for key, value in object_entries(node):
        plain = key.strip("'\"`")
        held = unwrapped(value)
        if plain in _GROUPS:
            inner, left = terms_of(reading, held, own=own, depth=depth + 1)
            terms += inner
            is_open |= left
        elif held.kind() == "object":
            inner, left = _nested(reading, plain, held, own=own, depth=depth)
            terms += inner
            is_open |= left
        else:
            terms.append(Term(key=plain, value=value, own=own))
    for child in node.named_children():
        if child.kind() == "spread_element":
            inner, left = _all(reading, child.named_children(), own=own, depth=depth)
            terms += inner
            is_open |= left
    return terms, is_open


def _nested(reading: Reading, key: str, held: SgNode, *, own: bool, depth: int) -> tuple[list[Term], bool]:
    """`id: { equals: x }`, `id_userId: { id, userId }`, and conditions on what a row refers to."""
    entries = list(object_entries(held))
    operators = [value for name, value in entries if name in _OPERATORS]
    if operators:
        return [Term(key=key, value=value, own=own) for value in operators], False
    composite = {name for name, _ in entries}
    is_composite = len(composite) > 1 and all(name in key.split("_") for name in composite)
    return terms_of(reading, held, own=own and is_composite, depth=depth + 1)


def _all(reading: Reading, nodes: list[SgNode], *, own: bool, depth: int) -> tuple[list[Term], bool]:
    terms: list[Term] = []
    is_open = False
    for one in nodes:
        inner, left = terms_of(reading, one, own=own, depth=depth + 1)
        terms += inner
        is_open |= left
    return terms, is_open


def resolved(reading: Reading, node: SgNode) -> SgNode:
    """An expression, or what the one variable that it is was set to."""
    for _ in range(_DEEPEST):
        node = unwrapped(node)
        if node.kind() not in {"identifier", "shorthand_property_identifier"}:
            return node
        bound = [one for one in reading.bindings.of(node.text(), node) if not one.grows]
        if len(bound) != 1 or isinstance(bound[0].value, Parameter) or bound[0].path:
            return node
        node = bound[0].value
    return node


def entry(node: SgNode, *names: str) -> SgNode | None:
    """The value of the first of `names` that an object literal has."""
    if node.kind() != "object":
        return None
    held = dict(object_entries(node))
    return next((held[name] for name in names if name in held), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A call in a chain: `.eq("id", id)`."""

    name: str
    arguments: tuple[SgNode, ...]
    node: SgNode


def chain_of(call: SgNode) -> tuple[SgNode, list[Step]]:
    """What a chain of calls begins with, and its calls in their order."""
    steps: list[Step] = []
    node = call
    while True:
        node = unwrapped(node)
        if node.kind() == "call_expression":
            called = node.field("function")
            if called is None:
                break
            inner = unwrapped(called)
            name = inner.field("property") if inner.kind() == "member_expression" else None
            if name is None:
                break
            steps.append(Step(name=name.text(), arguments=_arguments(node), node=node))
            following = inner.field("object")
        elif node.kind() == "member_expression":
            following = node.field("object")
        else:
            break
        if following is None:
            break
        node = following
    return node, list(reversed(steps))


def _arguments(call: SgNode) -> tuple[SgNode, ...]:
    held = call.field("arguments")
    if held is None:
        return ()
    if held.kind() == "template_string":
        return (held,)
    return tuple(one for one in held.named_children() if one.kind() != "comment")


def is_outermost(call: SgNode) -> bool:
    """Whether no further call follows in the chain."""
    around = call.parent()
    while around is not None and around.kind() in {
        "await_expression",
        "parenthesized_expression",
        "non_null_expression",
    }:
        around = around.parent()
    if around is None or around.kind() != "member_expression":
        return True
    above = around.parent()
    return above is None or above.kind() != "call_expression" or above.field("function") != around


def text_in(node: SgNode) -> str | None:
    """The text of a plain string; None for anything else."""
    node = unwrapped(node)
    if node.kind() == "string":
        return string_value(node)
    if node.kind() == "template_string" and all(
        one.kind() != "template_substitution" for one in node.named_children()
    ):
        return node.text().strip("`")
    return None


def substituted(template: SgNode) -> Iterator[SgNode]:
    """The expressions inside a template."""
    for one in template.named_children():
        if one.kind() == "template_substitution":
            yield from one.named_children()
