"""What a guard does, told from what its code refuses, or from its name where the code is a package's."""

import re
from collections.abc import Iterable
from itertools import pairwise

from launchready.model.source import GuardKind

UNAUTHENTICATED = 401
FORBIDDEN = 403

_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
# Each alone says that the caller must be signed in, when it stands where only guards stand
_AUTHENTICATE = frozenset({
    "auth", "authenticate", "authenticated", "authentication", "login", "loggedin", "logged", "signedin", "jwt",
    "session", "bearer", "passport", "protect", "protected", "credentials", "oauth", "oauth2", "token", "user",
})  # fmt: skip
_AUTHORIZE = frozenset({
    "admin", "admins", "superuser", "staff", "role", "roles", "permission", "permissions", "permit", "authorize",
    "authorized", "authorization", "can", "ability", "policy", "policies", "scope", "scopes", "moderator", "owner",
    "acl", "rbac",
})  # fmt: skip
_SERVICE = frozenset({"signature", "webhook", "hmac", "apikey", "cron", "internal", "basic"})
_OPTIONAL = frozenset(
    {"optional", "maybe", "optionally", "try", "soft", "attach", "load", "populate", "deserialize"}
)
_OPEN = frozenset({"public", "anonymous", "unauthenticated", "allowany", "noauth", "skipauth", "exempt"})
# Forged requests are refused whoever sends them, however the protection is called
_FORGERY = frozenset({"csrf", "xsrf", "csurf"})
# What stands among guards and guards nothing
_HARMLESS = frozenset({
    "cors", "helmet", "json", "urlencoded", "body", "parser", "compression", "logger", "logging", "log", "morgan",
    "rate", "limit", "limiter", "throttle", "throttler", "validate", "validator", "validation", "upload", "multer",
    "static", "cache", "caching", "cookie", "cookies", "csrf", "metrics", "trace", "tracing", "timing", "timeout",
    "pagination", "paginate", "paginator", "serializer", "interceptor", "transform", "db", "database", "async",
    "handler", "wrap", "catch", "error", "favicon", "gzip", "requestid", "parse", "schema", "sanitize", "locale",
    "i18n", "transaction", "etag", "response", "vary", "gdpr", "analytics",
})  # fmt: skip


def words_of(name: str) -> tuple[str, ...]:
    """Lower-case words of a name in any case style."""
    return tuple(word.lower() for word in _WORDS.findall(name))


def asks_role(code: str) -> bool:
    """Whether a condition, as written, asks for a role or permission."""
    words = words_of(code)
    joined = {f"{first}{second}" for first, second in pairwise(words)} | set(words)
    return bool(joined & (_AUTHORIZE - {"authorization", "authorized"}))


def kind_by_name(name: str) -> GuardKind | None:
    """What something that stands where guards stand does, by its name alone; None for what guards nothing.

    For packages whose code is not at hand. A name that says nothing is UNCLEAR: it may refuse.
    """
    words = words_of(name)
    joined = {f"{first}{second}" for first, second in pairwise(words)} | set(words)
    if joined & _FORGERY:
        return None
    if joined & _OPEN:
        return GuardKind.PUBLIC
    strong = joined & (_AUTHENTICATE | _AUTHORIZE | _SERVICE)
    if joined & _HARMLESS and not strong:
        return None
    if strong and joined & _OPTIONAL:
        return GuardKind.IDENTIFIES
    if joined & _SERVICE:
        return GuardKind.SERVICE
    if joined & _AUTHORIZE:
        return GuardKind.AUTHORIZES
    return GuardKind.AUTHENTICATES if joined & _AUTHENTICATE else GuardKind.UNCLEAR


def kind_by_refusals(refusals: Iterable[int], name: str) -> GuardKind | None:
    """What a function that stands where guards stand does, by the statuses it refuses with; None if it refuses nobody.

    401 refuses whoever is not signed in; 403 alone refuses whoever may not, unless the name says that it looks at the
    session (frameworks differ in which of the two a missing login gets). Other statuses are no refusal of a caller.
    """
    held = set(refusals)
    by_name = kind_by_name(name)
    if not held & {UNAUTHENTICATED, FORBIDDEN}:
        return None
    if by_name is GuardKind.SERVICE:
        return GuardKind.SERVICE
    if FORBIDDEN in held and by_name is GuardKind.AUTHORIZES:
        return GuardKind.AUTHORIZES
    if UNAUTHENTICATED in held or by_name is GuardKind.AUTHENTICATES:
        return GuardKind.AUTHENTICATES
    return GuardKind.AUTHORIZES
