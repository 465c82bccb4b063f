"""Routes of one Django application: each pattern with its view, methods, guards, lookups and bodies."""

import ast
from collections.abc import Iterator, Mapping

from launchready.model.source import (
    CodePlace,
    GuardKind,
    GuardLevel,
    SourceGuard,
    Validation,
)
from launchready.source.code.facts import FoundRoute, Key
from launchready.source.python.django.answers import DJANGO, REST, Answer, Readers, route_of
from launchready.source.python.django.class_guards import ClassGuards
from launchready.source.python.django.classes import Lineage, Method
from launchready.source.python.django.guards import Asked
from launchready.source.python.django.methods import function_methods, handed_to, lines_of_others
from launchready.source.python.django.mounts import MountReader
from launchready.source.python.django.packages import package_view
from launchready.source.python.django.refusals import Verdict
from launchready.source.python.django.scopes import Bound, Scope, code_of
from launchready.source.python.django.taken import Taken
from launchready.source.python.django.urls import Leaf
from launchready.source.python.django.views import (
    ANY,
    ClassView,
    FunctionView,
    PackageView,
    UnreadView,
    class_verbs,
)
from launchready.source.python.drf.permissions import ViewPermissions
from launchready.source.python.drf.routers import RouterEntry
from launchready.source.python.project import Defined, dotted_name

_NOTHING: Mapping[str, Defined] = {}
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_API_VIEWS = ("rest_framework.APIView", "rest_framework.GenericAPIView", "rest_framework.ViewSet")


class RouteReader:
    """Makes routes of the patterns' ends."""

    def __init__(self, readers: Readers) -> None:
        self.readers = readers
        self.class_guards = ClassGuards(readers.guards)
        self.mounts = MountReader(readers)
        self.values = readers.guards.values

    def routes(self, leaf: Leaf) -> Iterator[FoundRoute]:
        """The routes of one pattern."""
        if leaf.package:
            yield from self.mounts.mounted(leaf)
            return
        for answer in self._answers(leaf):
            yield route_of(self.readers, leaf.template, answer)

    def _answers(self, leaf: Leaf) -> Iterator[Answer]:
        if leaf.entry is not None:
            yield from self._entry_answers(leaf, leaf.entry)
            return
        view = self.readers.views.view(leaf.view, leaf.wrappers)
        match view:
            case FunctionView():
                yield from self._function_answers(leaf, view)
            case ClassView():
                yield from self._class_answers(leaf, view, _NOTHING)
            case PackageView():
                yield from self.mounts.package_answers(leaf, view)
            case UnreadView():
                yield self.mounts.unread(leaf, view)

    # ------------------------------------------------------------------------------------------- functions

    def _function_answers(self, leaf: Leaf, view: FunctionView) -> Iterator[Answer]:
        decorators = view.node.decorator_list if not isinstance(view.node, ast.Lambda) else []
        own = [Bound(scope=Scope(module=view.module), expression=one) for one in decorators]
        full_names = [self.values.project.full_name(view.module, one) for one in decorators]
        is_api = any(
            name.endswith(("rest_framework.decorators.api_view", ":api_view")) for name in full_names
        )
        for method in function_methods(self.readers.guards, view, (*view.wrappers, *own)):
            asked = Asked(method=method, path=f"/{leaf.template.text}")
            guards = [
                guard
                for bound in (*view.wrappers, *own)
                for guard in self.readers.guards.of_decorator(bound, GuardLevel.ROUTE, asked)
            ]
            permissions = self._function_permissions(own, full_names, asked) if is_api else ViewPermissions()
            yield Answer(
                method=method,
                handler=view.name,
                place=view.module.place(view.node),
                end_line=view.node.end_lineno or view.node.lineno,
                framework=REST if is_api else DJANGO,
                key=(view.module.path, view.name),
                guards=(*permissions.guards, *guards, *self._of_handed(view, method, asked)),
                taken=self.readers.bodies.of_function(view.module, view.node, method),
                exempt=is_api or any(guard.kind is GuardKind.PUBLIC for guard in guards),
                without=lines_of_others(self.readers.guards, view, method),
            )

    def _of_handed(self, view: FunctionView, method: str, asked: Asked) -> tuple[SourceGuard, ...]:
        """The guards before the functions that a view hands its request to, if all of them have some."""
        found = []
        for held in handed_to(self.readers.guards, view, method):
            decorators = held.node.decorator_list if isinstance(held.node, FUNCTIONS) else []
            bounds = [Bound(scope=Scope(module=held.module), expression=one) for one in decorators]
            found.append(
                [
                    guard
                    for bound in bounds
                    for guard in self.readers.guards.of_decorator(bound, GuardLevel.INLINE, asked)
                ]
            )
        return tuple(found[0]) if found and all(found) else ()

    def _function_permissions(self, own: list[Bound], names: list[str], asked: Asked) -> ViewPermissions:
        for bound, name in zip(own, names, strict=True):
            call = bound.expression
            if name.endswith("permission_classes") and isinstance(call, ast.Call) and call.args:
                return self.readers.permissions.of_function(bound.other(call.args[0]), asked)
        return self.readers.permissions.of_function(None, asked)

    # --------------------------------------------------------------------------------------------- classes

    def _entry_answers(self, leaf: Leaf, entry: RouterEntry) -> Iterator[Answer]:
        """A router's entry: its root view, or some actions of a view set."""
        if entry.view_set is None:
            bound = leaf.view
            asked = Asked(method="GET", path=f"/{leaf.template.text}")
            permissions = self.readers.permissions.of_function(None, asked)
            yield Answer(
                method="GET",
                handler="APIRootView",
                place=bound.scope.module.place(bound.expression),
                end_line=getattr(bound.expression, "end_lineno", None) or 1,
                framework=REST,
                guards=permissions.guards,
                taken=Taken(validation=Validation.NO_BODY),
                exempt=True,
                notes=("the root view of a router",),
            )
            return
        if entry.lineage is None:
            yield self.mounts.unread(leaf, UnreadView(code=code_of(entry.view_set.expression)))
            return
        given = entry.action.given if entry.action is not None else _NOTHING
        view = ClassView(lineage=entry.lineage, mapping=entry.mapping, wrappers=leaf.wrappers)
        yield from self._class_answers(leaf, view, given)

    def _class_answers(self, leaf: Leaf, view: ClassView, given: Mapping[str, Defined]) -> Iterator[Answer]:
        verbs = class_verbs(self.values, view)
        if not verbs and view.mapping is None:
            yield self._class_answer(leaf, view, given, ANY, "dispatch")
        for verb, name in verbs.items():
            yield self._class_answer(leaf, view, given, verb.upper(), name)

    def _class_answer(
        self, leaf: Leaf, view: ClassView, given: Mapping[str, Defined], method: str, name: str
    ) -> Answer:
        lineage = view.lineage
        is_api = lineage.is_a(*_API_VIEWS) or _is_rest(lineage)
        action = lineage.verbs.get(name, name) if view.mapping is None else name
        asked = Asked(method=method if method != ANY else "GET", action=action, path=f"/{leaf.template.text}")
        permissions = self.readers.permissions.of_view(lineage, asked, given) if is_api else ViewPermissions()
        wrapped = [
            guard
            for bound in view.wrappers
            for guard in self.readers.guards.of_decorator(bound, GuardLevel.ROUTE, asked)
        ]
        held = lineage.method(name)
        guards = (*wrapped, *permissions.guards, *self.class_guards.of(lineage, name, asked))
        if not guards and any(_is_way_in(full) for full in lineage.outside):
            verdict = Verdict(kind=GuardKind.PUBLIC)
            own = next(lineage.own)
            guards = (self.readers.guards.made(own.module, own.node, own.name, verdict, GuardLevel.GROUP),)
        return Answer(
            method=method,
            handler=held.name if held is not None else f"{next(lineage.own).name}.{name}",
            place=_class_place(lineage, held),
            end_line=_class_end(lineage, held),
            framework=REST if is_api else DJANGO,
            key=_key(held),
            hooks=tuple(_hooks(lineage, action, held)),
            guards=guards,
            lookups=self.readers.lookups.of_class(lineage, asked, leaf.template, permissions, held),
            taken=self.readers.bodies.of_class(lineage, asked, held, given),
            exempt=is_api or any(guard.kind is GuardKind.PUBLIC for guard in guards),
            scoped_by=_object_check(held, permissions),
        )


_WAYS_IN = (
    "django.contrib.auth.", "allauth.", "dj_rest_auth.", "rest_auth.", "djoser.", "rest_framework_simplejwt.",
    "rest_framework.authtoken.", "rest_framework_jwt.",
)  # fmt: skip


def _is_way_in(full: str) -> bool:
    """Whether a package's view is there for callers who are not signed in: a login, a sign-up, a forgotten password."""
    known = package_view(full) if full.startswith(_WAYS_IN) else None
    return known is not None and known.kind is GuardKind.PUBLIC


def _is_rest(lineage: Lineage) -> bool:
    return any(full.startswith(("rest_framework.", "rest_framework_", "drf_")) for full in lineage.outside)


def _key(method: Method | None) -> Key | None:
    return (method.module.path, method.name) if method is not None else None


def _class_place(lineage: Lineage, method: Method | None) -> CodePlace:
    if method is not None:
        return method.module.place(method.node)
    own = next(lineage.own)
    return own.module.place(own.node)


def _class_end(lineage: Lineage, method: Method | None) -> int:
    if method is not None:
        return method.node.end_lineno or method.node.lineno
    own = next(lineage.own)
    return own.node.end_lineno or own.node.lineno


_HOOKS: Mapping[str, tuple[str, ...]] = {
    "list": ("get_queryset", "filter_queryset"),
    "retrieve": ("get_object", "get_queryset"),
    "update": ("get_object", "get_queryset", "perform_update", "form_valid"),
    "partial_update": ("get_object", "get_queryset", "perform_update"),
    "destroy": ("get_object", "get_queryset", "perform_destroy"),
    "create": ("perform_create", "form_valid"),
    "form": ("form_valid", "get_form"),
}


def _object_check(held: Method | None, permissions: ViewPermissions) -> str:
    """The permissions that a handler asks about an object that it fetched itself."""
    if held is None or not (permissions.owner_term or permissions.unread):
        return ""
    names = {dotted_name(node.func) for node in ast.walk(held.node) if isinstance(node, ast.Call)}
    return "check_object_permissions" if "self.check_object_permissions" in names else ""


def _hooks(lineage: Lineage, action: str, held: Method | None) -> Iterator[Key]:
    """The functions of the repository that a package's action calls."""
    calls = held is None or any(
        isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "super"
        for node in ast.walk(held.node)
    )
    for name in _HOOKS.get(action, ()) if calls else ():
        method = lineage.method(name)
        if method is not None:
            yield (method.module.path, method.name)
