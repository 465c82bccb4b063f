"""Permission classes of Django REST framework: of the settings, a view, an action, put together with `&` and `|`."""

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from launchready.model.source import GuardKind, GuardLevel, SourceGuard
from launchready.source.code.guards import kind_by_name
from launchready.source.python.django.callers import Caller, Situation, Truth, mentions_caller, words_in
from launchready.source.python.django.classes import Lineage, Method
from launchready.source.python.django.conditions import EndKind, Setting
from launchready.source.python.django.guards import Asked, Guards
from launchready.source.python.django.refusals import Verdict
from launchready.source.python.django.scopes import Bound, Item, Items, Scope, code_of, total
from launchready.source.python.django.settings import DjangoSettings
from launchready.source.python.project import Defined, Node, Outside

_DEEPEST = 6
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_DETAIL = frozenset({"retrieve", "update", "partial_update", "destroy"})
_AUTHENTICATES, _AUTHORIZES, _PUBLIC = GuardKind.AUTHENTICATES, GuardKind.AUTHORIZES, GuardKind.PUBLIC
# By short name: what a class does on reading, and on writing
_KNOWN: Mapping[str, tuple[GuardKind, GuardKind]] = {
    "AllowAny": (_PUBLIC, _PUBLIC),
    "IsAuthenticated": (_AUTHENTICATES, _AUTHENTICATES),
    "IsAdminUser": (_AUTHORIZES, _AUTHORIZES),
    "IsAuthenticatedOrReadOnly": (_PUBLIC, _AUTHENTICATES),
    "DjangoModelPermissions": (_AUTHENTICATES, _AUTHORIZES),
    "DjangoObjectPermissions": (_AUTHENTICATES, _AUTHORIZES),
    "DjangoModelPermissionsOrAnonReadOnly": (_PUBLIC, _AUTHORIZES),
    "BasePermission": (_PUBLIC, _PUBLIC),
}
_ROLES = {"IsAdminUser": ("is_staff",), "DjangoModelPermissions": ("model permissions",)}
_STRENGTH = (_PUBLIC, GuardKind.UNCLEAR, GuardKind.SERVICE, _AUTHENTICATES, _AUTHORIZES)
# Of several that one is enough of, the weakest refusal counts
_WEAKEST = (_PUBLIC, GuardKind.UNCLEAR, GuardKind.SERVICE, _AUTHENTICATES, _AUTHORIZES)


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewPermissions:
    """The permission guards of a view, and the code that ties its objects to the caller (empty if none does).

    `unread` if something that asks about objects could not be read.
    """

    guards: tuple[SourceGuard, ...] = ()
    owner_term: str = ""
    unread: bool = False


class Permissions:
    """Reads permission classes under the settings of one application."""

    def __init__(self, guards: Guards, settings: DjangoSettings | None) -> None:
        self.guards = guards
        self.values = guards.values
        self._settings = settings.mapping("REST_FRAMEWORK") if settings is not None else {}
        guards.outcomes.of_packages = _of_packages

    def setting(self, name: str) -> Bound | None:
        """A value of the `REST_FRAMEWORK` setting."""
        return self._settings.get(name)

    # ------------------------------------------------------------------------------------------- of a view

    def of_view(self, lineage: Lineage, asked: Asked, given: Mapping[str, Defined]) -> ViewPermissions:
        """The permissions of a view for a request. `given` is what `@action(…)` sets for it alone."""
        asked = replace(asked, view=replace(lineage, given={**lineage.given, **given}))
        held = given.get("permission_classes")
        if held is None and lineage.method("get_permissions") is not None:
            return self._dynamic(lineage, asked)
        level = GuardLevel.ROUTE if held is not None else GuardLevel.GROUP
        return self._listed(self._class_list(lineage, held), lineage, asked, level)

    def of_function(self, bound: Bound | None, asked: Asked) -> ViewPermissions:
        """Those of an `@api_view` function: its `@permission_classes`, or those of the settings."""
        if bound is None:
            return self._listed(None, None, asked, GuardLevel.GLOBAL)
        return self._listed(self._list_of(bound, None, ""), None, asked, GuardLevel.ROUTE)

    def _class_list(self, lineage: Lineage, given: Defined | None) -> Items | None:
        """The permissions that a class names; None where those of the settings hold."""
        held = given or lineage.attribute("permission_classes")
        if held is None or not isinstance(held.node, ast.expr):
            return None
        return self._list_of(Bound(scope=Scope(module=held.module), expression=held.node), lineage, "")

    def _listed(
        self, items: Items | None, lineage: Lineage | None, asked: Asked, level: GuardLevel
    ) -> ViewPermissions:
        if items is None:
            level = GuardLevel.GLOBAL
            default = self.setting("DEFAULT_PERMISSION_CLASSES")
            if default is None:
                return ViewPermissions()
            items = self.values.items(default.scope, default.expression)
        found = [self._permission(item.bound, level, asked, 0) for item in items.found]
        unread = [self._unclear(item.bound, code_of(item.bound.expression), level) for item in items.unread]
        guards = [guard for one in found for guard in one.guards]
        refusing = [guard for guard in guards if guard.kind is not _PUBLIC]
        if level is not GuardLevel.GLOBAL and not items.found and not items.unread and lineage is not None:
            guards = [self._empty(lineage, level)]
        return ViewPermissions(
            guards=(*(refusing or guards[:1]), *unread),
            owner_term=next((one.owner_term for one in found if one.owner_term), ""),
            unread=bool(unread) or any(one.unread for one in found),
        )

    def _empty(self, lineage: Lineage, level: GuardLevel) -> SourceGuard:
        """`permission_classes = []`: nobody is refused, in so many words."""
        held = lineage.attribute("permission_classes")
        own = held or next(lineage.own)
        return self.guards.made(own.module, own.node, "permission_classes = []", Verdict(kind=_PUBLIC), level)

    def _unclear(self, bound: Bound, name: str, level: GuardLevel) -> SourceGuard:
        verdict = Verdict(kind=GuardKind.UNCLEAR)
        return self.guards.made(bound.scope.module, bound.expression, name, verdict, level)

    # ------------------------------------------------------------------------------------------- by action

    def _dynamic(self, lineage: Lineage, asked: Asked) -> ViewPermissions:
        """`get_permissions`, gone through for the action and method that are asked for."""
        method = lineage.method("get_permissions")
        assert method is not None
        ways = list(self._ways(method, lineage, asked, 0))
        read = [self._listed(items, lineage, asked, GuardLevel.GROUP) for items in ways]
        if not read:
            expression = ast.copy_location(ast.Name(id=method.name), method.node)
            bound = Bound(scope=Scope(module=method.module), expression=expression)
            return ViewPermissions(guards=(self._unclear(bound, method.name, GuardLevel.GROUP),), unread=True)
        if len({_kinds(one) for one in read}) == 1:
            return read[0]
        weakest = min(read, key=lambda one: min((_rank(guard) for guard in one.guards), default=0))
        if all(one.guards and _rank(one.guards[0]) >= _WEAKEST.index(_AUTHENTICATES) for one in read):
            return replace(weakest, owner_term="", unread=True)
        unclear = Verdict(kind=GuardKind.UNCLEAR)
        made = self.guards.made(method.module, method.node, method.name, unclear, GuardLevel.GROUP)
        return ViewPermissions(guards=(made,), unread=True)

    def _ways(self, method: Method, lineage: Lineage, asked: Asked, depth: int) -> Iterator[Items | None]:
        """The lists that a `get_permissions` may give: None for those of the settings."""
        setting = Setting(situation=asked.situations[1], lineage=lineage, owner=method.owner)
        ends = self.guards.outcomes.ends(Scope(module=method.module), method.node, setting)
        for end in ends.found:
            if end.kind is not EndKind.RETURN or end.value is None or depth > _DEEPEST:
                continue
            expression = end.value.expression
            if _is_super(expression):
                kept = end.local.get("self.permission_classes")
                if kept is not None:
                    yield self._list_of(kept, lineage, asked.action)
                    continue
                parent = lineage.after(method.owner).method("get_permissions")
                if parent is not None:
                    yield from self._ways(parent, lineage, asked, depth + 1)
                else:
                    yield self._class_list(lineage, None)
                continue
            items = self._list_of(end.value, lineage, asked.action)
            if items is not None:
                yield items

    def _list_of(self, bound: Bound, lineage: Lineage | None, action: str, depth: int = 0) -> Items | None:
        """The permissions in an expression; None where it is no list for this action (a missing key)."""
        expression, scope = bound.expression, bound.scope
        again = depth + 1
        match expression:
            case _ if depth > _DEEPEST:
                return Items(unread=(Item(bound=bound),))
            case ast.ListComp(generators=[ast.comprehension(iter=iterated)]) if lineage is not None:
                return self._list_of(bound.other(iterated), lineage, action, again)
            case ast.Call(func=ast.Name(id="list" | "tuple" | "map"), args=[*_, last]) if lineage is not None:
                return self._list_of(bound.other(last), lineage, action, again)
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                parts = [self._list_of(bound.other(side), lineage, action, again) for side in (left, right)]
                return total(tuple(part or Items() for part in parts))
            case ast.BoolOp(values=[first, *_]):
                return self._list_of(bound.other(first), lineage, action, again)
            case ast.Name(id=name) if name in scope.local and scope.local[name].expression is not expression:
                return self._list_of(scope.local[name], lineage, action, again)
            case ast.Attribute(value=ast.Name(id="self" | "cls"), attr=name) if lineage is not None:
                kept = scope.local.get(f"self.{name}")
                if kept is not None:
                    return self._list_of(kept, lineage, action, again)
                held = lineage.attribute(name)
                if held is None or not isinstance(held.node, ast.expr):
                    return Items(unread=(Item(bound=bound),))
                inner = Bound(scope=Scope(module=held.module), expression=held.node)
                return self._list_of(inner, None, action, again)
            case ast.Subscript(value=owner, slice=key) if lineage is not None:
                return self._by_key(bound, owner, key, None, lineage, action, again)
            case ast.Call(func=ast.Attribute(value=owner, attr="get"), args=[key, *rest]) if (
                lineage is not None
            ):
                default = rest[0] if rest else None
                return self._by_key(bound, owner, key, default, lineage, action, again)
        return self.values.items(scope, expression)

    def _by_key(
        self,
        bound: Bound,
        owner: ast.expr,
        key: ast.expr,
        default: ast.expr | None,
        lineage: Lineage,
        action: str,
        depth: int,
    ) -> Items | None:
        """`self.permission_classes_by_action[self.action]`."""
        name = owner.attr if isinstance(owner, ast.Attribute) else ""
        held = lineage.attribute(name) if name else None
        if held is None or not isinstance(held.node, ast.Dict) or code_of(key) != "self.action" or not action:
            return Items(unread=(Item(bound=bound),))
        for one, value in zip(held.node.keys, held.node.values, strict=True):
            if isinstance(one, ast.Constant) and one.value == action:
                inner = Bound(scope=Scope(module=held.module), expression=value)
                return self._list_of(inner, lineage, action, depth)
        return self._list_of(bound.other(default), lineage, action, depth) if default is not None else None

    # ------------------------------------------------------------------------------------- one permission

    def _permission(self, bound: Bound, level: GuardLevel, asked: Asked, depth: int) -> ViewPermissions:
        held = self.values.resolved(bound)
        expression = held.expression
        match expression:
            case ast.BinOp(left=left, op=ast.BitAnd() | ast.BitOr() as operator, right=right) if (
                depth < _DEEPEST
            ):
                sides = [
                    self._permission(held.other(side), level, asked, depth + 1) for side in (left, right)
                ]
                return (
                    _all_of(sides) if isinstance(operator, ast.BitAnd) else self._one_of(sides, held, level)
                )
            case ast.Constant(value=str() as dotted):
                return self._dotted(dotted, held, level, asked)
            case ast.UnaryOp():
                return ViewPermissions(guards=(self._unclear(held, code_of(expression), level),), unread=True)
        made = self.guards.classes.class_of(held.scope.module, _called(expression))
        if isinstance(made, Outside):
            return self._of_package(made.name, held, level, asked)
        if made is None:
            return self._factory(held, level)
        return self._of_class(self.guards.classes.lineage(made), made, held, level, asked)

    def _dotted(self, dotted: str, bound: Bound, level: GuardLevel, asked: Asked) -> ViewPermissions:
        """A permission of the settings, named by its module."""
        module, _, name = dotted.rpartition(".")
        path = self.values.project.find(module, bound.scope.module.path)
        owner = self.values.project.module(path) if path is not None else None
        held = self.values.project.meaning(owner, name) if owner is not None else None
        if isinstance(held, Defined):
            return self._of_class(self.guards.classes.lineage(held), held, bound, level, asked)
        return self._of_package(dotted, bound, level, asked)

    def _of_package(self, full: str, bound: Bound, level: GuardLevel, asked: Asked) -> ViewPermissions:
        name = full.rpartition(".")[2]
        known = _KNOWN.get(name) if full.startswith("rest_framework.") else None
        kind = known[asked.method not in _SAFE] if known is not None else kind_by_name(name)
        if kind is None:
            return ViewPermissions()
        given = bound.expression.args if isinstance(bound.expression, ast.Call) else []
        roles = _ROLES.get(name, ()) or tuple(text for one in given for text in words_in(one))
        verdict = Verdict(kind=kind, roles=roles)
        guard = self.guards.made(bound.scope.module, bound.expression, name, verdict, level)
        return ViewPermissions(guards=(guard,), unread=known is None and kind is GuardKind.UNCLEAR)

    def _factory(self, bound: Bound, level: GuardLevel) -> ViewPermissions:
        name = code_of(bound.expression)
        kind = kind_by_name(name) or GuardKind.UNCLEAR
        guard = self.guards.made(bound.scope.module, bound.expression, name, Verdict(kind=kind), level)
        return ViewPermissions(guards=(guard,), unread=True)

    def _of_class(
        self, lineage: Lineage, made: Defined, bound: Bound, level: GuardLevel, asked: Asked
    ) -> ViewPermissions:
        """A permission class of the repository, by what its methods say."""
        found: list[Verdict] = []
        method = lineage.method("has_permission")
        if method is not None:
            first, second = self.guards.truths(method, asked, lineage)
            self.guards.note_scope(made.name, method.node)
            found.append(self.guards.judge.of_truths(first, second, made.name, self.guards.text(method.node)))
        else:
            # A class that asks about objects only refuses nobody before there is one, and does not say so either
            names = _KNOWN.keys() - {"BasePermission"}
            inherited = [one for one in lineage.outside if one.rpartition(".")[2] in names]
            found.extend(_inherited(lineage, full.rpartition(".")[2], asked) for full in inherited[:1])
        term, verdict = self._of_object(lineage, made, asked)
        if verdict is not None:
            found.append(verdict)
        kept = [one for one in found if one.kind is not None]
        # Both are asked, so the stronger one says who comes through
        guards = (
            self.guards.made(bound.scope.module, bound.expression, made.name, one, level)
            for one in sorted(kept, key=_strength, reverse=True)[:1]
        )
        unread = verdict is not None and verdict.kind is GuardKind.UNCLEAR
        return ViewPermissions(guards=tuple(guards), owner_term=term, unread=unread)

    def _of_object(self, lineage: Lineage, made: Defined, asked: Asked) -> tuple[str, Verdict | None]:
        """What `has_object_permission` asks: whose the object is (its code), or something of the caller."""
        method = lineage.method("has_object_permission")
        if method is None:
            return "", None
        first, second = self.guards.truths(method, asked, lineage)
        verdict = self.guards.judge.of_truths(first, second, made.name, self.guards.text(method.node))
        term = owner_comparison(method) if second is not Truth.YES else ""
        detail = asked.action in _DETAIL or "{" in asked.path.rstrip("/").rpartition("/")[2]
        if not detail or verdict.kind is _PUBLIC:
            return term, None
        if term:
            return term, Verdict(kind=_AUTHENTICATES) if first is Truth.NO else None
        return "", verdict

    def _one_of(self, sides: list[ViewPermissions], bound: Bound, level: GuardLevel) -> ViewPermissions:
        """`A | B`: whoever either of them lets in."""
        guards = [guard for side in sides for guard in side.guards]
        if not guards or not all(side.guards for side in sides):
            return ViewPermissions()
        weakest = min(guards, key=_rank)
        roles = tuple(guard.role for guard in guards if guard.role)
        every = len(roles) == len(guards)
        verdict = Verdict(kind=weakest.kind, roles=roles if every else ())
        made = self.guards.made(
            bound.scope.module, bound.expression, code_of(bound.expression), verdict, level
        )
        terms = [side.owner_term for side in sides]
        return ViewPermissions(
            guards=(made,),
            owner_term=terms[0] if all(terms) else "",
            unread=any(side.unread for side in sides) or any(terms),
        )


def _of_packages(lineage: Lineage, name: str, situation: Situation) -> Truth | None:
    """What `super().has_permission()` says, where that is a package's."""
    if name == "has_object_permission":
        return Truth.YES
    if name != "has_permission":
        return None
    known = next(
        (_KNOWN[last] for one in lineage.outside if (last := one.rpartition(".")[2]) in _KNOWN), None
    )
    if known is None:
        return None
    kind = known[situation.method not in _SAFE]
    if kind is _PUBLIC:
        return Truth.YES
    if situation.caller is Caller.ANONYMOUS:
        return Truth.NO
    return Truth.YES if kind is _AUTHENTICATES else Truth.NO


def owner_comparison(method: Method) -> str:
    """The code that compares an object with the caller (`obj.owner == request.user`); empty if none does."""
    names = {one.arg for one in method.node.args.args[3:4]} or {"obj"}
    local: dict[str, Bound] = {}
    for node in ast.walk(method.node):
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                # Also what was taken from the object, and names for the caller
                names |= {name} if _uses(value, names) else set()
                local[name] = Bound(scope=Scope(module=method.module), expression=value)
    scope = Scope(module=method.module, local=local)
    for node in ast.walk(method.node):
        if isinstance(node, ast.Compare | ast.Call) and _uses(node, names):
            parts = [node.left, *node.comparators] if isinstance(node, ast.Compare) else [node]
            if any(mentions_caller(Bound(scope=scope, expression=part)) for part in parts):
                return code_of(node)
    return ""


def _uses(node: ast.AST, names: set[str]) -> bool:
    return any(isinstance(part, ast.Name) and part.id in names for part in ast.walk(node))


def _strength(verdict: Verdict) -> int:
    return _STRENGTH.index(verdict.kind) if verdict.kind in _STRENGTH else 0


def _inherited(lineage: Lineage, name: str, asked: Asked) -> Verdict:
    """What a package's class does for a class that goes on from it; `perms_map` are the permissions by method."""
    kind = _KNOWN[name][asked.method not in _SAFE]
    roles: tuple[str, ...] = _ROLES.get(name, ())
    held = lineage.attribute("perms_map") if name.startswith("Django") else None
    for key, value in _entries(held.node) if held is not None else ():
        if isinstance(key, ast.Constant) and key.value == asked.method:
            asks = bool(value.elts) if isinstance(value, ast.List | ast.Tuple) else True
            kind = _AUTHORIZES if asks else _AUTHENTICATES
            roles = tuple(words_in(value)) if asks else ()
    open_to_all = lineage.attribute("authenticated_users_only")
    if open_to_all is not None and isinstance(open_to_all.node, ast.Constant) and kind is _AUTHENTICATES:
        kind = _AUTHENTICATES if open_to_all.node.value else _PUBLIC
    return Verdict(kind=kind, roles=roles)


def _entries(node: Node) -> Iterator[tuple[ast.expr | None, ast.expr]]:
    if isinstance(node, ast.Dict):
        yield from zip(node.keys, node.values, strict=True)


def _all_of(sides: Iterable[ViewPermissions]) -> ViewPermissions:
    every = tuple(sides)
    return ViewPermissions(
        guards=tuple(guard for side in every for guard in side.guards),
        owner_term=next((side.owner_term for side in every if side.owner_term), ""),
        unread=any(side.unread for side in every),
    )


def _called(expression: ast.expr) -> ast.expr:
    return expression.func if isinstance(expression, ast.Call) else expression


def _is_super(expression: ast.expr) -> bool:
    match expression:
        case ast.Call(func=ast.Attribute(value=ast.Call(func=ast.Name(id="super")), attr="get_permissions")):
            return True
    return False


def _kinds(one: ViewPermissions) -> tuple[tuple[str, str], ...]:
    return tuple((guard.kind.value, guard.role) for guard in one.guards)


def _rank(guard: SourceGuard) -> int:
    return _WEAKEST.index(guard.kind) if guard.kind in _WEAKEST else 0
