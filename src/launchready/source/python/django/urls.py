"""URLconfs: from the root down to every view, through includes, lists that grow, and routers."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, replace

from launchready.source.python.django.packages import package_urls
from launchready.source.python.django.paths import (
    Converters,
    PathTemplate,
    plain_path,
    regex_templates,
)
from launchready.source.python.django.scopes import Bound, Item, Items, Scope, code_of
from launchready.source.python.django.texts import Text, Texts
from launchready.source.python.django.values import Values
from launchready.source.python.drf.routers import RouterEntry, Routers
from launchready.source.python.project import Defined, Outside, PythonModule, Whole, dotted_name

_DEEPEST = 14
_MOST_LEAVES = 20_000
_PATH = frozenset({"django.urls.path", "django.urls.conf.path"})
_REGEX = frozenset({
    "django.urls.re_path", "django.urls.conf.re_path", "django.conf.urls.url", "django.conf.urls.defaults.url",
})  # fmt: skip
_INCLUDE = frozenset({
    "django.urls.include", "django.urls.conf.include", "django.conf.urls.include", "django.conf.urls.defaults.include",
})  # fmt: skip
_I18N = frozenset({"django.conf.urls.i18n.i18n_patterns"})
# What only serves files while developing, and is no route of the product
_STATIC = frozenset({
    "django.conf.urls.static.static", "django.contrib.staticfiles.urls.staticfiles_urlpatterns",
})  # fmt: skip
_SAME = frozenset({
    "rest_framework.urlpatterns.format_suffix_patterns", "django.conf.urls.patterns",
    "django.conf.urls.defaults.patterns",
})  # fmt: skip
# django-decorator-include: the same decorators on everything that is included
_DECORATED = frozenset({"decorator_include.decorator_include"})
_LANGUAGE = "en-us"


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """A pattern that ends at a view: its path, the view's expression, or a router's entry, or a package's page."""

    template: PathTemplate
    view: Bound
    wrappers: tuple[Bound, ...] = ()
    entry: RouterEntry | None = None
    package: str = ""  # the dotted name of a package's URLconf or site that is mounted here as a whole


@dataclass(frozen=True, slots=True, kw_only=True)
class _Mount:
    """Where a list of patterns hangs."""

    template: PathTemplate
    wrappers: tuple[Bound, ...] = ()
    depth: int = 0
    trail: tuple[str, ...] = ()  # files of the URLconfs on the way, against inclusion in a circle


class UrlWalk:
    """Goes through URLconfs. `visited` are the files of those that were included, `problems` what was not read."""

    def __init__(self, values: Values, texts: Texts, routers: Routers, converters: Converters) -> None:
        self.values = values
        self.texts = texts
        self.routers = routers
        self.converters = converters
        self.visited: set[str] = set()
        self.problems: list[str] = []
        self._count = 0

    def module(self, module: PythonModule, mount: _Mount | None = None) -> Iterator[Leaf]:
        """The views of a URLconf's module."""
        mount = mount or _Mount(template=PathTemplate())
        if module.path in mount.trail or len(mount.trail) > _DEEPEST:
            return
        self.visited.add(module.path)
        inner = replace(mount, trail=(*mount.trail, module.path))
        yield from self._list(self.values.of_module(module, "urlpatterns"), inner)

    def _list(self, items: Items, mount: _Mount) -> Iterator[Leaf]:
        for item in items.unread:
            yield from self.patterns(item.bound, _conditional(mount, item))
        for item in items.found:
            yield from self._item(item, mount)

    def _problem(self, scope: Scope, code: str) -> None:
        self.problems.append(f"{scope.module.path}: the URL patterns of `{code}` could not be told")

    # ------------------------------------------------------------------------------------------- lists

    def patterns(self, bound: Bound, mount: _Mount) -> Iterator[Leaf]:
        """The views of an expression that gives patterns."""
        expression, scope = bound.expression, bound.scope
        if isinstance(expression, ast.Call):
            name = self.values.project.full_name(scope.module, expression.func)
            if name in _STATIC:
                return
            if name in _I18N:
                yield from self._translated(bound, expression, mount)
                return
            if name in _SAME and expression.args:
                parts = (
                    expression.args if name.endswith("patterns") and "urls" in name else expression.args[:1]
                )
                for part in parts:
                    yield from self._same(bound.other(part), mount)
                return
        if isinstance(expression, ast.Attribute) and expression.attr in {"urls", "urlpatterns"}:
            yield from self._urls_of(bound, expression, mount)
            return
        items = self.values.items(scope, expression)
        if any(item.bound.expression is expression for item in items.unread) or mount.depth > _DEEPEST:
            yield from self._unread(bound, mount)
            return
        yield from self._list(items, replace(mount, depth=mount.depth + 1))

    def _same(self, bound: Bound, mount: _Mount) -> Iterator[Leaf]:
        if isinstance(bound.expression, ast.Call):
            yield from self._item(Item(bound=bound), mount)
        else:
            yield from self.patterns(bound, mount)

    def _unread(self, bound: Bound, mount: _Mount) -> Iterator[Leaf]:
        held = self.values.resolved(bound)
        if held.expression is not bound.expression:
            yield from self.patterns(held, mount)
            return
        meaning = self.values.project.of(bound.scope.module, bound.expression)
        if isinstance(meaning, Outside) and isinstance(bound.expression, ast.Call | ast.Name | ast.Attribute):
            yield self._package(meaning.name, bound, mount)
        else:
            self._problem(bound.scope, code_of(bound.expression))

    def _package(self, name: str, bound: Bound, mount: _Mount) -> Leaf:
        return Leaf(template=mount.template, view=bound, wrappers=mount.wrappers, package=name)

    def _translated(self, bound: Bound, call: ast.Call, mount: _Mount) -> Iterator[Leaf]:
        """`i18n_patterns(…)`: the same patterns below the language, the default one's name as settings have it."""
        plain = any(
            one.arg == "prefix_default_language"
            and isinstance(one.value, ast.Constant)
            and one.value.value is False
            for one in call.keywords
        )
        held = self.texts.settings.bound("LANGUAGE_CODE") if self.texts.settings is not None else None
        language = self.texts.of(held).value if held is not None else _LANGUAGE
        prefix = PathTemplate(
            text="" if plain else f"{language}/",
            pattern="" if plain else f"{language}/",
            notes=("below each language's prefix, too",) if plain else ("below each language's prefix",),
        )
        inner = replace(mount, template=mount.template.then(prefix))
        for argument in call.args:
            if isinstance(argument, ast.Starred):
                yield from self.patterns(bound.other(argument.value), inner)
            else:
                yield from self._item(Item(bound=bound.other(argument)), inner)

    # ------------------------------------------------------------------------------------------- patterns

    def _item(self, item: Item, mount: _Mount) -> Iterator[Leaf]:
        if self._count > _MOST_LEAVES:
            return
        bound = self.values.resolved(item.bound)
        call = bound.expression
        inner = _conditional(mount, item)
        if isinstance(call, ast.Attribute) and call.attr == "urls":
            yield from self._urls_of(bound, call, inner)
            return
        if not isinstance(call, ast.Call):
            self._problem(bound.scope, code_of(call))
            return
        name = self.values.project.full_name(bound.scope.module, call.func)
        if name in _PATH | _REGEX:
            yield from self._pattern(bound, call, inner, is_regex=name in _REGEX)
            return
        if name in _I18N | _STATIC | _SAME:
            yield from self.patterns(bound, inner)
            return
        made = list(self.values.returned(bound.scope, call))
        for result in made:
            if isinstance(result.expression, ast.Call):
                yield from self._item(Item(bound=result), inner)
            else:
                yield from self.patterns(result, inner)
        if not made:
            yield from self._foreign(bound, call, name, inner)

    def _foreign(self, bound: Bound, call: ast.Call, name: str, mount: _Mount) -> Iterator[Leaf]:
        """A pattern made by a package's own function: taken for a path where it looks like one."""
        last = name.rpartition(".")[2]
        if last in {"path", "re_path", "url"} and call.args:
            yield from self._pattern(bound, call, mount, is_regex=last != "path")
            return
        self._problem(bound.scope, code_of(call))

    def _pattern(self, bound: Bound, call: ast.Call, mount: _Mount, *, is_regex: bool) -> Iterator[Leaf]:
        given = {one.arg: one.value for one in call.keywords}
        route = call.args[0] if call.args else given.get("route", given.get("regex"))
        view = call.args[1] if len(call.args) > 1 else given.get("view")
        if route is None or view is None:
            self._problem(bound.scope, code_of(call))
            return
        text = self.texts.of(bound.other(route))
        ways = regex_templates(text) if is_regex else iter((plain_path(text, self.converters),))
        for way in ways:
            template = mount.template.then(way)
            yield from self._view(bound.other(view), replace(mount, template=template), call)

    def _view(self, bound: Bound, mount: _Mount, call: ast.Call) -> Iterator[Leaf]:
        held = self.values.resolved(bound)
        expression = held.expression
        if isinstance(expression, ast.Call):
            name = self.values.project.full_name(held.scope.module, expression.func)
            if name in _INCLUDE and expression.args:
                yield from self._included(held.other(expression.args[0]), mount)
                return
            if name in _DECORATED and len(expression.args) > 1:
                wrapped = replace(mount, wrappers=(*mount.wrappers, held.other(expression.args[0])))
                yield from self._included(held.other(expression.args[1]), wrapped)
                return
        if isinstance(expression, ast.Attribute) and expression.attr == "urls":
            yield from self._urls_of(held, expression, mount)
            return
        if isinstance(expression, ast.Tuple) and expression.elts:
            yield from self._included(held, mount)
            return
        self._count += 1
        # The line of the pattern is kept with the view's expression for views that are no part of the repository
        yield Leaf(template=mount.template, view=ast_at(bound, call), wrappers=mount.wrappers)

    # ------------------------------------------------------------------------------------------- includes

    def _included(self, bound: Bound, mount: _Mount) -> Iterator[Leaf]:
        held = self.values.resolved(bound)
        expression = held.expression
        if isinstance(expression, ast.Tuple) and _is_named_pair(expression):
            yield from self._included(held.other(expression.elts[0]), mount)
            return
        if isinstance(expression, ast.Constant | ast.JoinedStr | ast.BinOp):
            text = self.texts.of(held)
            if text.value and (isinstance(expression, ast.Constant) or text.certain):
                yield from self._dotted(text, held, mount)
                return
        # A name keeps what was added to its list later; its first value alone does not
        meaning = self.values.project.of(bound.scope.module, bound.expression)
        if isinstance(meaning, Whole):
            yield from self.module(meaning.module, mount)
        elif isinstance(expression, ast.Attribute) and expression.attr == "urls":
            yield from self._urls_of(held, expression, mount)
        elif isinstance(meaning, Outside) and isinstance(bound.expression, ast.Name | ast.Attribute):
            yield self._package(meaning.name, bound, mount)
        else:
            yield from self.patterns(bound, mount)

    def _dotted(self, text: Text, bound: Bound, mount: _Mount) -> Iterator[Leaf]:
        path = self.values.project.find(text.value, bound.scope.module.path)
        module = (
            self.values.project.module(path) if path is not None and not package_urls(text.value) else None
        )
        if module is not None:
            yield from self.module(module, mount)
        elif path is not None and path in self.values.project.broken:
            self.problems.append(f"{path} cannot be parsed, so its URL patterns are missing")
        else:
            yield self._package(text.value, bound, mount)

    def _urls_of(self, bound: Bound, expression: ast.Attribute, mount: _Mount) -> Iterator[Leaf]:
        """`router.urls`, `admin.site.urls`, `api.urls`, `module.urlpatterns`."""
        scope, owner = bound.scope, expression.value
        key = self.routers.key_of(scope, owner)
        if key is not None and self.routers.is_router(key):
            own = self.routers.adds_its_own(key)
            if own:
                self.problems.append(f"{key[0]}: what else the router class {own} makes was not read")
            for entry in self.routers.entries(key):
                yield from self._entry(entry, bound, mount)
            return
        held = self.values.project.of(scope.module, owner)
        if isinstance(held, Whole) and expression.attr == "urlpatterns":
            yield from self.module(held.module, mount)
            return
        if isinstance(held, Whole):
            inner = self.values.project.of(scope.module, expression)
            if isinstance(inner, Whole):
                yield from self.module(inner.module, mount)
                return
        if isinstance(held, Outside):
            yield self._package(f"{held.name}.{expression.attr}", bound, mount)
            return
        if isinstance(held, Defined) and isinstance(held.node, ast.Call):
            made = self.values.project.full_name(held.module, held.node.func)
            yield self._package(f"{made}().{expression.attr}", bound, mount)
            return
        self._problem(scope, code_of(expression))

    def _entry(self, entry: RouterEntry, bound: Bound, mount: _Mount) -> Iterator[Leaf]:
        text = Text(value=entry.pattern, unread=entry.unread)
        condition = f"only where {entry.condition}" if entry.condition else ""
        for way in regex_templates(text):
            self._count += 1
            template = mount.template.then(way.noted(condition))
            view = entry.view_set or bound
            yield Leaf(template=template, view=view, wrappers=mount.wrappers, entry=entry)


def _conditional(mount: _Mount, item: Item) -> _Mount:
    if not item.condition:
        return mount
    return replace(mount, template=mount.template.noted(f"only where {item.condition}"))


def ast_at(bound: Bound, call: ast.Call) -> Bound:
    """The view's expression, with the line of the pattern where it has none of its own."""
    if not hasattr(bound.expression, "lineno"):
        ast.copy_location(bound.expression, call)
    return bound


def _is_named_pair(expression: ast.Tuple) -> bool:
    """`(patterns, "name")`, and not a tuple of patterns."""
    elements = expression.elts
    if not elements or len(elements) > 3:  # noqa: PLR2004 - patterns, application, namespace
        return False
    rest = all(isinstance(one, ast.Constant) or dotted_name(one) == "None" for one in elements[1:])
    return rest and not isinstance(elements[0], ast.Call) and len(elements) > 1
