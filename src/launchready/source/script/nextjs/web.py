"""Requests and answers of Next.js as guards see them: of somebody without credentials, and of a member."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum

from launchready.source.script.callers import Caller, is_credential
from launchready.source.script.nextjs.matcher import matches, written_regex
from launchready.source.script.statuses import status_of
from launchready.source.script.symbolic.interpreter import Interpreter
from launchready.source.script.symbolic.scope import Condition, Scope, Thrown
from launchready.source.script.symbolic.values import (
    NO,
    UNDEFINED,
    YES,
    Absent,
    Argument,
    Closure,
    Constant,
    Items,
    Member,
    Native,
    Present,
    Record,
    Regex,
    Site,
    Unknown,
    Value,
    text_of,
)

# Headers and cookies that prove nothing, whatever their names say
_PLAIN_NAMES = frozenset({
    "user-agent", "accept-language", "content-type", "host", "origin", "referer", "accept", "x-forwarded-for",
    "x-real-ip", "x-forwarded-host", "x-forwarded-proto", "next_locale", "locale", "theme", "lang", "language",
    "i18next", "sidebar", "sidebar_state", "sidebar:state", "consent", "cookie-consent", "x-user-agent",
})  # fmt: skip
_SIGNATURE = re.compile(r"signature|hmac|svix|webhook", re.IGNORECASE)
_LOGIN_CLAIMS = frozenset({"user", "session", "claims", "subscription"})
ORIGIN = "https://app.example.com"


def is_signature(name: str) -> bool:
    """Whether a header holds a signature, by its name."""
    return _SIGNATURE.search(name) is not None


class Ends(StrEnum):
    """How an answer ends a request."""

    REFUSES = "refuses"  # 401, 403
    REDIRECTS = "redirects"
    PASSES = "passes"
    FAILS = "fails"  # any other error


@dataclass(slots=True)
class Visit:
    """A request that is led through a guard, and what was seen on the way.

    `asked_path`: its address was looked at. `presented` are cookies and headers that were asked for, `verified` whether
    more was asked of them than to be there.
    """

    caller: Caller
    path: str
    method: str
    asked_path: bool = False
    asked_session: bool = False
    verified: bool = False
    presented: set[str] = field(default_factory=set)
    reached: bool = False
    modules: set[str] = field(default_factory=set)  # whose functions were gone through
    sent: list[Reply] = field(default_factory=list)  # answers that were written, not given back

    @property
    def is_nobody(self) -> bool:
        """Whether the caller has no credentials."""
        return self.caller is Caller.NOBODY

    def session(self, name: str) -> Value:
        """What only a signed-in caller has."""
        self.asked_session = True
        self.verified = True
        return Absent() if self.is_nobody else Present(name)

    def credential(self, name: str, *, cookie: bool) -> Value:
        """A cookie or header by name: for nobody it is absent. Headers that prove nothing anybody may send."""
        if name.lower() in _PLAIN_NAMES or not (cookie or is_credential(name)):
            return Unknown()
        self.presented.add(name)
        return Absent() if self.is_nobody else Present(name)


@dataclass(slots=True, eq=False)
class Reply(Native):
    """An answer. `conditions` are those under which it is given; `target` where a redirect leads, if known."""

    ends: Ends
    status: int | None
    site: Site | None
    conditions: tuple[Condition, ...] = ()
    target: str = ""

    def member(self, name: str) -> Value | None:
        """Its headers and cookies may be changed, which changes nothing here."""
        if name == "status" and self.status is not None:
            return Constant(self.status)
        return YES if name == "ok" and self.ends is Ends.PASSES else None


def reply(run: Interpreter, status: int | None, site: Site | None) -> Reply:
    """An answer with a status; one without a known status is taken for an error only where the code says one."""
    if status in {401, 403, 407}:
        ends = Ends.REFUSES
    elif status is not None and 300 <= status < 400:  # noqa: PLR2004 - redirects
        ends = Ends.REDIRECTS
    else:
        ends = Ends.PASSES if status is not None and status < 300 else Ends.FAILS  # noqa: PLR2004 - answers that are fine
    return Reply(ends=ends, status=status, site=site, conditions=run.conditions)


def redirect(run: Interpreter, arguments: tuple[Argument, ...], site: Site) -> Reply:
    """A redirect; `target` is the path where it is known."""
    held = arguments[0].value if arguments else UNDEFINED
    target = held.path if isinstance(held, Url) else text_of(held)
    written = arguments[0].site.node.text() if arguments else ""
    return Reply(
        ends=Ends.REDIRECTS,
        status=307,
        site=site,
        conditions=run.conditions,
        target=target if target is not None else written,
    )


@dataclass(slots=True, eq=False)
class Served(Native):
    """The handler inside a wrapper."""

    visit: Visit

    def invoke(self, run: Interpreter, name: str, arguments: tuple[Argument, ...], site: Site) -> Value:
        """It is called: the request has passed."""
        del name, arguments
        self.visit.reached = True
        return Reply(ends=Ends.PASSES, status=None, site=site, conditions=run.conditions)


@dataclass(slots=True, eq=False)
class Url(Native):
    """An address; the request's own has the route's path."""

    visit: Visit | None
    path: str | None

    def member(self, name: str) -> Value | None:
        """Parts of it."""
        if name == "pathname":
            if self.visit is not None:
                self.visit.asked_path = True
            return Constant(self.path) if self.path is not None else Unknown()
        if name == "origin":
            return Constant(ORIGIN)
        if name in {"href", "url"}:
            if self.visit is not None:
                self.visit.asked_path = True
            return Constant(f"{ORIGIN}{self.path}") if self.path is not None else Unknown()
        return (
            Unknown()
            if name in {"searchParams", "search", "host", "hostname", "locale", "basePath"}
            else None
        )

    def invoke(self, run: Interpreter, name: str, arguments: tuple[Argument, ...], site: Site) -> Value:
        """`clone()`, `toString()`."""
        del run, arguments
        if name == "clone":
            return Url(self.visit, self.path)
        return (self.member("href") or Unknown(site)) if name in {"toString", "toJSON"} else Unknown(site)

    def assign(self, run: Interpreter, name: str, value: Value, site: Site) -> None:
        """`url.pathname = "/login"`: from then on it is another address than the request's."""
        del run, site
        if name == "pathname":
            self.path = text_of(value)
            self.visit = None


@dataclass(slots=True, eq=False)
class Sent(Native):
    """Headers or cookies of the request."""

    visit: Visit
    cookies: bool

    def member(self, name: str) -> Value | None:
        """`req.headers.authorization`, `req.cookies.session` (pages router)."""
        if name in {"get", "getAll", "has", "set", "delete", "forEach", "entries"}:
            return None
        return self.visit.credential(name, cookie=self.cookies)

    def invoke(self, run: Interpreter, name: str, arguments: tuple[Argument, ...], site: Site) -> Value:
        """`get("authorization")`, `has("session")`."""
        del run
        wanted = text_of(arguments[0].value) if arguments else None
        if name == "getAll":
            return self.visit.credential(wanted or "cookies", cookie=self.cookies)
        if name not in {"get", "has"}:
            return Unknown(site)
        held = self.visit.credential(wanted or "credential", cookie=self.cookies)
        if name == "has" and not isinstance(held, Unknown):
            return NO if isinstance(held, Absent) else YES
        if self.cookies and isinstance(held, Present):
            return Record({"name": Constant(wanted), "value": held}, complete=False)
        return held


@dataclass(slots=True, eq=False)
class WebRequest(Native):
    """A request of middleware, a route handler or an API route."""

    visit: Visit
    entries: dict[str, Value] = field(default_factory=dict)

    def member(self, name: str) -> Value | None:
        """A property; what a guard could have entered is absent where nobody is signed in."""
        if name in self.entries:
            return self.entries[name]
        match name:
            case "nextUrl":
                return Url(self.visit, self.visit.path)
            case "url":
                self.visit.asked_path = True
                return Constant(f"{ORIGIN}{self.visit.path}")
            case "method":
                return Constant(self.visit.method) if self.visit.method != "ANY" else Unknown()
            case "headers" | "cookies":
                return Sent(self.visit, name == "cookies")
            case "auth" | "nextauth" | "user" | "session" | "userId" | "currentUser":
                return self.visit.session(name)
            case "clone" | "json" | "text" | "formData" | "blob" | "arrayBuffer":
                return None
            case _:
                return Unknown()

    def invoke(self, run: Interpreter, name: str, arguments: tuple[Argument, ...], site: Site) -> Value:
        """`clone()`, `json()`."""
        del run, arguments
        return self if name == "clone" else Unknown(site)

    def assign(self, run: Interpreter, name: str, value: Value, site: Site) -> None:
        """`req.user = …`."""
        del run, site
        if is_credential(name):
            self.visit.asked_session = True
        self.entries[name] = value


@dataclass(slots=True, eq=False)
class PagesResponse(Native):
    """The response of an API route of the pages router: answers are written to it."""

    visit: Visit
    status: int | None = 200

    def invoke(self, run: Interpreter, name: str, arguments: tuple[Argument, ...], site: Site) -> Value:
        """`status(401).json(…)`, `redirect("/login")`."""
        first = arguments[0].value if arguments else UNDEFINED
        if name in {"status", "writeHead"}:
            self.status = status_of(run, first)
        elif name == "redirect":
            self._send(redirect(run, arguments[-1:], site))
        elif name in {"json", "send", "end"}:
            self._send(reply(run, self.status, site))
        return self

    def _send(self, answer: Reply) -> None:
        """An answer is written; whatever runs after one that was written for certain runs for everybody."""
        if any(not one.conditions for one in self.visit.sent):
            self.visit.reached = True
        self.visit.sent.append(answer)

    def assign(self, run: Interpreter, name: str, value: Value, site: Site) -> None:
        """`res.statusCode = 401`."""
        del site
        if name == "statusCode":
            self.status = status_of(run, value)


@dataclass(slots=True, eq=False)
class Matcher(Native):
    """`createRouteMatcher([...])`, made once and asked for each request."""

    patterns: Items

    def invoke(self, run: Interpreter, name: str, arguments: tuple[Argument, ...], site: Site) -> Value:
        """Whether the request's path is among the patterns."""
        del name, arguments
        if not isinstance(run, WebInterpreter):
            return Unknown(site)
        run.visit.asked_path = True
        path = run.visit.path
        found = [_covers(one, path) for one in self.patterns.values]
        if True in found:
            return YES
        return NO if self.patterns.complete and None not in found else Unknown(site)


def _covers(pattern: Value, path: str) -> bool | None:
    if isinstance(pattern, Regex):
        held = written_regex(pattern.source)
        return held.search(path) is not None if held is not None else None
    text = text_of(pattern)
    return matches(text, path) if text is not None else None


@dataclass(slots=True, eq=False)
class ClerkAuth(Native):
    """Clerk's `auth`: an object about the caller, and a function that gives it."""

    visit: Visit

    def member(self, name: str) -> Value | None:
        """`userId`, `sessionClaims`, `orgRole`; absent for nobody."""
        if name in {"protect", "redirectToSignIn", "redirectToSignUp", "has", "getToken"}:
            return None
        return self.visit.session(name)

    def invoke(self, run: Interpreter, name: str, arguments: tuple[Argument, ...], site: Site) -> Value:
        """`protect()` refuses whoever is not signed in, or lacks the role that it is given."""
        held = self.visit.session(name)
        if name == "protect":
            answer = Reply(ends=Ends.REFUSES, status=401, site=site, conditions=run.conditions)
            if isinstance(held, Absent):
                raise Thrown(answer)
            if arguments:
                lacks = Condition(" ".join(site.node.text().split()), site)
                answer.status, answer.conditions = 403, (*run.conditions, lacks)
                run.frames[-1].thrown.append(answer)
            return self
        if name.startswith("redirectTo"):
            return Reply(ends=Ends.REFUSES, status=401, site=site, conditions=run.conditions)
        if name == "has":
            return NO if isinstance(held, Absent) else Unknown(site)
        return self if not name else held


@dataclass(slots=True, eq=False)
class SupabaseAuth(Native):
    """`supabase.auth`: sessions and users come with an error beside them."""

    visit: Visit

    def invoke(self, run: Interpreter, name: str, arguments: tuple[Argument, ...], site: Site) -> Value:
        """`getUser()`, `getSession()`, `getClaims()`."""
        del run, arguments
        held = self.visit.session(name)
        if not name.startswith("get"):
            return Unknown(site)
        nobody = isinstance(held, Absent)
        inner: dict[str, Value] = dict.fromkeys(_LOGIN_CLAIMS, held)
        error: Value = Present("error") if nobody else UNDEFINED
        return Record({"data": Record(inner, complete=False), "error": error}, complete=False)


class WebInterpreter(Interpreter):
    """Goes through code on behalf of one request after the other. Modules are gone through once for all of them."""

    visit: Visit

    def lookup(self, name: str, scope: Scope) -> Value | None:
        """Names, with `process` as production has it."""
        found = super().lookup(name, scope)
        return Environment() if found is None and name == "process" else found

    def enter(self, closure: Closure, arguments: tuple[Argument, ...], site: Site) -> Value:
        """Go through a function, noting whose it is."""
        self.visit.modules.add(closure.module.path)
        return super().enter(closure, arguments, site)


class Environment(Native):
    """`process`, of which what production has is known."""

    def member(self, name: str) -> Value | None:
        """`process.env`, and the mode in it."""
        if name == "env":
            return self
        if name == "NODE_ENV":
            return Constant("production")
        return Member(self, name)
