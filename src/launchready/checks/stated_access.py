"""Whom a route is for: as the settings say, as the code guards it, as the document declares, as its purpose tells."""

import re
from collections.abc import Iterable, Mapping

from launchready.checks.code_routes import Entry
from launchready.model.operation import Guard, Purpose
from launchready.model.oracle import fits, rules_of
from launchready.model.same_route import shape
from launchready.model.settings import JudgeSettings
from launchready.model.source import AccessClass

UNSTATED = frozenset({AccessClass.NONE, AccessClass.UNCLEAR})
_RULED: Mapping[str, AccessClass] = {
    "public": AccessClass.PUBLIC,
    "members": AccessClass.MEMBER,
    "participants": AccessClass.GROUP,
    "owner": AccessClass.OWNER,
}
_OPEN_PURPOSES = frozenset({
    Purpose.SIGN_UP, Purpose.LOG_IN, Purpose.REFRESH, Purpose.CONFIRM, Purpose.RESET, Purpose.HEALTH, Purpose.DOCS,
})  # fmt: skip

# The last segment before any id, where it says by itself that nobody is signed in yet, or that nothing is told
_OPEN_LAST = frozenset({
    "login", "log-in", "signin", "sign-in", "forgot-password", "forgotpassword", "reset-password", "resetpassword",
    "password-reset", "passwordreset", "verify-email", "confirm-email", "resend-verification", "refresh-token",
    "access-token", "openapi.json", "openapi.yaml", "swagger.json", "swagger-ui", "redoc", "favicon.ico", "robots.txt",
    "sitemap.xml", "healthz", "healthcheck", "health-check", "livez", "readyz",
})  # fmt: skip
# The same where it stands at the top of the API, or below one of `_AUTH`: `/devices/register` is another thing
_OPEN_BELOW = frozenset({
    "signup", "sign-up", "register", "registration", "token", "refresh", "reset", "forgot", "verify", "confirm",
    "callback", "logout", "log-out", "signout", "sign-out", "activate", "activation", "recover", "magic-link",
})  # fmt: skip
_AUTH = frozenset({
    "auth", "authentication", "oauth", "oauth2", "account", "accounts", "password", "passwords", "email", "jwt",
    "session", "sessions", "user", "users", "member", "members", "login",
})  # fmt: skip
# Signing in with another company's account, and the catch-all address of a package that does all of signing in
_PROVIDERS = frozenset({
    "google", "facebook", "github", "gitlab", "apple", "microsoft", "twitter", "linkedin", "discord",
})  # fmt: skip
_SIGNING_IN = frozenset({"auth", "oauth", "oauth2", "login", "signin", "sign-in"})
_PACKAGE = re.compile(r"(?:^|/)auth/\{(?:\.\.\.)?(?:\w*auth\w*|all)\}/*\Z", re.IGNORECASE)
_OPEN_AT_TOP = frozenset({
    "health", "ping", "liveness", "readiness", "live", "ready", "swagger", "docs", "signup", "sign-up", "register",
    "logout", "signout", "sign-out", "token",
})  # fmt: skip
_MOUNT = re.compile(r"(?:api|apis|rest|v\d+(?:\.\d+)?)\Z")


def ruled_class(names: Iterable[str], settings: JudgeSettings) -> AccessClass | None:
    """What a visibility rule says; the pattern with the most literal characters decides, the later among equals."""
    known = tuple(names)
    fitting = [rule for rule in rules_of(settings) if any(fits(rule.pattern, name) for name in known)]
    if not fitting:
        return None
    best = max(reversed(fitting), key=lambda rule: len(rule.pattern.replace("*", "")))
    return _RULED.get(best.visibility, AccessClass.OWNER)


def stated_class(entry: Entry, settings: JudgeSettings) -> AccessClass | None:
    """Whom something says it is for; None where nothing does. The first that speaks is believed."""
    ruled = ruled_class(entry.names, settings)
    if ruled is not None:
        return ruled
    if entry.route is not None and entry.route.access not in UNSTATED:
        return entry.route.access
    declared = declared_class(entry)
    if declared is not None:
        return declared
    return AccessClass.PUBLIC if is_open_by_nature(entry) else None


def declared_class(entry: Entry) -> AccessClass | None:
    """What the description of the API declares; None where it is silent."""
    if entry.operation is None or entry.operation.guard is Guard.UNSTATED:
        return None
    return AccessClass.PUBLIC if entry.operation.guard is Guard.PUBLIC else AccessClass.MEMBER


def is_declared_public(entry: Entry, settings: JudgeSettings) -> bool:
    """Whether it is on a public list: the settings', the description's, or that of what is open by nature.

    What the code alone calls public is on none: that is what the list is compared with.
    """
    ruled = ruled_class(entry.names, settings)
    if ruled is not None:
        return ruled is AccessClass.PUBLIC
    described = entry.operation is not None and entry.operation.source == "openapi"
    if described and declared_class(entry) is AccessClass.PUBLIC:
        return True
    return is_open_by_nature(entry)


def is_open_by_nature(entry: Entry) -> bool:
    """Whether it is made to be called without a login: signing up and in, health, documentation, the root."""
    if entry.operation is not None and entry.operation.purpose in _OPEN_PURPOSES:
        return True
    if entry.route is not None and entry.route.purpose in _OPEN_PURPOSES:
        return True
    path = entry.route.path if entry.route is not None else entry.path
    is_root = entry.method == "GET" and not _below_mount(path)
    return is_root or is_open_by_path(path) or _PACKAGE.search(path) is not None


def is_open_by_path(path: str) -> bool:
    """The same by the path alone. What lies below an object's id acts on that object: `/users/{id}/verify` is none."""
    parts = _below_mount(path)
    before = parts[: parts.index("{}")] if "{}" in parts else parts
    if not before:
        return False
    *above, last = before
    if last in _OPEN_LAST or before[0] == ".well-known":
        return True
    if last in _OPEN_AT_TOP and before == parts and above in ([], ["health"]):
        return True
    if not above:
        return False
    return (last in _OPEN_BELOW and above[-1] in _AUTH) or (last in _PROVIDERS and above[-1] in _SIGNING_IN)


def _below_mount(path: str) -> list[str]:
    """The segments in lower case, without those below which APIs are mounted (`/api/v1`)."""
    parts = [part.replace("_", "-") for part in shape(path).lower().split("/") if part]
    while parts and _MOUNT.match(parts[0]):
        parts = parts[1:]
    return parts
