"""Around every request: an id, a size bound, security headers, one log line, no leaked errors."""

import logging
import time
import uuid

from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from agora.components import Components
from agora.errors import Problem, error_response

log = logging.getLogger("agora.request")

SECURITY_HEADERS = [
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-site"),
    (b"permissions-policy", b"camera=(), microphone=(), geolocation=()"),
]
CSP = (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'")
HSTS = (b"strict-transport-security", b"max-age=31536000; includeSubDomains")
NO_STORE = (b"cache-control", b"no-store")


def _too_large() -> Problem:
    return Problem(413, "The request is too large.")


class RequestFrame:
    """ASGI middleware; plain, because it runs on every request."""

    def __init__(self, app: ASGIApp, parts: Components) -> None:
        self._app = app
        self._errors = parts.errors
        self._max_body = parts.settings.max_body_bytes
        https = parts.settings.public_base_url.startswith("https:")
        self._headers = [*SECURITY_HEADERS, *([HSTS] if https else [])]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request; other protocols pass through."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = uuid.uuid4().hex
        scope["agora.request_id"] = request_id
        began = time.perf_counter()
        status = 0

        async def framed_send(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = self._framed(message["headers"], request_id)
            await send(message)

        try:
            await self._app(scope, self._bounded(scope, receive), framed_send)
        except Exception as error:  # the last line of defence: nothing of it reaches the client
            route = _route(scope)
            log.exception("unhandled error", extra={"route": route, "request_id": request_id})
            self._errors.report(error, route=route, request_id=request_id)
            if status == 0:
                response = error_response(request_id, 500, "Something went wrong on our side.")
                await response(scope, receive, framed_send)
        finally:
            _log_request(scope, request_id, status, began)

    def _framed(self, headers: list[tuple[bytes, bytes]], request_id: str) -> list[tuple[bytes, bytes]]:
        present = {name.lower() for name, _ in headers}
        more = [item for item in (CSP, NO_STORE) if item[0] not in present]
        return [*headers, *self._headers, *more, (b"x-request-id", request_id.encode())]

    def _bounded(self, scope: Scope, receive: Receive) -> Receive:
        """``receive`` that stops at the size bound, whatever Content-Length claims."""
        for name, value in scope["headers"]:
            if name == b"content-length" and value.isdigit() and int(value) > self._max_body:

                async def refuse() -> Message:
                    raise _too_large()

                return refuse
        taken = 0

        async def bounded() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > self._max_body:
                raise _too_large()
            return message

        return bounded


def _route(scope: Scope) -> str:
    """The path template, never the path itself: paths hold ids and names."""
    return str(getattr(scope.get("route"), "path", "unmatched"))


def _log_request(scope: Scope, request_id: str, status: int, began: float) -> None:
    log.info(
        "request",
        extra={
            "request_id": request_id,
            "method": scope["method"],
            "route": _route(scope),
            "status": status,
            "ms": round((time.perf_counter() - began) * 1000, 1),
            "member": scope.get("agora.actor_id"),
        },
    )


def install(app: FastAPI, parts: Components) -> None:
    """CORS outermost, so that errors carry its headers as well."""
    app.add_middleware(RequestFrame, parts=parts)
    app.add_middleware(
        CORSMiddleware,
        allow_origins=list(parts.settings.allowed_origins),
        allow_methods=["GET", "POST", "PATCH", "PUT", "DELETE"],
        allow_headers=["Authorization", "Content-Type"],
        expose_headers=["X-Request-Id", "Retry-After"],
        max_age=600,
    )
