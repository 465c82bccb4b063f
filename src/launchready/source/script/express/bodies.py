"""What handlers of Express read of a request's body and query."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from ast_grep_py import SgNode

from launchready.source.script.handlers import first_parameter
from launchready.source.script.nodes import FUNCTIONS, unwrapped
from launchready.source.script.symbolic.values import Closure

_DEEPEST = 12


@dataclass(slots=True)
class Reads:
    """Names read from the body and the query; `whole` if the body is used as it came."""

    body: dict[str, dict[str, Any]] = field(default_factory=dict)
    query: list[str] = field(default_factory=list)
    whole: bool = False
    files: bool = False

    @property
    def reads_body(self) -> bool:
        """Whether it reads a body at all."""
        return bool(self.body) or self.whole


def reads_of(closure: Closure, request: str | None = None) -> Reads:
    """What a handler reads of its request, which is its first parameter unless named."""
    request = first_parameter(closure.node) if request is None else request
    found = Reads()
    if not request:
        _of_pattern(closure.node, found)
        return found
    aliases = {f"{request}.body": "body", f"{request}.query": "query"}
    for declared in closure.node.find_all(kind="variable_declarator"):
        _declared(declared, aliases, found)
    for node in closure.node.find_all(kind="member_expression"):
        _member(node, aliases, request, found)
    for node in closure.node.find_all(kind="identifier"):
        if aliases.get(node.text()) == "body" and _is_used_whole(node):
            found.whole = True
    return found


def _declared(declared: SgNode, aliases: dict[str, str], found: Reads) -> None:
    """`const { email, password } = req.body`, `const body = req.body`."""
    name, value = declared.field("name"), declared.field("value")
    if name is None or value is None:
        return
    part = aliases.get(_plain(unwrapped(value)))
    if part is None:
        request = next((key.rpartition(".")[0] for key in aliases if "." in key), "")
        if name.kind() == "object_pattern" and _plain(unwrapped(value)) == request:
            for key, inner in _pairs(name):
                if key in {"body", "query"} and inner.kind() == "object_pattern":
                    _enter_pattern(inner, key, found)
                elif key in {"body", "query"}:
                    aliases[inner.text()] = key
        return
    if name.kind() == "identifier":
        aliases[name.text()] = part
    elif name.kind() == "object_pattern":
        _enter_pattern(name, part, found)


def _plain(node: SgNode) -> str:
    """`req.body` of `req.body`, `req?.body`, `req.body || {}`."""
    if node.kind() == "binary_expression":
        left = node.field("left")
        return _plain(unwrapped(left)) if left is not None else ""
    return node.text().replace("?.", ".").replace("!", "") if len(node.text()) < 80 else ""  # noqa: PLR2004


def _pairs(pattern: SgNode) -> list[tuple[str, SgNode]]:
    found: list[tuple[str, SgNode]] = []
    for child in pattern.named_children():
        kind = child.kind()
        if kind == "shorthand_property_identifier_pattern":
            found.append((child.text(), child))
        elif kind == "object_assignment_pattern":
            left = child.field("left")
            if left is not None:
                found.append((left.text(), left))
        elif kind == "pair_pattern":
            key, value = child.field("key"), child.field("value")
            if key is not None and value is not None:
                inner = value.field("left") or value if value.kind() == "assignment_pattern" else value
                found.append((key.text().strip("'\""), inner))
    return found


def _enter_pattern(pattern: SgNode, part: str, found: Reads) -> None:
    for key, inner in _pairs(pattern):
        if part == "query":
            found.query.append(key)
            continue
        schema: dict[str, Any] = {}
        if inner.kind() == "object_pattern":
            names = [name for name, _ in _pairs(inner)]
            schema = {"type": "object", "properties": {name: {} for name in names}}
        found.body.setdefault(key, schema)
    if part == "body" and any(child.kind() == "rest_pattern" for child in pattern.named_children()):
        found.whole = True


def _of_pattern(function: SgNode, found: Reads) -> None:
    """`async ({ body, params }, res) => …`."""
    held = function.field("parameters")
    first = next((one for one in held.named_children() if one.kind() != "comment"), None) if held else None
    pattern = (first.field("pattern") or first) if first is not None else None
    if pattern is None or pattern.kind() != "object_pattern":
        return
    aliases: dict[str, str] = {}
    for key, inner in _pairs(pattern):
        if key in {"body", "query"} and inner.kind() == "object_pattern":
            _enter_pattern(inner, key, found)
        elif key in {"body", "query"}:
            aliases[inner.text()] = key
    for declared in function.find_all(kind="variable_declarator"):
        _declared(declared, aliases, found)
    for node in function.find_all(kind="member_expression"):
        _member(node, aliases, "", found)
    for node in function.find_all(kind="identifier"):
        if aliases.get(node.text()) == "body" and _is_used_whole(node):
            found.whole = True


def _member(node: SgNode, aliases: dict[str, str], request: str, found: Reads) -> None:
    """`req.body.email`, `req.query.page`, `req.body` by itself."""
    owner, name = node.field("object"), node.field("property")
    if owner is None or name is None:
        return
    part = aliases.get(_plain(unwrapped(owner)))
    if part == "query":
        found.query.append(name.text())
    elif part == "body":
        _body_member(node, name.text(), found)
    elif request and node.text().replace("?.", ".") == f"{request}.body" and _is_used_whole(node):
        found.whole = True
    elif request and node.text() in {f"{request}.file", f"{request}.files"}:
        found.files = True


def _body_member(node: SgNode, name: str, found: Reads) -> None:
    around = node.parent()
    if around is not None and around.kind() == "call_expression" and around.field("function") == node:
        return  # a method of the body: req.body.hasOwnProperty()
    if around is not None and around.kind() == "assignment_expression" and around.field("left") == node:
        return  # entered, not read
    held = found.body.setdefault(name, {})
    if around is not None and around.kind() == "member_expression" and around.field("object") == node:
        grand = around.parent()
        inner = around.field("property")
        called = grand is not None and grand.kind() == "call_expression" and grand.field("function") == around
        if inner is not None and not called and inner.text() != "length":
            held.setdefault("type", "object")
            held.setdefault("properties", {})[inner.text()] = {}


def _is_used_whole(node: SgNode) -> bool:
    """Whether a body is handed on as it is: as an argument, a value, a spread."""
    around = node.parent()
    for _ in range(_DEEPEST):
        if around is None or around.kind() in FUNCTIONS:
            return False
        kind = around.kind()
        if kind in {"arguments", "spread_element", "pair", "array", "return_statement"}:
            return not _is_logged(around)
        if kind in {"as_expression", "parenthesized_expression", "non_null_expression", "await_expression"}:
            node, around = around, around.parent()
            continue
        if kind == "binary_expression" and around.field("left") == node:
            node, around = around, around.parent()
            continue
        return False
    return False


def _is_logged(arguments: SgNode) -> bool:
    call = arguments.parent()
    called = call.field("function") if call is not None else None
    return called is not None and bool(re.match(r"(?:console|\w*[lL]og(?:ger)?)\.", called.text()))
