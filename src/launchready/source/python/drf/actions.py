"""View sets of Django REST framework: their `@action` methods, and how their objects are chosen in paths."""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from launchready.source.python.django.classes import HTTP_METHODS, Lineage, Method
from launchready.source.python.django.scopes import Bound, Scope
from launchready.source.python.django.texts import Texts
from launchready.source.python.project import Defined

_DECORATORS = frozenset({"action", "list_route", "detail_route", "link"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionRoute:
    """An `@action` method: what it answers, and what the decorator sets for it alone (`permission_classes` …)."""

    method: Method
    verbs: tuple[str, ...]
    detail: bool
    url_path: str
    given: Mapping[str, Defined]


def lookup_group(texts: Texts, lineage: Lineage | None, prefix: str) -> str:
    """The group of an expression that takes a view set's id: `(?P<pk>[^/.]+)`."""
    found: dict[str, str] = {}
    for name in ("lookup_field", "lookup_url_kwarg", "lookup_value_regex"):
        held = lineage.attribute(name) if lineage is not None else None
        if held is not None and isinstance(held.node, ast.expr):
            text = texts.of(Bound(scope=Scope(module=held.module), expression=held.node))
            if text.certain:
                found[name] = text.value
    name = found.get("lookup_url_kwarg") or found.get("lookup_field") or "pk"
    return f"(?P<{prefix}{name}>{found.get('lookup_value_regex') or '[^/.]+'})"


def actions_of(texts: Texts, lineage: Lineage) -> Iterator[ActionRoute]:
    """The `@action` methods of a view set, those of its ancestors included."""
    project = texts.values.project
    for name, method in lineage.methods():
        for decorator in method.node.decorator_list:
            call = decorator if isinstance(decorator, ast.Call) else None
            held = project.full_name(method.module, decorator)
            if held.replace(":", ".").rpartition(".")[2] in _DECORATORS:
                yield _action(texts, method, name, call, held)
                yield from _further(texts, lineage, name, call, method)
                break


def _action(texts: Texts, method: Method, name: str, call: ast.Call | None, held: str) -> ActionRoute:
    given = {one.arg: one.value for one in call.keywords if one.arg} if call is not None else {}
    scope = Scope(module=method.module)
    url_path = (
        texts.of(Bound(scope=scope, expression=given["url_path"])).value if "url_path" in given else name
    )
    detail = given.get("detail")
    is_detail = (
        bool(detail.value) if isinstance(detail, ast.Constant) else held.endswith(("detail_route", "link"))
    )
    if detail is None and call is not None and call.args and isinstance(call.args[0], ast.Constant):
        is_detail = is_detail or call.args[0].value is True
    verbs = given.get("methods")
    return ActionRoute(
        method=method,
        verbs=tuple(_verbs(texts, scope, verbs)) if verbs is not None else ("get",),
        detail=is_detail,
        url_path=url_path or name,
        given={
            key: Defined(module=method.module, node=value, name=f"{method.name}@{key}")
            for key, value in given.items()
        },
    )


def _verbs(texts: Texts, scope: Scope, expression: ast.expr) -> Iterator[str]:
    for item in texts.values.items(scope, expression).found:
        verb = texts.of(item.bound).value.lower()
        if verb in HTTP_METHODS:
            yield verb


def _further(
    texts: Texts, lineage: Lineage, name: str, call: ast.Call | None, first: Method
) -> Iterator[ActionRoute]:
    """`@name.mapping.delete`: another method for a further verb at the same path."""
    base = _action(
        texts, first, name, call, texts.values.project.full_name(first.module, first.node.decorator_list[0])
    )
    for _, method in lineage.methods():
        for decorator in method.node.decorator_list:
            match decorator:
                case ast.Attribute(
                    attr=verb, value=ast.Attribute(attr="mapping", value=ast.Name(id=owner))
                ) if owner == name and verb in HTTP_METHODS:
                    yield ActionRoute(
                        method=method,
                        verbs=(verb,),
                        detail=base.detail,
                        url_path=base.url_path,
                        given=base.given,
                    )
