"""Objects that are fetched by an id: SQLAlchemy, SQLModel, Django, peewee, Tortoise, MongoDB, SQL as text."""

import ast
from collections.abc import Iterable
from typing import Protocol

from launchready.source.python.flows.names import leaf
from launchready.source.python.flows.sources import names_scope
from launchready.source.python.flows.values import (
    CALLER,
    DERIVED,
    GIVEN,
    OWNED,
    STORED,
    TEXT,
    OwnerTest,
    Query,
    Value,
    line_of,
)
from launchready.source.python.lookups.raw import MONGO_METHODS, SQL_METHODS, RawQuery, mongo_terms
from launchready.source.python.lookups.terms import (
    Term,
    is_code,
    is_foreign_id,
    is_id,
    model_of_column,
    terms_of,
    text_of,
)
from launchready.source.python.project import dotted_name

_MANAGERS = ("objects", "query", "_default_manager", "_base_manager")
_STARTERS = frozenset({"select", "query", "update", "delete"})
_NARROWING = frozenset({
    "filter", "filter_by", "where", "get", "get_or_404", "get_or_none", "aget", "first_or_404", "find",
    "get_by",
})  # fmt: skip
_FETCHING = frozenset({"get", "get_or_404", "get_or_none", "aget", "first_or_404", "get_by"})
_ENDING = frozenset({
    "first", "one", "one_or_none", "scalar", "scalar_one", "scalar_one_or_none", "last", "exists", "afirst",
    "count", "first_or_404", "one_or_404", "scalars", "fetchone", "fetchall", "earliest", "latest",
    "get_or_404", "get", "aget", "unique", "to_list", "first_or_none",
})  # fmt: skip
# What raises where nothing is found
_REFUSING = frozenset(
    {"get", "aget", "get_object_or_404", "aget_object_or_404", "get_or_404", "first_or_404"}
)
_NUMBERS = frozenset({"count", "exists", "acount", "aexists"})
_BY_ID = frozenset(
    {"get", "get_or_404", "get_one", "get_one_or_none", "load", "get_object_or_404", "get_or_create"}
)
_SHORTCUTS = frozenset({
    "get_object_or_404", "aget_object_or_404", "get_object_or_none", "get_or_404", "get_list_or_404",
    "get_object_or_error", "get_document_or_404",
})  # fmt: skip
_CLASS_METHODS = frozenset({
    "get", "get_by_id", "get_or_none", "get_or_404", "filter", "find_one", "find", "get_by_pk", "find_by_id",
    "select", "update", "delete", "get_by_uuid", "one",
})  # fmt: skip
# What stands between a model's name and its conditions
_CHAIN = frozenset({
    "objects", "query", "filter", "filter_by", "where", "exclude", "select_related", "prefetch_related",
    "order_by", "options", "all", "join", "distinct", "annotate", "select_for_update", "using", "only", "defer",
    "outerjoin",
})  # fmt: skip
# What asks nothing, whatever it is given
_PLAIN = frozenset(
    {"values", "order_by", "annotate", "add_columns", "exclude", "values_list", "update", "aggregate"}
)
# Classes that hold code, not rows
_TOOLS = (
    "Service", "Services", "Repository", "Repo", "Client", "Manager", "CRUD", "Crud", "Cache", "Redis", "Settings",
    "Helper", "Factory", "DAO", "Provider", "Config", "Registry", "Store", "Session", "Enum", "Permission", "Handler",
)  # fmt: skip


class Peeking(Protocol):
    """Knows the values of expressions; `quiet` while nothing is to be noted."""

    quiet: int
    tests: tuple[ast.expr, ...]

    def peek(self, node: ast.expr) -> Value:
        """What an expression gives."""


class QueryReader:
    """Recognises queries while the expressions of a function are read, and keeps those with an id in `kept`."""

    def __init__(self, kept: list[Query], reader: Peeking) -> None:
        self._kept = kept
        self._reader = reader
        self._peek = reader.peek

    def attribute(self, node: ast.Attribute, base: Value) -> Value | None:
        """A query that an attribute begins: `Item.query`, `Item.objects`; None for any other attribute."""
        name = node.attr
        if (name in _MANAGERS or name.endswith("_objects")) and is_model(node.value, base):
            return Value(queries=(_query(node.value, line_of(node)),))
        return None

    def call(
        self, node: ast.Call, name: str, receiver: Value, args: list[Value], keywords: dict[str, Value]
    ) -> Value | None:
        """What a call gives that begins, narrows or runs a query; None for any other call."""
        method = node.func.attr if isinstance(node.func, ast.Attribute) else leaf(name)
        self._note_change(method, receiver, args)
        if receiver.queries:
            return self._on_query(node, method, receiver)
        begun = self._begun(node, method, receiver, args)
        if begun is not None:
            return begun
        held = [*args, *keywords.values()]
        queries = tuple(query for one in held for query in one.queries)
        if queries and not method[:1].isupper():
            self._note_helpers(node, method, queries, held)
            return Value(flags=TEXT | STORED, found=queries)
        return None

    def _note_change(self, method: str, receiver: Value, args: list[Value]) -> None:
        """`session.delete(item)`, `item.delete()`, `item.save()`."""
        deletes = method in {"delete", "remove", "adelete"}
        if not deletes and method not in {"save", "asave", "sqlmodel_update"}:
            return
        held = receiver.found if method != "remove" else ()  # `item.fans.remove(user)` leaves the item there
        things = held or (args[0].found if args and deletes else ())
        for one in things:
            if isinstance(one, Query) and one.action != "delete":
                one.action = "delete" if deletes else "update"

    # ---------------------------------------------------------------------------------------- steps

    def _on_query(self, node: ast.Call, method: str, receiver: Value) -> Value:
        queries = receiver.queries
        if method in _NARROWING and (node.args or node.keywords):
            made = tuple(self._narrowed(one, node, method) for one in queries)
            ended = _fetched(made)
            return ended if method in _FETCHING else Value(queries=made, found=made)
        if method in {"delete", "update", "adelete", "aupdate", "values"} and method != "values":
            for one in queries:
                one.action = "delete" if "delete" in method else "update"
        asked = [*(self._peek(one) for one in node.args), *(self._peek(one.value) for one in node.keywords)]
        if any(one.flags & (CALLER | OWNED) for one in asked) and method not in _CHAIN | _ENDING | _PLAIN:
            # `Item.objects.visible_to(user)`: what it asks stands elsewhere
            queries = tuple(self._with_helper(one, node, asked) for one in queries)
        if method in _NUMBERS:
            return Value(found=queries)
        if method in _ENDING:
            return _fetched(queries)
        return Value(queries=queries, found=queries)

    def _with_helper(self, query: Query, node: ast.Call, asked: list[Value]) -> Query:
        held = next(one for one in asked if one.flags & (CALLER | OWNED))
        child = query.narrower()
        child.checks.append(
            OwnerTest(
                value=held,
                text=f"{leaf(dotted_name(node.func))}(…)",
                line=line_of(node),
                helper=dotted_name(node.func) or "?",
                certain=False,
            )
        )
        self._keep(child)
        return child

    def _narrowed(self, query: Query, node: ast.Call, method: str) -> Query:
        terms = list(terms_of(node.args, node.keywords, self._peek))
        if method in _FETCHING and len(node.args) == 1 and not terms:
            terms = [Term(column="id", value=self._peek(node.args[0]), text=f"id = {text_of(node.args[0])}")]
        return self._with_terms(query, node, terms)

    def _with_terms(self, query: Query, node: ast.Call, terms: list[Term]) -> Query:
        """A query with more conditions: one of them the id, the others whom it may belong to."""
        child = query.narrower()
        child.line = line_of(node) if query.key is None else query.line
        own = next((one for one in terms if _is_own_id(one) and is_chosen(one.value)), None)
        foreign = next((one for one in terms if _is_foreign(one) and is_chosen(one.value)), None)
        key = own or foreign
        if key is not None and child.key is not None and (own is None or is_id(child.key_text)):
            key = None  # it has one already: this is a further condition
        if key is not None:
            child.key, child.key_text = key.value, key.column
        child.owners.extend((one.value, one.text) for one in terms if one is not key and one.certain)
        child.checks.extend(
            OwnerTest(value=one.value, text=one.text, line=line_of(node), certain=False)
            for one in terms
            if not one.certain
        )
        if key is not None:
            # A helper was asked about the id and the caller before
            child.checks = [*child.checks, *(test for one in key.value.found for test in one.checks)]
        if any(one.value.flags & (CALLER | OWNED) and one.certain for one in terms):
            self._vouch(child, node, terms)
        self._keep(child)
        return child

    def _vouch(self, query: Query, node: ast.Call, terms: list[Term]) -> None:
        """A row that ties the caller to something (a membership): where it is missing, that is refused."""
        method = node.func.attr if isinstance(node.func, ast.Attribute) else leaf(dotted_name(node.func))
        who = next(one.value for one in terms if one.value.flags & (CALLER | OWNED))
        refused = method in _REFUSING and not self._reader.tests
        test = OwnerTest(value=who, text=text_of(node), line=line_of(node))
        for one in terms:
            query.vouched.extend(one.value.found)
            for thing in one.value.found if refused else ():
                thing.checks.append(test)
            if one.name and is_chosen(one.value):
                query.vouched.append(one.name)

    def _begun(self, node: ast.Call, method: str, receiver: Value, args: list[Value]) -> Value | None:
        func = node.func
        first = node.args[0] if node.args else None
        if method in _STARTERS and first is not None and is_model(first, args[0]):
            action = method if method in {"update", "delete"} else "read"
            return Value(queries=(_query(first, line_of(node), action),))
        if first is not None and len(node.args) + len(node.keywords) > 1:
            held = self._by_id(node, method, first, args)
            if held is not None:
                return held
        if isinstance(func, ast.Attribute):
            if method in MONGO_METHODS and isinstance(first, ast.Dict):
                return self._mongo(node, method, func, first)
            if method in SQL_METHODS and args and args[0].text is not None:
                held = self._raw(node, args[0])
                if held is not None:
                    return held
            return self._of_class(node, method, func, receiver)
        return None

    def _by_id(self, node: ast.Call, method: str, first: ast.expr, args: list[Value]) -> Value | None:
        """`session.get(Item, item_id)`, `get_object_or_404(Item, pk=pk)`."""
        model = is_model(first, args[0])
        of_rows = isinstance(first, ast.Call) and "queryset" in dotted_name(first)
        if method in _SHORTCUTS and (args[0].queries or of_rows or leaf(dotted_name(first))[:1].isupper()):
            begun = args[0].queries or (_query(first, line_of(node)),)
            if of_rows and not args[0].queries:
                begun[0].owners.append((args[0], text_of(first)))
            terms = list(terms_of(node.args[1:], node.keywords, self._peek))
            if not terms and len(node.args) == 2:  # noqa: PLR2004 - the model and its id
                terms = [self._plain_id(node.args[1])]
            made = tuple(self._with_terms(one, node, terms) for one in begun)
            return _fetched(made)
        if method in _BY_ID and model and isinstance(node.func, ast.Attribute):
            second = node.args[1] if len(node.args) > 1 else _named(node, "ident", "id", "pk")
            if second is None:
                return None
            query = _query(first, line_of(node))
            return Value(
                flags=TEXT | STORED, found=(self._with_terms(query, node, [self._plain_id(second)]),)
            )
        return None

    def _plain_id(self, node: ast.expr) -> Term:
        if isinstance(node, ast.Dict):
            inner = [
                (key, value) for key, value in zip(node.keys, node.values, strict=True) if key is not None
            ]
            if len(inner) == 1:
                node = inner[0][1]
        return Term(column="id", value=self._peek(node), text=f"id = {text_of(node)}")

    def _of_class(self, node: ast.Call, method: str, func: ast.Attribute, receiver: Value) -> Value | None:
        """`Item.get(item_id)`, `Item.filter(id=item_id)`, `current_user.items.filter_by(id=item_id)`."""
        if not node.args and not node.keywords and method != "select":
            return None
        by_class = method in _CLASS_METHODS and is_model(func.value, receiver, strict=True)
        related = method in _NARROWING and method != "get" and not by_class
        of_rows = bool(receiver.flags & CALLER) or "queryset" in dotted_name(func.value)
        owned = method in {"get", "get_or_404"} and of_rows and bool(node.keywords)
        if not by_class and not related and not owned:
            return None
        terms = list(terms_of(node.args, node.keywords, self._peek))
        if by_class and method == "select":
            return Value(queries=(_query(func.value, line_of(node)),))
        single = len(node.args) == 1 and not node.keywords and not terms
        if by_class and single and method not in {"filter", "find", "update", "delete", "select"}:
            terms = [self._plain_id(node.args[0])]
        if not any(_is_own_id(one) or _is_foreign(one) for one in terms):
            return None
        model = model_name(func.value) if by_class else _model_of(node, func)
        query = _query(func.value, line_of(node)) if by_class else Query(model=model, line=line_of(node))
        if receiver.flags & (CALLER | OWNED) or receiver.found:
            query.owners.append((receiver, text_of(func.value)))
        made = (self._with_terms(query, node, terms),)
        chained = method in {"filter", "filter_by", "where", "find"}
        return Value(queries=made, found=made) if chained else _fetched(made)

    def _mongo(self, node: ast.Call, method: str, func: ast.Attribute, first: ast.Dict) -> Value | None:
        action = (
            "delete"
            if "delete" in method
            else "update"
            if "update" in method or "replace" in method
            else "read"
        )
        query = Query(model=_collection(func.value), line=line_of(node), action=action)
        terms = list(mongo_terms(first, self._peek))
        if not any(_is_own_id(one) or _is_foreign(one) for one in terms):
            return None
        return Value(flags=TEXT | STORED, found=(self._with_terms(query, node, terms),))

    def _raw(self, node: ast.Call, text: Value) -> Value | None:
        raw = RawQuery(text.text or "")
        if not raw.is_query:
            return None
        first = node.args[0]
        parameters = list(node.args[1:]) or [
            one.value for one in node.keywords if one.arg in {"params", "parameters", "values"}
        ]
        if (
            isinstance(first, ast.Call)
            and isinstance(first.func, ast.Attribute)
            and first.func.attr == "bindparams"
        ):
            parameters = [first]
        terms = list(raw.terms(parameters, self._peek, text))
        if not any(_is_own_id(one) or _is_foreign(one) for one in terms):
            return None
        query = Query(model=raw.table, line=line_of(node), action=raw.action)
        return Value(flags=TEXT | STORED, found=(self._with_terms(query, node, terms),))

    # ---------------------------------------------------------------------------------------- notes

    def _note_helpers(self, node: ast.Call, method: str, queries: Iterable[Query], held: list[Value]) -> None:
        """A function that takes both the query and the caller may narrow it: `visible(query, user)`."""
        asked = next((one for one in held if one.flags & (CALLER | OWNED)), None)
        if asked is None:
            return
        for query in queries:
            query.checks.append(
                OwnerTest(
                    value=asked,
                    text=f"{method}(…)",
                    line=line_of(node),
                    helper=dotted_name(node.func) or method,
                    certain=False,
                )
            )

    def _keep(self, query: Query) -> None:
        if query.key is not None and not self._reader.quiet:
            self._kept.append(query)


def _query(node: ast.expr, line: int, action: str = "read") -> Query:
    """A query of a model, whose full name as written is kept for calls of what is fetched."""
    dotted = dotted_name(node) if not isinstance(node, ast.Call) else ""
    made = dotted if leaf(dotted)[:1].isupper() else ""
    return Query(model=model_name(node), line=line, action=action, made=made)


def _fetched(queries: tuple[Query, ...]) -> Value:
    """What a query gives: an object of its model."""
    made = queries[0].made if len(queries) == 1 else ""
    return Value(flags=TEXT | STORED, found=queries, made=made)


def _is_own_id(term: Term) -> bool:
    return is_id(term.column) or (is_code(term.column) and not term.value.varies)


def _is_foreign(term: Term) -> bool:
    """Whether a condition asks for the id of another object, which is no tenant."""
    named = is_foreign_id(term.column) or term.name.endswith(("_id", "_pk", "_uuid"))
    return named and not names_scope(term.column)


def is_chosen(value: Value) -> bool:
    """Whether the caller may have chosen a value, here or in a function that calls this one."""
    return bool(value.flags & (GIVEN | DERIVED) or value.params) and not value.flags & (CALLER | OWNED)


def is_model(node: ast.expr, value: Value, *, strict: bool = False) -> bool:
    """Whether an expression is a class of rows: `Item`, `models.Item`, `self.model`, a column of one."""
    if isinstance(node, ast.Subscript | ast.Constant | ast.JoinedStr):
        return False
    dotted = dotted_name(node) if not isinstance(node, ast.Call) else ""
    if not dotted:
        if isinstance(node, ast.Call) and node.args and not strict:
            return leaf(dotted_name(node.func)) in {"count", "type", "aliased", "func", "max", "min", "sum"}
        return False
    last = leaf(dotted)
    if last.isupper() and len(last) > 1:
        return False
    if last[:1].isupper():
        return not last.endswith(_TOOLS) and not last.endswith(
            ("Error", "Exception", "Schema", "Serializer", "Form")
        )
    if last in {"model", "model_class", "cls", "_model", "model_cls", "Model"}:
        return True
    owner = leaf(dotted.rpartition(".")[0])
    return not strict and (owner[:1].isupper() and not owner.isupper()) and not value.flags


def model_name(node: ast.expr) -> str:
    """The name of a model as written: `Item` of `models.Item` and of `Item.id`."""
    if isinstance(node, ast.Call) and "queryset" in dotted_name(node):
        return leaf(dotted_name(node))
    if isinstance(node, ast.Call):
        inner = node.args[0] if node.args else None
        return model_name(inner) if inner is not None else ""
    dotted = dotted_name(node)
    last = leaf(dotted)
    owner = leaf(dotted.rpartition(".")[0])
    if last[:1].isupper() or not owner[:1].isupper():
        return last
    return owner


def _model_of(node: ast.Call, func: ast.Attribute) -> str:
    """The model of a query whose beginning was not seen: that of a column, else what it is asked of."""
    for argument in node.args:
        if isinstance(argument, ast.Compare):
            name = model_of_column(argument.left)
            if name[:1].isupper():
                return name
    parts = [one for one in dotted_name(func.value).split(".") if one not in _CHAIN]
    return parts[-1] if parts else ""


def _collection(node: ast.expr) -> str:
    """The name of a collection: `db.items`, `db["items"]`."""
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
        return str(node.slice.value)
    return leaf(dotted_name(node))


def _named(node: ast.Call, *names: str) -> ast.expr | None:
    return next((one.value for one in node.keywords if one.arg in names), None)
