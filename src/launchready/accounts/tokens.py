"""Credentials in a login's answer: in the body, in headers, in cookies."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from launchready.accounts.fields import plain
from launchready.door.messages import Reply
from launchready.door.tokens import jwt_parts

_DEEPEST = 6
_SHORTEST = 8
_LONGEST = 8192
_JWT = re.compile(r"^[A-Za-z0-9_-]{4,}\.[A-Za-z0-9_-]{4,}\.[A-Za-z0-9_-]*$")
_SCHEME = re.compile(r"^(Bearer|Token|JWT)\s+(\S+)$", re.IGNORECASE)

# Better names first
_ACCESS_NAMES = (
    "accesstoken", "authtoken", "authenticationtoken", "sessiontoken", "bearertoken", "apitoken",
    "jwttoken", "jwt",
    "token", "access", "idtoken", "usertoken", "bearer", "authorization", "apikey", "sessionid",
    "sessionkey", "sid",
    "key", "session", "tokenvalue",
)  # fmt: skip
_REFRESH = re.compile(r"^refresh(token)?$|refreshtoken")
_CSRF = re.compile(r"csrf|xsrf")
# A token for something else than calling the API
_OTHER_TOKENS = re.compile(
    r"verif|confirm|activat|reset|invite|device|push|fcm|mfa|challenge|state|nonce|captcha"
)
_HEADERS = (
    "authorization", "x-auth-token", "x-access-token", "x-session-token", "x-token", "access-token",
    "auth-token",
    "token", "x-api-key", "x-jwt", "x-authorization", "x-amzn-remapped-authorization",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundToken:
    """A credential in an answer. `place` tells people where ("auth_token in the reply's body")."""

    value: str = field(repr=False)
    name: str
    place: str
    scheme_hint: str = ""
    header: str = ""
    rank: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """What a login's answer carries. `life` is the access token's in seconds, 0 when it is not said."""

    tokens: tuple[FoundToken, ...] = ()
    refresh: FoundToken | None = None
    cookies: tuple[str, ...] = ()
    csrf_body: str = field(default="", repr=False)
    life: float = 0.0

    @property
    def empty(self) -> bool:
        """Whether nothing was given that could be used."""
        return not self.tokens and not self.cookies


def find_credentials(reply: Reply) -> Credentials:
    """Everything in `reply` that may serve as a credential, best first."""
    body = reply.json()
    leaves = list(_leaves(body, ()))
    hint = next((str(value) for path, value in leaves if plain(path[-1]) == "tokentype"), "")
    access: list[FoundToken] = []
    refresh: list[FoundToken] = []
    csrf = ""
    for path, value in leaves:
        if not isinstance(value, str) or not _looks_like_token(value):
            continue
        match _kind(path):
            case "refresh":
                refresh.append(_token(path, value, hint))
            case "csrf":
                csrf = csrf or value
            case "access":
                access.append(_token(path, value, hint))
    access.extend(_lone(reply, body))
    access.extend(_in_headers(reply))
    access.sort(key=lambda token: token.rank)
    return Credentials(
        tokens=tuple(access[:4]),
        refresh=refresh[0] if refresh else None,
        cookies=_cookies_set(reply),
        csrf_body=csrf,
        life=_life(leaves, access),
    )


def _leaves(value: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    if len(path) > _DEEPEST:
        return
    if isinstance(value, dict):
        for key, inner in list(value.items())[:100]:
            yield from _leaves(inner, (*path, str(key)))
    elif path and isinstance(value, str | int | float):
        yield path, value


def _kind(path: tuple[str, ...]) -> str:
    names = [plain(part) for part in path]
    if any(_CSRF.search(name) for name in names):
        return "csrf"
    if any(_REFRESH.search(name) for name in names):
        return "refresh"
    if any(_OTHER_TOKENS.search(name) for name in names):
        return ""
    return "access" if _rank(path) < len(_ACCESS_NAMES) else ""


def _rank(path: tuple[str, ...]) -> int:
    """Position of the name among those for access tokens; `tokens.access.value` counts by its parents."""
    last = plain(path[-1])
    if last in _ACCESS_NAMES:
        return _ACCESS_NAMES.index(last)
    if last.endswith("token") and not last.startswith("type"):
        return _ACCESS_NAMES.index("tokenvalue")
    parents = {plain(part) for part in path[:-1]}
    if last in {"value", "raw", "string"} and parents & set(_ACCESS_NAMES):
        return _ACCESS_NAMES.index("tokenvalue")
    return len(_ACCESS_NAMES)


def _looks_like_token(value: str) -> bool:
    bare = _SCHEME.sub(r"\2", value.strip())
    return _SHORTEST <= len(bare) <= _LONGEST and not re.search(r"\s", bare) and bare.isprintable()


def _token(path: tuple[str, ...], value: str, hint: str) -> FoundToken:
    scheme = _SCHEME.match(value.strip())
    return FoundToken(
        value=scheme.group(2) if scheme else value.strip(),
        name=path[-1],
        place=f"{'.'.join(path)} in the reply's body",
        scheme_hint=(scheme.group(1) if scheme else hint).lower(),
        rank=_rank(path) + (0 if _JWT.match(value) else 1),
    )


def _lone(reply: Reply, body: Any) -> Iterator[FoundToken]:
    """A body that is nothing but the token, as a JSON string or plain text."""
    text = body if isinstance(body, str) else reply.text().strip() if body is None else ""
    opaque = re.fullmatch(r"[A-Za-z0-9_\-.=+/]{20,}", text) is not None
    if text and len(text) <= _LONGEST and (_JWT.match(text) or opaque):
        yield FoundToken(value=text, name="", place="the reply's body")


def _in_headers(reply: Reply) -> Iterator[FoundToken]:
    for position, name in enumerate(_HEADERS):
        value = reply.header(name).strip()
        scheme = _SCHEME.match(value)
        if _looks_like_token(value):
            yield FoundToken(
                value=scheme.group(2) if scheme else value,
                name=name,
                place=f"the reply's header {name}",
                scheme_hint=scheme.group(1).lower() if scheme else "",
                header=name,
                rank=position,
            )


def _cookies_set(reply: Reply) -> tuple[str, ...]:
    """Names of the cookies that the answer sets; those it deletes are left out."""
    names = []
    for line in reply.headers_named("set-cookie"):
        pair, _, attributes = line.partition(";")
        name, _, value = pair.partition("=")
        deleted = re.search(r"max-age=0\b|expires=thu, 01[- ]jan[- ]1970", attributes, re.IGNORECASE)
        if value.strip().strip('"') and not deleted:
            names.append(name.strip())
    return tuple(dict.fromkeys(names))


def _life(leaves: list[tuple[tuple[str, ...], Any]], access: list[FoundToken]) -> float:
    for path, value in leaves:
        name = plain(path[-1])
        if name in {"expiresin", "expiresinseconds", "ttl"} and isinstance(value, int | float) and value > 0:
            return float(value)
    return next((life for token in access if (life := jwt_life(token.value))), 0.0)


def jwt_life(token: str) -> float:
    """Seconds from issue to expiry of a JWT, 0 when it does not say both."""
    parts = jwt_parts(token)
    claims = parts[1] if parts else {}
    issued, expires = claims.get("iat"), claims.get("exp")
    if isinstance(issued, int | float) and isinstance(expires, int | float) and expires > issued:
        return float(expires - issued)
    return 0.0
