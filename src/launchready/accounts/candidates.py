"""Which operations sign up, log in, refresh, confirm and tell who is signed in: ranked, best first."""

import re
from collections.abc import Iterable

from launchready.accounts.fields import FieldRole
from launchready.accounts.forms import Form, forms_of
from launchready.model.evidence import Surface
from launchready.model.operation import Guard, HttpOperation, Place, Purpose
from launchready.surface.lexicon import EFFECT_VERBS

_PEOPLE_PATH = re.compile(
    r"/(?:users?|members?|accounts?|customers?|profiles?|people|persons?)/?$", re.IGNORECASE
)
_POWER = re.compile(
    r"admin|staff|internal|superuser|invite|bulk|batch|import|private|employee|impersonat", re.IGNORECASE
)
_ELSEWHERE = re.compile(
    r"google|facebook|github|apple|oauth2?/(?:authorize|callback)|saml|sso|oidc|magic|otp|2fa|mfa|verify",
    re.IGNORECASE,
)
_IDENTIFIERS = frozenset(
    {FieldRole.EMAIL, FieldRole.USERNAME, FieldRole.IDENTIFIER, FieldRole.PHONE, FieldRole.NAME}
)
_CHECKS = re.compile(
    r"health|ping|status|version|docs|openapi|swagger|metrics|robots|favicon|csrf|public", re.IGNORECASE
)
_PRIVATE_LOOKING = re.compile(
    r"/(?:me|self|my|mine|account|profile|settings|orders|notifications|inbox|messages)\b", re.IGNORECASE
)
_MOST_FORMS = 4
_MOST_PROBES = 8


def http_operations(surface: Surface) -> tuple[HttpOperation, ...]:
    """The HTTP operations of a surface."""
    return tuple(item for item in surface.operations if isinstance(item, HttpOperation))


def sign_up_forms(operations: Iterable[HttpOperation]) -> tuple[Form, ...]:
    """Ways to sign up."""
    ranked = []
    for operation in operations:
        if operation.method not in {"POST", "PUT"} or _has_path_parameter(operation):
            continue
        for position, form in enumerate(forms_of(operation)):
            score = _sign_up_score(operation, form)
            if score > 0:
                ranked.append((-score, position, form))
    return _best(ranked)


def _sign_up_score(operation: HttpOperation, form: Form) -> int:
    asks_password = FieldRole.PASSWORD in form.roles
    score = 0
    if operation.purpose is Purpose.SIGN_UP:
        score = 100
    elif operation.purpose in {Purpose.CREATE, Purpose.OTHER, Purpose.ACTION, Purpose.ADMIN}:
        declared = any(body.schema or body.example for body in operation.bodies)
        if declared and asks_password and form.roles & _IDENTIFIERS and _PEOPLE_PATH.search(operation.path):
            score = 40
    if not score:
        return 0
    score += 20 if asks_password else -20
    score += 10 if operation.guard is Guard.PUBLIC else 0
    score -= 15 if operation.guard is Guard.PROTECTED else 0
    score -= 30 if _POWER.search(operation.path) else 0
    score -= 40 if _ELSEWHERE.search(operation.path) else 0
    return score


def log_in_forms(operations: Iterable[HttpOperation]) -> tuple[Form, ...]:
    """Ways to log in with a password; the token address that a security scheme names counts as one."""
    every = tuple(operations)
    token_paths = {
        name.partition(":")[2] for item in every for name in item.security if name.startswith("oauth2:")
    }
    ranked = []
    for operation in every:
        if operation.method not in {"POST", "PUT", "GET"} or _has_path_parameter(operation):
            continue
        for position, form in enumerate(forms_of(operation)):
            score = _log_in_score(operation, form, token_paths)
            if score > 0:
                ranked.append((-score, position, form))
    return _best(ranked)


def _log_in_score(operation: HttpOperation, form: Form, token_paths: set[str]) -> int:
    asks_password = FieldRole.PASSWORD in form.roles
    full = f"{operation.base_path}{operation.path}"
    named = any(path and (full == path or full.endswith(path)) for path in token_paths)
    if operation.purpose is not Purpose.LOG_IN and not named:
        return 0
    if operation.method == "GET" and not asks_password:
        return 0
    score = 100 if operation.purpose is Purpose.LOG_IN else 60
    score += 25 if asks_password else -60
    score += 5 if named else 0
    score += 5 if form.roles & _IDENTIFIERS else 0
    score -= 10 if operation.guard is Guard.PROTECTED else 0
    score -= 20 if re.search(r"cookie|test-token", operation.path) else 0
    score -= 30 if _POWER.search(operation.path) else 0
    score -= 50 if _ELSEWHERE.search(operation.path) else 0
    return score


def _best(ranked: list[tuple[int, int, Form]]) -> tuple[Form, ...]:
    ranked.sort(key=lambda entry: (entry[0], entry[1], len(entry[2].operation.path)))
    return tuple(form for _, _, form in ranked[:_MOST_FORMS])


def _has_path_parameter(operation: HttpOperation) -> bool:
    return any(item.place is Place.PATH for item in operation.parameters) or "{" in operation.path


def with_purpose(operations: Iterable[HttpOperation], purpose: Purpose) -> tuple[HttpOperation, ...]:
    """Operations of one purpose, shortest path first."""
    return tuple(
        sorted((item for item in operations if item.purpose is purpose), key=lambda item: len(item.path))
    )


def confirming_operations(operations: Iterable[HttpOperation]) -> tuple[HttpOperation, ...]:
    """GET operations without inputs that may tell a signed-in caller from a stranger, `me` first.

    Operations that may change something on GET are left out: a probe must not reset a database.
    """
    ranked = []
    for operation in operations:
        if operation.method != "GET" or _has_path_parameter(operation) or _insists(operation):
            continue
        score = _confirming_score(operation)
        if score > 0:
            ranked.append((-score, len(operation.path), operation))
    ranked.sort(key=lambda entry: (entry[0], entry[1]))
    return tuple(operation for _, _, operation in ranked[:_MOST_PROBES])


def _confirming_score(operation: HttpOperation) -> int:
    words = {
        word.lower() for word in re.findall(r"[A-Za-z][a-z]*", f"{operation.path} {operation.operation_id}")
    }
    if operation.purpose is Purpose.ME:
        return 100 + (10 if operation.guard is Guard.PROTECTED else 0)
    if operation.purpose in {Purpose.LOG_OUT, Purpose.HEALTH, Purpose.DOCS, Purpose.WEBHOOK, Purpose.REFRESH}:
        return 0
    effect = any(word.startswith(verb) for word in words for verb in EFFECT_VERBS if len(verb) > 3)  # noqa: PLR2004
    if operation.guard is Guard.PUBLIC or words & EFFECT_VERBS or effect or _CHECKS.search(operation.path):
        return 0
    if operation.purpose in {
        Purpose.ADMIN,
        Purpose.MODERATE,
        Purpose.EXPORT,
        Purpose.LOG_IN,
        Purpose.CONFIRM,
    }:
        return 5 if operation.guard is Guard.PROTECTED and operation.purpose is Purpose.EXPORT else 0
    score = 50 if operation.guard is Guard.PROTECTED else 10
    return score + (20 if _PRIVATE_LOOKING.search(operation.path) else 0)


def _insists(operation: HttpOperation) -> bool:
    return any(item.required and item.place in {Place.QUERY, Place.HEADER} for item in operation.parameters)


def deleting_operations(operations: Iterable[HttpOperation]) -> tuple[HttpOperation, ...]:
    """Operations by which an account deletes itself."""
    own = re.compile(r"/(?:me|self|account|profile|user)(?:/delete)?/?$", re.IGNORECASE)
    return tuple(
        item for item in operations
        if item.method == "DELETE" and not _has_path_parameter(item) and own.search(item.path)
    )  # fmt: skip
