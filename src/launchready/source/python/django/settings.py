"""The settings of a Django project: which modules hold them, and what they say."""

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from launchready.source.python.django.scopes import Bound, Change, Items, Scope, last_set
from launchready.source.python.django.values import Values
from launchready.source.python.project import Defined, PythonModule, PythonProject, dotted_name

_ROOT = "ROOT_URLCONF"
_DEEPEST = 12
_NAMED = re.compile(r"""DJANGO_SETTINGS_MODULE["']?\s*,\s*["']([\w.]+)["']""")
_TESTS = re.compile(r"(^|/)(tests?|testing|test_\w+|\w+_tests?|conftest|example\w*|docs?)(/|\.py$)")
# Of several settings for the same URLs: what is deployed says more than what developers run
_RANK = (
    ("prod", 0),
    ("deploy", 1),
    ("live", 1),
    ("settings.py", 2),
    ("base", 3),
    ("common", 3),
    ("default", 3),
)
_USUAL_RANK = 4
_DEVELOPMENT = ("local", "dev", "debug", "ci", "test")


@dataclass(frozen=True, slots=True, kw_only=True)
class DjangoSettings:
    """A settings module with all that it takes from others, or a class of settings (django-configurations)."""

    values: Values
    module: PythonModule
    class_name: str = ""

    def bound(self, name: str) -> Bound | None:
        """The value of a setting; None where none is given."""
        return self._bound(self.module, name, 0)

    def _bound(self, module: PythonModule, name: str, depth: int) -> Bound | None:
        if self.class_name and depth == 0:
            held = self.values.project.meaning(module, f"{self.class_name}.{name}")
            if isinstance(held, Defined) and isinstance(held.node, ast.expr):
                return Bound(scope=Scope(module=held.module), expression=held.node)
        event = last_set(self.values.frame(module), name)
        if event is not None:
            return Bound(scope=Scope(module=module, local=event.local), expression=event.expression)
        for other in _taken(self.values.project, module, name) if depth < _DEEPEST else ():
            found = self._bound(other, name, depth + 1)
            if found is not None:
                return found
        return None

    def items(self, name: str) -> Items:
        """A setting that is a list, as it stands after all additions."""
        held = self.bound(name)
        if self.class_name and held is not None:
            return self.values.items(held.scope, held.expression)
        return self.values.of_module(self.module, name)

    def mapping(self, name: str) -> Mapping[str, Bound]:
        """A setting that is a dictionary, by its keys."""
        held = self.bound(name)
        found = dict(mapping_of(self.values, held)) if held is not None else {}
        for module in self._chain(self.module, 0):
            for event in self.values.frame(module).events.get(name, ()):
                if event.change is Change.KEY:
                    scope = Scope(module=module, local=event.local)
                    found[event.key] = Bound(scope=scope, expression=event.expression)
        return found

    def _chain(self, module: PythonModule, depth: int) -> Iterator[PythonModule]:
        """The modules that the settings are made of, innermost first."""
        if depth < _DEEPEST:
            for other in _taken(self.values.project, module, ""):
                yield from self._chain(other, depth + 1)
        yield module

    def strings(self, name: str) -> tuple[tuple[str, Bound], ...]:
        """The texts of a list setting, each with its place."""
        found = []
        for item in self.items(name).found:
            held = self.values.resolved(item.bound)
            text = self.values.project.text(held.scope.module, held.expression)
            if text is not None:
                found.append((text, held))
        return tuple(found)


def _taken(project: PythonProject, module: PythonModule, name: str) -> Iterator[PythonModule]:
    """The modules from which a module takes all names, or this one; the last one first."""
    imported = module.imports.get(name)
    for source in [imported.module] if imported is not None else reversed(module.stars):
        path = project.find(source, module.path)
        other = project.module(path) if path else None
        if other is not None and other.path != module.path:
            yield other


def mapping_of(values: Values, bound: Bound, depth: int = 0) -> Iterator[tuple[str, Bound]]:
    """The keys and values of a dictionary: `{…}`, `{**other, …}`, `dict(a=…)`."""
    held = values.resolved(bound)
    if depth > _DEEPEST:
        return
    match held.expression:
        case ast.Dict(keys=keys, values=entries):
            for key, value in zip(keys, entries, strict=True):
                if key is None:
                    yield from mapping_of(values, held.other(value), depth + 1)
                    continue
                text = values.project.text(held.scope.module, key)
                if text is not None:
                    yield text, held.other(value)
        case ast.Call(func=ast.Name(id="dict"), keywords=keywords, args=args):
            for argument in args:
                yield from mapping_of(values, held.other(argument), depth + 1)
            for keyword in keywords:
                if keyword.arg is not None:
                    yield keyword.arg, held.other(keyword.value)
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            yield from mapping_of(values, held.other(left), depth + 1)
            yield from mapping_of(values, held.other(right), depth + 1)


# ---------------------------------------------------------------------------------------------- which ones


def found_settings(values: Values) -> tuple[DjangoSettings, ...]:
    """One of the settings for each URLconf that the project's settings name; that of a test only if no other does."""
    project = values.project
    named = _named(project)
    candidates = list(_candidates(values))
    usual = [one for one in candidates if not _TESTS.search(one.module.path)] or candidates
    best: dict[str, DjangoSettings] = {}
    for one in sorted(usual, key=lambda each: (_rank(each.module.path, named), each.module.path)):
        root = urlconf_of(one)
        if root:
            best.setdefault(root, one)
    return tuple(best.values())


def urlconf_of(settings: DjangoSettings) -> str:
    """The path of the URLconf's file; empty when it cannot be told or is no part of the repository."""
    held = settings.bound(_ROOT)
    text = settings.values.project.text(held.scope.module, held.expression) if held is not None else None
    return settings.values.project.find(text, settings.module.path) or "" if text else ""


def _candidates(values: Values) -> Iterator[DjangoSettings]:
    """Every module that names a URLconf, or takes all names from one that does."""
    project = values.project
    direct = [module for module in project.modules(_ROOT) if _names_root(module)]
    paths = {module.path for module in direct}
    for module in direct:
        class_name = _class_with_root(module)
        yield DjangoSettings(values=values, module=module, class_name=class_name)
    # Settings are told from other modules that take all names by whom they take them from
    words = {module.path.rpartition("/")[2].removesuffix(".py") for module in direct}
    words |= {module.path.rpartition("/")[0].rpartition("/")[2] for module in direct}
    for module in project.modules(*(f"{word} import *" for word in sorted(words) if word)):
        if module.path not in paths and any(other.path in paths for other in _taken(project, module, "")):
            yield DjangoSettings(values=values, module=module)


def _names_root(module: PythonModule) -> bool:
    return _ROOT in module.names or bool(_class_with_root(module))


def _class_with_root(module: PythonModule) -> str:
    for node in module.tree.body:
        if isinstance(node, ast.ClassDef):
            for statement in node.body:
                if isinstance(statement, ast.Assign) and any(
                    isinstance(target, ast.Name) and target.id == _ROOT for target in statement.targets
                ):
                    return node.name
    return ""


def _named(project: PythonProject) -> tuple[str, ...]:
    """The settings that the start scripts name: those of the server before those of manage.py."""
    found: list[tuple[int, str]] = []
    for path, held in project.files.items():
        if "DJANGO_SETTINGS_MODULE" not in held.text or _TESTS.search(path):
            continue
        file = path.rpartition("/")[2]
        rank = 0 if file in {"wsgi.py", "asgi.py"} else 1 if file == "manage.py" else 2
        for dotted in _NAMED.findall(held.text):
            target = project.find(dotted, path)
            if target is not None:
                found.append((rank, target))
    return tuple(dict.fromkeys(target for _, target in sorted(found)))


def _rank(path: str, named: tuple[str, ...]) -> tuple[int, int]:
    if path in named:
        return (0, named.index(path))
    file = path.rpartition("/")[2].lower()
    if any(word in file for word in _DEVELOPMENT):
        return (1, _USUAL_RANK + 1)
    return (1, next((rank for word, rank in _RANK if word in path.lower()), _USUAL_RANK))


def settings_name(values: Values, bound: Bound) -> str:
    """`ADMIN_URL` of `settings.ADMIN_URL`, where `settings` is Django's; empty for anything else."""
    expression = bound.expression
    if isinstance(expression, ast.Attribute) and dotted_name(expression):
        full = values.project.full_name(bound.scope.module, expression)
        prefix = "django.conf.settings."
        if full.startswith(prefix):
            return full.removeprefix(prefix).partition(".")[0]
    return ""
