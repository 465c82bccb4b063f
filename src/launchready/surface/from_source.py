"""Routes read in the code → operations, for where no document describes them."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from launchready.model.evidence import SourceReview
from launchready.model.operation import BodyForm, Guard, HttpOperation, Parameter, Place, Schema
from launchready.model.same_route import shape
from launchready.model.source import AccessClass, SourceRoute, Validation
from launchready.surface import schemas
from launchready.surface.values import type_by_name

ORIGIN = "source"
_WITH_BODY = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_UPDATING = frozenset({"PUT", "PATCH"})
_METHODS = _WITH_BODY | {"GET"}
ANY = "ANY"
_TEMPLATE = re.compile(r"\{([^{}/]+)\}")
_NAME = re.compile(r"[A-Za-z_]\w*\Z")
_OPEN = {
    AccessClass.PUBLIC: Guard.PUBLIC,
    AccessClass.NONE: Guard.UNSTATED,
    AccessClass.UNCLEAR: Guard.UNSTATED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeOperation:
    """An operation that the code names, and the application of the repository that would serve it."""

    operation: HttpOperation
    app: str


def code_operations(review: SourceReview) -> tuple[CodeOperation, ...]:
    """What can be asked of the code's routes, in the order of the code; each operation of an application once.

    Only routes whose whole path could be read and that an application includes. A route for any method is asked by
    GET, and by POST too where the code tells which body it takes. A body that a handler passes on unread is taken to
    have the fields of what is made there.
    """
    found: dict[tuple[str, str], CodeOperation] = {}
    for route in review.routes:
        if not route.certain or not route.served or not route.path.startswith("/"):
            continue
        for operation in _operations(route):
            found.setdefault((route.app, operation.id), CodeOperation(operation=operation, app=route.app))
    made = {
        (one.app, _collection(one.operation)): one.operation.bodies
        for one in found.values()
        if one.operation.method == "POST" and _fields(one.operation)
    }
    return tuple(
        replace(
            one, operation=_with_fields(one.operation, made.get((one.app, _collection(one.operation)), ()))
        )
        for one in found.values()
    )


def _collection(operation: HttpOperation) -> str:
    """The path without the id at its end."""
    form = shape(operation.path)
    return form.removesuffix("/{}")


def _fields(operation: HttpOperation) -> bool:
    return any(schemas.properties(form.schema) for form in operation.bodies)


def _with_fields(operation: HttpOperation, made: tuple[BodyForm, ...]) -> HttpOperation:
    """The operation with the fields of a new object, for an update of which only is known that it takes a body."""
    if operation.method not in _UPDATING or not operation.bodies or _fields(operation) or not made:
        return operation
    forms = tuple(
        replace(form, schema={key: part for key, part in form.schema.items() if key != "required"})
        for form in made
    )
    return replace(operation, bodies=forms)


def _operations(route: SourceRoute) -> Iterator[HttpOperation]:
    if route.method != ANY:
        if route.method in _METHODS:
            yield _operation(route, route.method)
        return
    yield _operation(route, "GET")
    if route.bodies:
        yield _operation(route, "POST")


def _operation(route: SourceRoute, method: str) -> HttpOperation:
    name = route.handler.replace(":", ".").rpartition(".")[2]
    return HttpOperation(
        id=f"{method} {route.path}",
        method=method,
        path=route.path,
        operation_id=name if _NAME.match(name) else "",
        parameters=tuple(_parameters(route)),
        bodies=_bodies(route) if method in _WITH_BODY else (),
        guard=guard_of(route.access),
        source=ORIGIN,
    )


def _bodies(route: SourceRoute) -> tuple[BodyForm, ...]:
    """The forms that the code tells. A handler that reads a body of which nothing is known gets an empty object.

    Nothing at all would make it fail before it looks at anything. Of a body that passes no schema only the fields'
    names are known: their types are the usual ones.
    """
    if route.validation is not Validation.RAW:
        return route.bodies
    if not route.bodies:
        return (BodyForm(media_type="application/json", schema={"type": "object"}, required=False),)
    return tuple(replace(form, schema=_typed(form.schema)) for form in route.bodies)


def _typed(schema: Schema) -> Schema:
    properties = {
        name: part or ({"type": kind} if (kind := type_by_name(name)) else {})
        for name, part in schemas.properties(schema).items()
    }
    return {**schema, "properties": properties} if properties else schema


def guard_of(access: AccessClass) -> Guard:
    """What an access class says about who may call: only what the code says in so many words is public."""
    return _OPEN.get(access, Guard.PROTECTED)


def _parameters(route: SourceRoute) -> Iterator[Parameter]:
    """Those of the path in its order, with what the code says of them; then the others."""
    stated = {each.name: each for each in route.parameters if each.place is Place.PATH}
    for name in dict.fromkeys(_TEMPLATE.findall(route.path)):
        yield stated.get(name) or text_parameter(name)
    yield from (each for each in route.parameters if each.place is not Place.PATH)


def text_parameter(name: str) -> Parameter:
    """A path parameter of which nothing is known."""
    return Parameter(name=name, place=Place.PATH, required=True, schema={"type": "string"})


def tells_all(review: SourceReview) -> bool:
    """Whether every route of the code is among the operations: nothing skipped, no open end, no route half read."""
    served = [route for route in review.routes if route.served]
    return not review.gaps and not review.skipped and bool(served) and all(route.certain for route in served)


def frameworks(review: SourceReview, apps: Iterable[str] = ()) -> str:
    """`FastAPI and Express`: what the routes of these applications are written in (of all, when none is named)."""
    wanted = set(apps)
    names = dict.fromkeys(
        route.framework for route in review.routes if route.served and (not wanted or route.app in wanted)
    )
    return " and ".join(name for name in names if name)
