"""The reader of Django and Django REST framework.

Decisions: Django's administration is two routes (its first page, and one for all pages of models); format suffixes
(`/items.json`) are left out, they are the same views twice; HEAD and OPTIONS are left out, and PUT of form views, which
is their POST. Of patterns with the very same path the first one answers; the others are listed as not served.
"""

from collections.abc import Iterator
from dataclasses import replace

from launchready.model.source import SourceApp
from launchready.source.code.facts import Found, FoundRoute
from launchready.source.python.django.answers import DJANGO, REST, Readers
from launchready.source.python.django.classes import Classes
from launchready.source.python.django.fields import Fields
from launchready.source.python.django.guards import Guards
from launchready.source.python.django.lookups import Lookups
from launchready.source.python.django.middleware import Middleware
from launchready.source.python.django.paths import Converters
from launchready.source.python.django.routes import RouteReader
from launchready.source.python.django.settings import DjangoSettings, found_settings, urlconf_of
from launchready.source.python.django.taken import TakenBodies
from launchready.source.python.django.texts import Text, Texts
from launchready.source.python.django.urls import Leaf, UrlWalk
from launchready.source.python.django.values import Values
from launchready.source.python.django.views import Views
from launchready.source.python.drf.permissions import Permissions
from launchready.source.python.drf.routers import Routers
from launchready.source.python.drf.serializers import Serializers
from launchready.source.python.ninja.routes import NinjaReader
from launchready.source.python.ninja.tree import NinjaTree
from launchready.source.python.project import PythonModule, PythonProject
from launchready.source.python.schemas.models import Schemas

_TEST_PARTS = frozenset({"tests", "test", "testing", "testapp", "test_app"})


def read_django(project: PythonProject) -> Found:
    """The applications and routes of all Django projects in a repository."""
    if not any("django" in held.text for held in project.files.values()):
        return Found()
    reader = _Reader(project)
    found = [reader.application(settings) for settings in found_settings(reader.values)]
    rest = reader.unserved()
    return Found(
        apps=tuple(app for one in found for app in one.apps),
        routes=tuple(route for one in (*found, rest) for route in one.routes),
        problems=tuple(dict.fromkeys(text for one in (*found, rest) for text in one.problems)),
    )


class _Reader:
    def __init__(self, project: PythonProject) -> None:
        self.project = project
        self.values = Values(project)
        self.classes = Classes(project)
        self.converters = Converters(project)

    def application(self, settings: DjangoSettings) -> Found:
        """What one URLconf of the settings serves."""
        path = urlconf_of(settings)
        module = self.project.module(path)
        if module is None:
            reason = self.project.broken.get(path, "it is not there")
            return Found(problems=(f"the URLconf {path} could not be read: {reason}",))
        name = _app_name(path)
        walk, reader = self._readers(settings, name, served=True)
        found = [(leaf, list(reader.routes(leaf))) for leaf in walk.module(module)]
        rest = any(one.route.framework == REST for _, routes in found for one in routes)
        app = SourceApp(
            name=name,
            framework=REST if rest else DJANGO,
            root=path.rpartition("/")[0].rpartition("/")[0],
            entry=settings.module.place(settings.module.tree),
            version=self._version(path, is_rest=rest),
            guards=reader.readers.middleware.whole,
        )
        return Found(apps=(app,), routes=tuple(_first_wins(found)), problems=tuple(walk.problems))

    def _version(self, path: str, *, is_rest: bool) -> str:
        """What the manifests state of the framework that is named for the application."""
        return self.project.manifests.version("djangorestframework" if is_rest else "django", path)

    def _readers(
        self, settings: DjangoSettings | None, name: str, *, served: bool
    ) -> tuple[UrlWalk, RouteReader]:
        self.values.settings = settings
        texts = Texts(self.values, settings)
        walk = UrlWalk(self.values, texts, Routers(self.values, self.classes, texts), self.converters)
        guards = Guards(self.values, self.classes)
        guards.outcomes.texts = lambda bound: _known(texts.of(bound))
        permissions = Permissions(guards, settings)
        readers = Readers(
            views=Views(self.values, self.classes),
            guards=guards,
            permissions=permissions,
            middleware=Middleware(guards, settings),
            lookups=Lookups(guards, permissions),
            bodies=TakenBodies(guards, Serializers(Fields(self.values, self.classes))),
            converters=self.converters,
            ninja=NinjaTree(self.values, texts),
            operations=NinjaReader(guards=guards, schemas=Schemas(self.project), converters=self.converters),
            app=name,
            served=served,
        )
        return walk, RouteReader(readers)

    def unserved(self) -> Found:
        """URLconfs that no settings lead to: of reusable applications, and forgotten ones."""
        walk, reader = self._readers(None, "", served=False)
        routes: list[FoundRoute] = []
        for module in self._roots():
            leaves: Iterator[Leaf] = walk.module(module)
            note = f"no settings lead to {module.path}"
            routes.extend(
                replace(one, route=replace(one.route, note="; ".join(filter(None, (one.route.note, note)))))
                for leaf in leaves
                for one in reader.routes(leaf)
            )
        return Found(routes=tuple(routes), problems=tuple(walk.problems))

    def _roots(self) -> list[PythonModule]:
        """Modules with patterns that neither settings nor other patterns lead to; those of tests are left out."""
        asked = {path for path, name in self.values.replayed if name == "urlpatterns"}
        candidates = [
            module
            for module in self.project.modules("urlpatterns")
            if module.path not in asked
            and "urlpatterns" in self.values.frame(module).events
            and not _TEST_PARTS & set(module.path.lower().removesuffix(".py").split("/"))
            and not module.path.rpartition("/")[2].startswith("test")
        ]
        included: set[str] = set()
        for module in candidates:
            self.values.replayed.clear()
            walk, _ = self._readers(None, "", served=False)
            list(walk.module(module))
            included |= {path for path, _ in self.values.replayed} - {module.path}
        return [module for module in candidates if module.path not in included]


def _known(text: Text) -> str | None:
    return text.value if text.certain else None


def _app_name(path: str) -> str:
    """The name of the project: the folder of its URLconf."""
    folder = path.rpartition("/")[0]
    name = folder.rpartition("/")[2]
    if name in {"config", "core", "src", "app", "urls", "conf", "project"} and "/" in folder:
        return folder
    return name or path


def _first_wins(found: list[tuple[Leaf, list[FoundRoute]]]) -> Iterator[FoundRoute]:
    """All routes; those of a pattern that stands after another one for the very same path as not served."""
    taken: set[str] = set()
    for leaf, routes in found:
        pattern = leaf.template.pattern
        conditional = any(note.startswith("only where") for note in leaf.template.notes)
        if pattern not in taken or not leaf.template.certain or conditional:
            yield from routes
        else:
            for one in routes:
                text = f"an earlier pattern answers at {one.route.path}"
                note = "; ".join(filter(None, (one.route.note, text)))
                yield replace(one, route=replace(one.route, served=False, note=note))
        if not conditional:
            taken.add(pattern)
