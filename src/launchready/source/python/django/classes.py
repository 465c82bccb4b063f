"""Classes with all that they inherit, across modules, and what the frameworks' own classes bring along."""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from launchready.source.python.project import (
    Defined,
    Function,
    Node,
    Outside,
    PythonModule,
    PythonProject,
    class_bindings,
)

_DEEPEST = 20
HTTP_METHODS = ("get", "post", "put", "patch", "delete")
_READ = {"get": "retrieve"}
_CHANGE = {"put": "update", "patch": "partial_update"}
_ALL_ACTIONS = frozenset({"list", "create", "retrieve", "update", "partial_update", "destroy"})

# What a framework's class answers by itself, by HTTP method: the action that it stands for.
# PUT of Django's form views is left out: it is POST without the form's data
_VERBS: Mapping[str, Mapping[str, str]] = {
    "rest_framework.ListAPIView": {"get": "list"},
    "rest_framework.CreateAPIView": {"post": "create"},
    "rest_framework.RetrieveAPIView": _READ,
    "rest_framework.UpdateAPIView": _CHANGE,
    "rest_framework.DestroyAPIView": {"delete": "destroy"},
    "rest_framework.ListCreateAPIView": {"get": "list", "post": "create"},
    "rest_framework.RetrieveUpdateAPIView": _READ | _CHANGE,
    "rest_framework.RetrieveDestroyAPIView": _READ | {"delete": "destroy"},
    "rest_framework.RetrieveUpdateDestroyAPIView": _READ | _CHANGE | {"delete": "destroy"},
    "django.TemplateView": {"get": "get"},
    "django.RedirectView": {"get": "get"},
    "django.ListView": {"get": "list"},
    "django.BaseListView": {"get": "list"},
    "django.DetailView": {"get": "retrieve"},
    "django.BaseDetailView": {"get": "retrieve"},
    "django.FormView": {"get": "form", "post": "form"},
    "django.BaseFormView": {"get": "form", "post": "form"},
    "django.ProcessFormView": {"get": "form", "post": "form"},
    "django.CreateView": {"get": "form", "post": "create"},
    "django.BaseCreateView": {"get": "form", "post": "create"},
    "django.UpdateView": {"get": "retrieve", "post": "update"},
    "django.BaseUpdateView": {"get": "retrieve", "post": "update"},
    "django.DeleteView": {"get": "retrieve", "post": "destroy", "delete": "destroy"},
    "django.BaseDeleteView": {"get": "retrieve", "post": "destroy", "delete": "destroy"},
    "django.DeletionMixin": {"post": "destroy", "delete": "destroy"},
    "django.ArchiveIndexView": {"get": "list"},
    "django.YearArchiveView": {"get": "list"},
    "django.MonthArchiveView": {"get": "list"},
    "django.WeekArchiveView": {"get": "list"},
    "django.DayArchiveView": {"get": "list"},
    "django.TodayArchiveView": {"get": "list"},
    "django.DateDetailView": {"get": "retrieve"},
    "django.LoginView": {"get": "form", "post": "form"},
    "django.LogoutView": {"post": "form"},
    "django.PasswordChangeView": {"get": "form", "post": "form"},
    "django.PasswordChangeDoneView": {"get": "get"},
    "django.PasswordResetView": {"get": "form", "post": "form"},
    "django.PasswordResetDoneView": {"get": "get"},
    "django.PasswordResetConfirmView": {"get": "form", "post": "form"},
    "django.PasswordResetCompleteView": {"get": "get"},
    "django.JavaScriptCatalog": {"get": "get"},
    "django.Feed": {"get": "get"},
}
_ACTIONS: Mapping[str, frozenset[str]] = {
    "rest_framework.ModelViewSet": _ALL_ACTIONS,
    "rest_framework.ReadOnlyModelViewSet": frozenset({"list", "retrieve"}),
    "rest_framework.ListModelMixin": frozenset({"list"}),
    "rest_framework.CreateModelMixin": frozenset({"create"}),
    "rest_framework.RetrieveModelMixin": frozenset({"retrieve"}),
    "rest_framework.UpdateModelMixin": frozenset({"update", "partial_update"}),
    "rest_framework.DestroyModelMixin": frozenset({"destroy"}),
}

Member: TypeAlias = Defined | Outside


@dataclass(frozen=True, slots=True, kw_only=True)
class Method:
    """A method with the class and module that it is written in."""

    module: PythonModule
    owner: ast.ClassDef
    node: Function

    @property
    def name(self) -> str:
        """`Class.method`, as facts name it."""
        return f"{self.owner.name}.{self.node.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lineage:
    """A class and its ancestors in the order in which names are looked up; `given` are arguments of `as_view`."""

    members: tuple[Member, ...]
    given: Mapping[str, Defined] = field(default_factory=dict)

    @property
    def own(self) -> Iterator[Defined]:
        """The classes of the repository among them."""
        return (member for member in self.members if isinstance(member, Defined))

    @property
    def outside(self) -> tuple[str, ...]:
        """The full names of packages' classes among them."""
        return tuple(member.name for member in self.members if isinstance(member, Outside))

    def attribute(self, name: str) -> Defined | None:
        """What a name is bound to in the class or the nearest ancestor of the repository."""
        if name in self.given:
            return self.given[name]
        for member in self.own:
            held = bindings(member.node).get(name)
            if held is not None:
                return Defined(module=member.module, node=held, name=f"{member.name}.{name}")
        return None

    def method(self, name: str) -> Method | None:
        """The method of this name, if the repository's classes have it; an assignment of the name hides it."""
        for member in self.own:
            held = bindings(member.node).get(name)
            if held is not None:
                is_method = isinstance(held, ast.FunctionDef | ast.AsyncFunctionDef)
                if not is_method or not isinstance(member.node, ast.ClassDef):
                    return None
                assert isinstance(held, ast.FunctionDef | ast.AsyncFunctionDef)
                return Method(module=member.module, owner=member.node, node=held)
        return None

    def answers(self, name: str) -> bool:
        """Whether the repository's classes have something of this name: a method, or another one's under its name."""
        for member in self.own:
            held = bindings(member.node).get(name)
            if held is not None:
                return not (isinstance(held, ast.Constant) and held.value is None)
        return False

    def after(self, owner: ast.ClassDef) -> "Lineage":
        """What `super()` means in a class of the lineage."""
        for place, member in enumerate(self.members):
            if isinstance(member, Defined) and member.node is owner:
                return Lineage(members=self.members[place + 1 :])
        return Lineage(members=())

    def methods(self) -> Iterator[tuple[str, Method]]:
        """All methods of the repository's classes, each name once."""
        seen: set[str] = set()
        for member in self.own:
            for name, node in bindings(member.node).items():
                if name not in seen and isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                    assert isinstance(member.node, ast.ClassDef)
                    yield name, Method(module=member.module, owner=member.node, node=node)
                seen.add(name)

    def is_a(self, *names: str) -> bool:
        """Whether a package's class of one of these names (`rest_framework.APIView`: package, last part) is in it."""
        return any(short_name(one) in names for one in self.outside)

    @property
    def verbs(self) -> Mapping[str, str]:
        """What packages' classes of the lineage answer by themselves: action by HTTP method."""
        found: dict[str, str] = {}
        for one in self.outside:
            for verb, action in _verbs_of(one).items():
                found.setdefault(verb, action)
        return found

    @property
    def actions(self) -> frozenset[str]:
        """The actions that packages' view sets and mixins of the lineage bring along."""
        return frozenset().union(*(_ACTIONS.get(short_name(one), frozenset()) for one in self.outside))


# What packages' views are called that go on from Django's own: `django_filters.views.FilterView`
_SUFFIXES = (
    "ListView",
    "FilterView",
    "TableView",
    "DetailView",
    "CreateView",
    "UpdateView",
    "DeleteView",
    "FormView",
)
_LIKE = {"FilterView": "ListView", "TableView": "ListView"}


def _verbs_of(full: str) -> Mapping[str, str]:
    known = _VERBS.get(short_name(full))
    if known is not None or full.startswith(("django.", "rest_framework.")):
        return known or {}
    suffix = next((one for one in _SUFFIXES if full.endswith(one)), "")
    return _VERBS.get(f"django.{_LIKE.get(suffix, suffix)}", {})


def short_name(full: str) -> str:
    """`rest_framework.ModelViewSet` of `rest_framework.viewsets.ModelViewSet`."""
    return f"{full.partition('.')[0]}.{full.rpartition('.')[2]}"


_BINDINGS = "_launchready_bindings"  # kept at the node: asked again and again, as long as the tree lives


def bindings(node: Node) -> Mapping[str, Node]:
    """What a class body binds; names under `if` and `try`, too."""
    if not isinstance(node, ast.ClassDef):
        return {}
    known: Mapping[str, Node] | None = getattr(node, _BINDINGS, None)
    if known is None:
        known = _bound_in(node)
        setattr(node, _BINDINGS, known)
    return known


def _bound_in(node: ast.ClassDef) -> Mapping[str, Node]:
    found: dict[str, Node] = {}
    for statement in node.body:
        if isinstance(statement, ast.If | ast.Try):
            inner = ast.ClassDef(name="", bases=[], keywords=[], body=statement.body, decorator_list=[])
            found.update(class_bindings(inner))
    found.update(class_bindings(node))
    return found


class Classes:
    """Lineages of classes, each worked out once."""

    def __init__(self, project: PythonProject) -> None:
        self.project = project
        self._known: dict[int, Lineage] = {}

    def lineage(self, held: Defined) -> Lineage:
        """The lineage of a class of the repository."""
        known = self._known.get(id(held.node))
        if known is None:
            members = list(self._ancestors(held, 0))
            # An ancestor reached twice comes after all that inherit from it: the last occurrence counts
            last = {_key(member): place for place, member in enumerate(members)}
            kept = tuple(member for place, member in enumerate(members) if last[_key(member)] == place)
            known = self._known[id(held.node)] = Lineage(members=kept)
        return known

    def _ancestors(self, held: Defined, depth: int) -> Iterator[Member]:
        yield held
        if not isinstance(held.node, ast.ClassDef) or depth > _DEEPEST:
            return
        for base in held.node.bases:
            named = base.value if isinstance(base, ast.Subscript) else base
            meaning = self.class_of(held.module, named)
            if isinstance(meaning, Defined) and meaning.node is held.node:
                meaning = self._hidden(held.module, named)
            if isinstance(meaning, Outside):
                yield meaning
            elif meaning is not None and meaning.node is not held.node:
                yield from self._ancestors(meaning, depth + 1)

    def _hidden(self, module: PythonModule, named: ast.expr) -> Member | None:
        """What a name was imported as before a class took it: `class ListView(Mixin, ListView)`."""
        if not isinstance(named, ast.Name):
            return None
        for statement in module.tree.body:
            if not isinstance(statement, ast.ImportFrom) or not statement.module or statement.level:
                continue
            for alias in statement.names:
                if (alias.asname or alias.name) == named.id:
                    path = self.project.find(statement.module, module.path)
                    other = self.project.module(path) if path is not None else None
                    if other is None:
                        return Outside(name=f"{statement.module}.{alias.name}")
                    return self.class_of(other, ast.Name(id=alias.name, ctx=ast.Load()))
        return None

    def class_of(self, module: PythonModule, expression: ast.expr) -> Member | None:
        """The class that an expression names, through assignments."""
        for _ in range(_DEEPEST):
            meaning = self.project.of(module, expression)
            if isinstance(meaning, Outside):
                return meaning
            if not isinstance(meaning, Defined):
                return None
            if isinstance(meaning.node, ast.ClassDef):
                return meaning
            if not isinstance(meaning.node, ast.Name | ast.Attribute):
                return None
            module, expression = meaning.module, meaning.node
        return None


def _key(member: Member) -> tuple[str, int]:
    return ("", id(member.node)) if isinstance(member, Defined) else (member.name, 0)
