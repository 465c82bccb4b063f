"""Making the application's routes, each with the guard in front."""

from collections.abc import Callable
from typing import Any

from fastapi import Depends, FastAPI
from fastapi.routing import APIRoute

from agora.dependencies import guard
from agora.routers import all_routers

_KEPT = (
    "response_model",
    "status_code",
    "tags",
    "responses",
    "name",
    "methods",
    "include_in_schema",
    "response_class",
    "openapi_extra",
    "description",
)


def guarded(route: APIRoute, **changes: Any) -> APIRoute:
    """The route with the guard as its first dependency; ``changes`` replace properties."""
    properties = {name: getattr(route, name) for name in _KEPT}
    own = [needed for needed in route.dependencies if needed.dependency is not guard]
    properties["dependencies"] = [Depends(guard), *own]
    path = changes.pop("path", route.path)
    endpoint = changes.pop("endpoint", route.endpoint)
    properties.update(changes)
    return APIRoute(path, endpoint, generate_unique_id_function=_operation_id, **properties)


def guarded_endpoint(path: str, endpoint: Callable[..., Any], **properties: Any) -> APIRoute:
    """A new route with the guard in front."""
    return APIRoute(
        path,
        endpoint,
        dependencies=[Depends(guard)],
        generate_unique_id_function=_operation_id,
        **properties,
    )


def install(app: FastAPI) -> None:
    """Add all operations. They are put in flat, one by one, so that none can miss the guard."""
    for router in all_routers():
        for route in router.routes:
            if not isinstance(route, APIRoute):
                raise TypeError(f"unexpected route: {route!r}")
            app.router.routes.append(guarded(route))


def operations(app: FastAPI) -> list[APIRoute]:
    """The operations of the application."""
    return [route for route in app.routes if isinstance(route, APIRoute)]


def _operation_id(route: APIRoute) -> str:
    return route.name
