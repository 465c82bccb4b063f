"""HTTP statuses of errors and constants in scripts."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from launchready.source.code.guards import words_of
from launchready.source.script.symbolic.values import (
    Called,
    ClassValue,
    Closure,
    Constant,
    Either,
    Items,
    Member,
    Package,
    Record,
    Value,
)

if TYPE_CHECKING:
    from launchready.source.script.symbolic.interpreter import Interpreter

_NAMES = {status.name.replace("_", ""): status.value for status in HTTPStatus}
_STATUS_ENTRIES = (
    "status",
    "statusCode",
    "httpStatus",
    "httpCode",
    "httpStatusCode",
    "code",
    "errorCode",
    "http_status",
)
_LEAST, _MOST = 400, 599
_DEEPEST = 6
_UNAUTHENTICATED = (
    "unauthorized", "unauthorised", "unauthenticated", "notauthenticated", "authenticationerror", "notloggedin",
    "invalidtoken", "invalidcredential", "authenticationfailed", "loginrequired", "tokenexpired",
    "missingtoken", "authenticationrequired",
)  # fmt: skip
_FORBIDDEN = (
    "forbidden", "accessdenied", "permissiondenied", "notauthorized", "notallowed", "insufficientpermission",
    "authorizationerror", "nopermission", "insufficientscope",
)  # fmt: skip


def status_by_name(name: str) -> int | None:
    """401 or 403 of a name that says so (`UnauthorizedException`, `res.forbidden`)."""
    joined = "".join(words_of(name))
    if any(word in joined for word in _UNAUTHENTICATED):
        return HTTPStatus.UNAUTHORIZED
    return HTTPStatus.FORBIDDEN if any(word in joined for word in _FORBIDDEN) else None


def status_of(run: Interpreter, value: Value, depth: int = 0) -> int | None:
    """The status that a constant or an error stands for; None where it says none."""
    if depth > _DEEPEST:
        return None
    match value:
        case Constant(value=held):
            return _number(held)
        case Package(name=name) | Member(name=name):
            return _NAMES.get(name.rpartition(".")[2].upper().replace("_", "").removeprefix("HTTPSTATUS"))
        case Either(options=options):
            found = {status_of(run, option, depth + 1) for option in options}
            return found.pop() if len(found) == 1 else None
        case Called(callee=callee, arguments=arguments):
            given = _first_status(run, [one.value for one in arguments], depth)
            return given if given is not None else _by_callee(run, callee, depth)
        case Record(entries=entries, made_by=made_by):
            stated = _first_status(run, [entries[name] for name in _STATUS_ENTRIES if name in entries], depth)
            if stated is not None:
                return stated
            above = entries.get("super")
            if isinstance(above, Items):
                stated = _first_status(run, above.values, depth)
            return stated if stated is not None else _by_callee(run, made_by, depth)
        case _:
            return None


def _first_status(run: Interpreter, values: list[Value], depth: int) -> int | None:
    for value in values:
        if isinstance(value, Record) and value.made_by is None:
            inner = [value.entries[name] for name in _STATUS_ENTRIES if name in value.entries]
            found = _first_status(run, inner, depth + 1)
        else:
            found = status_of(run, value, depth + 1)
        if found is not None and _LEAST <= found <= _MOST:
            return found
    return None


def _by_callee(run: Interpreter, callee: Value | None, depth: int) -> int | None:
    """By the name of the class or function that makes the error."""
    match callee:
        case Package(name=name) | Member(name=name):
            return status_by_name(name.rpartition(".")[2])
        case ClassValue(base=base):
            stated = status_by_name(callee.name)
            return stated if stated is not None else _by_callee(run, base, depth + 1)
        case Closure(node=node):
            own = node.field("name")
            return status_by_name(own.text()) if own is not None else None
        case Called(callee=inner):
            return _by_callee(run, inner, depth + 1) if depth < _DEEPEST else None
        case _:
            return None


def _number(held: object) -> int | None:
    if isinstance(held, bool):
        return None
    if isinstance(held, int | float):
        return int(held)
    return int(held) if isinstance(held, str) and held.isdecimal() and len(held) == 3 else None  # noqa: PLR2004
