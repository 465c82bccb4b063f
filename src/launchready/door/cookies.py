"""Cookies as servers really send them: one jar per principal, raw values, nothing quoted or judged."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC
from email.utils import parsedate_to_datetime

_MOST = 100
_DATE_DASHES = re.compile(r"(\d)-([A-Za-z]{3})-(\d)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cookie:
    """A cookie; `expires` in seconds since the epoch, `None` for the session's end."""

    name: str
    value: str
    path: str = "/"
    secure: bool = False
    expires: float | None = None


def parse_set_cookie(line: str, request_path: str, now: float) -> Cookie | None:
    """A Set-Cookie line after RFC 6265 section 5.2, lenient; `None` if it has no name.

    Domain and SameSite do not matter here: a jar belongs to one host.
    """
    pair, _, rest = line.partition(";")
    name, equals, value = pair.partition("=")
    name, value = name.strip(), value.strip()
    if not equals or not name:
        return None
    cookie = Cookie(name=name, value=value, path=_default_path(request_path))
    max_age: float | None = None
    for attribute in rest.split(";"):
        key, _, content = attribute.partition("=")
        key, content = key.strip().lower(), content.strip()
        if key == "path" and content.startswith("/"):
            cookie = replace(cookie, path=content)
        elif key == "secure":
            cookie = replace(cookie, secure=True)
        elif key == "max-age" and re.fullmatch(r"-?\d{1,15}", content):
            max_age = now + int(content) if int(content) > 0 else 0.0
        elif key == "expires":
            cookie = replace(cookie, expires=_parse_date(content))
    return cookie if max_age is None else replace(cookie, expires=max_age)


class CookieJar:
    """Cookies of one principal at the target.

    `secure` says that Secure cookies may travel (https, or loopback).
    """

    def __init__(self, *, secure: bool = True) -> None:
        self._secure = secure
        self._cookies: dict[tuple[str, str], Cookie] = {}

    def __len__(self) -> int:
        return len(self._cookies)

    def take(self, lines: Iterable[str], request_path: str, now: float) -> list[Cookie]:
        """Keep what Set-Cookie lines say; expired ones delete.

        Returns the cookies that are new or changed.
        """
        changed = []
        for line in lines:
            cookie = parse_set_cookie(line, request_path, now)
            if cookie is None:
                continue
            key = (cookie.name, cookie.path)
            if cookie.expires is not None and cookie.expires <= now:
                self._cookies.pop(key, None)
            elif len(self._cookies) < _MOST or key in self._cookies:
                if key not in self._cookies or self._cookies[key].value != cookie.value:
                    changed.append(cookie)
                self._cookies[key] = cookie
        return changed

    def set(self, name: str, value: str, path: str = "/") -> None:
        """Put a cookie in by hand."""
        self._cookies[name, path] = Cookie(name=name, value=value, path=path)

    def value(self, name: str) -> str:
        """Value of a cookie by name, empty when there is none."""
        return next((cookie.value for cookie in self._cookies.values() if cookie.name == name), "")

    def names(self) -> tuple[str, ...]:
        """Names of all cookies."""
        return tuple(dict.fromkeys(cookie.name for cookie in self._cookies.values()))

    def drop(self, name: str) -> None:
        """Forget a cookie."""
        for key in [key for key in self._cookies if key[0] == name]:
            del self._cookies[key]

    def clear(self) -> None:
        """Forget all."""
        self._cookies.clear()

    def copy(self) -> "CookieJar":
        """The same cookies in a jar of its own."""
        twin = CookieJar(secure=self._secure)
        twin._cookies = dict(self._cookies)
        return twin

    def header(self, path: str, now: float) -> str:
        """The Cookie header for a request to `path`, empty for none.

        Longer paths first (RFC 6265 section 5.4).
        """
        if not self._cookies:
            return ""
        fitting = [
            cookie
            for cookie in self._cookies.values()
            if (cookie.expires is None or cookie.expires > now)
            and (self._secure or not cookie.secure)
            and _path_fits(cookie.path, path)
        ]
        fitting.sort(key=lambda cookie: -len(cookie.path))
        return "; ".join(f"{cookie.name}={cookie.value}" for cookie in fitting)


def _default_path(request_path: str) -> str:
    directory, _, _ = request_path.rpartition("/")
    return directory if directory.startswith("/") else "/"


def _path_fits(cookie_path: str, path: str) -> bool:
    if cookie_path in {"/", path}:
        return True
    return path.startswith(cookie_path) and (cookie_path.endswith("/") or path[len(cookie_path)] == "/")


def _parse_date(text: str) -> float | None:
    try:
        when = parsedate_to_datetime(_DATE_DASHES.sub(r"\1 \2 \3", text))
    except (ValueError, TypeError, IndexError):
        return None
    try:
        return (when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp()
    except (OverflowError, OSError):
        return None
