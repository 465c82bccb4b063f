"""The OpenAPI document, completed so that it says exactly what the guard does, and the page."""

import html
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.responses import HTMLResponse, JSONResponse, Response
from fastapi.routing import APIRoute

from agora import __version__
from agora.access import Access, access_of, public
from agora.components import Components
from agora.routes import guarded_endpoint, operations
from agora.schemas.base import ErrorView

SCHEME = "bearer"
DESCRIPTIONS = {
    "401": "No valid session.",
    "403": "Not allowed to this member.",
    "404": "Not there, or not yours.",
    "409": "Conflicts with what is there.",
    "413": "Too large.",
    "422": "Not valid.",
    "429": "Too many requests; see Retry-After.",
}
ABOUT = (
    "A marketplace community API. Log in with `POST /auth/login` and send the access token as "
    "`Authorization: Bearer`. Operations without a lock are public. What is not yours answers 404."
)


def document(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI 3.1 document."""
    schema = get_openapi(
        title="Agora",
        version=__version__,
        description=ABOUT,
        routes=app.routes,
        license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
    )
    parts = schema.setdefault("components", {})
    parts["securitySchemes"] = {SCHEME: {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}}
    schemas = parts.setdefault("schemas", {})
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    error = ErrorView.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas.update(error.pop("$defs"))
    schemas["ErrorView"] = error
    schema["security"] = [{SCHEME: []}]
    for route in operations(app):
        for method in route.methods or ():
            operation = schema["paths"].get(route.path, {}).get(method.lower())
            if operation is not None:
                _complete(operation, route, method)
    return schema


def _complete(operation: dict[str, Any], route: APIRoute, method: str) -> None:
    """Add security and the errors that the operation can really give."""
    is_public = access_of(route.endpoint) is Access.PUBLIC
    operation["security"] = [] if is_public else [{SCHEME: []}]
    statuses = set() if is_public else {"401"}
    if "{" in route.path:
        statuses.add("404")
    if method != "GET":
        statuses.update({"403", "409", "429"})
    if route.tags and route.tags[0] in {"admin", "moderation"}:
        statuses.add("403")
    if operation.get("requestBody"):
        statuses.update({"413", "422"})
    if operation.get("parameters"):
        statuses.add("422")
    operation["responses"].pop("422", None)
    for status in sorted(statuses):
        content = {"application/json": {"schema": {"$ref": "#/components/schemas/ErrorView"}}}
        operation["responses"].setdefault(status, {"description": DESCRIPTIONS[status], "content": content})


def _page(schema: dict[str, Any]) -> str:
    """All operations on one page, without scripts and without anything from elsewhere."""
    rows = []
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            lock = "" if operation["security"] == [] else "login"
            cells = (method.upper(), path, operation.get("description", ""), lock)
            rows.append("".join(f"<td>{html.escape(str(cell))}</td>" for cell in cells))
    body = "".join(f"<tr>{row}</tr>" for row in rows)
    return (
        "<!doctype html><html lang='en'><meta charset='utf-8'><title>Agora API</title>"
        f"<h1>Agora API {html.escape(schema['info']['version'])}</h1>"
        "<p><a href='/openapi.json'>OpenAPI document</a></p>"
        f"<table><tr><th>Method<th>Path<th>What it does<th>Access</tr>{body}</table></html>"
    )


def install(app: FastAPI, parts: Components) -> None:
    """Serve the document, and outside production the page."""
    app.openapi = lambda: _cached(app)  # type: ignore[method-assign]

    @public
    async def read_openapi() -> Response:
        return JSONResponse(app.openapi())

    @public
    async def read_documentation() -> Response:
        return HTMLResponse(_page(app.openapi()))

    pages = {"/openapi.json": read_openapi}
    if parts.settings.environment != "production":
        pages["/docs"] = read_documentation
    for path, endpoint in pages.items():
        app.router.routes.append(guarded_endpoint(path, endpoint, include_in_schema=False))


def _cached(app: FastAPI) -> dict[str, Any]:
    if app.openapi_schema is None:
        app.openapi_schema = document(app)
    return app.openapi_schema
