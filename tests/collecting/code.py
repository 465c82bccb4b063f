"""What a review of the market's code would say, made by hand."""

from launchready.model.evidence import Collected, SourceReview
from launchready.model.operation import BodyForm, Parameter, Place
from launchready.model.source import (
    Bound,
    CodePlace,
    GuardKind,
    GuardLevel,
    LookupAction,
    SourceApp,
    SourceGuard,
    SourceLookup,
    SourceRoute,
    Validation,
)

NUMBER = {"type": "integer"}
PLACE = CodePlace(path="api/main.py", line=1)
LOGIN = SourceGuard(name="current_user", kind=GuardKind.AUTHENTICATES, level=GuardLevel.ROUTE, place=PLACE)
PUBLIC = SourceGuard(name="allow_any", kind=GuardKind.PUBLIC, level=GuardLevel.ROUTE, place=PLACE)
BY_ID = SourceLookup(model="Note", key="id", action=LookupAction.READ, bound=Bound.NONE, place=PLACE)


def route(method, path, *, guards=(), fields=(), app="main", **more):
    names = [part.split("}")[0] for part in path.split("{")[1:]]
    schema = {"type": "object", "properties": {name: {"type": "string"} for name in fields}}
    bodies = (BodyForm(media_type="application/json", schema=schema, required=True),) if fields else ()
    return SourceRoute(
        method=method,
        path=path,
        framework="FastAPI",
        handler=more.pop("handler", "handle"),
        place=CodePlace(path=f"{app}/main.py", line=len(path)),
        end_line=len(path) + 3,
        app=app,
        guards=guards,
        parameters=tuple(Parameter(name=n, place=Place.PATH, required=True, schema=NUMBER) for n in names),
        bodies=bodies,
        validation=Validation.SCHEMA if fields else Validation.NO_BODY,
        **more,
    )


def review(*routes, **more):
    apps = dict.fromkeys(one.app for one in routes)
    return SourceReview(
        root="shop",
        files=len(apps),
        lines=100,
        apps=tuple(SourceApp(name=name, framework="FastAPI", root=name, entry=PLACE) for name in apps),
        routes=routes,
        **more,
    )


def routes_of(market, *, app="main", without=()):
    """The market's own routes, as its code would show them."""
    found = []
    for method, path in market.handlers:
        if f"{method} {path}" in without:
            continue
        stated = market.paths[path][method.lower()]
        content = stated.get("requestBody", {}).get("content", {})
        schema = next((form["schema"] for form in content.values()), {})
        guards = () if stated.get("security") == [] else (LOGIN,)
        found.append(route(method, path, guards=guards, fields=tuple(schema.get("properties", ())), app=app))
    return tuple(found)


def read_by(made, found):
    """Let a stage have a review."""
    made.slots["SourceReview"] = Collected(evidence=found)
    return made
