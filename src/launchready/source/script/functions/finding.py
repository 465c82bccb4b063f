"""Functions of JavaScript and TypeScript, and the one name that each has in its file.

Readers of frameworks name handlers and facts name functions by the same rule, so that both can be joined.
"""

from collections.abc import Iterator

from ast_grep_py import SgNode

from launchready.source.code.facts import ANONYMOUS
from launchready.source.script.nodes import FUNCTIONS, WRAPPERS, arguments_of, line_of

_CLASSES = frozenset({"class_declaration", "abstract_class_declaration", "class"})
_FIELDS = frozenset({"public_field_definition", "field_definition"})
_DEEPEST = 400  # ancestors of one function


def functions_in(root: SgNode) -> Iterator[tuple[str, SgNode]]:
    """Every function below `root` with its qualified name, in the order of the text."""
    for node in root.find_all(any=[{"kind": kind} for kind in sorted(FUNCTIONS)]):
        yield qualified_name(node), node


def qualified_name(function: SgNode) -> str:
    """`Class.method`, `outer.inner`, `controller.list` (of an object with a name), `<anonymous>:12`.

    A function is named by what it is assigned to, also through calls around it (`const get = wrap(async () => …)`),
    else by its own name, else by its first line. Object literals count as owners where they have a name themselves.
    """
    parts = [_own_name(function) or f"{ANONYMOUS}:{first_line(function)}"]
    for depth, around in enumerate(function.ancestors()):
        kind = around.kind()
        if depth > _DEEPEST:
            break
        if kind in FUNCTIONS:
            parts.append(_own_name(around) or f"{ANONYMOUS}:{first_line(around)}")
        elif kind in _CLASSES:
            name = around.field("name")
            parts.append(name.text() if name is not None else _assigned_name(around))
        elif kind == "object":
            parts.append(_object_name(around))
    return ".".join(part for part in reversed(parts) if part)


def first_line(function: SgNode) -> int:
    """The line that a function begins in, from 1; of a method with decorators, that of the first one."""
    line = line_of(function)
    if function.kind() == "method_definition":
        before = function.prev()
        while before is not None and before.kind() in {"decorator", "comment"}:
            if before.kind() == "decorator":
                line = line_of(before)
            before = before.prev()
    elif (around := function.parent()) is not None and around.kind() in _FIELDS:
        line = line_of(around)
    return line


def _own_name(function: SgNode) -> str:
    if function.kind() in {"function_declaration", "generator_function_declaration", "method_definition"}:
        name = function.field("name")
        if name is not None:
            return name.text()
        around = function.parent()
        exported = around is not None and around.kind() == "export_statement"
        return "default" if exported else ""
    given = _assigned_name(function)
    name = function.field("name")
    return given or (name.text() if name is not None else "")


def _assigned_name(node: SgNode) -> str:
    """What an expression is assigned to; for the first function among a call's arguments, what the call is."""
    around = node.parent()
    for _ in range(_DEEPEST):
        if around is None:
            return ""
        kind = around.kind()
        if kind in WRAPPERS:
            node, around = around, around.parent()
        elif kind == "arguments":
            call = around.parent()
            if call is None or call.kind() != "call_expression" or not _is_first_function(call, node):
                return ""
            node, around = call, call.parent()
        else:
            return _name_given_by(around, node)
    return ""


def _name_given_by(around: SgNode, node: SgNode) -> str:
    kind = around.kind()
    if kind == "variable_declarator":
        name = around.field("name")
        return name.text() if name is not None and name.kind() == "identifier" else ""
    if kind == "pair":
        key = around.field("key")
        return key.text().strip("'\"`") if key is not None else ""
    if kind in _FIELDS:
        name = around.field("name") or around.field("property")
        return name.text() if name is not None else ""
    if kind == "assignment_expression" and around.field("right") == node:
        left = around.field("left")
        text = left.text() if left is not None else ""
        return "default" if text == "module.exports" else text.rpartition(".")[2]
    return "default" if kind == "export_statement" else ""


def _is_first_function(call: SgNode, node: SgNode) -> bool:
    for one in arguments_of(call):
        if one == node:
            return True
        if one.kind() in FUNCTIONS:
            return False
    return False


def _object_name(node: SgNode) -> str:
    name = _assigned_name(node)
    return "" if name in {"default", "exports"} else name
