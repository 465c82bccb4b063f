"""What stands at the end of a URL pattern: the function or class, what is put around it, which methods it answers."""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TypeAlias

from launchready.source.python.django.classes import HTTP_METHODS, Classes, Lineage
from launchready.source.python.django.packages import package_view
from launchready.source.python.django.scopes import Bound, Scope, code_of
from launchready.source.python.django.values import Values
from launchready.source.python.project import Defined, Function, Outside, PythonModule, Whole, dotted_name

_DEEPEST = 8
ANY = "ANY"
_REQUIRED: Mapping[str, tuple[str, ...]] = {
    "require_GET": ("GET",),
    "require_safe": ("GET",),
    "require_POST": ("POST",),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionView:
    """A function of the repository. `wrappers` are what the URL pattern puts around it, outermost first."""

    module: PythonModule
    node: Function | ast.Lambda
    name: str
    wrappers: tuple[Bound, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassView:
    """A class of the repository. `mapping` is that of `as_view({"get": "list"})`; None without one."""

    lineage: Lineage
    mapping: Mapping[str, str] | None = None
    wrappers: tuple[Bound, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageView:
    """A view of a package by its full name; `given` are the arguments of `as_view`."""

    full: str
    given: Mapping[str, ast.expr]
    wrappers: tuple[Bound, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class UnreadView:
    """A view that could not be told."""

    code: str
    wrappers: tuple[Bound, ...] = ()


View: TypeAlias = FunctionView | ClassView | PackageView | UnreadView


class Views:
    """Finds the views that expressions stand for."""

    def __init__(self, values: Values, classes: Classes) -> None:
        self.values = values
        self.classes = classes

    def view(self, bound: Bound, wrappers: tuple[Bound, ...] = (), depth: int = 0) -> View:
        """The view of a URL pattern's expression."""
        held = self.values.resolved(bound)
        expression, module = held.expression, held.scope.module
        if depth > _DEEPEST:
            return UnreadView(code=code_of(expression), wrappers=wrappers)
        match expression:
            case ast.Lambda():
                name = f"<anonymous>:{expression.lineno}"
                return FunctionView(module=module, node=expression, name=name, wrappers=wrappers)
            case ast.Call(func=ast.Attribute(value=owner, attr=method)) if method.startswith("as_") and (
                method.endswith("view")
            ):
                return self._of_class(held.other(owner), expression, wrappers)
            case ast.Call():
                return self._called(held, expression, wrappers, depth)
            case ast.Constant(value=str() as dotted):
                return self._dotted(dotted, module, wrappers)
        return self._meant(self.values.project.of(module, expression), held, wrappers)

    def _meant(
        self, meaning: Defined | Outside | Whole | None, bound: Bound, wrappers: tuple[Bound, ...]
    ) -> View:
        match meaning:
            case Outside(name=name):
                return PackageView(full=name, given={}, wrappers=wrappers)
            case Defined(module=module, node=ast.FunctionDef() | ast.AsyncFunctionDef() as node, name=name):
                return FunctionView(module=module, node=node, name=name, wrappers=wrappers)
            case Defined(node=ast.ClassDef()) as held:
                return ClassView(lineage=self.classes.lineage(held), wrappers=wrappers)
        return UnreadView(code=code_of(bound.expression), wrappers=wrappers)

    def _of_class(self, bound: Bound, call: ast.Call, wrappers: tuple[Bound, ...]) -> View:
        held = self.values.resolved(bound)
        module = bound.scope.module
        given = {one.arg: one.value for one in call.keywords if one.arg}
        made = self.classes.class_of(held.scope.module, held.expression)
        if isinstance(made, Outside):
            return PackageView(full=made.name, given=given, wrappers=wrappers)
        if made is None:
            return UnreadView(code=code_of(call), wrappers=wrappers)
        actions = call.args[0] if call.args else given.pop("actions", None)
        lineage = replace(
            self.classes.lineage(made),
            given={name: Defined(module=module, node=value, name=name) for name, value in given.items()},
        )
        return ClassView(lineage=lineage, mapping=self._actions(bound, actions), wrappers=wrappers)

    def _actions(self, bound: Bound, actions: ast.expr | None) -> Mapping[str, str] | None:
        """`{"get": "list", "post": "create"}`."""
        if actions is None:
            return None
        held = self.values.resolved(bound.other(actions))
        if not isinstance(held.expression, ast.Dict):
            return None
        found = {}
        for key, value in zip(held.expression.keys, held.expression.values, strict=True):
            match key, value:
                case ast.Constant(value=str() as verb), ast.Constant(value=str() as action):
                    found[verb.lower()] = action
        return found

    def _called(self, bound: Bound, call: ast.Call, wrappers: tuple[Bound, ...], depth: int) -> View:
        """`login_required(view)`, `cache_page(60)(view)`, `partial(view, x=1)`, `FeedClass()`, `make_view()`."""
        made = self.values.project.of(bound.scope.module, call.func)
        if isinstance(made, Defined) and isinstance(made.node, ast.ClassDef):
            lineage = self.classes.lineage(made)
            inside = [self.view(bound.other(one), wrappers, depth + 1) for one in call.args[:1]]
            if not any(isinstance(one, FunctionView | PackageView) for one in inside):
                return ClassView(lineage=lineage, wrappers=wrappers)
        last = dotted_name(call.func).rpartition(".")[2]
        around = () if last == "partial" else (bound.other(call.func),)
        for argument in call.args[:1]:
            inner = self.view(bound.other(argument), (*wrappers, *around), depth + 1)
            if not isinstance(inner, UnreadView):
                return inner
        for result in self.values.returned(bound.scope, call):
            inner = self.view(result, wrappers, depth + 1)
            if not isinstance(inner, UnreadView):
                return inner
        if isinstance(made, Outside):
            return PackageView(full=made.name, given={}, wrappers=wrappers)
        return UnreadView(code=code_of(call), wrappers=wrappers)

    def _dotted(self, dotted: str, module: PythonModule, wrappers: tuple[Bound, ...]) -> View:
        """A view named by text: `"app.views.index"`."""
        owner, _, name = dotted.rpartition(".")
        path = self.values.project.find(owner, module.path)
        held = self.values.project.module(path) if path is not None else None
        meaning = self.values.project.meaning(held, name) if held is not None else Outside(name=dotted)
        bound = Bound(scope=Scope(module=module), expression=ast.Constant(value=dotted))
        return self._meant(meaning, bound, wrappers)


# ------------------------------------------------------------------------------------------------ methods


def class_verbs(values: Values, view: ClassView) -> Mapping[str, str]:
    """Which methods a class answers, each with the name of what answers: a method of it, or the framework's action.

    Empty where that cannot be told: the class has a `dispatch` of its own and nothing else.
    """
    lineage = view.lineage
    if view.mapping is not None:
        found = {verb: action for verb, action in view.mapping.items() if verb in HTTP_METHODS}
    else:
        found = dict(lineage.verbs)
        for verb in HTTP_METHODS:
            if lineage.answers(verb):
                found[verb] = verb
        if not found and lineage.method("__call__") is not None:
            found = {"get": "__call__"}
        known = next((one for full in lineage.outside if (one := package_view(full)) is not None), None)
        if not found and known is not None:
            found = {verb.lower(): verb.lower() for verb in known.verbs}
    allowed = _allowed(values, lineage)
    return {verb: action for verb, action in found.items() if allowed is None or verb in allowed}


def _allowed(values: Values, lineage: Lineage) -> set[str] | None:
    """`http_method_names`."""
    held = lineage.attribute("http_method_names")
    if held is None or not isinstance(held.node, ast.expr):
        return None
    items = values.items(Scope(module=held.module), held.node)
    texts = {values.project.text(item.bound.scope.module, item.bound.expression) for item in items.found}
    return None if items.unread or None in texts else {text.lower() for text in texts if text}


def stated_methods(
    values: Values, module: PythonModule, decorators: list[ast.expr]
) -> tuple[str, ...] | None:
    """The methods that a function's decorators allow (`require_POST`, `api_view(["GET"])`); None where none says so."""
    for decorator in decorators:
        full = values.project.full_name(module, decorator)
        last = full.replace(":", ".").rpartition(".")[2]
        if last in _REQUIRED:
            return _REQUIRED[last]
        if last not in {"require_http_methods", "api_view"}:
            continue
        given = decorator.args if isinstance(decorator, ast.Call) else []
        if isinstance(decorator, ast.Call):
            given = [*given, *(one.value for one in decorator.keywords if one.arg == "http_method_names")]
        if not given:
            return ("GET",)
        return tuple(_listed(values, Bound(scope=Scope(module=module), expression=given[0])))
    return None


def _listed(values: Values, bound: Bound) -> Iterator[str]:
    for item in values.items(bound.scope, bound.expression).found:
        text = values.project.text(item.bound.scope.module, item.bound.expression)
        if text is not None and text.lower() in HTTP_METHODS:
            yield text.upper()


def mentioned_methods(function: Function | ast.Lambda) -> tuple[set[str], bool]:
    """The methods that a function's body names beside `request.method`, and whether it reads what was posted."""
    named: set[str] = set()
    reads = False
    for node in ast.walk(function):
        match node:
            case ast.Compare(left=left, comparators=comparators):
                sides = [left, *comparators]
                if any(isinstance(side, ast.Attribute) and side.attr == "method" for side in sides):
                    named |= {text for side in sides for text in _texts(side)}
            case ast.Match(subject=ast.Attribute(attr="method"), cases=cases):
                named |= {
                    text
                    for case in cases
                    for part in ast.walk(case.pattern)
                    if isinstance(part, ast.MatchValue)
                    for text in _texts(part.value)
                }
            case ast.Attribute(value=ast.Name(id="request" | "req"), attr="POST" | "FILES" | "body" | "data"):
                reads = True
    return {name for name in named if name.lower() in HTTP_METHODS}, reads


def _texts(node: ast.expr) -> Iterator[str]:
    for part in ast.walk(node):
        if isinstance(part, ast.Constant) and isinstance(part.value, str):
            yield part.value.upper()
