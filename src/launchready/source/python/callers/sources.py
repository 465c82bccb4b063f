"""Where code learns who calls: sessions, tokens, headers, the signed-in user; by the packages' own names."""

import re
from functools import lru_cache

from launchready.source.code.guards import asks_role, words_of
from launchready.source.python.callers.caller import Persona, RouteFacts
from launchready.source.python.wiring.values import About, Known, Taint, Unknown, Value

CALLER: Taint = frozenset({About.CALLER})
SETTING: Taint = frozenset({About.SETTING})
ROUTE: Taint = frozenset({About.ROUTE})

_REQUEST = r"(?:^|\.)(?:[Rr]equest|HTTPConnection|WebSocket)"
_SESSION = re.compile(rf"^(?:flask|quart)\.session\b|{_REQUEST}\.session\b")
_BY_NAME = re.compile(
    rf"(?:^(?:flask|quart)\.g|{_REQUEST}\.state|{_REQUEST}\.headers|{_REQUEST}\.cookies|{_REQUEST}\.scope)"
    r"(?:\.(?:get|getlist|__getitem__))?(?:\.(?P<name>\w+))?$"
)
_USER = re.compile(
    rf"{_REQUEST}\.(?:user|auth|authorization)$|(?:flask_login|flask_security|flask_user)\.current_user$"
    r"|flask_jwt_extended\.current_user$"
    r"|\.(?:HTTPBasicAuth|HTTPTokenAuth|HTTPDigestAuth|MultiAuth)\.current_user$"
)
_ASKED = re.compile(
    r"flask_jwt_extended\.(?:get_jwt_identity|get_jwt|get_current_user|get_raw_jwt|get_jwt_claims)$"
    r"|flask_login\.(?:login_fresh)$|\.(?:HTTPBasicAuth|HTTPTokenAuth)\.(?:username|get_auth)$"
)
_LOCAL_USER = re.compile(r"(?:flask_login|flask_security|flask_user)\.current_user$|[Rr]equest\.user$")
_SIGNED_IN = re.compile(r"\.is_authenticated$")
_ANONYMOUS = re.compile(r"\.is_anonymous$")
_PATH = re.compile(rf"{_REQUEST}\.(?:url\.path|path|full_path|scope\.path|get_full_path|url_rule\.rule)$")
_METHOD = re.compile(rf"{_REQUEST}\.method$")
_ENDPOINT = re.compile(rf"{_REQUEST}\.endpoint$")
_BLUEPRINT = re.compile(rf"{_REQUEST}\.blueprint$")
_SETTINGS = re.compile(r"(?:^|\.)(?:config|settings)(?:\.|$)", re.IGNORECASE)
_CALLER_WORDS = frozenset({
    "authorization", "auth", "token", "key", "apikey", "signature", "secret", "session", "jwt", "cookie", "bearer",
    "user", "account", "identity", "principal", "member", "uid", "userid", "credentials", "login", "logged",
    "authenticated", "access", "refresh", "csrf", "sid", "profile", "viewer", "actor",
})  # fmt: skip


_ASKING_WORDS = frozenset({
    "authorization", "auth", "authenticate", "authenticated", "authed", "apikey", "signature", "jwt", "bearer",
    "identity", "principal", "credentials", "login", "logged", "token", "permission", "permissions", "admin",
})  # fmt: skip


def asks_caller(name: str) -> bool:
    """Whether a function that cannot be read is named as one that asks who calls."""
    words = words_of(name)
    return bool(set(words) & _ASKING_WORDS) or {"current", "user"} <= set(words)


def is_callers(name: str) -> bool:
    """Whether a header, cookie or attribute is named after who calls."""
    return bool(set(words_of(name)) & _CALLER_WORDS)


def of_caller(persona: Persona, code: str = "") -> Value:
    """Something that only a known caller has."""
    if persona is Persona.ANONYMOUS:
        return Known(value=None, about=CALLER)
    # Whether a member holds a role cannot be told
    return Unknown(about=CALLER, truth=None if asks_role(code) else True, code=code)


@lru_cache(maxsize=20_000)
def told(name: str, persona: Persona) -> Value | None:
    """What an attribute of a request, a session or a user is for this caller; None if it tells nothing of callers."""
    if _SIGNED_IN.search(name):
        return Known(value=persona is Persona.MEMBER, about=CALLER)
    if _ANONYMOUS.search(name):
        return Known(value=persona is Persona.ANONYMOUS, about=CALLER)
    if _LOCAL_USER.search(name) and not name.endswith(".Request.user"):
        return None  # the anonymous user is an object, too
    if _USER.search(name):
        return of_caller(persona, name)
    owner, _, attribute = name.rpartition(".")
    if _LOCAL_USER.search(owner):
        # An anonymous user lacks what members have
        return Unknown(about=CALLER, truth=False if persona is Persona.ANONYMOUS else None, code=attribute)
    held = _BY_NAME.search(name)
    if held is not None and held["name"] and _is_own(held["name"]):
        return of_caller(persona, name)
    return None


def _is_own(name: str) -> bool:
    """Whether an attribute of `g` or of the request's state is named after who calls; a session there may be any."""
    words = set(words_of(name))
    return bool(words & (_CALLER_WORDS - {"session", "key", "access", "refresh", "profile"}))


@lru_cache(maxsize=20_000)
def looked_up(container: str, key: str, persona: Persona) -> Value | None:
    """What `container.get(key)` and `container[key]` give; None if it tells nothing of callers."""
    if _SESSION.search(container):
        return of_caller(persona, key)
    held = _BY_NAME.search(container)
    if held is not None and not held["name"] and is_callers(key):
        return of_caller(persona, key)
    return None


def asked(name: str, persona: Persona) -> Value | None:
    """What a package's function says of the caller: `get_jwt_identity()`; None if it tells nothing of callers."""
    return of_caller(persona, name) if _ASKED.search(name) else None


def is_container(name: str) -> bool:
    """Whether `key in name` asks who calls, for keys that are named so."""
    held = _BY_NAME.search(name)
    return bool(_SESSION.search(name)) or (held is not None and not held["name"])


def is_session(name: str) -> bool:
    """Whether something is the session, all of it."""
    return bool(_SESSION.search(name)) and name.endswith("session")


@lru_cache(maxsize=20_000)
def of_route(name: str, route: RouteFacts) -> Value | None:
    """What an attribute of the request tells of the route; None if it tells nothing of it."""
    for pattern, value in (
        (_PATH, route.path),
        (_METHOD, route.method),
        (_ENDPOINT, route.endpoint),
        (_BLUEPRINT, route.blueprint),
    ):
        if pattern.search(name):
            return Known(value=value, about=ROUTE) if value else Unknown()
    return None


@lru_cache(maxsize=20_000)
def is_setting(name: str) -> bool:
    """Whether something is read from the configuration."""
    return bool(_SETTINGS.search(name))
