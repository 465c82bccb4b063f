"""Which HTTP status an exception or an answer stands for."""

import re
from collections.abc import Mapping

from launchready.source.code.guards import FORBIDDEN, UNAUTHENTICATED, words_of
from launchready.source.python.evaluation.evaluator import Evaluation
from launchready.source.python.wiring.values import (
    ClassValue,
    Instance,
    Items,
    Known,
    Made,
    OutsideValue,
    Value,
    creation,
    outside_names,
    text_of,
)

_HTTP_CONSTANT = re.compile(r"HTTP_(\d{3})(?:_|$)|\.(?:codes)\.(\w+)$|HTTPStatus\.([A-Z_]+)")
_BY_CONSTANT = {
    "UNAUTHORIZED": 401,
    "FORBIDDEN": 403,
    "NOT_FOUND": 404,
    "BAD_REQUEST": 400,
    "UNPROCESSABLE_ENTITY": 422,
    "INTERNAL_SERVER_ERROR": 500,
    "CONFLICT": 409,
    "TOO_MANY_REQUESTS": 429,
    "OK": 200,
    "CREATED": 201,
    "NO_CONTENT": 204,
    "FOUND": 302,
    "SEE_OTHER": 303,
}
_BY_CLASS: Mapping[str, int] = {
    "Unauthorized": UNAUTHENTICATED,
    "NotAuthenticated": UNAUTHENTICATED,
    "AuthenticationFailed": UNAUTHENTICATED,
    "AuthenticationError": UNAUTHENTICATED,
    "NoAuthorizationError": UNAUTHENTICATED,
    "InvalidCredentialsException": UNAUTHENTICATED,
    "Forbidden": FORBIDDEN,
    "PermissionDenied": FORBIDDEN,
    "AccessDenied": FORBIDDEN,
    "NotFound": 404,
    "BadRequest": 400,
    "Conflict": 409,
    "UnprocessableEntity": 422,
    "TooManyRequests": 429,
}
_UNAUTHENTICATED_WORDS = frozenset(
    {
        "unauthorized",
        "unauthenticated",
        "authentication",
        "credential",
        "credentials",
        "notauthenticated",
        "token",
    }
)
_FORBIDDEN_WORDS = frozenset(
    {"forbidden", "permission", "permissions", "denied", "authorization", "privilege"}
)
_STATUS_NAMES = (
    "status_code",
    "code",
    "status",
    "http_status",
    "http_code",
    "http_status_code",
    "error_code",
)
_ANSWERS = re.compile(
    r"(?:Response|make_response|jsonify|ErrorResponse|render_template|HttpResponse)$", re.IGNORECASE
)
_REDIRECTS = re.compile(r"(?:^|\.)(?:redirect|RedirectResponse|to_login)$")
_LOGIN = re.compile(r"(?:login_manager|LoginManager)\.(?:unauthorized|needs_refresh)$")
_LOGIN_WORDS = frozenset(
    {"login", "signin", "sign", "auth", "register", "signup", "unauthorized", "session", "sso"}
)
LEAST_ERROR = 400


def number_of(value: Value | None) -> int | None:
    """The number that a status is given as: 401, `status.HTTP_401_UNAUTHORIZED`, `HTTPStatus.UNAUTHORIZED`."""
    match value:
        case Known(value=int() as number) if not isinstance(number, bool):
            return number
        case Known(value=str() as text) if text[:3].isdigit():
            return int(text[:3])
        case OutsideValue(name=name):
            found = _HTTP_CONSTANT.search(name)
            if found is None:
                return None
            digits, code, constant = found.groups()
            return int(digits) if digits else _BY_CONSTANT.get((code or constant).upper())
        case _:
            return next(
                (n for name in outside_names(value) if (n := number_of(OutsideValue(name=name)))), None
            )


def raised_status(evaluation: Evaluation, value: Value, handlers: Mapping[str, int]) -> int | None:
    """The status that raising a value answers with; None where it is no answer. `handlers` are by class name."""
    for name in names_of(evaluation, value):
        if name in handlers:
            return handlers[name]
    made = creation(value)
    if made is not None:
        last = made.what.rpartition(".")[2]
        given = made.keywords.get("status_code", made.keywords.get("code"))
        first = made.arguments[0] if made.arguments else None
        status = number_of(given if given is not None else first)
        if status is not None and "HTTP" in last:
            return status
        if last in _BY_CLASS:
            return _BY_CLASS[last]
    if isinstance(value, OutsideValue) and value.name.rpartition(".")[2] in _BY_CLASS:
        return _BY_CLASS[value.name.rpartition(".")[2]]
    own = _own_status(evaluation, value)
    return own if own is not None else _by_words(names_of(evaluation, value))


def _own_status(evaluation: Evaluation, value: Value) -> int | None:
    """The status that an exception of the repository carries."""
    cls = value.cls if isinstance(value, Instance) else value
    if isinstance(value, Instance):
        for name in _STATUS_NAMES:
            status = number_of(value.attributes.get(name) or value.keywords.get(name))
            if status is not None and status >= LEAST_ERROR:
                return status
        for held in value.arguments:
            status = number_of(held)
            if status is not None and status in {401, 403}:
                return status
    if isinstance(cls, ClassValue):
        for name in _STATUS_NAMES:
            found = evaluation.class_member(cls, name)
            status = number_of(found) if found is not None else None
            if status is not None and status >= LEAST_ERROR:
                return status
    return None


def _by_words(names: tuple[str, ...]) -> int | None:
    """By the name of an exception whose code says nothing of a status."""
    words = {word for name in names[:1] for word in words_of(name)}
    if words & _FORBIDDEN_WORDS:
        return FORBIDDEN
    return UNAUTHENTICATED if words & _UNAUTHENTICATED_WORDS else None


def names_of(evaluation: Evaluation, value: Value) -> tuple[str, ...]:
    """Names of the classes of an exception, nearest first, without their modules."""
    match value:
        case Instance(cls=cls):
            names = evaluation.ancestors(cls)
        case ClassValue():
            names = evaluation.ancestors(value)
        case _:
            names = list(outside_names(value))
    return tuple(name.rpartition(".")[2] for name in names)


def answered_status(evaluation: Evaluation, value: Value) -> int | None:
    """The status of an answer that code gives in place of the handler; None where it states none."""
    match value:
        case Items(items=[_, status, *_]):
            number = number_of(status)
            if number is not None:
                return number
            return answered_status(evaluation, value.items[0])
        case Made() if "status_code" in value.attributes:
            return number_of(value.attributes["status_code"])
        case Made():
            return _made_status(value)
        case Instance():
            return _own_status(evaluation, value)
        case _:
            return None


def _made_status(value: Made) -> int | None:
    if not _ANSWERS.search(value.what):
        # What a made answer's method gives is that answer: `jsonify(…).with_status(…)` states its own
        return number_of(value.keywords.get("status_code", value.keywords.get("status")))
    for name in ("status_code", "status", "code"):
        status = number_of(value.keywords.get(name))
        if status is not None:
            return status
    return number_of(value.arguments[1]) if len(value.arguments) > 1 else None


def is_login(value: Value) -> bool:
    """Whether an answer is what Flask-Login gives whoever is not signed in."""
    return isinstance(value, Made) and bool(_LOGIN.search(value.what))


def is_redirect(value: Value) -> bool:
    """Whether an answer sends the caller elsewhere."""
    return isinstance(value, Made) and bool(_REDIRECTS.search(value.what))


def leads_to_login(value: Value) -> bool:
    """Whether a redirect leads to where people sign in."""
    if not isinstance(value, Made):
        return False
    words: set[str] = set()
    for each in (*value.arguments, *value.keywords.values()):
        words |= set(words_of(text_of(each) or ""))
        if isinstance(each, Made):
            for inner in (*each.arguments[:1], *each.keywords.values()):
                words |= set(words_of(text_of(inner) or ""))
    return bool(words & _LOGIN_WORDS)
