"""What a test proves of the names in it: that they are numbers, or one of the values that are allowed."""

import ast
from typing import TYPE_CHECKING

from launchready.source.python.flows.names import leaf
from launchready.source.python.flows.values import SURE, Value
from launchready.source.python.project import dotted_name

if TYPE_CHECKING:
    from launchready.source.python.flows.expressions import Expressions

_SHAPES = frozenset({"isdigit", "isdecimal", "isnumeric", "isalnum", "isalpha", "isidentifier"})
_PATTERNS = frozenset({"match", "fullmatch"})
_CHECKING = ("valid", "allowed", "safe", "check", "permitted", "whitelist", "allowlist")


def refined(test: ast.expr, reader: "Expressions", *, truth: bool) -> dict[str, Value]:
    """The names that are known better where a test is true (or false), with what they hold there."""
    match test:
        case ast.UnaryOp(op=ast.Not(), operand=inner):
            return refined(inner, reader, truth=not truth)
        case ast.BoolOp(op=operator, values=values):
            # `a and b` is true where both are; `a or b` is false where neither is
            if isinstance(operator, ast.And) is truth:
                return {
                    name: held for one in values for name, held in refined(one, reader, truth=truth).items()
                }
            return {}
        case ast.Compare(left=left, ops=[operator], comparators=[right]):
            return _compared(left, operator, right, reader, truth=truth)
        case ast.Call():
            return _asked(test, reader, truth=truth)
        case ast.NamedExpr(value=inner):
            return refined(inner, reader, truth=truth)
        case ast.BinOp(op=ast.BitAnd()) if truth:
            # `{origin} & ALLOWED`
            return {
                one.id: reader.peek(one).harmless()
                for one in ast.walk(test)
                if isinstance(one, ast.Name) and reader.peek(one).dangerous
            }
    return {}


def _compared(
    left: ast.expr, operator: ast.cmpop, right: ast.expr, reader: "Expressions", *, truth: bool
) -> dict[str, Value]:
    one_of = isinstance(operator, ast.In | ast.Eq | ast.Is)
    none_of = isinstance(operator, ast.NotIn | ast.NotEq | ast.IsNot)
    if not (one_of if truth else none_of):
        return {}
    name = dotted_name(left) if isinstance(left, ast.Name | ast.Attribute) else ""
    if isinstance(left, ast.Call) and isinstance(left.func, ast.Attribute) and not left.args:
        name = dotted_name(left.func.value)  # `sort.lower() in ALLOWED`
    if isinstance(left, ast.Call) and leaf(dotted_name(left.func)) == "type" and left.args:
        name = dotted_name(left.args[0])
    if not name or (isinstance(right, ast.Constant) and right.value is None):
        return {}
    allowed = reader.peek(right)
    if allowed.dangerous:
        return {}
    return _known(name, left, reader)


def _asked(test: ast.Call, reader: "Expressions", *, truth: bool) -> dict[str, Value]:
    if not truth:
        return {}
    function = test.func
    method = leaf(dotted_name(function))
    if isinstance(function, ast.Attribute) and method in _SHAPES:
        return _known(dotted_name(function.value), function.value, reader)
    if method in _PATTERNS and test.args:
        return _known(dotted_name(test.args[-1]), test.args[-1], reader)
    if method == "isinstance" and test.args:
        kinds = {leaf(dotted_name(one)) for one in ast.walk(test.args[-1]) if isinstance(one, ast.Name)}
        return (
            {}
            if kinds & {"str", "dict", "bytes", "list"}
            else _known(dotted_name(test.args[0]), test.args[0], reader)
        )
    if any(word in method.lower() for word in _CHECKING):
        # A check of the product's own: what it lets through is not known
        return {
            dotted_name(one): held._replace(flags=held.flags & ~SURE)
            for one in test.args
            if isinstance(one, ast.Name) and (held := reader.peek(one)).dangerous
        }
    return {}


def _known(name: str, node: ast.expr, reader: "Expressions") -> dict[str, Value]:
    if not name:
        return {}
    held = reader.peek(node)
    if isinstance(node, ast.Call):
        held = reader.peek(node.func.value) if isinstance(node.func, ast.Attribute) else held
    return {name: held.harmless()} if held.flags or held.text is not None else {}
