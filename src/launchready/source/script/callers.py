"""Requests of a caller with or without credentials, as guards see them, and what guards answer."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum

from launchready.source.code.guards import words_of
from launchready.source.script.statuses import status_by_name, status_of
from launchready.source.script.symbolic.interpreter import Interpreter
from launchready.source.script.symbolic.scope import Condition
from launchready.source.script.symbolic.values import (
    NO,
    UNDEFINED,
    YES,
    Absent,
    Argument,
    Constant,
    Either,
    Native,
    Present,
    Site,
    Unknown,
    Value,
    text_of,
)

# Words of what only a signed-in caller's request carries
_CREDENTIAL = frozenset({
    "authorization", "auth", "token", "cookie", "cookies", "jwt", "session", "user", "users", "account",
    "identity", "principal", "secret", "password", "signature", "apikey", "key", "bearer", "login", "member",
    "admin", "role", "roles", "uid", "userid", "credentials", "permission", "permissions", "claims", "decoded",
    "tenant", "oidc", "email", "hmac", "payload", "customer", "viewer", "me", "isadmin", "profile", "username",
    "accesstoken", "scope", "scopes",
})  # fmt: skip
_ROUTE_PARTS = frozenset({"path", "originalUrl", "url", "baseUrl", "method"})
_STANDARD = frozenset({
    "body", "query", "params", "ip", "ips", "hostname", "host", "protocol", "secure", "xhr", "app", "res",
    "socket", "connection", "files", "file", "route", "subdomains", "fresh", "stale", "httpVersion", "log",
    "logger", "id", "t", "i18n",
})  # fmt: skip
_SENDING = frozenset({
    "send", "json", "jsonp", "end", "render", "sendFile", "download", "pipe", "write",
})  # fmt: skip
_CHAINING = frozenset({
    "set", "header", "setHeader", "append", "type", "contentType", "cookie", "clearCookie", "vary", "links",
    "attachment", "removeHeader", "format", "code",
})  # fmt: skip
# Headers that come with requests by themselves; others are sent by who means them
_SENT_BY_EVERYBODY = frozenset({
    "host", "accept", "user-agent", "content-type", "content-length", "origin", "referer", "referrer", "connection",
    "accept-language", "accept-encoding", "x-forwarded-for", "x-forwarded-proto", "x-forwarded-host", "x-real-ip",
    "forwarded", "via", "cache-control", "pragma", "sec-fetch-site", "sec-fetch-mode", "upgrade", "if-none-match",
    "if-modified-since", "x-requested-with", "cf-connecting-ip", "x-request-id", "transfer-encoding", "date", "range",
})  # fmt: skip
_LOGIN = re.compile(r"log-?in|sign-?in|auth|unauthori[sz]ed|sso", re.IGNORECASE)


class Caller(StrEnum):
    """Who asks."""

    NOBODY = "nobody"  # without any credentials
    MEMBER = "member"  # signed in; roles are not known


class Answer(StrEnum):
    """What a guard does with a request."""

    PASSES = "passes"
    REFUSES = "refuses"  # 401, 403, a login page, an error thrown at callers
    ANSWERS = "answers"  # something else: 400, 404, 429, 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that ends a guard. `status` is None where it is not known, or an exception without one."""

    answer: Answer
    status: int | None
    conditions: tuple[Condition, ...]


@dataclass(slots=True)
class Trace:
    """What happened while a guard was gone through."""

    caller: Caller
    start: tuple[Condition, ...] = ()
    events: list[Event] = field(default_factory=list)
    asked: set[str] = field(default_factory=set)  # names of credentials that were looked at
    asked_route: bool = False
    identified: bool = False  # the caller was entered into the request
    handed_to: list[str] = field(default_factory=list)  # what else was given the request and `next`

    def add(self, run: Interpreter, answer: Answer, status: int | None = None) -> None:
        """Something ended the guard, under the conditions of now."""
        own = run.conditions[len(self.start) :]
        self.events.append(Event(answer=answer, status=status, conditions=own))

    def refuse(self, run: Interpreter, status: int | None) -> None:
        """An answer with a status; only some refuse a caller."""
        refuses = status in {401, 403, 407} or status is None
        self.add(run, Answer.REFUSES if refuses else Answer.ANSWERS, status)

    @property
    def outcomes(self) -> list[Event]:
        """The events that can come first."""
        found: list[Event] = []
        for event in self.events:
            found.append(event)
            if not event.conditions:
                break
        return found


def is_credential(name: str) -> bool:
    """Whether a name is one of what callers prove themselves with."""
    words = words_of(name)
    return bool(_CREDENTIAL & {*words, "".join(words)})


def _sent(trace: Trace, name: str) -> Value:
    return Absent(undefined=True) if trace.caller is Caller.NOBODY else Present(name)


@dataclass(slots=True, eq=False)
class Sent(Native):
    """A part of a request that holds what was sent by name: headers, cookies, session, query, body."""

    trace: Trace
    name: str = ""
    everything: bool = False  # whether all of it proves the caller (cookies, session)
    entries: dict[str, Value] = field(default_factory=dict)

    def member(self, name: str) -> Value | None:
        """What was sent under a name."""
        if name in self.entries:
            return self.entries[name]
        if not self.everything and not is_credential(name):
            own = self.name == "headers" and name.lower() not in _SENT_BY_EVERYBODY
            return Absent(undefined=True) if own and self.trace.caller is Caller.NOBODY else Unknown()
        self.trace.asked.add(name)
        return _sent(self.trace, name)

    def assign(self, run: Interpreter, name: str, value: Value, site: Site) -> None:
        """`req.session.x = …`."""
        del run, site
        self.entries[name] = value

    @property
    def proves(self) -> bool:
        """Whether something made of all of it tells who the caller is."""
        return self.everything or self.name == "headers"


@dataclass(slots=True, eq=False)
class Request(Native):
    """A request. `route` are the known parts: method, path, originalUrl."""

    trace: Trace
    route: dict[str, Value] = field(default_factory=dict)
    entries: dict[str, Value] = field(default_factory=dict)

    def member(self, name: str) -> Value | None:
        """A property; what a guard before could have entered is absent where nobody is signed in."""
        if name in self.entries:
            return self.entries[name]
        found = self._part(name)
        if found is not None:
            self.entries[name] = found
        return found

    def _part(self, name: str) -> Value | None:
        trace = self.trace
        if name in {
            "get",
            "header",
            "isAuthenticated",
            "isUnauthenticated",
            "accepts",
            "is",
            "logout",
            "flash",
        }:
            return None
        if name in {"headers", "query", "body", "rawHeaders"}:
            return Sent(trace, name)
        if name in {"cookies", "signedCookies", "session"}:
            return Sent(trace, name, everything=True)
        if name in _ROUTE_PARTS:
            trace.asked_route = True
            return self.route.get(name, Unknown())
        if name in {"raw", "req", "request"}:
            return self
        if name in _STANDARD or not is_credential(name):
            return Unknown()
        trace.asked.add(name)
        return _sent(trace, name)

    def invoke(self, run: Interpreter, name: str, arguments: tuple[Argument, ...], site: Site) -> Value:
        """`get("authorization")`, `isAuthenticated()`."""
        del run
        if name in {"isAuthenticated", "isUnauthenticated"}:
            self.trace.asked.add(name)
            return YES if (self.trace.caller is Caller.MEMBER) is (name == "isAuthenticated") else NO
        wanted = text_of(arguments[0].value) if arguments else None
        if name in {"get", "header", "param"} and wanted is not None and is_credential(wanted):
            self.trace.asked.add(wanted)
            return _sent(self.trace, wanted)
        return Unknown(site)

    def assign(self, run: Interpreter, name: str, value: Value, site: Site) -> None:
        """`req.user = …`."""
        del run, site
        if is_credential(name):
            self.trace.identified = True
        self.entries[name] = value


@dataclass(slots=True, eq=False)
class Response(Native):
    """A response: its status is kept until it is sent."""

    trace: Trace
    status: int | None = 200

    def member(self, name: str) -> Value | None:
        """Locals, and parts that need no call."""
        if name == "locals":
            return Sent(self.trace, name)
        return self if name == "raw" else None

    def invoke(self, run: Interpreter, name: str, arguments: tuple[Argument, ...], site: Site) -> Value:
        """`status(401).json(…)`, `sendStatus(403)`, `redirect("/login")`."""
        first = arguments[0].value if arguments else UNDEFINED
        if name in {"status", "writeHead", "code"}:
            self.status = status_of(run, first)
        elif name == "sendStatus":
            self.trace.refuse(run, status_of(run, first))
        elif name == "redirect":
            self._redirect(run, arguments)
        elif name in _SENDING:
            status = self.status
            if name in {"send", "json"} and len(arguments) > 1 and isinstance(first, Constant):
                status = status_of(run, first)  # res.send(401, …) of early versions
            self._answer(run, status)
        elif name not in _CHAINING:
            self._by_name(run, name)
        return self if name != "get" else Unknown(site)

    def _answer(self, run: Interpreter, status: int | None) -> None:
        if status is None:
            self.trace.add(run, Answer.ANSWERS, None)
        else:
            self.trace.refuse(run, status)

    def _redirect(self, run: Interpreter, arguments: tuple[Argument, ...]) -> None:
        target = arguments[-1].value if arguments else UNDEFINED
        text = text_of(target.options[0] if isinstance(target, Either) else target)
        written = arguments[-1].site.node.text() if arguments else ""
        to_login = bool(_LOGIN.search(text if text is not None else written))
        self.trace.add(run, Answer.REFUSES if to_login else Answer.ANSWERS, 401 if to_login else 302)

    def _by_name(self, run: Interpreter, name: str) -> None:
        """`res.unauthorized()`: helpers that a framework adds."""
        status = status_by_name(name)
        if status is not None:
            self.trace.refuse(run, status)

    def assign(self, run: Interpreter, name: str, value: Value, site: Site) -> None:
        """`res.statusCode = 401`."""
        del site
        if name in {"statusCode", "status"}:
            self.status = status_of(run, value)


@dataclass(slots=True, eq=False)
class Next(Native):
    """`next`: passes on, or refuses with an error."""

    trace: Trace

    def invoke(self, run: Interpreter, name: str, arguments: tuple[Argument, ...], site: Site) -> Value:
        """`next()`, `next(error)`."""
        del name, site
        error = arguments[0].value if arguments else UNDEFINED
        if isinstance(error, Absent) or error == UNDEFINED or text_of(error) in {"route", "router"}:
            self.trace.add(run, Answer.PASSES)
        else:
            self.trace.refuse(run, status_of(run, error))
        return UNDEFINED
