"""What an answer is, whatever its status says."""

import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from launchready.accounts.fields import plain
from launchready.door.messages import Reply
from launchready.model.probe import AnswerKind

_DEEPEST = 4
_SUCCESS_KEYS = frozenset(
    {"success", "ok", "succeeded", "issuccess", "authenticated", "loggedin", "isauthenticated"}
)
_STATUS_KEYS = frozenset({"status", "result", "state", "outcome"})
_BAD_WORDS = frozenset(
    {"error", "fail", "failed", "failure", "denied", "unauthorized", "forbidden", "unauthenticated"}
)
_ERROR_KEYS = frozenset({"error", "errors", "errormessage", "errorcode", "exception", "fault"})
_CODE_KEYS = frozenset({"code", "statuscode", "status", "httpcode"})
_LOGIN_PLACE = re.compile(
    r"/(?:log[-_]?in|sign[-_]?in|auth|account/login|session/new|oauth)(?:[/?#]|$)", re.IGNORECASE
)


def kind_of(reply: Reply) -> AnswerKind:
    """Status and body together: a 200 whose body is an error is `REFUSED`, a page is no data."""
    status = reply.status
    if not status:
        return AnswerKind.NO_ANSWER
    if reply.header("cf-mitigated").lower() == "challenge" or (status != HTTPStatus.OK and _is_wall(reply)):
        return AnswerKind.EDGE_WALL
    if 300 <= status < 400:  # noqa: PLR2004 - RFC 9110 section 15.4
        return AnswerKind.REFUSED if _LOGIN_PLACE.search(reply.header("location")) else AnswerKind.REDIRECT
    match status:
        case HTTPStatus.UNAUTHORIZED | HTTPStatus.FORBIDDEN | HTTPStatus.PROXY_AUTHENTICATION_REQUIRED:
            return AnswerKind.REFUSED
        case HTTPStatus.NOT_FOUND | HTTPStatus.GONE:
            return AnswerKind.NOT_FOUND
        case HTTPStatus.TOO_MANY_REQUESTS:
            return AnswerKind.LIMITED
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return AnswerKind.ERROR
    if status >= HTTPStatus.BAD_REQUEST:
        return AnswerKind.INVALID
    return _kind_of_success(reply)


def _kind_of_success(reply: Reply) -> AnswerKind:
    if not reply.body.strip():
        return AnswerKind.EMPTY
    if reply.media_type in {"text/html", "application/xhtml+xml"}:
        return AnswerKind.PAGE
    body = reply.json()
    if says_error(body):
        return AnswerKind.REFUSED
    return AnswerKind.EMPTY if (body is None and _is_null(reply)) or is_hollow(body) else AnswerKind.DATA


def _is_null(reply: Reply) -> bool:
    return reply.body.strip() == b"null"


def _is_wall(reply: Reply) -> bool:
    return "cf-chl" in reply.text()[:20_000] or reply.header("x-vercel-protection-bypass") != ""


def says_error(body: Any) -> bool:
    """Whether the body of a 2xx answer says it failed: `success: false`, `status: "fail"`, `error: …`."""
    if not isinstance(body, Mapping):
        return False
    for key, value in body.items():
        name = plain(str(key))
        if name in _SUCCESS_KEYS and value is False:
            return True
        if name in _STATUS_KEYS and isinstance(value, str) and plain(value) in _BAD_WORDS:
            return True
        if name in _ERROR_KEYS and value:
            return True
        if name in _CODE_KEYS and _is_refusal_code(value):
            return True
    return False


def _is_refusal_code(value: Any) -> bool:
    text = str(value) if isinstance(value, int | str) and not isinstance(value, bool) else ""
    return text in {"400", "401", "403", "404", "419", "422"}


def is_hollow(body: Any, depth: int = 0) -> bool:
    """Whether a JSON body carries no value at all: `{}`, `[]`, `{"user": null}`, `{"signedIn": false}`."""
    if body is None or body is False or body == "":
        return True
    if isinstance(body, Mapping) and depth < _DEEPEST:
        return all(is_hollow(value, depth + 1) for value in body.values())
    return isinstance(body, list) and not body
