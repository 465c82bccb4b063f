"""Queries as the usual libraries write them: Prisma, Mongoose, Sequelize, TypeORM, Drizzle, Knex, supabase-js, SQL."""

import re
from collections.abc import Iterator, Mapping

from ast_grep_py import SgNode

from launchready.model.source import LookupAction
from launchready.source.code.guards import words_of
from launchready.source.script.lookups.found import (
    Query,
    Step,
    Term,
    chain_of,
    entry,
    is_outermost,
    resolved,
    substituted,
    terms_of,
    text_in,
)
from launchready.source.script.lookups.sql import sql_query, tagged_query
from launchready.source.script.nodes import CLASSES, arguments_of, dotted_name, object_entries, unwrapped
from launchready.source.script.reading import Reading

READ, UPDATE, DELETE = LookupAction.READ, LookupAction.UPDATE, LookupAction.DELETE
# By an object of conditions, under `where` or by itself
_FILTERED: Mapping[str, LookupAction] = {
    **dict.fromkeys((
        "findUnique", "findUniqueOrThrow", "findFirst", "findFirstOrThrow", "findOne", "findOneOrFail", "findOneBy",
        "findOneByOrFail", "findOneOrThrow", "exists", "existsBy", "find",
    ), READ),
    **dict.fromkeys((
        "findOneAndUpdate", "updateOne", "replaceOne", "findOneAndReplace", "update", "updateMany", "upsert",
    ), UPDATE),
    **dict.fromkeys((
        "findOneAndDelete", "findOneAndRemove", "deleteOne", "destroy", "delete", "deleteMany", "softDelete",
        "nativeDelete",
    ), DELETE),
}  # fmt: skip
_ONLY_WITH_WHERE = frozenset(
    {"update", "updateMany", "upsert", "destroy", "delete", "deleteMany", "findFirst", "findUnique"}
)
# By the id itself
_BY_ID: Mapping[str, LookupAction] = {
    "findById": READ, "findByPk": READ, "findByPrimaryKey": READ, "findOneById": READ, "findByIdOrFail":
    READ, "findByIdAndUpdate": UPDATE, "findByIdAndReplace": UPDATE, "patchAndFetchById": UPDATE,
    "updateAndFetchById": UPDATE, "findByIdAndDelete": DELETE, "findByIdAndRemove": DELETE, "deleteById":
    DELETE, "findOrFail": READ,
}  # fmt: skip
_ON_REPOSITORY: Mapping[str, LookupAction] = {
    "update": UPDATE, "delete": DELETE, "softDelete": DELETE, "findOne": READ, "findOneOrFail": READ,
    "restore": UPDATE, "findOneBy": READ,
}  # fmt: skip
_STORES = frozenset({"repository", "repo", "repositories", "model", "collection", "dao", "entity"})
_NO_STORES = frozenset(
    {"service", "usecase", "client", "api", "controller", "handler", "cache", "redis", "axios", "http"}
)
_GENERIC = frozenset(
    {
        "this",
        "model",
        "repository",
        "repo",
        "collection",
        "MongooseModel",
        "ormRepository",
        "_model",
        "entity",
    }
)
_SUFFIX = re.compile(r"(?:Model|Repository|Repo|Collection|Entity|Dao)$")
_CHANGES: Mapping[str, LookupAction] = {
    "update": UPDATE, "set": UPDATE, "patch": UPDATE, "updateTable": UPDATE, "increment": UPDATE,
    "decrement": UPDATE, "delete": DELETE, "del": DELETE, "remove": DELETE, "deleteFrom": DELETE,
    "softDelete": DELETE,
}  # fmt: skip
_CONDITIONS = frozenset({
    "where", "andWhere", "eq", "match", "filter", "findById", "whereId", "in", "deleteById",
    "patchAndFetchById", "findOne",
})  # fmt: skip
_TABLES = frozenset(
    {
        "from",
        "into",
        "selectFrom",
        "updateTable",
        "deleteFrom",
        "table",
        "update",
        "delete",
        "getRepository",
        "collection",
    }
)
_NAMED_PARAMETER = re.compile(r"([\w.\"`]+)\s*(?:=|IN)\s*\(?\s*:(?:\.\.\.)?(\w+)", re.IGNORECASE)


def queries_in(reading: Reading) -> Iterator[Query]:
    """The queries of a file that name an object by conditions."""
    for call in reading.nodes("call_expression"):
        called = call.field("function")
        inner = unwrapped(called) if called is not None else None
        if inner is None:
            continue
        held = call.field("arguments")
        if held is not None and held.kind() == "template_string":
            found = _tagged(call, inner, held)
        elif inner.kind() == "member_expression":
            found = _method(reading, call, inner)
        else:
            found = None
        if found is not None:
            yield found
        if is_outermost(call) and inner.kind() == "member_expression":
            built = _built(reading, call)
            if built is not None:
                yield built


# ------------------------------------------------------------------------------------------------ one call


def _method(reading: Reading, call: SgNode, called: SgNode) -> Query | None:
    owner, named = called.field("object"), called.field("property")
    if owner is None or named is None:
        return None
    name, given = named.text(), arguments_of(call)
    raw = sql_query(reading, call, name, given)
    if raw is not None:
        return raw
    if not given:
        return None
    model = model_name(owner)
    if name in _BY_ID and _is_store(owner):
        return _by_id(call, model, _BY_ID[name], given)
    if name in _FILTERED:
        return _filtered(reading, call, owner, name, given)
    return None


def _by_id(call: SgNode, model: str, action: LookupAction, given: list[SgNode]) -> Query | None:
    if given[0].kind() == "object":
        return None
    return Query(model=model, action=action, node=call, terms=(Term(key="id", value=given[0]),))


def _filtered(reading: Reading, call: SgNode, owner: SgNode, name: str, given: list[SgNode]) -> Query | None:
    model, first = model_name(owner), given[0]
    if _is_entity(first) and len(given) > 1:  # manager.findOne(Post, { … })
        model, first, given = first.text(), given[1], given[1:]
    held = resolved(reading, first)
    where = entry(held, "where")
    if where is None and len(given) > 1:  # Model.update(values, { where })
        where = entry(resolved(reading, given[1]), "where")
    if where is not None:
        return _with_conditions(reading, call, model, _FILTERED[name], where)
    if _repository_by_id(owner, name, held):
        return _by_id(call, model, _ON_REPOSITORY[name], [first])
    if name in _ONLY_WITH_WHERE and not (name in _ON_REPOSITORY and _is_repository(owner)):
        return None
    if held.kind() != "object" or set(words_of(dotted_name(owner).rpartition(".")[2])) & _NO_STORES:
        return None
    return _with_conditions(reading, call, model, _FILTERED[name], held)


def _with_conditions(
    reading: Reading, call: SgNode, model: str, action: LookupAction, where: SgNode
) -> Query:
    held = resolved(reading, where)
    if held.kind() in {"call_expression", "arrow_function"}:  # where: eq(posts.id, id)
        return Query(model=model, action=action, node=call, terms=tuple(_compared(held)))
    terms, is_open = terms_of(reading, held)
    return Query(model=model, action=action, node=call, terms=tuple(terms), open=is_open)


def _repository_by_id(owner: SgNode, name: str, held: SgNode) -> bool:
    return (
        name in _ON_REPOSITORY and held.kind() not in {"object", "array", "string"} and _is_repository(owner)
    )


def _is_repository(owner: SgNode) -> bool:
    last = dotted_name(owner).rpartition(".")[2]
    return bool(set(words_of(last)) & {"repository", "repo"}) or last == "getRepository"


def _is_store(owner: SgNode) -> bool:
    """Whether something is a model or a collection, by its name: a class, or what is called so."""
    last = dotted_name(owner).rpartition(".")[2]
    words = set(words_of(last))
    if words & _NO_STORES:
        return False
    return (
        last[:1].isupper()
        or bool(words & (_STORES - {"repository", "repo", "dao"}))
        or last in {"query", "scope", "unscoped"}
    )


def _is_entity(node: SgNode) -> bool:
    return node.kind() == "identifier" and node.text()[:1].isupper()


def model_name(owner: SgNode) -> str:
    """The model that something stands for: `prisma.post` → `post`, `this.postRepository` → `post`, `Post` → `Post`."""
    node = unwrapped(owner)
    while node.kind() == "call_expression":
        given = arguments_of(node)
        if given and given[0].kind() in {"string", "identifier"}:
            text = text_in(given[0])
            if text is not None or given[0].text()[:1].isupper():
                return text if text is not None else given[0].text()
        called = node.field("function")
        if called is None:
            return ""
        node = unwrapped(called)
        if node.kind() == "member_expression":
            inner = node.field("object")
            node = unwrapped(inner) if inner is not None else node
    last = dotted_name(node).rpartition(".")[2]
    return _class_around(node) if last in _GENERIC else _SUFFIX.sub("", last) or last


def _class_around(node: SgNode) -> str:
    """The class that a query stands in, of repositories that ask `this`."""
    held = next((one for one in node.ancestors() if one.kind() in CLASSES), None)
    name = held.field("name") if held is not None else None
    return _SUFFIX.sub("", name.text()) if name is not None else ""


# ---------------------------------------------------------------------------------------------- in a chain


def _built(reading: Reading, call: SgNode) -> Query | None:
    base, steps = chain_of(call)
    if not any(step.name in _CONDITIONS for step in steps):
        return None
    model = _table(base, steps)
    if not model or any(
        step.name in {"insert", "insertInto", "upsert", "createSignedUrl", "upload"} for step in steps
    ):
        return None
    terms: list[Term] = []
    is_open = False
    for step in steps:
        inner, left = _condition(reading, step)
        terms += inner
        is_open |= left
    action = next((_CHANGES[step.name] for step in steps if step.name in _CHANGES), READ)
    guarded = _row_level(reading, base, steps)
    if not terms:
        return None
    return Query(
        model=model, action=action, node=steps[0].node, terms=tuple(terms), open=is_open, guarded=guarded
    )


def _table(base: SgNode, steps: list[Step]) -> str:
    for place, step in enumerate(steps):
        # db.update(posts).set(…), but knex("posts").update(values)
        if step.name in _TABLES and step.arguments and (place == 0 or step.name not in {"update", "delete"}):
            first = unwrapped(step.arguments[0])
            text = text_in(first)
            if text is not None or first.kind() in {"identifier", "member_expression"}:
                return text if text is not None else first.text().rpartition(".")[2]
    for step in steps:
        if step.name == "createQueryBuilder":
            text = text_in(step.arguments[0]) if step.arguments else None
            inner = unwrapped(step.node).field("function")
            owner = inner.field("object") if inner is not None else None
            return (model_name(owner) if owner is not None else "") or text or ""
        if step.name == "query" and not step.arguments:
            return base.text().rpartition(".")[2]
    if base.kind() == "call_expression":  # knex("posts")
        given = arguments_of(base)
        return (text_in(given[0]) or "") if given else ""
    return ""


def _condition(reading: Reading, step: Step) -> tuple[list[Term], bool]:
    given = list(step.arguments)
    if step.name not in _CONDITIONS or not given:
        return [], False
    if step.name in {"findById", "whereId", "deleteById", "patchAndFetchById"}:
        return [Term(key="id", value=given[0])], False
    first = unwrapped(given[0])
    column = text_in(first)
    if column is not None:
        return _by_column(column, given[1:])
    held = resolved(reading, first)
    if held.kind() == "object" and step.name != "findOne":
        return terms_of(reading, held)
    if held.kind() in {"call_expression", "arrow_function"}:
        return list(_compared(held)), False
    return [], step.name != "findOne"


def _by_column(column: str, given: list[SgNode]) -> tuple[list[Term], bool]:
    if not given:
        return [], ":" in column or "$" in column
    if ":" in column and given[0].kind() == "object":  # where("x.id = :id", { id })
        values = dict(object_entries(given[0]))
        found = [(key, values[name]) for key, name in _NAMED_PARAMETER.findall(column) if name in values]
        return [Term(key=key.strip('"`').rpartition(".")[2], value=value) for key, value in found], False
    if " " in column.strip() and "=" in column:  # whereRaw, where("id = ?", [id])
        return [Term(key=column.partition("=")[0].strip().rpartition(".")[2], value=given[0])], False
    if len(given) > 1 and text_in(given[0]) in {"=", "eq", "in", "=="}:
        return [Term(key=column.rpartition(".")[2], value=given[1])], False
    return [Term(key=column.rpartition(".")[2], value=given[0])] if len(given) == 1 else [], False


def _compared(node: SgNode) -> Iterator[Term]:
    """`eq(posts.id, id)`, also inside `and(…)` and in a function that is given the operators."""
    calls = [node] if node.kind() == "call_expression" else []
    calls += [one for one in node.find_all(kind="call_expression") if one != node]
    for call in calls:
        called = call.field("function")
        given = arguments_of(call)
        if called is None or called.text().rpartition(".")[2] not in {"eq", "inArray"}:
            continue
        if not given or given[0] == given[-1]:
            continue
        column = unwrapped(given[0])
        name = text_in(column) or column.text().rpartition(".")[2]
        yield Term(key=name, value=given[1])


def _row_level(reading: Reading, base: SgNode, steps: list[Step]) -> str:
    """What else may ask for the caller: row level security, unless the client passes by it."""
    names = {step.name for step in steps}
    if "from" not in names or not names & {"eq", "match", "filter", "in"} or names & {"where", "selectFrom"}:
        return ""
    name = base.text()
    if is_privileged(reading, name, base):
        return ""
    return "row level security"


def is_privileged(reading: Reading, name: str, node: SgNode) -> bool:
    """Whether a client of the data store was made with a key that passes by row level security."""
    if set(words_of(name)) & {"admin", "service", "privileged", "superuser"}:
        return True
    imported = reading.imports.get(name)
    if imported is not None:
        return bool(set(words_of(imported.name)) & {"admin", "service", "role"})
    for one in reading.bindings.of(name, node):
        if isinstance(one.value, SgNode) and re.search(
            r"(?i)service_?role|secret_?key|createadmin|createservice|admin", one.value.text()
        ):
            return True
    return False


# ------------------------------------------------------------------------------------------------ templates


def _tagged(call: SgNode, tag: SgNode, template: SgNode) -> Query | None:
    last = tag.text().rpartition(".")[2]
    if last.partition("<")[0] not in {"sql", "$queryRaw", "$executeRaw", "queryRaw", "SQL"}:
        return None
    return tagged_query(call, template, list(substituted(template)))
