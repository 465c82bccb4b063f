"""What a principal carries: credentials for headers or the query, cookies, an anti-forgery rule."""

import base64
from dataclasses import dataclass
from urllib.parse import quote, unquote

from launchready.door.cookies import CookieJar
from launchready.door.vault import Secret, Vault

_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
_WORTH_HIDING = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class _Credential:
    name: str
    template: str
    secret: Secret


class Wallet:
    """Credentials of one principal at the target; the door adds them to its requests."""

    def __init__(self, vault: Vault, *, secure_cookies: bool = True) -> None:
        self._vault = vault
        self._headers: dict[str, _Credential] = {}
        self._query: dict[str, _Credential] = {}
        self._csrf: tuple[str, str] | None = None
        self.jar = CookieJar(secure=secure_cookies)

    @property
    def empty(self) -> bool:
        """Whether it carries nothing."""
        return not (self._headers or self._query or len(self.jar))

    def set_header(self, name: str, secret: Secret, template: str = "{}") -> None:
        """Send `template` with the value in place of `{}`, e.g. "Authorization", "Bearer {}"."""
        self._headers[name.lower()] = _Credential(name=name, template=template, secret=secret)

    def set_bearer(self, secret: Secret) -> None:
        """Send `Authorization: Bearer …` (RFC 6750)."""
        self.set_header("Authorization", secret, "Bearer {}")

    def set_basic(self, pair: Secret) -> None:
        """Send `Authorization: Basic …` (RFC 7617); the secret is `user:password`."""
        encoded = base64.b64encode(self._vault.render("{}", pair).encode()).decode()
        self.set_header("Authorization", self._vault.put("basic", encoded), "Basic {}")

    def set_query(self, name: str, secret: Secret) -> None:
        """Send the value as a query parameter."""
        self._query[name] = _Credential(name=name, template="{}", secret=secret)

    def set_cookie(self, name: str, secret: Secret, path: str = "/") -> None:
        """Put a cookie into the jar."""
        self.jar.set(name, self._vault.render("{}", secret), path)

    def set_cookie_line(self, secret: Secret) -> None:
        """Put a whole Cookie header (`a=1; b=2`) into the jar."""
        for pair in self._vault.render("{}", secret).split(";"):
            name, equals, value = pair.strip().partition("=")
            if equals and name:
                self.jar.set(name, value)
                self._hide(name, value)

    def set_csrf(self, cookie: str, header: str) -> None:
        """On unsafe methods send the cookie's value (percent-decoded) in `header`.

        The double submit pattern.
        """
        self._csrf = (cookie, header)

    def drop_header(self, name: str) -> None:
        """No longer send that header."""
        self._headers.pop(name.lower(), None)

    def clear(self) -> None:
        """Forget everything but the anti-forgery rule."""
        self._headers.clear()
        self._query.clear()
        self.jar.clear()

    def clone(self) -> "Wallet":
        """A wallet of its own with the same content: an old session to replay later."""
        twin = Wallet(self._vault)
        twin._headers, twin._query = dict(self._headers), dict(self._query)
        twin._csrf, twin.jar = self._csrf, self.jar.copy()
        return twin

    snapshot = clone

    def secrets(self) -> tuple[tuple[str, Secret], ...]:
        """(place, secret) of every credential: `header:Authorization`, `query:key`, `cookie:session`."""
        found = [(f"header:{item.name}", item.secret) for item in self._headers.values()]
        found += [(f"query:{item.name}", item.secret) for item in self._query.values()]
        for name in self.jar.names():
            if value := self.jar.value(name):
                found.append((f"cookie:{name}", self._vault.put("cookie", value)))
        return tuple(found)

    def templates(self) -> tuple[tuple[str, str], ...]:
        """(header, template with `{}` for the value) of what travels in headers.

        For showing how to repeat.
        """
        found = [(item.name, item.template) for item in self._headers.values()]
        found += [("Cookie", f"{name}={{}}") for name in self.jar.names()]
        return tuple(found)

    def take(self, lines: tuple[str, ...], request_path: str, now: float) -> None:
        """Keep what Set-Cookie lines say; values that look like credentials are hidden from then on."""
        for cookie in self.jar.take(lines, request_path, now):
            self._hide(cookie.name, cookie.value)

    def query(self) -> list[tuple[str, str]]:
        """Query parameters to add, raw. For the door only."""
        return [(name, self._vault.render("{}", item.secret)) for name, item in self._query.items()]

    def headers(self, method: str, path: str, now: float) -> list[tuple[str, str]]:
        """Headers to add, raw. For the door only."""
        lines = [
            (item.name, self._vault.render(item.template, item.secret)) for item in self._headers.values()
        ]
        if len(self.jar):
            cookies = self.jar.header(path, now)
            if cookies:
                lines.append(("Cookie", cookies))
            if self._csrf and method.upper() not in _SAFE_METHODS:
                token = unquote(self.jar.value(self._csrf[0]))
                if token:
                    lines.append((self._csrf[1], token))
        return lines

    def _hide(self, name: str, value: str) -> None:
        lower = name.lower()
        if len(value) >= _WORTH_HIDING or any(
            word in lower for word in ("sess", "sid", "token", "auth", "jwt")
        ):
            self._vault.keep_all("cookie", (value, unquote(value), quote(value, safe="")))
