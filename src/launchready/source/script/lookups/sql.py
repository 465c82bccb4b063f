"""Queries that are written as SQL, with values beside them."""

import re
from collections.abc import Mapping

from ast_grep_py import SgNode

from launchready.model.source import LookupAction
from launchready.source.script.lookups.found import Query, Term, entry, resolved, text_in
from launchready.source.script.nodes import unwrapped
from launchready.source.script.reading import Reading

_METHODS = frozenset({
    "query", "execute", "one", "oneOrNone", "any", "none", "many", "manyOrNone", "run", "get", "all", "raw",
    "first", "$queryRawUnsafe", "$executeRawUnsafe", "exec", "queryOne", "prepare",
})  # fmt: skip
_TABLE = re.compile(
    r"\b(?:FROM|UPDATE|DELETE\s+FROM)\s+(?:ONLY\s+)?[\"`\[]?(?:\w+[\"`\]]?\.[\"`\[]?)?(\w+)", re.IGNORECASE
)
_WHERE = re.compile(r"\bWHERE\b(.*)", re.IGNORECASE | re.DOTALL)
_TERM = re.compile(r"([\w.\"`]+)\s*(?:=|\bIN\b|=\s*ANY)\s*\(?\s*(\$\d+|\?|[:@]\w+|\$\w+|\x00)", re.IGNORECASE)
_STARTS: Mapping[str, LookupAction] = {
    "select": LookupAction.READ,
    "update": LookupAction.UPDATE,
    "delete": LookupAction.DELETE,
}


def sql_query(reading: Reading, call: SgNode, name: str, given: list[SgNode]) -> Query | None:
    """A call that is given SQL as a plain string, and the values of its placeholders."""
    if name not in _METHODS or not given:
        return None
    held = resolved(reading, given[0])
    text = text_in(held)
    values = list(given[1:])
    if text is None and held.kind() == "object":  # { text, values }
        inner = entry(held, "text", "sql")
        text = text_in(resolved(reading, inner)) if inner is not None else None
        holder = entry(held, "values", "args")
        values = [holder] if holder is not None else []
    if text is None or not _TABLE.search(text) or not _WHERE.search(text):
        return None
    if name == "prepare":
        values = _later(call)
    terms = _with_values(reading, text, values)
    return _query(call, text, terms) if terms else None


def tagged_query(call: SgNode, template: SgNode, values: list[SgNode]) -> Query | None:
    """SQL in a tagged template, whose values are bound by the tag."""
    text = "".join(
        "\x00" if one.kind() == "template_substitution" else one.text() for one in template.named_children()
    )
    where = _WHERE.search(text)
    if where is None or not _TABLE.search(text):
        return None
    before = text[: where.start(1)].count("\x00")
    found = [match.start() for match in re.finditer("\x00", where[1])]
    terms = [
        Term(key=_column(match[1]), value=values[before + found.index(match.start(2))])
        for match in _TERM.finditer(where[1])
        if match[2] == "\x00" and before + found.index(match.start(2)) < len(values)
    ]
    return _query(call, text, terms) if terms else None


def _query(call: SgNode, text: str, terms: list[Term]) -> Query | None:
    table = _TABLE.search(text)
    action = _STARTS.get(text.strip().split(None, 1)[0].lower()) if text.strip() else None
    if table is None or action is None:
        return None
    return Query(model=table[1], action=action, node=call, terms=tuple(terms))


def _with_values(reading: Reading, text: str, values: list[SgNode]) -> list[Term]:
    where = _WHERE.search(text)
    if where is None:
        return []
    held = [resolved(reading, one) for one in values]
    flat = [inner for one in held for inner in (one.named_children() if one.kind() == "array" else [one])]
    flat = [one for one in flat if one.kind() != "comment"]
    asked = text[: where.start(1)].count("?")
    terms: list[Term] = []
    for match in _TERM.finditer(where[1]):
        mark, column = match[2], _column(match[1])
        value: SgNode | None = None
        if mark == "?":
            index = asked + where[1][: match.start(2)].count("?")
            value = flat[index] if index < len(flat) else None
        elif mark[1:].isdigit():
            value = flat[int(mark[1:]) - 1] if 0 < int(mark[1:]) <= len(flat) else None
        elif held:
            value = next((found for one in held if (found := _named(one, mark[1:])) is not None), None)
        if value is not None:
            terms.append(Term(key=column, value=value))
    return terms


def _named(held: SgNode, name: str) -> SgNode | None:
    inner = entry(held, "replacements", "bind", "parameters")
    return entry(unwrapped(inner), name) if inner is not None else entry(held, name)


def _later(call: SgNode) -> list[SgNode]:
    """The values of `db.prepare("…").get(id)`."""
    around = call.parent()
    above = around.parent() if around is not None and around.kind() == "member_expression" else None
    if above is None or above.kind() != "call_expression":
        return []
    held = above.field("arguments")
    return [one for one in held.named_children() if one.kind() != "comment"] if held is not None else []


def _column(text: str) -> str:
    return text.strip('"`').replace('"', "").rpartition(".")[2]
