"""Queries put together from text, and queries that the caller's object is (INP-05; CWE-89, CWE-943)."""

import ast
import re
from collections.abc import Callable, Iterator, Mapping

from launchready.model.source import Flow, HitKind
from launchready.source.python.flows.names import leaf
from launchready.source.python.flows.scopes import Seen
from launchready.source.python.flows.values import BUILT, HOLE, OBJECT, RISKY_HOLE, Value
from launchready.source.python.lookups.raw import MONGO_METHODS
from launchready.source.python.project import dotted_name
from launchready.source.python.sinks.rules import Hit, Site, argument, is_sure, keyword

_SQL = re.compile(
    r"\b(?:select\b.*\bfrom|insert\s+into|update\b.*\bset|delete\s+from|create\s+(?:table|index|view|user|role|database|schema)|"
    r"alter\s+(?:table|user|role|database)|drop\s+(?:table|index|view|user|role|database|schema)|truncate|grant|where\b|"
    r"order\s+by|union\s+(?:all\s+)?select|limit\s|set\s+(?:role|session|local)|pragma|copy\b.*\bfrom|call\s+\w+|with\s+\w+\s+as|"
    r"show\s+\w+|vacuum|analyze|explain|begin|reassign|refresh\s+materialized)",
    re.IGNORECASE | re.DOTALL,
)
# What stands before a value; before the name of a table or a column stand other words
_BEFORE_VALUE = re.compile(r"(?:=|[<>]|\blike|\bin\s*\(|\bvalues\s*\([^)]*|\bbetween)\s*$", re.IGNORECASE)
_DATABASES = (
    "sqlite3", "aiosqlite", "psycopg", "psycopg2", "asyncpg", "pymysql", "MySQLdb", "mysql", "sqlalchemy", "sqlmodel",
    "django", "databases", "flask_sqlalchemy", "peewee", "tortoise", "pyodbc", "cx_Oracle", "oracledb", "snowflake",
    "duckdb", "clickhouse_driver", "clickhouse_connect", "pymssql", "records", "pandas", "aiomysql",
)  # fmt: skip
_CONNECTIONS = re.compile(
    r"(?:cur|cursor|conn|connection|db|database|session|engine|con|tx|transaction|sql)\w*$", re.IGNORECASE
)
_MONGO = ("pymongo", "motor", "mongoengine", "flask_pymongo", "beanie", "odmantic", "umongo")
_FILTERS = MONGO_METHODS | {"aggregate", "distinct", "find_and_modify", "count"}
_FIX = "Write the query as one constant text and pass the values as parameters"


def _sql(site: Site, seen: Seen) -> Iterator[Hit]:
    held = argument(seen, 0, "sql", "query", "statement", "clause", "text", "operation")
    if held.is_constant:
        return
    name = leaf(seen.name)
    if name in {"text", "RawSQL", "literal_column", "SQL"} and not _says_sql(site, seen):
        return
    text = held.pattern
    if held.dangerous and _is_query(site, seen, text, whole=not held.flags & BUILT):
        yield _hit(seen, Flow.REQUEST, certain=is_sure(held))
    elif not held.dangerous and held.varies and held.flags & BUILT and _SQL.search(text) and _has_value(text):
        yield _hit(seen, Flow.VARIABLE, certain=False)


def _has_value(text: str) -> bool:
    """Whether a hole stands where a value does: between quotes, or behind a comparison."""
    quotes = 0
    for at, character in enumerate(text):
        if character == "'":
            quotes += 1
        elif character in {HOLE, RISKY_HOLE} and (
            quotes % 2 or _BEFORE_VALUE.search(text[max(0, at - 80) : at])
        ):
            return True
    return False


def _says_sql(site: Site, seen: Seen) -> bool:
    """Whether `text(…)` is the one of a database package, not of another."""
    if isinstance(seen.node.func, ast.Name):
        return seen.name.startswith(_DATABASES)
    return site.names.has(*_DATABASES)


def _is_query(site: Site, seen: Seen, text: str, *, whole: bool) -> bool:
    """Whether a text is a query: it reads like one, or goes whole to something that only takes queries."""
    if not whole:
        return _SQL.search(text) is not None
    receiver = dotted_name(seen.node.func).rpartition(".")[0]
    return site.names.has(*_DATABASES) and (
        _CONNECTIONS.search(receiver) is not None or leaf(seen.name) in {"text", "RawSQL"}
    )


def _hit(seen: Seen, flow: Flow, *, certain: bool) -> Hit:
    who = "what the caller sent" if flow is Flow.REQUEST else "a variable"
    return Hit(
        kind=HitKind.SQL,
        rule="python-sql-text",
        message=f"The text of an SQL query is put together with {who}",
        node=seen.node,
        fix=_FIX,
        flow=flow,
        certain=certain,
    )


def _extra(_site: Site, seen: Seen) -> Iterator[Hit]:
    """`QuerySet.extra(where=[…])`."""
    for name in ("where", "select", "tables", "order_by"):
        held = seen.keywords.get(name)
        if held is not None and held.dangerous:
            yield _hit(seen, Flow.REQUEST, certain=is_sure(held))


def _mongo(site: Site, seen: Seen) -> Iterator[Hit]:
    receiver = dotted_name(seen.node.func).rpartition(".")[0].lower()
    if not site.names.has(*_MONGO) and "mongo" not in receiver and "mongo" not in seen.receiver.made.lower():
        return
    node = seen.node.args[0] if seen.node.args else keyword(seen.node, "filter", "query")
    held = argument(seen, 0, "filter", "query")
    if node is None:
        return
    if held.dangerous and held.flags & OBJECT:
        yield Hit(
            kind=HitKind.NOSQL,
            rule="python-nosql-object",
            message="An object that the caller sent becomes a condition of a MongoDB query, operators included",
            node=seen.node,
            fix="Take the value out as text or number (str(…), or a schema) before it goes into the query",
            flow=Flow.REQUEST,
            certain=is_sure(held),
        )
    yield from _where(seen, node, held)


def _where(seen: Seen, node: ast.expr, held: Value) -> Iterator[Hit]:
    named = isinstance(node, ast.Dict) and any(
        isinstance(key, ast.Constant) and key.value in {"$where", "$function"} for key in node.keys
    )
    if named and held.varies:
        yield Hit(
            kind=HitKind.NOSQL,
            rule="python-nosql-where",
            message="Program text for MongoDB ($where) is put together with a variable",
            node=seen.node,
            fix="Ask with plain conditions instead of $where",
            flow=Flow.REQUEST if held.dangerous else Flow.VARIABLE,
            certain=is_sure(held),
        )


QUERY_RULES: Mapping[str, Callable[[Site, Seen], Iterator[Hit]]] = {
    **dict.fromkeys(
        (
            "execute", "executemany", "executescript", "raw", "RawSQL", "text", "read_sql", "read_sql_query", "fetch",
            "fetchrow", "fetchval", "fetch_all", "fetch_one", "fetch_val", "execute_sql", "exec_driver_sql", "scalar",
            "literal_column", "SQL", "exec", "scalars",
        ),
        _sql,
    ),
    "extra": _extra,
    **dict.fromkeys(_FILTERS, _mongo),
}  # fmt: skip
