"""Which methods an API route of the pages router answers, and which lines are for which."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from ast_grep_py import SgNode

from launchready.source.script.binding import ScriptModule
from launchready.source.script.nodes import (
    arguments_of,
    end_line_of,
    line_of,
    object_entries,
    operator_of,
    string_value,
    unwrapped,
)
from launchready.source.script.project import Defined, ScriptProject

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")
_BUILDERS = ("get", "post", "put", "patch", "delete", "head", "options", "all")
_EQUAL = frozenset({"===", "=="})
_UNEQUAL = frozenset({"!==", "!="})
_REFUSES_METHOD = re.compile(
    r"\b405\b|not\s?allowed|not\s?supported|unsupported|\bAllow\b|\b404\b", re.IGNORECASE
)
_REFUSES = re.compile(r"[sS]tatus(?:Code)?\s*[(=:]\s*[45]\d\d")
_ANSWERS = frozenset({"json", "send", "end", "redirect", "write", "pipe"})

Lines = tuple[int, int]


@dataclass(slots=True)
class Branches:
    """Lines by the method that they are for.

    `only` are methods that are told from what is refused (`!==`); `others` if further methods are answered, too.
    """

    lines: dict[str, list[Lines]] = field(default_factory=dict)
    only: set[str] = field(default_factory=set)
    others: bool = False

    def add(self, method: str, node: SgNode) -> None:
        """Enter the lines of a branch."""
        if method not in METHODS:
            return
        first, last = line_of(node), end_line_of(node)
        if node.kind() == "statement_block" and last - first > 1:  # `} else if … {` is a line of two branches
            first, last = first + 1, last - 1
        self.lines.setdefault(method, []).append((first, last))

    @property
    def methods(self) -> tuple[str, ...]:
        """Every method that is answered, in the usual order; none where the code does not ask."""
        held = self.only or set(self.lines)
        return tuple(one for one in METHODS if one in held)

    def of_others(self, method: str) -> tuple[Lines, ...]:
        """Lines that run for other methods only."""
        own = self.lines.get(method, [])
        others = (one for name, held in self.lines.items() if name != method for one in held)
        return tuple(one for one in others if not any(_overlap(one, mine) for mine in own))


def branches_of(project: ScriptProject, module: ScriptModule, function: SgNode) -> Branches:
    """How a handler tells methods apart: `if (req.method === "POST")`, `switch`, lists, `!==`."""
    found = Branches()
    if "method" not in function.text():
        return found
    for statement in function.find_all(kind="if_statement"):
        _branch(project, module, statement, found)
    for switch in function.find_all(kind="switch_statement"):
        value = switch.field("value")
        if value is not None and _is_method(unwrapped(value)):
            _cases(project, module, switch, found)
    found.others = bool(found.lines) and not found.only and _answers_others(function, found)
    return found


def _answers_others(function: SgNode, found: Branches) -> bool:
    """Whether something outside of all branches answers, and not with an error."""
    caught = [(line_of(one), end_line_of(one)) for one in function.find_all(kind="catch_clause")]
    branches = [*caught, *(lines for held in found.lines.values() for lines in held)]
    for call in function.find_all(kind="call_expression"):
        called = call.field("function")
        name = (
            called.field("property") if called is not None and called.kind() == "member_expression" else None
        )
        if name is None or name.text() not in _ANSWERS or called is None:
            continue
        line = line_of(name)
        if any(first <= line <= last for first, last in branches):
            continue
        if called.text().lstrip("(").startswith("res") and not _REFUSES.search(call.text()):
            return True
    return False


def built_handlers(chain: SgNode) -> Mapping[str, SgNode]:
    """Handlers by method of `createRouter().get(h).post(h).handler()` and the like; "ANY" of `.all`."""
    found: dict[str, SgNode] = {}
    node: SgNode | None = unwrapped(chain)
    while node is not None and node.kind() in {"call_expression", "member_expression"}:
        if node.kind() == "member_expression":
            node = node.field("object")
            continue
        called = node.field("function")
        given = arguments_of(node)
        if called is not None and called.kind() == "member_expression" and given:
            name = called.field("property")
            if name is not None and name.text() in _BUILDERS:
                method = "ANY" if name.text() == "all" else name.text().upper()
                found.setdefault(method, given[-1])
        node = unwrapped(called) if called is not None else None
    return found


def handlers_by_key(node: SgNode) -> Mapping[str, SgNode]:
    """Handlers by method of an object `{ GET: …, POST: … }` (also in lower case)."""
    if node.kind() != "object":
        return {}
    entries = {name.upper(): value for name, value in object_entries(node)}
    return entries if entries and set(entries) <= set(METHODS) else {}


def _branch(project: ScriptProject, module: ScriptModule, statement: SgNode, found: Branches) -> None:
    condition, then = statement.field("condition"), statement.field("consequence")
    if condition is None or then is None:
        return
    for test in _tests(unwrapped(condition)):
        listed = tuple(_listed(project, module, test))
        if listed:
            if test.kind() == "unary_expression":
                found.only.update(listed if _REFUSES_METHOD.search(then.text()) else ())
            else:
                for method in listed:
                    found.add(method, then)
            continue
        method = _compared(project, module, test)
        if method and operator_of(test) in _UNEQUAL:
            found.only.update({method} if _REFUSES_METHOD.search(then.text()) else ())
        elif method:
            found.add(method, then)


def _tests(condition: SgNode) -> Iterator[SgNode]:
    """The parts of `a && b` and `a || b`."""
    if condition.kind() == "binary_expression" and operator_of(condition) in {"&&", "||"}:
        for side in ("left", "right"):
            inner = condition.field(side)
            if inner is not None:
                yield from _tests(unwrapped(inner))
    else:
        yield condition


def _compared(project: ScriptProject, module: ScriptModule, test: SgNode) -> str:
    """The method that an (in)equality names; empty for anything else."""
    if test.kind() != "binary_expression" or operator_of(test) not in _EQUAL | _UNEQUAL:
        return ""
    left, right = test.field("left"), test.field("right")
    if left is None or right is None:
        return ""
    for one, other in ((left, right), (right, left)):
        if _is_method(unwrapped(one)):
            return _method_text(project, module, other)
    return ""


def _listed(project: ScriptProject, module: ScriptModule, test: SgNode) -> Iterator[str]:
    """The methods of `["GET", "POST"].includes(req.method)`, also negated."""
    inner = test.field("argument") if test.kind() == "unary_expression" else test
    call = unwrapped(inner) if inner is not None else test
    called = call.field("function") if call.kind() == "call_expression" else None
    given = arguments_of(call) if called is not None else []
    if called is None or not called.text().endswith("includes") or not given:
        return
    owner = called.field("object")
    if owner is None or not _mentions_method(given[0]):
        return
    _, array = project.value(module, owner)
    if array.kind() == "array":
        yield from (
            string_value(child).upper() for child in array.named_children() if child.kind() == "string"
        )


def _cases(project: ScriptProject, module: ScriptModule, switch: SgNode, found: Branches) -> None:
    body = switch.field("body")
    waiting: list[str] = []
    for case in body.named_children() if body is not None else []:
        if case.kind() != "switch_case":
            continue
        value = case.field("value")
        method = _method_text(project, module, value) if value is not None else ""
        waiting.append(method)
        # An empty case falls through to the next one
        if len([child for child in case.named_children() if child.kind() != "comment"]) > 1:
            for one in waiting:
                found.add(one, case)
            waiting = []


def _is_method(node: SgNode) -> bool:
    """Whether an expression is the request's method (`req.method`, a destructured `method`)."""
    text = node.text()
    return text in {"method", "httpMethod"} or text.replace("?", "").replace("!", "").endswith(
        (".method", ".method.toUpperCase()", ".method.toLowerCase()")
    )


def _mentions_method(node: SgNode) -> bool:
    text = node.text()
    return text == "method" or ".method" in text


def _method_text(project: ScriptProject, module: ScriptModule, node: SgNode) -> str:
    node = unwrapped(node)
    text = project.text(module, node)
    if text is None and node.kind() == "member_expression":  # HttpMethod.POST of a package
        name = node.field("property")
        text = name.text() if name is not None else ""
    upper = (text or "").upper()
    return upper if upper in METHODS else ""


def _overlap(one: Lines, other: Lines) -> bool:
    return one[0] <= other[1] and other[0] <= one[1]


def added_handlers(project: ScriptProject, module: ScriptModule, node: SgNode) -> Mapping[str, SgNode]:
    """Handlers that statements of the module add to the router which `node` names."""
    name = node.text().partition(".")[0]
    if not isinstance(project.meaning(module, name), Defined):
        return {}
    found: dict[str, SgNode] = {}
    for statement in module.root.named_children():
        inner = statement.named_children()
        if statement.kind() == "expression_statement" and inner and inner[0].text().startswith(f"{name}."):
            for method, handler in built_handlers(inner[0]).items():
                found.setdefault(method, handler)
    return found
