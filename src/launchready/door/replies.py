"""What a reply is, whatever its status says: the one place where answers are told apart."""

import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

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
_REFUSAL_CODES = frozenset({"400", "401", "403", "404", "410", "419", "422"})
_ABSENT_CODES = frozenset({"404", "410"})
_OWN_CODES = ("code", "errcode", "errno", "resultcode")
_GOOD_CODES = frozenset({"0", "1"})
_BAD_CODE = re.compile(r"unauth|forbid|denied|not_?found|invalid|error|fail|expired|required", re.IGNORECASE)
_SENTENCES = ("msg", "message", "errmsg", "detail", "description")
_BESIDES = frozenset(
    {*_OWN_CODES, *_SENTENCES, "status", "type", "title", "path", "timestamp", "time", "requestid", "traceid"}
)
_ID_KEYS = frozenset({"id", "uuid", "_id", "pk"})
_LOGIN_PLACE = re.compile(
    r"/(?:log[-_]?in|sign[-_]?in|auth|account/login|session/new|oauth)(?:[/?#]|$)", re.IGNORECASE
)
_WALL_PLACES = ("vercel.com/sso", "cloudflareaccess.com", "/cdn-cgi/access/login")
_WALL_MARKS = (
    "_cf_chl_opt",
    "cf-chl",
    "challenge-platform",
    "vercel authentication",
    "_vercel_sso",
    "just a moment...</title>",
)
_WALL_STATUS = frozenset({401, 403, 429, 503})
_HEAD = 20_000


def kind_of(reply: Reply) -> AnswerKind:
    """What the reply is, by status and body together: a 200 whose body is an error is `REFUSED`, a page no data."""
    if not reply.status:
        return AnswerKind.NO_ANSWER
    if is_edge_wall(reply):
        return AnswerKind.EDGE_WALL
    by_status = _kind_of_status(reply)
    return by_status if by_status is not None else _kind_of_success(reply)


def is_edge_wall(reply: Reply) -> bool:
    """Whether something in front of the API answered: a challenge, a login page of a preview or provider."""
    if "challenge" in reply.header("cf-mitigated").lower() or reply.header("x-vercel-mitigated"):
        return True
    location = reply.header("location").lower()
    if any(place in location for place in _WALL_PLACES):
        return True
    if reply.status not in _WALL_STATUS or not is_page(reply):
        return False
    head = reply.body[:_HEAD].decode("utf-8", "replace").lower()
    return any(mark in head for mark in _WALL_MARKS)


def is_page(reply: Reply) -> bool:
    """Whether the body is an HTML page."""
    if reply.media_type in {"text/html", "application/xhtml+xml"}:
        return True
    return reply.body[:200].lstrip().lower().startswith((b"<!doctype html", b"<html"))


def _kind_of_status(reply: Reply) -> AnswerKind | None:
    status = reply.status
    if status in {401, 403, 407, 423, 451}:
        return AnswerKind.REFUSED
    if status in {404, 410}:
        return AnswerKind.NOT_FOUND
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return AnswerKind.LIMITED
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return AnswerKind.ERROR
    if status >= HTTPStatus.BAD_REQUEST:
        return AnswerKind.INVALID
    if status >= HTTPStatus.MULTIPLE_CHOICES:
        return AnswerKind.REFUSED if _LOGIN_PLACE.search(reply.header("location")) else AnswerKind.REDIRECT
    return None


def _kind_of_success(reply: Reply) -> AnswerKind:
    body = reply.body.strip()
    if not body or body == b"null":
        return AnswerKind.EMPTY
    value = reply.json()
    if value is None:
        return AnswerKind.PAGE if is_page(reply) else AnswerKind.DATA
    if says_error(value):
        return AnswerKind.NOT_FOUND if _says_absent(value) else AnswerKind.REFUSED
    if isinstance(value, Mapping) and all(item is None for item in value.values()):
        return AnswerKind.EMPTY
    return AnswerKind.EMPTY if value in ([], "", False) else AnswerKind.DATA


def says_error(body: Any) -> bool:
    """Whether the body of a 2xx answer says it failed: `success: false`, `status: "fail"`, `error: …`.

    An object with an id may well have failed itself (a payment with `status: "failed"`), and an answer with data
    beside its errors is data.
    """
    if not isinstance(body, Mapping):
        return False
    names = {_plain(key): value for key, value in body.items()}
    if any(value is False for name, value in names.items() if name in _SUCCESS_KEYS):
        return True
    if any(value for name, value in names.items() if name in _ERROR_KEYS) and not _has_data(names):
        return True
    if _ID_KEYS & names.keys():
        return False
    if _is_coded_message(names):
        return True
    return any(
        (name in _STATUS_KEYS and isinstance(value, str) and _plain(value) in _BAD_WORDS)
        or (name in _CODE_KEYS and _is_refusal_code(value))
        for name, value in names.items()
    )


def _is_coded_message(names: Mapping[str, Any]) -> bool:
    """`{"code": 40101, "msg": "please log in"}`: a code of the API's own that is no good one, a sentence, no data."""
    code = next((names[name] for name in _OWN_CODES if name in names), None)
    number = isinstance(code, int) and not isinstance(code, bool)
    bad = (
        str(code) not in _GOOD_CODES and not str(code).startswith("20")
        if number
        else _BAD_CODE.search(str(code))
    )
    told = any(isinstance(names.get(name), str) and names[name] for name in _SENTENCES)
    return bool(bad) and told and not any(_is_filled(names[name]) for name in names.keys() - _BESIDES)


def _is_filled(value: Any) -> bool:
    """Whether a value holds anything."""
    return value not in (None, "", False, [], {})


def _plain(key: Any) -> str:
    return re.sub(r"[^a-z0-9]", "", str(key).lower()) if str(key) != "_id" else "_id"


def _has_data(names: Mapping[str, Any]) -> bool:
    return any(
        isinstance(value, dict | list) and value
        for name, value in names.items()
        if name not in _ERROR_KEYS | {"meta"}
    )


def _is_refusal_code(value: Any) -> bool:
    return isinstance(value, int | str) and not isinstance(value, bool) and str(value) in _REFUSAL_CODES


def _says_absent(body: Mapping[str, Any]) -> bool:
    """Whether the code in an error body is that of something that is not there."""
    return any(_plain(key) in _CODE_KEYS and str(value) in _ABSENT_CODES for key, value in body.items())


def is_hollow(body: Any, depth: int = 0) -> bool:
    """Whether a JSON body carries no value at all: `{}`, `[]`, `{"user": null}`, `{"signedIn": false}`."""
    if body is None or body is False or body == "":
        return True
    if isinstance(body, Mapping) and depth < _DEEPEST:
        return all(is_hollow(value, depth + 1) for value in body.values())
    return isinstance(body, list) and not body
