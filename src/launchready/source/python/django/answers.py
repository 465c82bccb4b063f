"""What was found out about one method of a view, and the route that it makes."""

from dataclasses import dataclass, field

from launchready.model.source import (
    CodePlace,
    SourceGuard,
    SourceLookup,
    SourceRoute,
)
from launchready.source.code.facts import FoundRoute, Key
from launchready.source.python.django.guards import Asked, Guards
from launchready.source.python.django.lookups import Lookups
from launchready.source.python.django.middleware import Middleware
from launchready.source.python.django.paths import Converters, PathTemplate
from launchready.source.python.django.taken import Taken, TakenBodies
from launchready.source.python.django.views import ANY, Views
from launchready.source.python.drf.permissions import Permissions
from launchready.source.python.ninja.routes import NinjaReader
from launchready.source.python.ninja.tree import NinjaTree

DJANGO = "Django"
REST = "Django REST framework"
NINJA = "Django Ninja"


@dataclass(frozen=True, slots=True, kw_only=True)
class Readers:
    """What reading the routes of one application takes."""

    views: Views
    guards: Guards
    permissions: Permissions
    middleware: Middleware
    lookups: Lookups
    bodies: TakenBodies
    converters: Converters
    ninja: NinjaTree
    operations: NinjaReader
    app: str
    served: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One method of a view, and everything that was found out about it."""

    method: str
    handler: str
    place: CodePlace
    end_line: int
    framework: str = DJANGO
    key: Key | None = None
    hooks: tuple[Key, ...] = ()
    guards: tuple[SourceGuard, ...] = ()
    lookups: tuple[SourceLookup, ...] = ()
    taken: Taken = field(default_factory=Taken)
    exempt: bool = False  # from Django's own login middleware
    notes: tuple[str, ...] = ()
    certain: bool = True
    scoped_by: str = ""
    without: tuple[tuple[int, int], ...] = ()


def route_of(readers: Readers, template: PathTemplate, answer: Answer) -> FoundRoute:
    """The route of an answer, behind the middleware that stands before it."""
    path = f"/{template.text}"
    asked = Asked(method="GET" if answer.method == ANY else answer.method, path=path)
    outer = readers.middleware.guards_at(asked, exempt=answer.exempt)
    route = SourceRoute(
        method=answer.method,
        path=path,
        framework=answer.framework,
        handler=answer.handler,
        place=answer.place,
        end_line=answer.end_line,
        app=readers.app,
        guards=(*outer, *answer.guards),
        parameters=template.parameters,
        bodies=answer.taken.bodies,
        validation=answer.taken.validation,
        lookups=answer.lookups,
        served=readers.served,
        certain=template.certain and answer.certain,
        note="; ".join((*template.notes, *answer.notes)),
    )
    asking = readers.guards.scoping
    scoped = next((guard.name for guard in route.guards if guard.name in asking), answer.scoped_by)
    return FoundRoute(
        route=route, handler=answer.key, hooks=answer.hooks, scoped_by=scoped, without=answer.without
    )
