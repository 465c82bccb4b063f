"""What rules for dangerous lines share."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ast_grep_py import SgNode

from launchready.model.source import Flow, HitKind
from launchready.source.script.bindings import Parameter
from launchready.source.script.flows.following import Flows
from launchready.source.script.flows.sources import Mode, Origin
from launchready.source.script.nodes import FUNCTIONS, dotted_name, object_entries, string_value, unwrapped
from launchready.source.script.reading import Reading

_DEVELOPMENT = re.compile(
    r"NODE_ENV|isDev|is_dev|isProd|is_prod|\b__DEV__|development|DEBUG|isLocal|process\.env\.CI\b|import\.meta\.env\.DEV"
)
_DEEPEST = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Sink:
    """A dangerous line, before it is said where it is."""

    kind: HitKind
    rule: str
    message: str
    fix: str
    node: SgNode
    flow: Flow = Flow.NONE
    certain: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Called:
    """A call with the name that it is written with, its method, and its arguments."""

    node: SgNode
    name: str
    method: str
    arguments: tuple[SgNode, ...]


def calls_of(reading: Reading) -> Iterator[Called]:
    """The calls of a file; tagged templates are none."""
    for node in reading.nodes("call_expression"):
        held, called = node.field("arguments"), node.field("function")
        if held is None or called is None or held.kind() != "arguments":
            continue
        inner = unwrapped(called)
        method = inner.field("property") if inner.kind() == "member_expression" else None
        name = dotted_name(called)
        given = tuple(one for one in held.named_children() if one.kind() != "comment")
        last = method.text() if method is not None else name.rpartition(".")[2]
        yield Called(node=node, name=name, method=last, arguments=given)


def flow_of(origin: Origin) -> Flow:
    """The flow that an origin stands for."""
    return Flow.REQUEST if origin & Origin.REQUEST else Flow.VARIABLE


def is_open(origin: Origin) -> bool:
    """Whether a value may be anything: the caller's, a parameter, or what was not followed."""
    return bool(origin & (Origin.REQUEST | Origin.PARAMETER | Origin.OTHER))


def package_of(reading: Reading, name: str, node: SgNode) -> str:
    """`package:export` of what a name was imported as, also through a local alias; empty for others."""
    first, _, rest = name.partition(".")
    imported = reading.imports.get(first)
    if imported is not None:
        exported = imported.name if imported.name not in {"default", "*"} else rest
        return f"{imported.origin.removeprefix('node:')}:{exported or 'default'}"
    for one in reading.bindings.of(first, node):
        if isinstance(one.value, Parameter) or one.grows:
            continue
        value = unwrapped(one.value)
        if value.kind() == "call_expression":
            held = re.match(r"(?:util\.)?promisify\(\s*([\w$.]+)\s*\)", value.text())
            if held is not None and held[1].partition(".")[0] != first:
                return package_of(reading, held[1], value)
            required = re.match(r"require\(\s*['\"](?:node:)?([^'\"]+)['\"]\s*\)", value.text())
            if required is not None:
                return f"{required[1]}:{rest or '.'.join(one.path) or 'default'}"
    return ""


def static_text(reading: Reading, node: SgNode, depth: int = 0) -> str:
    """What is fixed in a text, with a gap where something is put in."""
    node = unwrapped(node)
    if depth > _DEEPEST:
        return "\x00"
    kind = node.kind()
    if kind == "string":
        return string_value(node)
    if kind == "template_string":
        return "".join(
            _inside(reading, one, depth) if one.kind() == "template_substitution" else one.text()
            for one in node.named_children()
        )
    if kind == "binary_expression":
        sides = [side for side in (node.field("left"), node.field("right")) if side is not None]
        return "".join(static_text(reading, side, depth + 1) for side in sides)
    if kind == "ternary_expression":
        sides = [side for side in (node.field("consequence"), node.field("alternative")) if side is not None]
        return " ".join(static_text(reading, side, depth + 1) for side in sides)
    if kind == "identifier":
        bound = [
            one
            for one in reading.bindings.of(node.text(), node)
            if isinstance(one.value, SgNode) and not one.path
        ]
        texts = [
            static_text(reading, one.value, depth + 1)
            for one in bound[:_DEEPEST]
            if isinstance(one.value, SgNode)
        ]
        return " ".join(texts) if texts else "\x00"
    if kind == "array" or (
        kind == "call_expression" and node.text().endswith((".join('')", '.join("")', '.join(" ")'))
    ):
        return " ".join(static_text(reading, one, depth + 1) for one in node.named_children())
    return "\x00"


def _inside(reading: Reading, part: SgNode, depth: int) -> str:
    inner = part.named_children()
    return static_text(reading, inner[0], depth + 1) if inner else "\x00"


def is_for_development(node: SgNode) -> bool:
    """Whether a line runs only where a condition about the environment holds."""
    inner = node
    for around in node.ancestors():
        kind = around.kind()
        if kind in {"if_statement", "ternary_expression"}:
            condition = around.field("condition")
            if condition is not None and condition != inner and _DEVELOPMENT.search(condition.text()):
                return True
        elif kind == "binary_expression":
            left = around.field("left")
            if left is not None and left != inner and _DEVELOPMENT.search(left.text()):
                return True
        elif kind in FUNCTIONS and around.parent() is None:
            return False
        inner = around
    return _leaves_before(node)


def _leaves_before(node: SgNode) -> bool:
    """`if (process.env.NODE_ENV === "production") return` before the line."""
    function = next((one for one in node.ancestors() if one.kind() in FUNCTIONS), None)
    body = function.field("body") if function is not None else None
    if body is None or body.kind() != "statement_block":
        return False
    at = node.range().start.index
    for one in body.named_children():
        if one.range().start.index >= at:
            return False
        condition = one.field("condition") if one.kind() == "if_statement" else None
        if condition is not None and _DEVELOPMENT.search(condition.text()):
            held = one.field("consequence")
            if held is not None and (
                held.kind() == "return_statement" or held.find(kind="return_statement") is not None
            ):
                return True
    return False


def property_of(node: SgNode, name: str) -> SgNode | None:
    """The value of a property of an object literal."""
    node = unwrapped(node)
    return dict(object_entries(node)).get(name) if node.kind() == "object" else None


def is_true(node: SgNode | None) -> bool:
    """Whether an expression is the literal `true`."""
    return node is not None and unwrapped(node).kind() == "true"


def text_origin(flows: Flows, node: SgNode) -> Origin:
    """Where the free text in an expression comes from."""
    return flows.origin(node, Mode.TEXT)
