"""Conditions of a query, as the builders of queries write them: comparisons of columns, keywords, `Q(…)`, `or_(…)`."""

import ast
import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from launchready.source.python.flows.names import leaf
from launchready.source.python.flows.values import CALLER, OWNED, Value
from launchready.source.python.project import dotted_name

_LONGEST = 80
_ID = re.compile(r"^(?:id|pk|_id|uuid|uid|guid|slug|hashid|object_id|public_id|external_id)$")
_FOREIGN_ID = re.compile(r"(?:_id|_pk|_uuid|_uid|_guid|_slug)$")
_SUFFIXES = ("__exact", "__iexact", "__in", "__contains", "_id__in")
_TOGETHER = frozenset({"and_", "or_", "Q", "all_", "any_", "AND", "OR", "And", "Or"})
_ASKING = frozenset({"in_", "any", "has", "contains", "is_", "any_", "op", "overlap"})
_DEEPEST = 20


class Term(NamedTuple):
    """A condition: a column (or a path of columns) that equals a value; `column` is empty for what cannot be read."""

    column: str
    value: Value
    text: str
    name: str = ""  # of the value, where it is a plain name
    certain: bool = True  # False where the caller goes in and what becomes of it cannot be read


Peek = Callable[[ast.expr], Value]


def text_of(node: ast.AST) -> str:
    """An expression as written, in one line, cut."""
    try:
        text = ast.unparse(node)
    except (RecursionError, ValueError):
        return ""
    text = " ".join(text.split())
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def terms_of(arguments: list[ast.expr], keywords: list[ast.keyword], peek: Peek) -> Iterator[Term]:
    """The conditions that stand in a call's arguments."""
    for keyword in keywords:
        if keyword.arg is not None:
            text = f"{keyword.arg}={text_of(keyword.value)}"
            yield Term(column=keyword.arg, value=peek(keyword.value), text=text, name=_name(keyword.value))
        else:
            yield from _spread(keyword.value, peek)
    for argument in arguments:
        yield from _condition(argument, peek, 0)


def _spread(node: ast.expr, peek: Peek) -> Iterator[Term]:
    """Keywords given as a mapping: `filter(**{"pk": pk})`."""
    if isinstance(node, ast.Dict):
        for key, value in zip(node.keys, node.values, strict=True):
            if isinstance(key, ast.Constant) and isinstance(key.value, str):
                yield Term(column=key.value, value=peek(value), text=f"{key.value}={text_of(value)}")
    else:
        held = peek(node)
        if held.flags & (CALLER | OWNED):
            yield Term(column="", value=held, text=text_of(node), certain=not held.found)


def _condition(node: ast.expr, peek: Peek, depth: int) -> Iterator[Term]:
    if depth > _DEEPEST:
        return
    match node:
        case ast.Compare(left=left, ops=[operator], comparators=[right]):
            yield from _compared(node, left, operator, right, peek)
        case ast.Call(func=ast.Attribute(value=column, attr=method), args=args, keywords=keywords) if (
            method in _ASKING and (args or keywords)
        ):
            inner = [*args, *(one.value for one in keywords)]
            name = _column(column)
            for one in inner:
                if isinstance(one, ast.Compare):
                    yield from _condition(one, peek, depth + 1)
                elif not (method == "is_" and isinstance(one, ast.Constant)):
                    yield Term(column=name, value=peek(one), text=text_of(node))
        case ast.Call(func=function, args=args, keywords=keywords) if (
            leaf(dotted_name(function)) in _TOGETHER
        ):
            yield from terms_of(args, keywords, peek) if depth == 0 else _nested(args, keywords, peek, depth)
        case ast.BinOp(left=left, op=ast.BitAnd() | ast.BitOr(), right=right):
            yield from _condition(left, peek, depth + 1)
            yield from _condition(right, peek, depth + 1)
        case ast.UnaryOp():
            return
        case ast.Starred(value=inner):
            yield from _condition(inner, peek, depth + 1)
        case _:
            held = peek(node)
            if held.flags & (CALLER | OWNED):
                yield Term(column="", value=held, text=text_of(node), certain=held.is_own_condition)


def _nested(args: list[ast.expr], keywords: list[ast.keyword], peek: Peek, depth: int) -> Iterator[Term]:
    yield from terms_of([], keywords, peek)
    for one in args:
        yield from _condition(one, peek, depth + 1)


def _compared(
    node: ast.Compare, left: ast.expr, operator: ast.cmpop, right: ast.expr, peek: Peek
) -> Iterator[Term]:
    if not isinstance(operator, ast.Eq | ast.In | ast.Is):
        return
    for column, other in ((left, right), (right, left)):
        if is_column(column) and not is_column(other):
            yield Term(column=_column(column), value=peek(other), text=text_of(node), name=_name(other))
            return
    # In a condition the column is written first: `owner_class.org == org`
    if isinstance(left, ast.Attribute) and not is_column(right) and not peek(left).flags & CALLER:
        yield Term(column=left.attr, value=peek(right), text=text_of(node))


def _name(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else ""


def is_column(node: ast.expr) -> bool:
    """Whether an expression is a column: `Item.id`, `models.Item.id`, `items.c.id`, `col(Item.id)`, `self.model.id`."""
    if isinstance(node, ast.Call) and len(node.args) == 1:
        return is_column(node.args[0])
    if not isinstance(node, ast.Attribute):
        return False
    parts = dotted_name(node).split(".")
    owners = parts[:-1]
    if any(part[:1].isupper() and not part.isupper() for part in owners):
        return not isinstance(node.value, ast.Call)
    return "c" in owners or owners[-1:] in (["model"], ["cls"], ["model_class"], ["table"], ["entity"])


def _column(node: ast.expr) -> str:
    if isinstance(node, ast.Call) and len(node.args) == 1:
        return _column(node.args[0])
    return node.attr if isinstance(node, ast.Attribute) else leaf(dotted_name(node))


def model_of_column(node: ast.expr) -> str:
    """The model that a column belongs to: `Item` of `models.Item.id`."""
    if isinstance(node, ast.Call) and node.args:
        return model_of_column(node.args[0])
    return leaf(dotted_name(node).rpartition(".")[0])


def plain_column(column: str) -> str:
    """A column without the lookup that Django lets follow: `id` of `id__in`."""
    for suffix in _SUFFIXES:
        column = column.removesuffix(suffix)
    return column


def is_id(column: str) -> bool:
    """Whether a column is an object's own id."""
    return _ID.match(plain_column(column)) is not None


def is_code(column: str) -> bool:
    """Whether a column may be an object's own id under another name; it is, if what it is compared with is a UUID."""
    return plain_column(column) in {"code", "key", "ref", "reference", "number", "identifier"}


def is_foreign_id(column: str) -> bool:
    """Whether a column is the id of another object: `post_id`, `author__uuid`."""
    plain = plain_column(column)
    last = plain.rpartition("__")[2]
    return _FOREIGN_ID.search(plain) is not None or ("__" in plain and _ID.match(last) is not None)
