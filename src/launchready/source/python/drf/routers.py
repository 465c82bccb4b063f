"""Routers of Django REST framework: which view set is registered where, and the routes that a router makes of it.

Formats as suffixes (`/items.json`) are left out: they are the same views a second time.
"""

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from launchready.source.python.django.classes import Classes, Lineage, bindings
from launchready.source.python.django.scopes import Bound, Change, Event, Scope, bound_arguments
from launchready.source.python.django.texts import Text, Texts
from launchready.source.python.django.values import Values
from launchready.source.python.drf.actions import ActionRoute, actions_of, lookup_group
from launchready.source.python.project import Defined, Outside, PythonModule

RouterKey = tuple[str, str]  # (path of the module, name in it)
_DEEPEST = 6
_STANDARD: Mapping[str, str] = {"get": "list", "post": "create"}
_DETAIL: Mapping[str, str] = {
    "get": "retrieve",
    "put": "update",
    "patch": "partial_update",
    "delete": "destroy",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """`router.register(prefix, view set)`."""

    key: RouterKey
    prefix: Text
    view_set: Bound
    condition: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RouterEntry:
    """One URL pattern of a router: an expression, the view set, and which of its methods answers which verb.

    `view_set` is None for the root view, which lists what the router has.
    """

    pattern: str
    view_set: Bound | None = None
    lineage: Lineage | None = None
    mapping: Mapping[str, str]
    action: ActionRoute | None = None
    condition: str = ""
    unread: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _RouteShape:
    """A line of a router's table: its URL with `{prefix}`, `{lookup}`, `{url_path}`, and which verbs mean what."""

    url: str
    mapping: Mapping[str, str]
    dynamic: bool
    detail: bool


_SHAPES = (
    _RouteShape(url="^{prefix}{trailing_slash}$", mapping=_STANDARD, dynamic=False, detail=False),
    _RouteShape(url="^{prefix}/{url_path}{trailing_slash}$", mapping={}, dynamic=True, detail=False),
    _RouteShape(url="^{prefix}/{lookup}{trailing_slash}$", mapping=_DETAIL, dynamic=False, detail=True),
    _RouteShape(url="^{prefix}/{lookup}/{url_path}{trailing_slash}$", mapping={}, dynamic=True, detail=True),
)


class Routers:
    """All routers of a project with what is registered at them, in whatever module that is written."""

    def __init__(self, values: Values, classes: Classes, texts: Texts) -> None:
        self.values = values
        self.classes = classes
        self.texts = texts
        self._registered: dict[RouterKey, list[Registration]] = {}
        self._extended: dict[RouterKey, list[tuple[RouterKey, str]]] = {}
        for module in values.project.modules(".register(", ".registry.extend("):
            for events in self.values.frame(module).events.values():
                for event in events:
                    if event.change in {Change.CALL, Change.SET} and isinstance(event.expression, ast.Call):
                        self._register(Scope(module=module, local=event.local), event, event.expression)
        for module in values.project.modules("Router("):
            for events in self.values.frame(module).events.values():
                for event in events:
                    if event.change in {Change.CALL, Change.SET} and isinstance(event.expression, ast.Call):
                        self._handed_over(module, event, event.expression)

    def key_of(self, scope: Scope, expression: ast.expr) -> RouterKey | None:
        """Which router an expression names."""
        if isinstance(expression, ast.Name) and expression.id in scope.local:
            bound = scope.local[expression.id]
            if bound.expression is not expression:
                return self.key_of(bound.scope, bound.expression)
        held = self.values.project.of(scope.module, expression)
        if isinstance(held, Defined) and isinstance(held.node, ast.Call):
            return (held.module.path, held.name)
        if isinstance(held, Defined) and isinstance(held.node, ast.Name | ast.Attribute):
            return self.key_of(Scope(module=held.module), held.node)
        return None

    def is_router(self, key: RouterKey) -> bool:
        """Whether something is made by a class that makes routes of view sets."""
        lineage = self._maker(key)
        return lineage is not None and (
            any("router" in name.lower().rpartition(".")[2] for name in lineage.outside)
            or lineage.method("get_urls") is not None
        )

    def adds_its_own(self, key: RouterKey) -> str:
        """The name of the repository's router class if it makes further URLs itself; empty if it does not."""
        lineage = self._maker(key)
        if lineage is None or not lineage.outside:
            return ""
        own = (one for one in lineage.own if {"urls", "get_urls"} & bindings(one.node).keys())
        return next((one.name for one in own), "")

    def _handed_over(self, module: PythonModule, event: Event, call: ast.Call) -> None:
        """`add_item_urls(router)`: what a function registers at the router that it is given."""
        held = self.values.project.of(module, call.func)
        if not isinstance(held, Defined) or not isinstance(held.node, ast.FunctionDef):
            return
        scope = Scope(module=module, local=event.local)
        given = bound_arguments(held.node, call, scope)
        routers = {name: bound for name, bound in given.items() if self.key_of(bound.scope, bound.expression)}
        if not routers:
            return
        inner = self.values.inside(held.module, held.node, given)
        for name in routers:
            for one in inner.frame.events.get(name, ()) if inner.frame is not None else ():
                if isinstance(one.expression, ast.Call):
                    self._register(inner, one, one.expression)

    def _register(self, scope: Scope, event: Event, call: ast.Call) -> None:
        if not isinstance(call.func, ast.Attribute):
            return
        if call.func.attr == "extend":
            self._extend(scope, call.func.value, call.args, event.condition)
        elif call.func.attr == "register":
            self._registration(scope, call, event.condition, 0)

    def _extend(self, scope: Scope, owner: ast.expr, args: list[ast.expr], condition: str) -> None:
        """`router.registry.extend(other.registry)`."""
        match owner, args:
            case ast.Attribute(value=into, attr="registry"), [ast.Attribute(value=taken, attr="registry")]:
                key, source = self.key_of(scope, into), self.key_of(scope, taken)
                if key is not None and source is not None:
                    self._extended.setdefault(key, []).append((source, condition))

    def _registration(self, scope: Scope, call: ast.Call, condition: str, depth: int) -> Registration | None:
        """`router.register(prefix, view set)`, and a further one at what that gives (drf-extensions)."""
        assert isinstance(call.func, ast.Attribute)
        given = {one.arg: one.value for one in call.keywords}
        prefix = call.args[0] if call.args else given.get("prefix")
        view_set = call.args[1] if len(call.args) > 1 else given.get("viewset")
        if prefix is None or view_set is None or depth > _DEEPEST:
            return None
        owner = self.values.resolved(Bound(scope=scope, expression=call.func.value))
        text, key = self.texts.of(Bound(scope=scope, expression=prefix)), None
        outer = owner.expression
        if (
            isinstance(outer, ast.Call)
            and isinstance(outer.func, ast.Attribute)
            and outer.func.attr == "register"
        ):
            parent = self._registration(owner.scope, outer, condition, depth + 1)
            if parent is None:
                return None
            key, text = parent.key, self._below(parent, text, given.get("parents_query_lookups"))
        else:
            key = self.key_of(scope, call.func.value)
        if key is None:
            return None
        view = Bound(scope=scope, expression=view_set)
        made = Registration(key=key, prefix=text, view_set=view, condition=condition)
        held = self._registered.setdefault(key, [])
        if all(one.view_set.expression is not view_set or one.prefix != text for one in held):
            held.append(made)
        return made

    def _below(self, parent: Registration, text: Text, lookups: ast.expr | None) -> Text:
        """The expression of a view set that is registered below another one's objects."""
        names = [one.value for one in ast.walk(lookups) if isinstance(one, ast.Constant)] if lookups else []
        last = str(names[-1]) if names else "pk"
        group = lookup_group(self.texts, self._lineage(parent.view_set), "").partition(">")[2]
        name = re.sub(r"\W", "__", last)
        value = f"{parent.prefix.value}/(?P<parent_lookup_{name}>{group}/{text.value}"
        return Text(value=value, unread=(*parent.prefix.unread, *text.unread), notes=text.notes)

    # ------------------------------------------------------------------------------------------- one router

    def _call(self, key: RouterKey) -> tuple[PythonModule, ast.Call] | None:
        """The call that made a router; its name may be given again later: `router = add_urls(router)`."""
        module = self.values.project.module(key[0])
        if module is None:
            return None
        for event in self.values.frame(module).events.get(key[1], ()):
            made = event.expression
            is_call = event.change is Change.SET and isinstance(made, ast.Call)
            if (
                is_call
                and isinstance(made, ast.Call)
                and self.classes.class_of(module, made.func) is not None
            ):
                return (module, made)
        return None

    def _maker(self, key: RouterKey) -> Lineage | None:
        made = self._call(key)
        if made is None:
            return None
        held = self.classes.class_of(made[0], made[1].func)
        if isinstance(held, Outside):
            return Lineage(members=(held,))
        return self.classes.lineage(held) if held is not None else None

    def _argument(self, key: RouterKey, name: str, place: int) -> Bound | None:
        made = self._call(key)
        if made is None:
            return None
        module, call = made
        given = next((one.value for one in call.keywords if one.arg == name), None)
        if given is None and 0 <= place < len(call.args):
            given = call.args[place]
        return Bound(scope=Scope(module=module), expression=given) if given is not None else None

    def _trailing(self, key: RouterKey) -> str:
        given = self._argument(key, "trailing_slash", -1)
        if given is not None and isinstance(given.expression, ast.Constant):
            return "/" if given.expression.value is True else ""
        lineage = self._maker(key)
        for name in ("__init__",):
            method = lineage.method(name) if lineage is not None else None
            for node in ast.walk(method.node) if method is not None else ():
                match node:
                    case ast.Assign(
                        targets=[ast.Attribute(attr="trailing_slash")],
                        value=ast.Constant(value=str() as text),
                    ):
                        return text
        held = lineage.attribute("trailing_slash") if lineage is not None else None
        if held is not None and isinstance(held.node, ast.Constant):
            return str(held.node.value)
        return "/"

    def _parent(self, key: RouterKey, depth: int) -> tuple[str, tuple[str, ...]]:
        """The expression before each pattern of a nested router (drf-nested-routers), and what was not read of it."""
        lineage = self._maker(key)
        nested = lineage is not None and any("Nested" in name for name in lineage.outside)
        if not nested or depth > _DEEPEST:
            return "", ()
        parent, prefix = self._argument(key, "parent_router", 0), self._argument(key, "parent_prefix", 1)
        lookup = self._argument(key, "lookup", 2)
        parent_key = self.key_of(parent.scope, parent.expression) if parent is not None else None
        if parent_key is None or prefix is None:
            return "{parent}/", ("the parent of a nested router",)
        text = self.texts.of(prefix)
        name = self.texts.of(lookup).value if lookup is not None else "nested"
        outer, unread = self._parent(parent_key, depth + 1)
        found = next((one for one in self.registrations(parent_key) if one.prefix.value == text.value), None)
        held = self._lineage(found.view_set) if found is not None else None
        group = lookup_group(self.texts, held, f"{name}_")
        return f"{outer}{text.value}/{group}/", (*unread, *text.unread)

    def registrations(self, key: RouterKey, depth: int = 0) -> list[Registration]:
        """What is registered at a router, that of routers that it was extended by included."""
        found = list(self._registered.get(key, ()))
        for other, _ in self._extended.get(key, ()) if depth < _DEEPEST else ():
            found.extend(self.registrations(other, depth + 1))
        return found

    def _lineage(self, bound: Bound) -> Lineage | None:
        held = self.values.resolved(bound)
        made = self.classes.class_of(held.scope.module, held.expression)
        if isinstance(made, Outside):
            return Lineage(members=(made,))
        return self.classes.lineage(made) if made is not None else None

    # --------------------------------------------------------------------------------------------- entries

    def entries(self, key: RouterKey) -> Iterator[RouterEntry]:
        """The URL patterns of a router, in their order; the root view comes last."""
        lineage = self._maker(key)
        before, unread = self._parent(key, 0)
        shapes = tuple(self._shapes(lineage))
        trailing = self._trailing(key)
        for registration in self.registrations(key):
            held = self._lineage(registration.view_set)
            missing = (*unread, *registration.prefix.unread)
            if held is None:
                yield RouterEntry(
                    pattern=f"^{before}{registration.prefix.value}{trailing}$",
                    view_set=registration.view_set,
                    mapping={},
                    condition=registration.condition,
                    unread=missing,
                )
                continue
            group = lookup_group(self.texts, held, "")
            actions = tuple(actions_of(self.texts, held))
            for shape in shapes:
                for entry in _of_shape(shape, registration, held, actions):
                    url = shape.url.replace("^", f"^{before}", 1)
                    url = url.replace("{prefix}", registration.prefix.value)
                    url = url.replace("{lookup}", group).replace("{trailing_slash}", trailing)
                    if not registration.prefix.value and not before and url.startswith("^/"):
                        url = f"^{url[2:]}"
                    url_path = entry.action.url_path if entry.action is not None else ""
                    yield RouterEntry(
                        pattern=url.replace("{url_path}", url_path),
                        view_set=registration.view_set,
                        lineage=held,
                        mapping=entry.mapping,
                        action=entry.action,
                        condition=registration.condition,
                        unread=missing,
                    )
        if lineage is not None and _has_root(lineage):
            yield RouterEntry(pattern="^$", mapping={"get": "get"}, unread=unread)

    def _shapes(self, lineage: Lineage | None) -> Iterator[_RouteShape]:
        """The router's table: its own where the repository's class has one."""
        held = lineage.attribute("routes") if lineage is not None else None
        if held is None or not isinstance(held.node, ast.List | ast.Tuple):
            yield from _SHAPES
            return
        for element in held.node.elts:
            match element:
                case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name), keywords=keywords):
                    given = {one.arg: one.value for one in keywords}
                    url = self.texts.of(
                        Bound(
                            scope=Scope(module=held.module),
                            expression=given.get("url", ast.Constant(value="")),
                        )
                    ).value
                    yield _RouteShape(
                        url=url.replace("{methodname}", "{url_path}").replace(
                            "{methodnamehyphen}", "{url_path}"
                        ),
                        mapping=dict(_literal_mapping(given.get("mapping"))),
                        dynamic="Dynamic" in name,
                        detail="{lookup}" in url,
                    )


def _of_shape(
    shape: _RouteShape, registration: Registration, lineage: Lineage, actions: tuple[ActionRoute, ...]
) -> Iterator[RouterEntry]:
    """The entries that one line of the router's table gives for a view set."""
    if shape.dynamic:
        for action in actions:
            if action.detail is shape.detail:
                mapping = dict.fromkeys(action.verbs, action.method.node.name)
                yield RouterEntry(pattern="", view_set=registration.view_set, mapping=mapping, action=action)
        return
    known = lineage.actions
    mapping = {verb: name for verb, name in shape.mapping.items() if name in known or lineage.answers(name)}
    if mapping:
        yield RouterEntry(pattern="", view_set=registration.view_set, mapping=mapping)


def _literal_mapping(expression: ast.expr | None) -> Iterator[tuple[str, str]]:
    if isinstance(expression, ast.Dict):
        for key, value in zip(expression.keys, expression.values, strict=True):
            match key, value:
                case ast.Constant(value=str() as verb), ast.Constant(value=str() as name):
                    yield verb.lower(), name


def _has_root(lineage: Lineage) -> bool:
    return any(name.endswith("DefaultRouter") for name in lineage.outside) or (
        any(member.name == "DefaultRouter" for member in lineage.own)
    )
