"""Middleware that well-known packages make (their own documentation says what it does with a caller)."""

from __future__ import annotations

from dataclasses import dataclass

from launchready.source.script.nextjs.web import (
    ClerkAuth,
    Ends,
    Matcher,
    Reply,
    WebInterpreter,
    WebRequest,
)
from launchready.source.script.symbolic.interpreter import Interpreter
from launchready.source.script.symbolic.values import (
    UNDEFINED,
    YES,
    Absent,
    Argument,
    Called,
    Closure,
    Items,
    Member,
    Native,
    Package,
    Record,
    Site,
    Unknown,
    Value,
    either,
    truth,
)

_CLERK = frozenset({"clerkMiddleware", "authMiddleware"})
_REQUIRING = frozenset({"withMiddlewareAuthRequired", "withPageAuthRequired"})
_WITH_AUTH = frozenset({"withAuth", "withClerkMiddleware"})
_OPTIONAL_AUTH = frozenset({"authkitMiddleware"})


def middleware_of(callee: Value, package: str, name: str, arguments: tuple[Argument, ...]) -> Native | None:
    """The middleware that a package's function makes; None where it makes none."""
    last = name.rpartition(".")[2]
    request = any(isinstance(one.value, WebRequest) for one in arguments)
    if package.startswith("@clerk/") and last in _CLERK:
        return ClerkMiddleware(arguments, by_default=last == "authMiddleware")
    if package.startswith("next-auth/middleware") or (last in _WITH_AUTH and package.endswith("middleware")):
        return WithAuth(() if request else arguments)
    if last in _REQUIRING:
        return WithAuth(tuple(one for one in arguments if isinstance(one.value, Closure)))
    if last in _OPTIONAL_AUTH:
        return AuthKit(arguments)
    if last == "createSafeActionClient":
        return ActionClient()
    if last == "auth" and (package.startswith(("next-auth", "@auth/"))):
        closures = [one.value for one in arguments if isinstance(one.value, Closure)]
        if closures or request:
            return AuthJs(_configuration(callee), closures[0] if closures else None)
    return None


def _configuration(callee: Value) -> Record | None:
    """What `NextAuth({ … })` was called with."""
    while isinstance(callee, Member):
        callee = callee.of
    given = callee.arguments if isinstance(callee, Called) else ()
    return next((one.value for one in given if isinstance(one.value, Record)), None)


def _refused(run: Interpreter, site: Site) -> Reply:
    return Reply(ends=Ends.REFUSES, status=401, site=site, conditions=run.conditions)


def _passed(run: Interpreter, site: Site) -> Reply:
    return Reply(ends=Ends.PASSES, status=200, site=site, conditions=run.conditions)


def _decided(run: Interpreter, decision: Value, passed: Value, site: Site) -> Value:
    """What a yes, a no, or an answer comes to."""
    if isinstance(decision, Reply):
        return decision
    known = truth(decision)
    if known is None:
        return either([passed, _refused(run, site)])
    return passed if known else _refused(run, site)


def _entry(value: Value | None, *names: str) -> Value | None:
    """A member of nested options."""
    for name in names:
        if not isinstance(value, Record):
            return None
        value = value.entries.get(name)
    return value


@dataclass(slots=True, eq=False)
class ClerkMiddleware(Native):
    """`clerkMiddleware(async (auth, request) => …)` refuses nobody by itself; `authMiddleware` does by default."""

    arguments: tuple[Argument, ...]
    by_default: bool

    def invoke(self, run: Interpreter, name: str, arguments: tuple[Argument, ...], site: Site) -> Value:
        """A request comes."""
        if name or not isinstance(run, WebInterpreter):
            return Unknown(site)
        if self.by_default:
            return self._protects(run, site)
        handler = next((one.value for one in self.arguments if isinstance(one.value, Closure)), None)
        if handler is None:
            return _passed(run, site)
        auth = Argument(value=ClerkAuth(run.visit), site=site)
        return run.call(handler, (auth, *arguments), site)

    def _protects(self, run: WebInterpreter, site: Site) -> Value:
        options = next((one.value for one in self.arguments if isinstance(one.value, Record)), None)
        for key in ("publicRoutes", "ignoredRoutes"):
            listed = _entry(options, key)
            if listed is not None:
                patterns = listed if isinstance(listed, Items) else Items([listed])
                covered = Matcher(patterns).invoke(run, "", (), site)
                if truth(covered) is not False:
                    return _decided(run, covered, _passed(run, site), site)
        held = run.visit.session("auth")
        return _refused(run, site) if isinstance(held, Absent) else _passed(run, site)


@dataclass(slots=True, eq=False)
class WithAuth(Native):
    """`withAuth` of next-auth: whoever has no token is sent to the login page, unless `authorized` says otherwise."""

    arguments: tuple[Argument, ...]

    def invoke(self, run: Interpreter, name: str, arguments: tuple[Argument, ...], site: Site) -> Value:
        """A request comes."""
        if name or not isinstance(run, WebInterpreter):
            return Unknown(site)
        token = run.visit.session("token")
        inner = next((one.value for one in self.arguments if isinstance(one.value, Closure)), None)
        options = next((one.value for one in self.arguments if isinstance(one.value, Record)), None)
        authorized = _entry(options, "callbacks", "authorized")
        request = arguments[0].value if arguments else UNDEFINED
        decision: Value = token
        if authorized is not None:
            given = Record({"token": token, "req": request}, complete=False)
            decision = run.call(authorized, (Argument(value=given, site=site),), site)
        elif not isinstance(token, Absent):
            decision = YES
        if truth(decision) is False:
            return _refused(run, site)
        passed = run.call(inner, arguments, site) if inner is not None else _passed(run, site)
        return _decided(run, decision, passed, site)


@dataclass(slots=True, eq=False)
class AuthJs(Native):
    """`auth` of Auth.js as middleware: its `authorized` callback decides; with a function of one's own, that alone."""

    configuration: Record | None
    inner: Closure | None

    def invoke(self, run: Interpreter, name: str, arguments: tuple[Argument, ...], site: Site) -> Value:
        """A request comes."""
        if name or not isinstance(run, WebInterpreter):
            return Unknown(site)
        authorized = _entry(self.configuration, "callbacks", "authorized")
        decision: Value = YES
        if authorized is not None:
            request = arguments[0].value if arguments else UNDEFINED
            given = Record({"auth": run.visit.session("auth"), "request": request}, complete=False)
            decision = run.call(authorized, (Argument(value=given, site=site),), site)
        if self.inner is not None:
            # A no of `authorized` counts only without a function of one's own; an answer counts always
            passed = run.call(self.inner, arguments, site)
            return decision if isinstance(decision, Reply) else passed
        return _decided(run, decision, _passed(run, site), site)


@dataclass(slots=True, eq=False)
class ActionClient(Native):
    """A client of next-safe-action: what is used before an action, and the schema of its input."""

    uses: tuple[Closure, ...] = ()
    schema: Value | None = None

    def invoke(self, run: Interpreter, name: str, arguments: tuple[Argument, ...], site: Site) -> Value:
        """`use(…)`, `schema(…)`; whatever else is called changes nothing that matters here."""
        del run, site
        first = arguments[0].value if arguments else UNDEFINED
        if name == "use" and isinstance(first, Closure):
            return ActionClient((*self.uses, first), self.schema)
        if name in {"schema", "inputSchema"}:
            return ActionClient(self.uses, first)
        return self


@dataclass(slots=True, eq=False)
class AuthKit(Native):
    """WorkOS: refuses only where `middlewareAuth.enabled` is set, but for `unauthenticatedPaths`."""

    arguments: tuple[Argument, ...]

    def invoke(self, run: Interpreter, name: str, arguments: tuple[Argument, ...], site: Site) -> Value:
        """A request comes."""
        del arguments
        if name or not isinstance(run, WebInterpreter):
            return Unknown(site)
        options = next((one.value for one in self.arguments if isinstance(one.value, Record)), None)
        enabled = _entry(options, "middlewareAuth", "enabled")
        if enabled is None or truth(enabled) is False:
            return _passed(run, site)
        listed = _entry(options, "middlewareAuth", "unauthenticatedPaths")
        patterns = listed if isinstance(listed, Items) else Items()
        if truth(Matcher(patterns).invoke(run, "", (), site)) is not False:
            return _passed(run, site)
        held = run.visit.session("auth")
        return _refused(run, site) if isinstance(held, Absent) else _passed(run, site)


def is_package_middleware(value: Value) -> bool:
    """Whether a value that is no function of the repository is one of a package's that is known here."""
    if isinstance(value, ClerkMiddleware | WithAuth | AuthJs | AuthKit):
        return True
    if isinstance(value, Package):
        return value.package.startswith("next-auth/middleware")
    return isinstance(value, Member) and value.name == "auth"
