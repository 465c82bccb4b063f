"""Lookups that generic views imply: an object by the id in the path, out of the view's query set."""

import ast
from collections.abc import Iterable
from dataclasses import dataclass

from launchready.model.source import Bound as Tie
from launchready.model.source import CodePlace, LookupAction, SourceLookup
from launchready.source.python.django.callers import Truth, caller_part, held_by, mentions_caller
from launchready.source.python.django.classes import Lineage, Method, bindings
from launchready.source.python.django.conditions import EndKind, Setting
from launchready.source.python.django.guards import Asked, Guards
from launchready.source.python.django.paths import PathTemplate
from launchready.source.python.django.scopes import Bound, Scope, code_of
from launchready.source.python.drf.permissions import Permissions, ViewPermissions, owner_comparison
from launchready.source.python.project import Defined, Outside, dotted_name

_DEEPEST = 4
_BY_METHOD = {"GET": LookupAction.READ, "DELETE": LookupAction.DELETE}
_ONE_OBJECT = frozenset({"retrieve", "update", "partial_update", "destroy"})
# Steps of a query that choose no rows: the caller in them ties nothing to him
_NO_CHOICE = frozenset({
    "annotate", "prefetch_related", "select_related", "order_by", "only", "defer", "distinct", "values", "using",
    "exclude", "aggregate", "alias", "all", "reverse", "with_counts", "extra", "select_for_update", "iterator",
})  # fmt: skip
_OPEN_BACKENDS = frozenset({
    "DjangoFilterBackend", "SearchFilter", "OrderingFilter", "BaseFilterBackend", "RestFrameworkFilterBackend",
})  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryTie:
    """Whether the rows that a view chooses from are tied to the caller, by which code."""

    tie: Tie
    term: str = ""


_FREE = QueryTie(tie=Tie.NONE)
_UNCLEAR = QueryTie(tie=Tie.UNCLEAR)


class Lookups:
    """Reads the lookups that frameworks' generic views make."""

    def __init__(self, guards: Guards, permissions: Permissions) -> None:
        self.guards = guards
        self.permissions = permissions
        self._known: dict[tuple[int, str, str], QueryTie] = {}

    def of_class(
        self,
        lineage: Lineage,
        asked: Asked,
        template: PathTemplate,
        permissions: ViewPermissions,
        held: Method | None,
    ) -> tuple[SourceLookup, ...]:
        """The lookup that a method of a view implies; none where the path has no id of the view's own object."""
        if not self._fetches(asked, held):
            return ()
        key = self._key(lineage, template)
        method = lineage.method("get_object")
        if not key or (method is not None and not _calls(method, "super", "get_queryset")):
            return ()  # what it fetches stands in its own code
        tie = self._tie(lineage, asked, permissions)
        return (
            SourceLookup(
                model=self._model(lineage),
                key=key,
                action=_BY_METHOD.get(asked.method, LookupAction.UPDATE),
                bound=tie.tie,
                place=self._place(lineage),
                term=tie.term,
            ),
        )

    def _fetches(self, asked: Asked, held: Method | None) -> bool:
        if held is None:
            return asked.action in _ONE_OBJECT
        return _calls(held, "get_object") or (asked.action in _ONE_OBJECT and _calls(held, "super"))

    def _key(self, lineage: Lineage, template: PathTemplate) -> str:
        """The path's parameter that chooses the object."""
        names = {one.name for one in template.parameters}
        wanted = [
            self._text(lineage, name) for name in ("lookup_url_kwarg", "pk_url_kwarg", "slug_url_kwarg")
        ]
        wanted += [self._text(lineage, "lookup_field"), "pk", "slug"]
        return next((one for one in wanted if one in names), "")

    def _text(self, lineage: Lineage, name: str) -> str:
        held = lineage.attribute(name)
        if held is None or not isinstance(held.node, ast.expr):
            return ""
        return self.guards.values.project.text(held.module, held.node) or ""

    def _place(self, lineage: Lineage) -> CodePlace:
        method = lineage.method("get_queryset")
        if method is not None:
            return method.module.place(method.node)
        held = lineage.attribute("queryset") or lineage.attribute("model") or next(lineage.own)
        return held.module.place(held.node)

    def _model(self, lineage: Lineage) -> str:
        """The name of the model, as far as the class says it."""
        for name in ("queryset", "model"):
            held = lineage.attribute(name)
            if held is not None and isinstance(held.node, ast.expr):
                found = _first_class(held.node)
                if found:
                    return found
        method = lineage.method("get_queryset")
        for node in ast.walk(method.node) if method is not None else ():
            if isinstance(node, ast.Attribute) and node.attr == "objects":
                return dotted_name(node.value).rpartition(".")[2]
        serializer = lineage.attribute("serializer_class")
        if serializer is not None and isinstance(serializer.node, ast.expr):
            return dotted_name(serializer.node).rpartition(".")[2].removesuffix("Serializer")
        own = next(lineage.own)
        return own.name.removesuffix("View").removesuffix("Set").removesuffix("View")

    # ----------------------------------------------------------------------------------------------- ties

    def _tie(self, lineage: Lineage, asked: Asked, permissions: ViewPermissions) -> QueryTie:
        """Whether the object is the caller's own: by the query, a filter, a permission, or a test of the view."""
        rows = self._rows(lineage, asked)
        if rows.tie is Tie.OWNER:
            return rows
        filtered = self._filtered(lineage)
        if filtered.tie is Tie.OWNER:
            return filtered
        if permissions.owner_term:
            return QueryTie(tie=Tie.OWNER, term=permissions.owner_term)
        test = lineage.method("test_func")
        term = owner_comparison_of_view(test) if test is not None else ""
        if term:
            return QueryTie(tie=Tie.OWNER, term=term)
        unclear = (
            rows.tie is Tie.UNCLEAR or filtered.tie is Tie.UNCLEAR or permissions.unread or test is not None
        )
        return _UNCLEAR if unclear else _FREE

    def _rows(self, lineage: Lineage, asked: Asked) -> QueryTie:
        """The tie of `get_queryset`, kept for each class, and for each action where that matters."""
        texts = [
            self.guards.text(held)
            for member in lineage.own
            if (held := bindings(member.node).get("get_queryset")) is not None
        ]
        by_action = any(".action" in text for text in texts)
        method = "GET" if asked.method == "GET" else "PUT"
        by_method = any(".method" in text for text in texts)
        key = (
            id(next(lineage.own).node),
            asked.method if by_method else method,
            asked.action if by_action else "",
        )
        if lineage.given:
            return self._read_rows(lineage, asked)
        if key not in self._known:
            self._known[key] = self._read_rows(lineage, asked)
        return self._known[key]

    def _read_rows(self, lineage: Lineage, asked: Asked) -> QueryTie:
        method = lineage.method("get_queryset")
        if method is None:
            known = lineage.attribute("queryset") or lineage.attribute("model")
            return _FREE if known is not None else _UNCLEAR
        setting = Setting(situation=asked.situations[1], lineage=lineage, owner=method.owner)
        ends = self.guards.outcomes.ends(Scope(module=method.module), method.node, setting)
        ties = [
            self._query(end.value, setting, 0)
            for end in ends.found
            if end.kind is EndKind.RETURN and end.value is not None and not _is_nothing(end.value.expression)
        ]
        return _joined(ties) if ends.complete else _UNCLEAR

    def _query(self, bound: Bound, setting: Setting, depth: int) -> QueryTie:
        """Goes down a query, `Model.objects.filter(…).order_by(…)`, step by step."""
        held = held_by(bound)
        node: ast.expr = held.expression
        writes = setting.situation.method not in {"GET", "HEAD"}
        while isinstance(node, ast.Call | ast.Attribute | ast.Subscript | ast.Await):
            if caller_part(held.other(node)) is not None:
                return QueryTie(tie=Tie.OWNER, term=code_of(node))
            match node:
                case ast.Call(func=ast.Attribute(value=owner, attr=name)):
                    if name not in _NO_CHOICE:
                        found = self._step(held, node, name, writes=writes)
                        if found is not None:
                            return found
                    if isinstance(owner, ast.Call) and dotted_name(owner.func) == "super":
                        return self._of_parent(setting, depth)
                    if isinstance(owner, ast.Name) and owner.id == "self":
                        return self._own_method(held.other(node), setting, depth)
                    node = owner
                case ast.Call():
                    return self._function(held.other(node), setting, depth)
                case ast.Attribute(value=owner) | ast.Subscript(value=owner) | ast.Await(value=owner):
                    node = owner
        if isinstance(node, ast.Name):
            following = held_by(held.other(node))
            if following.expression is not node and depth < _DEEPEST * 4:
                return self._query(following, setting, depth + 1)
            return _FREE if node.id not in {"self", "?"} else _UNCLEAR
        if isinstance(node, ast.IfExp):
            truth = self.guards.outcomes.truth(held.other(node.test), setting)
            sides = {Truth.YES: [node.body], Truth.NO: [node.orelse]}.get(truth, [node.body, node.orelse])
            return _joined([self._query(held.other(one), setting, depth + 1) for one in sides])
        if isinstance(node, ast.BinOp | ast.BoolOp):
            sides = [one for one in ast.iter_child_nodes(node) if isinstance(one, ast.expr)]
            return _joined([self._query(held.other(one), setting, depth + 1) for one in sides[-2:]])
        return _UNCLEAR

    def _step(self, held: Bound, call: ast.Call, name: str, *, writes: bool) -> QueryTie | None:
        """A step that chooses rows; None where the caller is not in it."""
        for argument in (*call.args, *(one.value for one in call.keywords)):
            inner = held.other(argument)
            if not mentions_caller(inner):
                continue
            either = held_by(inner).expression
            if isinstance(either, ast.BinOp) and isinstance(either.op, ast.BitOr) and writes:
                sides = (inner.other(either.left), inner.other(either.right))
                if not all(mentions_caller(side) for side in sides):
                    return _UNCLEAR  # the caller's own, or others': which may be written stands elsewhere
            return QueryTie(tie=Tie.OWNER, term=code_of(call if name == "filter" else argument))
        return None

    def _of_parent(self, setting: Setting, depth: int) -> QueryTie:
        """`super().get_queryset()`."""
        if setting.lineage is None or setting.owner is None or depth > _DEEPEST:
            return _UNCLEAR
        method = setting.lineage.after(setting.owner).method("get_queryset")
        if method is None:
            known = setting.lineage.attribute("queryset") or setting.lineage.attribute("model")
            return _FREE if known is not None else _UNCLEAR
        inner = Setting(situation=setting.situation, lineage=setting.lineage, owner=method.owner)
        ends = self.guards.outcomes.ends(Scope(module=method.module), method.node, inner)
        return _joined(
            self._query(end.value, inner, depth + 1) for end in ends.found if end.value is not None
        )

    def _own_method(self, bound: Bound, setting: Setting, depth: int) -> QueryTie:
        return self._function(bound, setting, depth)

    def _function(self, bound: Bound, setting: Setting, depth: int) -> QueryTie:
        """A query that a function of the repository makes."""
        call = bound.expression
        assert isinstance(call, ast.Call)
        name = dotted_name(call.func).rpartition(".")[2]
        if name == "get_objects_for_user" and mentions_caller(bound):
            return QueryTie(tie=Tie.OWNER, term=code_of(call))
        if name in {"cast", "list"} and call.args and depth < _DEEPEST:
            return self._query(bound.other(call.args[-1]), setting, depth + 1)
        ends = self.guards.outcomes.called(bound, call, setting) if depth < _DEEPEST else None
        values = [end.value for end in ends.found if end.value is not None] if ends is not None else []
        if not values:
            return _UNCLEAR
        return _joined(self._query(value, setting, depth + 1) for value in values)

    def _filtered(self, lineage: Lineage) -> QueryTie:
        """Filter backends, and a `filter_queryset` of the view's own: `get_object` goes through them, too."""
        own = lineage.method("filter_queryset")
        if own is not None:
            bound = Bound(scope=Scope(module=own.module), expression=_body_of(own))
            if mentions_caller(bound):
                return QueryTie(tie=Tie.UNCLEAR, term=own.name)
        held = lineage.attribute("filter_backends")
        if held is not None and isinstance(held.node, ast.expr):
            items = self.guards.values.items(Scope(module=held.module), held.node)
        else:
            default = self.permissions.setting("DEFAULT_FILTER_BACKENDS")
            if default is None:
                return _FREE
            items = self.guards.values.items(default.scope, default.expression)
        return next(
            (one for item in items.found if (one := self._backend(item.bound)).tie is not Tie.NONE), _FREE
        )

    def _backend(self, bound: Bound) -> QueryTie:
        made = self.guards.classes.class_of(bound.scope.module, bound.expression)
        if not isinstance(made, Defined):
            name = made.name if isinstance(made, Outside) else code_of(bound.expression)
            return _UNCLEAR if "Permission" in name else _FREE
        method = self.guards.classes.lineage(made).method("filter_queryset")
        if method is None:
            return _FREE
        inner = Bound(scope=Scope(module=method.module), expression=_body_of(method))
        return QueryTie(tie=Tie.OWNER, term=method.name) if mentions_caller(inner) else _FREE


def _joined(ties: Iterable[QueryTie]) -> QueryTie:
    """Of several ways: tied only if all are, and free only if all are."""
    every = list(ties)
    kinds = {one.tie for one in every}
    return every[0] if len(kinds) == 1 else _UNCLEAR


def _is_nothing(expression: ast.expr) -> bool:
    return dotted_name(expression).endswith(".none") and isinstance(expression, ast.Call)


def _body_of(method: Method) -> ast.expr:
    """A method's body as one expression to look through."""
    return ast.Lambda(
        args=ast.arguments(posonlyargs=[], args=[], kwonlyargs=[], kw_defaults=[], defaults=[]),
        body=ast.Tuple(
            elts=[node for one in method.node.body for node in ast.walk(one) if isinstance(node, ast.expr)],
            ctx=ast.Load(),
        ),
    )


def _calls(method: Method, *names: str) -> bool:
    """Whether a method calls one of these: a function, or a method of its own."""
    for node in ast.walk(method.node):
        if isinstance(node, ast.Call):
            called = dotted_name(node.func)
            if called in names or called.rpartition(".")[2] in names:
                return True
    return False


def _first_class(expression: ast.expr) -> str:
    """`Item` of `models.Item.objects.all()`."""
    parts = dotted_name(expression).split(".")
    before = parts[: parts.index("objects")] if "objects" in parts else parts
    return next((part for part in reversed(before) if part[:1].isupper()), "")


def owner_comparison_of_view(method: Method) -> str:
    """The code of a `test_func` that compares the caller with something of the view's object."""
    found = owner_comparison(method)
    if found:
        return found
    scope = Scope(module=method.module)
    for node in ast.walk(method.node):
        if isinstance(node, ast.Compare):
            sides = [node.left, *node.comparators]
            if any(mentions_caller(Bound(scope=scope, expression=side)) for side in sides):
                others = [s for s in sides if not mentions_caller(Bound(scope=scope, expression=s))]
                if any(isinstance(one, ast.Attribute | ast.Call) for one in others):
                    return code_of(node)
    return ""
