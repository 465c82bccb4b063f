"""Traps: pages, headers and documents that look open or secret, and are neither."""

import base64
import json
import secrets
from typing import Any

from fastapi import Response
from fastapi.responses import HTMLResponse

from agora_flaws.registry import trap
from agora_flaws.workbench import Workbench


@trap(
    "trap-soft-404",
    sentence="Every unknown path answers 200 with the same friendly page.",
    variant="catch-all page",
)
def soft_404(bench: Workbench) -> None:
    """Add a catch-all at the end."""

    def lost(rest: str) -> HTMLResponse:
        return HTMLResponse(
            "<!doctype html><title>Agora</title><h1>Nothing here</h1>"
            "<p>We could not find this page. Try the start page.</p>"
        )

    bench.add("/{rest:path}", lost, last=True)


@trap(
    "trap-star-on-public-file",
    sentence="A public picture allows every origin with a star, without credentials.",
    variant="CORS on a public file",
)
def star_on_public_file(bench: Workbench) -> None:
    """Add ``GET /static/logo.svg``."""
    picture = "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 8 8'><circle cx='4' cy='4' r='3'/></svg>"

    def logo() -> Response:
        headers = {"Access-Control-Allow-Origin": "*", "Cache-Control": "public, max-age=3600"}
        return Response(picture, media_type="image/svg+xml", headers=headers)

    bench.add("/static/logo.svg", logo)


@trap(
    "trap-examples-like-tokens",
    sentence="The examples in the document look like tokens and password hashes, and open nothing.",
    variant="documentation examples",
)
def examples_like_tokens(bench: Workbench) -> None:
    """Change the examples in the document."""

    def part(value: dict[str, Any]) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()

    token = ".".join(
        (part({"alg": "HS256", "typ": "JWT"}), part({"sub": "example"}), secrets.token_urlsafe(32))
    )

    def change(document: dict[str, Any]) -> None:
        properties = document["components"]["schemas"]["Tokens"]["properties"]
        properties["access_token"]["examples"] = [token]
        properties["refresh_token"]["examples"] = [secrets.token_urlsafe(32)]

    bench.document("document.tokens", change)


@trap(
    "trap-public-status-page",
    sentence="GET /status is a page for everybody, and the document says so.",
    variant="declared public",
)
def public_status_page(bench: Workbench) -> None:
    """Add ``GET /status`` and list it in the document."""

    def status() -> dict[str, str]:
        return {"service": "agora", "status": "operational"}

    def describe(document: dict[str, Any]) -> None:
        content = {"application/json": {"schema": {"type": "object"}}}
        document["paths"]["/status"] = {
            "get": {
                "operationId": "read_status",
                "tags": ["health"],
                "summary": "Whether the service works",
                "security": [],
                "responses": {"200": {"description": "Successful Response", "content": content}},
            }
        }

    bench.add("/status", status)
    bench.document("document.status", describe)


@trap(
    "trap-internal-paths-refused",
    sentence="Internal paths exist and ask for a login in their own words.",
    variant="refused internal pages",
)
def internal_paths_refused(bench: Workbench) -> None:
    """Add internal pages that refuse."""

    def refuse() -> HTMLResponse:
        page = "<!doctype html><title>Log in</title><h1>Administration</h1><p>Please log in.</p>"
        return HTMLResponse(page, status_code=401)

    for path in ("/metrics", "/admin", "/internal/cron"):
        bench.add(path, refuse)
