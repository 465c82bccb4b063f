"""Conditions of queries that are written as text (SQL) or as mappings (MongoDB)."""

import ast
import re
from collections.abc import Iterator

from launchready.source.python.flows.values import HOLES, NOTHING, Value
from launchready.source.python.lookups.terms import Peek, Term, text_of

SQL_METHODS = frozenset({
    "execute", "fetch_one", "fetch_all", "fetch_val", "fetchrow", "fetchval", "fetch", "fetchone", "fetchall", "raw",
    "query", "query_one", "one", "iterate", "scalar", "exec", "run",
})  # fmt: skip
MONGO_METHODS = frozenset({
    "find_one", "find",
    "find_one_and_update", "find_one_and_delete", "find_one_and_replace", "update_one", "update_many",
    "delete_one", "delete_many", "replace_one", "count_documents", "find_one_or_404",
})  # fmt: skip
_STATEMENT = re.compile(r"^\s*\(?\s*(select|update|delete|with)\b", re.IGNORECASE)
_TABLE = re.compile(r"\b(?:from|update|into)\s+[\"`\[]?([\w.]+)", re.IGNORECASE)
_WHERE = re.compile(r"\bwhere\b(.*)", re.IGNORECASE | re.DOTALL)
_CONDITION = re.compile(
    r"[\"`\[]?(?:\w+[\"`\]]?\.[\"`\[]?)?(\w+)[\"`\]]?\s*(?:=|\bin\b)\s*\(?\s*"
    r"(%s|%\((\w+)\)s|\?|:(\w+)|\$(\d+)|'?[\x00\x01\x02]'?)",
    re.IGNORECASE,
)
_PLACEHOLDER = re.compile(r"%s|%\(\w+\)s|\?(?!\?)|(?<!:):[a-zA-Z_]\w*|\$\d+")
_HOLE = re.compile(f"[{HOLES}]")
_LONGEST = 2_000


class RawQuery:
    """A query that is written as text: its table, its action, and its conditions with what they are compared with."""

    def __init__(self, text: str) -> None:
        self.text = text[:_LONGEST]

    @property
    def is_query(self) -> bool:
        """Whether the text asks for, changes or deletes rows."""
        return _STATEMENT.match(self.text) is not None

    @property
    def table(self) -> str:
        """The first table that is named."""
        match = _TABLE.search(self.text)
        return match[1] if match is not None else ""

    @property
    def action(self) -> str:
        """What it does with the rows: read, update, delete."""
        match = _STATEMENT.match(self.text)
        word = match[1].lower() if match is not None else ""
        return word if word in {"update", "delete"} else "read"

    def terms(self, parameters: list[ast.expr], peek: Peek, holes: Value) -> Iterator[Term]:
        """Its conditions. What stands in a hole is known as one value, `holes`."""
        where = _WHERE.search(self.text)
        if where is None:
            return
        before = len(_PLACEHOLDER.findall(self.text[: where.start(1)]))
        for match in _CONDITION.finditer(where[1]):
            column, mark = match[1], match[2]
            if any(hole in mark for hole in HOLES):
                yield Term(column=column, value=holes, text=_HOLE.sub("…", match[0]).strip())
                continue
            named = match[3] or match[4]
            index = before + len(_PLACEHOLDER.findall(where[1][: match.start(2)]))
            if match[5]:
                index = int(match[5]) - 1
            node = _parameter(parameters, named, index)
            if node is not None:
                yield Term(column=column, value=peek(node), text=f"{column} = {text_of(node)}")


def _parameter(parameters: list[ast.expr], named: str | None, index: int) -> ast.expr | None:
    """The expression that fills a placeholder, by its name or its number."""
    if len(parameters) == 1 and isinstance(parameters[0], ast.Tuple | ast.List | ast.Dict):
        inner = parameters[0]
        if isinstance(inner, ast.Dict):
            for key, value in zip(inner.keys, inner.values, strict=True):
                if isinstance(key, ast.Constant) and key.value == named:
                    return value
            return None
        return inner.elts[index] if index < len(inner.elts) else None
    if named and len(parameters) == 1 and isinstance(parameters[0], ast.Call):
        return next((one.value for one in parameters[0].keywords if one.arg == named), None)
    return parameters[index] if index < len(parameters) else None


def mongo_terms(node: ast.expr, peek: Peek) -> Iterator[Term]:
    """Conditions of a filter that is written as a mapping."""
    if not isinstance(node, ast.Dict):
        return
    for key, value in zip(node.keys, node.values, strict=True):
        if not isinstance(key, ast.Constant) or not isinstance(key.value, str):
            continue
        if key.value in {"$and", "$or"} and isinstance(value, ast.List):
            for one in value.elts:
                yield from mongo_terms(one, peek)
            continue
        yield Term(column=key.value, value=_inside(value, peek), text=f"{key.value}: {text_of(value)}")


def _inside(value: ast.expr, peek: Peek) -> Value:
    """The value itself, or what `$eq` and `$in` compare with."""
    if isinstance(value, ast.Dict):
        for key, inner in zip(value.keys, value.values, strict=True):
            if isinstance(key, ast.Constant) and key.value in {"$eq", "$in", "$elemMatch"}:
                return peek(inner)
        return NOTHING
    return peek(value)
