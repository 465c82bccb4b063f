"""What may be asked of whom: scope, safety class, forbidden operations, DNS.

Every transport asks here first.
"""

import fnmatch
import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from urllib.parse import SplitResult, unquote, urlsplit

from launchready.door.budget import BudgetSpent
from launchready.door.messages import Request
from launchready.door.ownership import Proof, ownership_token, proven
from launchready.door.resolving import Nearness, farthest, nearness, resolve, split_nameserver
from launchready.model.errors import CorrectableError
from launchready.model.settings import CollectSettings, Environment

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
_PORTS = {"http": 80, "https": 443}
_OVERRIDES = frozenset({"x-http-method-override", "x-http-method", "x-method-override"})
_DNS_QUERIES = 500
_CATCHER = "http://127.0.0.1:8025"
_ABSOLUTE = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)


class Safety(IntEnum):
    """What requests may do: look, act on what is ours, disturb what is not."""

    PASSIVE = 1
    ACTIVE = 2
    DESTRUCTIVE = 3


class PermitRefused(CorrectableError):  # noqa: N818 - an answer, not a fault
    """A request that may not be sent: `reason`, and `remedy`, what the user can do."""

    def __init__(self, reason: str, remedy: str) -> None:
        super().__init__(f"{reason}. {remedy}")
        self.reason, self.remedy = reason, remedy


class Unreachable(PermitRefused):
    """The target's name has no address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Scheme, host and port with the addresses that were found for the host."""

    scheme: str
    host: str
    port: int
    addresses: tuple[str, ...] = ()

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}" + ("" if _PORTS[self.scheme] == self.port else f":{self.port}")


class Permit:
    """What this run may do. Made by `await Permit.open(settings)`."""

    def __init__(
        self,
        settings: CollectSettings,
        target: Origin | None,
        others: tuple[Origin, ...] = (),
        *,
        near: Nearness = Nearness.PUBLIC,
        proof: Proof | None = None,
    ) -> None:
        self.settings = settings
        self.target = target
        self.proof = proof
        self.nearness = near
        self.dns_queries = 0
        self._others = others
        self._origins = (*((target,) if target else ()), *others)
        self._forbidden = tuple(_pattern(text) for text in settings.never_touch)
        self._base = urlsplit(settings.url).path.rstrip("/") if target else ""
        self._within = f"{target}/" if target else "\0"
        self.safety, self._why_not = self._classify()

    @classmethod
    async def open(cls, settings: CollectSettings, key: bytes = b"") -> "Permit":
        """Resolve and pin the target.

        Look for a proof of ownership when it is public and a project key is given.

        Raises PermitRefused for a URL that cannot be a target, Unreachable when its host has no address.
        """
        if not settings.url:
            return cls(settings, None)
        target = await _pinned(settings.url, by_proxy=bool(settings.proxy))
        near = farthest(target.addresses)
        if settings.proxy and near is not Nearness.PUBLIC and not await _is_here(settings.proxy):
            near = Nearness.PUBLIC  # the proxy resolves the name anew, in a network of its own
        others = []
        # A local target's mail is often caught on the usual port of Mailpit and MailHog: that may be read
        catcher = settings.mail.catcher or (_CATCHER if near is Nearness.LOOPBACK else "")
        for url in (settings.spec, catcher):
            if url.startswith(("http://", "https://")):
                other = await _pinned(url, by_proxy=bool(settings.proxy))
                if _same(other, target):
                    continue
                others.append(other)
        proof = None
        if near is Nearness.PUBLIC and key:
            proof = await proven(
                key,
                target.host,
                addresses=target.addresses,
                ca=settings.ca,
                nameserver=settings.mail.nameserver,
            )
        return cls(settings, target, tuple(others), near=near, proof=proof)

    @property
    def origin(self) -> str:
        """The target's origin, empty when there is no target."""
        return str(self.target) if self.target else ""

    @property
    def reversible_only(self) -> bool:
        """Whether writes must be reversible and on our own objects only: proven production."""
        return self.nearness is Nearness.PUBLIC and self.settings.environment is Environment.PRODUCTION

    @property
    def pins(self) -> Mapping[str, tuple[str, ...]]:
        """Addresses by host, for the connector."""
        return {origin.host: origin.addresses for origin in self._origins}

    @property
    def uses_tls(self) -> bool:
        """Whether any declared place is https."""
        return any(origin.scheme == "https" for origin in self._origins)

    @property
    def nameserver(self) -> tuple[str, int] | None:
        """Address and port of the name server to ask, `None` for the system's."""
        text = self.settings.mail.nameserver
        return split_nameserver(text) if text else None

    def count_dns(self, name: str) -> None:
        """Count one DNS query for `name`; raises BudgetSpent past 500 in a run."""
        if self.dns_queries >= _DNS_QUERIES:
            raise BudgetSpent(f"DNS queries (the next was for {name})", _DNS_QUERIES)
        self.dns_queries += 1

    def permits(self, safety: Safety) -> bool:
        """Whether requests of that class may be sent to the target."""
        return self.safety >= safety

    def require(self, safety: Safety) -> None:
        """Raise PermitRefused unless requests of that class may be sent to the target."""
        if self.safety >= safety:
            return
        if safety is Safety.DESTRUCTIVE and self.safety is Safety.ACTIVE:
            raise PermitRefused(
                f"{self.origin} is production",
                "Point the audit at a staging copy, or, if it is one, "
                'set environment = "staging" under [target].',
            )
        raise PermitRefused(*self._why_not)

    def in_scope(self, url: str) -> bool:
        """Whether an absolute URL is at the target."""
        if url.startswith(self._within):
            return True
        origin = _parsed(url)
        return origin is not None and self.target is not None and _same(origin, self.target)

    def check(self, request: Request, url: str) -> bool:
        """Whether `url` is at the target (`True`) or at another declared place (`False`).

        Raises PermitRefused if the request may not be sent: out of scope, forbidden by `never_touch`, or
        active where only passive requests are allowed.
        """
        at_target = self.in_scope(url)
        if not at_target and not self._elsewhere(url):
            raise PermitRefused(
                f"{_shown(url)} is outside the declared target {self.origin}",
                "Only the target's own scheme, host and port are touched; audit the other one by itself.",
            )
        methods = {request.method.upper()}
        if request.headers or request.query:
            methods |= _overriding(request)
        active = request.active or not methods <= SAFE_METHODS
        if active and (not at_target or self.safety < Safety.ACTIVE):
            if at_target:
                raise PermitRefused(*self._why_not)
            raise PermitRefused(
                f"{request.method} {_shown(url)} would change something outside the target",
                "Nothing needs to be done: only reading is allowed there.",
            )
        if at_target and self._forbidden:
            self._check_forbidden(methods, urlsplit(url).path)
        return at_target

    def allows(self, request: Request, url: str = "") -> bool:
        """`check` as a question; `url` is needed only when the request's own is a path."""
        try:
            self.check(request, url or self.absolute(request.url))
        except PermitRefused:
            return False
        return True

    def absolute(self, url: str) -> str:
        """An absolute URL for a path below the target; the target's base path is not doubled."""
        if _ABSOLUTE.match(url) or self.target is None:
            return url
        path = url if url.startswith("/") else f"/{url}"
        base = self._base
        bare = path.partition("?")[0]
        if base and not (bare == base or bare.startswith(f"{base}/")):
            path = base + path
        return f"{self.target}{path}"

    def _elsewhere(self, url: str) -> bool:
        origin = _parsed(url)
        return origin is not None and any(_same(origin, other) for other in self._others)

    def _check_forbidden(self, methods: set[str], path: str) -> None:
        rules = [rule for rule in self._forbidden if rule[1] == "*" or rule[1] in methods]
        if not rules:
            return
        spellings = _spellings(path)
        if self._base:
            spellings |= {text.removeprefix(self._base.lower()) for text in spellings}
        for text, _, pattern in rules:
            if any(pattern.fullmatch(item) for item in spellings):
                raise PermitRefused(
                    f'"{text}" is under never_touch', "Take it out of launchready.toml if it may be touched."
                )

    def _classify(self) -> tuple[Safety, tuple[str, str]]:
        settings, target = self.settings, self.target
        nothing = ("", "")
        if target is None:
            return Safety.PASSIVE, ("no target is set", "Name its URL: launchready audit URL.")
        best = Safety.DESTRUCTIVE if settings.environment is Environment.STAGING else Safety.ACTIVE
        if self.nearness is Nearness.LOOPBACK:
            return best, nothing
        if self.nearness is Nearness.PRIVATE:
            if settings.authorized_by.strip():
                return best, nothing
            return Safety.PASSIVE, (
                f"{target.host} is on a private network and nobody is named who allows writing to it",
                'Set authorized_by = "your name" under [target] in launchready.toml.',
            )
        if self.proof is not None:
            return best, nothing
        return Safety.PASSIVE, (
            f"it is not proven that {target.host} is yours, so nothing may be written to it",
            f"Run: launchready prove {target}",
        )

    def token(self, key: bytes) -> str:
        """The target's ownership token."""
        return ownership_token(key, self.target.host) if self.target else ""


def _pattern(text: str) -> tuple[str, str, re.Pattern[str]]:
    method, _, path = text.strip().partition(" ")
    if not path.strip():
        method, path = "*", method
    path = re.sub(r"\{[^}/]*\}", "*", path.strip())
    return text, method.upper(), re.compile(fnmatch.translate(path.lower()))


def _spellings(path: str) -> set[str]:
    """Forms in which a server may understand a path.

    Decoded, dots resolved, slashes merged, in lower case.
    """
    found = {path}
    decoded = path
    for _ in range(2):
        decoded = unquote(decoded)
        found.add(decoded)
    found |= {text.replace("\\", "/") for text in found}
    found |= {re.sub(r";[^/]*", "", text) for text in found}
    found |= {posixpath.normpath(re.sub(r"/{2,}", "/", text)) for text in found if text}
    return {
        form
        for text in found
        for form in (text.lower(), text.lower().rstrip("/"), text.lower().rstrip("/") + "/")
    }


def _overriding(request: Request) -> set[str]:
    pairs = [(name, value) for name, value in request.headers if name.lower() in _OVERRIDES]
    pairs += [(name, value) for name, value in request.query if name.lower() == "_method"]
    return {value.strip().upper() for _, value in pairs}


def _parsed(url: str) -> Origin | None:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    # A backslash or user info is read differently by different parsers: such a URL is in nobody's scope
    if parts.scheme not in _PORTS or not parts.hostname or "\\" in url or "@" in parts.netloc:
        return None
    return Origin(scheme=parts.scheme, host=_ascii_host(parts), port=port or _PORTS[parts.scheme])


def _ascii_host(parts: SplitResult) -> str:
    host = (parts.hostname or "").rstrip(".")
    try:
        return host if host.isascii() else host.encode("idna").decode()
    except UnicodeError:
        return host


def _same(one: Origin, other: Origin) -> bool:
    return (one.scheme, one.host, one.port) == (other.scheme, other.host, other.port)


async def _pinned(url: str, *, by_proxy: bool) -> Origin:
    origin = _parsed(url)
    if origin is None:
        raise PermitRefused(
            f"{_shown(url)} cannot be a target",
            "Give a URL like https://staging.example.com, without user and password.",
        )
    try:
        addresses = await resolve(origin.host, origin.port)
    except (OSError, UnicodeError) as error:
        if by_proxy:
            return origin
        raise Unreachable(
            f"{origin.host} has no address",
            "Check the spelling of the URL and the name servers of this machine.",
        ) from error
    return Origin(scheme=origin.scheme, host=origin.host, port=origin.port, addresses=addresses)


async def _is_here(proxy: str) -> bool:
    host = urlsplit(proxy).hostname
    if not host:
        return False
    try:
        addresses = await resolve(host, 0)
    except OSError:
        return False
    return all(nearness(address) is Nearness.LOOPBACK for address in addresses)


def _shown(url: str) -> str:
    """A URL for a message: no user info, no query."""
    return re.sub(r"//[^/@]*@", "//", url.partition("?")[0])[:200]
