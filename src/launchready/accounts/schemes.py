"""How a credential may be sent, most likely first."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from launchready.accounts.tokens import Credentials, FoundToken
from launchready.door.cookies import CookieJar
from launchready.door.vault import Secret, Vault
from launchready.door.wallet import Wallet
from launchready.model.operation import HttpOperation, Place

_AUTHORIZATION = (("bearer", "Bearer {}"), ("token", "Token {}"), ("raw", "{}"), ("jwt", "JWT {}"))
_USUAL_HEADERS = ("X-Auth-Token", "X-Access-Token", "X-API-Key")
_MOST = 10
# Cookie name, header that repeats it: Django, Angular and Laravel, Flask-JWT-Extended, Express
_CSRF_PAIRS = (
    (re.compile(r"^(?:__host-|__secure-)?csrftoken$", re.IGNORECASE), "X-CSRFToken"),
    (re.compile(r"xsrf", re.IGNORECASE), "X-XSRF-TOKEN"),
    (re.compile(r"csrf", re.IGNORECASE), "X-CSRF-Token"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scheme:
    """Where a credential travels. `name` is that of `Account.scheme`; `cookies`: the session's go along."""

    name: str
    header: str = ""
    template: str = "{}"
    query: str = ""
    cookie: str = ""
    cookies: bool = False
    csrf: tuple[str, str] | None = None

    @property
    def sentence(self) -> str:
        """For people: "sent as Authorization: Bearer"."""
        if self.header:
            shown = self.template.replace("{}", "").strip()
            return f"sent as {self.header}: {shown}" if shown else f"sent in the header {self.header}"
        if self.query:
            return f"sent as the query parameter {self.query}"
        return "sent as a cookie" + (f" with the anti-forgery header {self.csrf[1]}" if self.csrf else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A scheme with the credential to try it with; no token where the cookies are the credential."""

    scheme: Scheme
    token: FoundToken | None = None


def offers(
    credentials: Credentials, declared: Iterable[str], csrf: tuple[str, str] | None = None
) -> tuple[Offer, ...]:
    """What to try, in order: what the document declares, what the answer hints at, then what is usual."""
    cookie_offer = (
        Offer(scheme=Scheme(name="cookie", cookies=True, csrf=csrf)) if credentials.cookies else None
    )
    stated = tuple(declared)
    found: list[Offer] = []
    if cookie_offer and any(name.startswith("cookie:") for name in stated):
        found.append(cookie_offer)
    for token in credentials.tokens[:2]:
        found.extend(Offer(scheme=scheme, token=token) for scheme in _schemes_for(token, stated))
    unique = list(dict.fromkeys(found))[:_MOST]
    if cookie_offer and cookie_offer not in unique:
        # After the declared and hinted ones: a token in the body is there to be sent
        unique.insert(min(len(unique), 3), cookie_offer)
    if credentials.tokens and credentials.cookies:
        both = Scheme(name="bearer", header="Authorization", template="Bearer {}", cookies=True, csrf=csrf)
        unique.append(Offer(scheme=both, token=credentials.tokens[0]))
    return tuple(unique)


def _schemes_for(token: FoundToken, declared: tuple[str, ...]) -> Iterator[Scheme]:
    hint = token.scheme_hint
    authorization = sorted(_AUTHORIZATION, key=lambda entry: entry[0] != hint)
    for name in declared:
        kind, _, detail = name.partition(":")
        if kind in {"bearer", "oauth2", "openid", "jwt"}:
            yield Scheme(name="bearer", header="Authorization", template="Bearer {}")
        elif kind == "api_key" and detail.lower() == "authorization":
            # An API key in Authorization is mostly "Token …" or the bare token, else they would say bearer
            order = authorization if hint else sorted(authorization, key=lambda entry: entry[0] == "bearer")
            yield from (Scheme(name=each, header=detail, template=template) for each, template in order)
        elif kind == "api_key":
            yield Scheme(name=name, header=detail)
        elif kind == "api_key_query":
            yield Scheme(name=name, query=detail)
        elif kind == "cookie":
            yield Scheme(name="cookie", cookie=detail)
    own_header = token.header and token.header.lower() != "authorization"
    if own_header:
        yield Scheme(name=f"api_key:{_title(token.header)}", header=_title(token.header))
    yield from (
        Scheme(name=each, header="Authorization", template=template) for each, template in authorization
    )
    yield from (Scheme(name=f"api_key:{name}", header=name) for name in _USUAL_HEADERS)


def _title(header: str) -> str:
    return "-".join(part.capitalize() for part in header.split("-"))


def csrf_rule(cookies: Iterable[str], operations: Iterable[HttpOperation]) -> tuple[str, str] | None:
    """The cookie that an anti-forgery header repeats, and that header (the document's own first)."""
    headers = [
        parameter.name
        for operation in operations
        for parameter in operation.parameters
        if parameter.place is Place.HEADER and re.search(r"csrf|xsrf", parameter.name, re.IGNORECASE)
    ]
    names = tuple(cookies)
    for pattern, header in _CSRF_PAIRS:
        cookie = next((name for name in names if pattern.search(name)), "")
        if cookie:
            return cookie, headers[0] if headers else header
    return None


def apply(offer: Offer, wallet: Wallet, vault: Vault, jar: CookieJar) -> Secret | None:
    """Make `wallet` carry what `offer` says and nothing else; `jar` holds the cookies that the login set."""
    scheme = offer.scheme
    wallet.clear()
    if scheme.cookies:
        wallet.jar = jar.copy()
    if scheme.csrf:
        wallet.set_csrf(*scheme.csrf)
    if offer.token is None:
        return None
    secret = vault.put("token", offer.token.value)
    if scheme.header:
        wallet.set_header(scheme.header, secret, scheme.template)
    elif scheme.query:
        wallet.set_query(scheme.query, secret)
    elif scheme.cookie:
        wallet.set_cookie(scheme.cookie, secret)
    return secret
