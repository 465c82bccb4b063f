"""Queries that are put together from text: SQL, and objects of the caller's as filters of MongoDB."""

import re
from collections.abc import Iterator

from ast_grep_py import SgNode

from launchready.model.source import HitKind
from launchready.source.script.flows.following import Flows
from launchready.source.script.flows.sources import Mode, Origin
from launchready.source.script.nodes import object_entries, unwrapped
from launchready.source.script.reading import Reading
from launchready.source.script.sinks.base import (
    Called,
    Sink,
    calls_of,
    flow_of,
    is_open,
    property_of,
    static_text,
)

# Take SQL whatever it looks like
_RAW = frozenset({
    "$queryRawUnsafe", "$executeRawUnsafe", "queryRawUnsafe", "executeRawUnsafe", "whereRaw", "orWhereRaw",
    "andWhereRaw", "orderByRaw", "havingRaw", "joinRaw", "groupByRaw", "fromRaw", "selectRaw",
})  # fmt: skip
_QUERYING = frozenset({
    "query", "execute", "raw", "unsafe", "literal", "exec", "run", "get", "all", "prepare", "one", "any",
    "none", "many", "oneOrNone", "manyOrNone", "queryOne", "each", "batch",
})  # fmt: skip
_BUILDING = frozenset({"where", "andWhere", "orWhere", "having", "andHaving", "orHaving"})
_SQL = re.compile(
    r"\bselect\b[\s\S]+\bfrom\b|\binsert\s+into\b|\bupdate\b[\s\S]+\bset\b|\bdelete\s+from\b|\border\s+by\b|\bdrop\s+\w+\b"
    r"|\b(?:create|alter)\s+(?:table|index|view|database|schema|role|user)\b|\btruncate\b|\bwhere\s+[\w.\"`]+\s*(?:=|<|>|in\b|like\b|ilike\b)",
    re.IGNORECASE,
)
_CONDITION = re.compile(r"(?:=|<|>|\bin\b|\bi?like\b|\bbetween\b)\s*\(?\s*['\"]?%?\x00", re.IGNORECASE)
_PLACEHOLDERS = re.compile(r"placeholder|bind|^values$|paramIndex|^\$?idx$|^i$", re.IGNORECASE)
_MESSAGE = "SQL is put together from text that {who}"
_FIX = "Pass the values as parameters of the query; choose names of columns from a fixed list"
_FINDING = frozenset({
    "find", "findOne", "findOneAndUpdate", "findOneAndDelete", "findOneAndRemove", "findOneAndReplace",
    "updateOne", "updateMany", "deleteOne", "deleteMany", "countDocuments", "exists", "replaceOne",
})  # fmt: skip


def sql_sinks(reading: Reading, flows: Flows) -> Iterator[Sink]:
    """SQL with anything in it that is not constant."""
    for call in calls_of(reading):
        if not call.arguments:
            continue
        text = call.arguments[0]
        if call.method in _RAW or _is_raw(call):
            yield from _sql(reading, flows, call.node, text, sure=True)
        elif call.method in _QUERYING and call.name not in {"regex.exec", "JSON.get"}:
            held = property_of(text, "sql") or property_of(text, "text") or text
            yield from _sql(reading, flows, call.node, held, sure=False)
        elif call.method in _BUILDING and _is_put_together(reading, text):
            yield from _sql(reading, flows, call.node, text, sure=True)


def _is_put_together(reading: Reading, text: SgNode) -> bool:
    """A condition of a query builder with something in it."""
    is_text = unwrapped(text).kind() in {"template_string", "binary_expression"}
    return is_text and _CONDITION.search(static_text(reading, text)) is not None


def _is_raw(call: Called) -> bool:
    return call.name in {
        "sql.raw",
        "Prisma.raw",
        "knex.raw",
        "sequelize.literal",
        "Sequelize.literal",
        "db.raw",
    }


def _sql(reading: Reading, flows: Flows, node: SgNode, text: SgNode, *, sure: bool) -> Iterator[Sink]:
    if unwrapped(text).kind() in {
        "string",
        "arrow_function",
        "function_expression",
        "object",
        "number",
        "regex",
    }:
        return
    origin = flows.origin(text, Mode.TEXT)
    if not is_open(origin):
        return
    held = static_text(reading, text)
    if not sure and not _SQL.search(held):
        return
    if not origin & Origin.REQUEST and (
        (not _SQL.search(held) and held.strip("\x00 ") == "") or _only_placeholders(text)
    ):
        return  # a query that is handed through whole is judged where it is made
    who = "the caller sent" if origin & Origin.REQUEST else "is not constant"
    yield Sink(
        kind=HitKind.SQL,
        rule="sql-from-text",
        message=_MESSAGE.format(who=who),
        fix=_FIX,
        node=node,
        flow=flow_of(origin),
        certain=bool(origin & Origin.REQUEST),
    )


def _only_placeholders(text: SgNode) -> bool:
    """Whether all that is put in are lists of placeholders, by their names."""
    parts = unwrapped(text).find_all(kind="template_substitution")
    names = [one.text()[2:-1].strip() for one in parts]
    return bool(names) and all(_PLACEHOLDERS.search(name) for name in names)


# ------------------------------------------------------------------------------------------------ MongoDB


def nosql_sinks(reading: Reading, flows: Flows) -> Iterator[Sink]:
    """Objects that the caller shaped as filters; code in `$where`."""
    for call in calls_of(reading):
        if call.method in _FINDING and call.arguments and _is_document_store(reading, call):
            yield from _filter(flows, call)
    if not reading.has("$where"):
        return
    for pair in reading.nodes("pair"):
        key, value = pair.field("key"), pair.field("value")
        if key is None or value is None or key.text().strip("'\"") != "$where":
            continue
        origin = flows.origin(value, Mode.TEXT)
        if is_open(origin):
            yield Sink(
                kind=HitKind.NOSQL,
                rule="nosql-where-code",
                message="$where runs text as code in the database"
                + (", and the caller sent it" if origin & Origin.REQUEST else ""),
                fix="Compare fields with operators such as $eq instead of $where",
                node=pair,
                flow=flow_of(origin),
                certain=bool(origin & Origin.REQUEST),
            )


def _is_document_store(reading: Reading, call: Called) -> bool:
    """Whether a call is one of MongoDB's or Mongoose's: others have `where`, and check types themselves."""
    if any(
        property_of(call.arguments[0], name) is not None
        for name in ("where", "include", "attributes", "order")
    ):
        return False
    if reading.has("sequelize", "Sequelize", "typeorm", "@prisma", "objection"):
        return False
    called = call.node.field("function")
    owner = unwrapped(called).field("object") if called is not None else None
    text = owner.text() if owner is not None else ""
    last = text.rpartition(".")[2]
    return (
        last[:1].isupper()
        or last.endswith(("Model", "Collection"))
        or ".collection(" in text
        or "db." in text
    )


def _filter(flows: Flows, call: Called) -> Iterator[Sink]:
    held = unwrapped(call.arguments[0])
    if held.kind() in {"arrow_function", "function_expression", "string"}:
        return
    if held.kind() != "object":
        if flows.origin(held, Mode.OBJECT) & Origin.REQUEST:
            yield _nosql(call.node, "nosql-filter", "the filter is an object that the caller sent")
        return
    for key, value in object_entries(held):
        if key.startswith("$") or unwrapped(value).kind() in {"object", "array"}:
            continue
        if flows.origin(value, Mode.OBJECT) & Origin.REQUEST:
            message = f"the value of {key} in the filter may be an object with operators that the caller sent"
            yield _nosql(call.node, "nosql-value", message)
            return


def _nosql(node: SgNode, rule: str, message: str) -> Sink:
    return Sink(
        kind=HitKind.NOSQL,
        rule=rule,
        message=message[0].upper() + message[1:],
        fix="Check the type of each value (a schema, or String(value)) before it goes into the filter",
        node=node,
        flow=flow_of(Origin.REQUEST),
        certain=False,
    )
