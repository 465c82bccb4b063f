"""Errors that a client sees: a code, a plain sentence and the request id; never internals."""

import logging
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy.exc import IntegrityError, OperationalError
from starlette.exceptions import HTTPException

log = logging.getLogger("agora")

CODES = {
    400: "bad_request",
    401: "not_authenticated",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    409: "conflict",
    413: "too_large",
    415: "unsupported_type",
    422: "invalid_input",
    429: "too_many_requests",
    500: "internal_error",
    503: "unavailable",
}


class Problem(HTTPException):
    """A refusal with a sentence for the user."""

    def __init__(self, status: int, message: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(status, message, headers)


def not_found() -> Problem:
    """The same answer for "is not there" and "is not yours", so that ids cannot be probed."""
    return Problem(404, "Not found.")


def not_authenticated() -> Problem:
    """No valid session came with the request."""
    return Problem(401, "Log in first.", {"WWW-Authenticate": "Bearer"})


def forbidden(message: str = "You may not do this.") -> Problem:
    """The session is fine, but this is not allowed to it."""
    return Problem(403, message)


def error_response(
    request_id: str, status: int, message: str, *, headers: Any = None, **more: Any
) -> JSONResponse:
    """The one shape of all errors."""
    error = {
        "code": CODES.get(status, "error"),
        "message": message,
        "request_id": request_id,
        **more,
    }
    return JSONResponse({"error": error}, status, headers)


def _request_id(request: Request) -> str:
    return str(request.scope.get("agora.request_id", ""))


async def _refused(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    message = str(error.detail)
    if error.status_code == HTTPStatus.NOT_FOUND and message == "Not Found":
        message = "Not found."
    return error_response(_request_id(request), error.status_code, message, headers=error.headers)


async def _invalid(request: Request, error: Exception) -> JSONResponse:
    """Name the fields, never repeat the values: they may be passwords."""
    assert isinstance(error, RequestValidationError)
    fields = [
        {"field": ".".join(str(part) for part in problem["loc"][1:]), "problem": problem["msg"]}
        for problem in error.errors()[:20]
    ]
    return error_response(_request_id(request), 422, "The request is not valid.", fields=fields)


async def _conflict(request: Request, error: Exception) -> JSONResponse:
    log.info("constraint refused a write", extra={"kind": type(error).__name__})
    return error_response(_request_id(request), 409, "This conflicts with what is there already.")


async def _unavailable(request: Request, error: Exception) -> JSONResponse:
    log.error("database not available", extra={"kind": type(error).__name__})
    return error_response(_request_id(request), 503, "Please try again soon.", headers={"Retry-After": "5"})


def install(app: FastAPI) -> None:
    """Attach the handlers."""
    app.add_exception_handler(HTTPException, _refused)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(IntegrityError, _conflict)
    app.add_exception_handler(OperationalError, _unavailable)
