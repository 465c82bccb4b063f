"""Operators and conditions: three-valued, since much is not known."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from ast_grep_py import SgNode

from launchready.source.script.nodes import operator_of
from launchready.source.script.symbolic.scope import Condition, Scope
from launchready.source.script.symbolic.values import (
    NO,
    UNDEFINED,
    YES,
    Absent,
    Called,
    ClassValue,
    Closure,
    Constant,
    Either,
    Items,
    Native,
    Package,
    Pieces,
    Present,
    Record,
    Regex,
    Site,
    Unknown,
    Value,
    either,
    joined_text,
    text_of,
    truth,
)

if TYPE_CHECKING:
    from launchready.source.script.symbolic.interpreter import Interpreter

OBJECT_METHODS = frozenset({"hasOwnProperty", "toString", "valueOf"})
_LONGEST = 80  # characters of a condition as it is told


def condition_of(node: SgNode, scope: Scope, *, negated: bool = False) -> Condition:
    """A branch with the code of its condition."""
    text = " ".join(node.text().split())
    while text.startswith("(") and text.endswith(")") and text[1:-1].count("(") == text[1:-1].count(")"):
        text = text[1:-1]
    text = text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
    return Condition(f"not {text}" if negated else text, Site(module=scope.module, node=node))


def choose(run: Interpreter, condition: SgNode, one: SgNode, other: SgNode, scope: Scope) -> Value:
    """`condition ? one : other`."""
    known = truth(run.evaluate(condition, scope))
    if known is not None:
        return run.evaluate(one if known else other, scope)
    with run.under(condition_of(condition, scope)):
        first = run.evaluate(one, scope)
    with run.under(condition_of(condition, scope, negated=True)):
        second = run.evaluate(other, scope)
    return either([first, second])


def binary(run: Interpreter, node: SgNode, scope: Scope) -> Value:
    """`left operator right`."""
    left_node, right_node = node.field("left"), node.field("right")
    if left_node is None or right_node is None:
        return Unknown()
    operator = operator_of(node)
    left = run.evaluate(left_node, scope)
    if operator in {"&&", "||", "??"}:
        return _shortened(run, operator, left, left_node, right_node, scope)
    right = run.evaluate(right_node, scope)
    if operator == "+":
        return _sum(left, right)
    return computed(operator, left, right)


def _shortened(
    run: Interpreter, operator: str, left: Value, left_node: SgNode, right_node: SgNode, scope: Scope
) -> Value:
    known = truth(left)
    if operator == "??" and known is not None:
        known = not isinstance(left, Absent) and left != UNDEFINED
    takes_right = operator == "&&"
    if known is not None:
        if known is not takes_right:
            return left
        right = run.evaluate(right_node, scope)
        # `token || ""` is as absent as the token, though not undefined
        return Absent() if isinstance(left, Absent) and _is_empty(right) else right
    with run.under(condition_of(left_node, scope, negated=not takes_right)):
        right = run.evaluate(right_node, scope)
    if takes_right and truth(right) is False:
        return right if isinstance(right, Absent) else NO  # whatever the left side is
    if not takes_right and truth(right) is True and isinstance(right, Constant) and right.value is True:
        return YES
    return either([left, right])


def _is_empty(value: Value) -> bool:
    if isinstance(value, Record):
        return not value.entries and value.made_by is None
    return isinstance(value, Constant) and not value.value


def _sum(left: Value, right: Value) -> Value:
    if isinstance(left, Absent) or isinstance(right, Absent):
        return Absent()
    if isinstance(left, Constant) and isinstance(right, Constant):
        one, other = left.value, right.value
        if isinstance(one, int | float) and isinstance(other, int | float):
            return Constant(one + other)
    if any(isinstance(side, Pieces) or _is_text(side) for side in (left, right)):
        return joined_text([settled_text(left), settled_text(right)])
    return Unknown()


def _is_text(value: Value) -> bool:
    held = value.options if isinstance(value, Either) else [value]
    return any(isinstance(one, Constant) and isinstance(one.value, str) for one in held)


def settled_text(value: Value) -> Value:
    """Of a value that may be a constant or something unknown (`process.env.X || "/api"`), the constant."""
    if isinstance(value, Either):
        constants = [one for one in value.options if text_of(one) is not None]
        if len(constants) == 1:
            return constants[0]
    return value


def computed(operator: str, left: Value, right: Value) -> Value:
    """A comparison of values."""
    if operator in {"==", "===", "!=", "!=="}:
        same = equal(left, right)
        return Unknown() if same is None else Constant(same is operator.startswith("="))
    if operator == "instanceof":
        known = is_instance(left, right)
        return Unknown() if known is None else Constant(known)
    if isinstance(left, Absent) or isinstance(right, Absent):
        # A comparison with what was not sent is false, whichever it is (NaN), membership too
        return NO
    if operator == "in":
        name = text_of(left)
        if isinstance(right, Record) and right.complete and name is not None:
            return Constant(name in right.entries)
        return Unknown()
    if isinstance(left, Constant) and isinstance(right, Constant):
        return _compared(operator, left.value, right.value)
    return Unknown()


def _compared(operator: str, left: object, right: object) -> Value:
    if not isinstance(left, int | float) or not isinstance(right, int | float):
        return Unknown()
    table: Mapping[str, Callable[[float, float], float | bool]] = {
        "<": lambda a, b: a < b,
        ">": lambda a, b: a > b,
        "<=": lambda a, b: a <= b,
        ">=": lambda a, b: a >= b,
        "-": lambda a, b: a - b,
        "*": lambda a, b: a * b,
    }
    found = table.get(operator)
    return Constant(found(left, right)) if found is not None else Unknown()


def equal(left: Value, right: Value) -> bool | None:
    """Whether two values are equal; None where that is not known."""
    for one, other in ((left, right), (right, left)):
        if isinstance(one, Absent):
            return other == UNDEFINED or isinstance(other, Absent)
        if one == UNDEFINED and isinstance(
            other, Present | Items | Record | Closure | Native | ClassValue | Regex | Pieces
        ):
            return False
    if isinstance(left, Constant) and isinstance(right, Constant):
        return left.value == right.value
    if isinstance(left, Native | Record | Items | Closure | ClassValue) and left is right:
        return True
    return None


def augmented(run: Interpreter, operator: str, held: Value, value: Value) -> Value:
    """`a += b`, `a ||= b`."""
    del run
    if operator == "+=":
        return _sum(held, value)
    if operator in {"||=", "??="}:
        known = truth(held)
        if known is None:
            return either([held, value])
        return held if known else value
    return Unknown()


def unary(run: Interpreter, node: SgNode, scope: Scope) -> Value:
    """`!a`, `typeof a`, `-a`, `void a`."""
    inner = node.field("argument")
    value = run.evaluate(inner, scope) if inner is not None else UNDEFINED
    operator = operator_of(node)
    if operator == "!":
        known = truth(value)
        return Unknown() if known is None else Constant(not known)
    if operator == "typeof":
        return _type_name(value)
    if operator == "-" and isinstance(value, Constant) and isinstance(value.value, int | float):
        return Constant(-value.value)
    return UNDEFINED if operator == "void" else Unknown()


def _type_name(value: Value) -> Value:
    match value:
        case Constant(value=None) | Absent():
            return Constant("undefined")
        case Constant(value=bool()):
            return Constant("boolean")
        case Constant(value=str()) | Pieces():
            return Constant("string")
        case Constant():
            return Constant("number")
        case Closure() | ClassValue():
            return Constant("function")
        case Record() | Items() | Regex():
            return Constant("object")
        case _:
            return Unknown()


def is_instance(value: Value, cls: Value) -> bool | None:
    """`value instanceof cls`."""
    if isinstance(value, Constant | Absent):
        return False
    held = value.made_by if isinstance(value, Record) else None
    while isinstance(held, ClassValue):
        if isinstance(cls, ClassValue) and held.node == cls.node:
            return True
        held = held.base
    if isinstance(value, Record) and isinstance(cls, ClassValue) and value.made_by is not None:
        return False
    if isinstance(cls, Package) and cls == Package("", "Array"):
        return isinstance(value, Items) if isinstance(value, Items | Record | Called) else None
    return None
