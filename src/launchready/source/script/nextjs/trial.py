"""What stands before a route, led through as nobody and as a member: who passes, who is refused."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from launchready.source.script.callers import Caller
from launchready.source.script.functions.answers import of_message
from launchready.source.script.functions.finding import qualified_name
from launchready.source.script.nextjs.matcher import glob_matches, written_regex
from launchready.source.script.nextjs.packages import middleware_of
from launchready.source.script.nextjs.web import (
    ClerkAuth,
    Ends,
    Matcher,
    Reply,
    Sent,
    Served,
    SupabaseAuth,
    Url,
    Visit,
    WebInterpreter,
    WebRequest,
    is_signature,
    redirect,
    reply,
)
from launchready.source.script.nodes import arguments_of, dotted_name, string_value
from launchready.source.script.project import ScriptProject
from launchready.source.script.statuses import status_of
from launchready.source.script.symbolic.interpreter import Interpreter, is_tainted
from launchready.source.script.symbolic.scope import ExhaustedError, Frame, Thrown
from launchready.source.script.symbolic.values import (
    NO,
    UNDEFINED,
    Absent,
    Argument,
    Called,
    Closure,
    Constant,
    Either,
    Items,
    Member,
    Native,
    Package,
    Present,
    Record,
    Regex,
    Site,
    Unknown,
    Value,
    text_of,
)

_STEPS = 40_000  # of one request
_ALL_STEPS = 1_000_000  # of one repository
_MOST_CALLS = 4  # of what a wrapper gives, until an answer comes
_VERIFIES = re.compile(
    r"(?:^|\.)(?:constructEvent(?:Async)?|(?:jwt|token|session|cookie|auth|request|access|id|user)*"
    r"(?:verify|decrypt|unseal|unsign|decode)\w*)$",
    re.IGNORECASE,
)
# What throws at a token or signature that is not valid
_THROWING = re.compile(
    r"^(?:(?:jwt)?verify(?:IdToken|SessionCookie|Jwt|Token)?|jwtDecrypt|constructEvent(?:Async)?)$",
    re.IGNORECASE,
)
_MAKING = frozenset({"new_expression", "call_expression"})
_LOOKS_UP = re.compile(
    r"^(?:find|get|fetch|lookup|query|select|load|retrieve|validate|verify|check|authenticate|is|has|decode|decrypt)",
    re.IGNORECASE,
)
_SESSIONS = re.compile(
    r"^(?:get|use|fetch|load|read|resolve|current|validate|unstable_?get|require|retrieve)?_?"
    r"(?:server|current|auth|my|active|api|iron|nextauth|unstable|logged_?in|logto|auth0)*_?"
    r"(?:session|user|token|auth|claims|account|viewer|identity|principal|me|jwt|context)"
    r"(?:from|with|or|by|server|info|data|id|client)?\w{0,12}$",
    re.IGNORECASE,
)
_ASKING = re.compile(
    r"session|auth|cookie|headers|token|user|redirect|Response|throw|401|403|unauthorized|forbidden|env",
    re.IGNORECASE,
)
_COMPARES = frozenset(
    {"timingSafeEqual", "safeCompare", "constantTimeEqual", "safeEqual", "secureCompare", "tsscmp"}
)
# What gives back the function that it is given, or one that does the same
_KEEPING = frozenset({"cache", "unstable_cache", "memoize", "memo", "once", "pMemoize", "useCallback"})
_OVER_LISTS = frozenset({"map", "filter", "forEach", "some", "every", "find", "reduce", "flatMap", "sort"})
_IGNORING_UNDEFINED = frozenset({
    "findFirst", "findFirstOrThrow", "findMany", "count", "aggregate", "groupBy", "updateMany", "deleteMany",
})  # fmt: skip
_GLOBS = frozenset({"micromatch", "minimatch", "picomatch"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """How requests of one caller end. `replies` are answers that refuse, redirect or fail; `exhausted`: too long."""

    visit: Visit
    passes: bool
    replies: tuple[Reply, ...]
    exhausted: bool = False

    @property
    def refusals(self) -> tuple[Reply, ...]:
        """Answers that refuse the caller in so many words."""
        return tuple(one for one in self.replies if one.ends is Ends.REFUSES)

    @property
    def redirects(self) -> tuple[Reply, ...]:
        """Answers that send the caller elsewhere."""
        return tuple(one for one in self.replies if one.ends is Ends.REDIRECTS)


Start = Callable[[WebInterpreter, Visit], Value]


class Trials:
    """Leads requests through the code of a repository, within bounds of work."""

    def __init__(self, project: ScriptProject) -> None:
        self.run = WebInterpreter(project, WebHooks(), _STEPS)
        self.run.guarding = True
        self._left = _ALL_STEPS

    def trial(self, start: Start, *, caller: Caller, path: str, method: str, steps: int = _STEPS) -> Trial:
        """How a request ends that `start` leads in; past `steps` of work it is not told."""
        visit = Visit(caller=caller, path=path, method=method)
        run = self.run
        run.visit = visit
        if self._left <= 0:
            return Trial(visit=visit, passes=True, replies=(), exhausted=True)
        run.steps, run.conditions, run.frames = steps, (), [Frame()]
        found: list[Value] = []
        exhausted = False
        try:
            found.append(self._settled(start(run, visit)))
        except Thrown as thrown:
            found.append(thrown_reply(run, thrown.value))
        except (ExhaustedError, RecursionError):
            exhausted = True
        self._left -= steps - max(run.steps, 0)
        thrown_maybe = [thrown_reply(run, value) for value in run.frames[-1].thrown]
        return _ended(visit, [*found, *thrown_maybe, *visit.sent], exhausted=exhausted)

    def _settled(self, value: Value) -> Value:
        """What comes of what was given back, until it is no package's doing any more."""
        for _ in range(_MOST_CALLS):
            if not isinstance(value, Lazy):
                break
            value = value.run_inner(self.run)
        return value

    @contextmanager
    def quietly(self) -> Iterator[WebInterpreter]:
        """The interpreter for looking at values, on behalf of nobody."""
        run = self.run
        run.visit = Visit(caller=Caller.NOBODY, path="/", method="GET")
        run.steps, run.conditions, run.frames = _STEPS, (), [Frame()]
        yield run


def _ended(visit: Visit, values: list[Value], *, exhausted: bool) -> Trial:
    replies = [one for one in _options(values) if isinstance(one, Reply)]
    passes = visit.reached or any(one.ends is Ends.PASSES for one in replies)
    if visit.sent:
        # Answers were written; a way on which none is written ends in one that was not seen
        passes = passes or all(one.conditions for one in visit.sent)
    else:
        passes = passes or any(not isinstance(one, Reply) for one in _options(values))
    wrong = tuple(one for one in replies if one.ends is not Ends.PASSES)
    return Trial(visit=visit, passes=passes, replies=wrong, exhausted=exhausted)


def _options(values: list[Value]) -> Iterator[Value]:
    for value in values:
        if isinstance(value, Either):
            yield from _options(value.options)
        else:
            yield value


def thrown_reply(run: Interpreter, value: Value) -> Reply:
    """What an exception comes to for the caller: frameworks answer with its status, or with an error."""
    if isinstance(value, Reply):
        return value
    site = value.site if isinstance(value, Called | Record | Unknown) else None
    status = status_of(run, value)
    if status is None:
        status = _status_of_message(value)
    return reply(run, status if status is not None else 500, site)


def _status_of_message(value: Value) -> int | None:
    """401 of `new Error("Unauthorized")`."""
    site = value.site if isinstance(value, Called | Record) else None
    given = arguments_of(site.node) if site is not None and site.node.kind() in _MAKING else []
    texts = [string_value(one) for one in given if one.kind() == "string"]
    return of_message(texts[0]) if texts else None


@dataclass(slots=True, eq=False)
class Lazy(Native):
    """What a package makes of functions: it calls them when it is called, or when it is waited for."""

    functions: tuple[Value, ...]

    def invoke(self, run: Interpreter, name: str, arguments: tuple[Argument, ...], site: Site) -> Value:
        """It is called: so is the function."""
        return run.call(self.functions[0], arguments, site) if not name else Unknown(site)

    def run_inner(self, run: Interpreter) -> Value:
        """It was waited for: the function is called with what the package gives it."""
        function = self.functions[0]
        site = Site(module=function.module, node=function.node) if isinstance(function, Closure) else None
        given = () if site is None else (Argument(value=Unknown(site), site=site),)
        return run.call(function, given, site) if site is not None else UNDEFINED


class WebHooks:
    """What is known of packages while a request is led through."""

    def enters(self, closure: Closure) -> bool:
        """Whatever is called back may decide."""
        del closure
        return True

    def matters(self, closure: Closure) -> bool:
        """Whether a function may ask who calls, or answer, without being given the request."""
        return _ASKING.search(closure.node.text()) is not None

    def called(
        self, run: Interpreter, callee: Value, arguments: tuple[Argument, ...], site: Site
    ) -> Value | None:
        """Calls that answer, look at credentials, or hand the request on."""
        if not isinstance(run, WebInterpreter):
            return None
        name = name_of(callee)
        last = name.rpartition(".")[2]
        made = middleware_of(callee, package_of(callee), name, arguments)
        if made is not None:
            request = any(isinstance(one.value, WebRequest) for one in arguments)
            return made.invoke(run, "", arguments, site) if request else made
        found = _answer(run, callee, name, arguments, site)
        if found is None:
            found = _of_language(run, callee, last, arguments, site)
        if found is None:
            found = _session(run, callee, name, arguments, site)
        if found is None and package_of(callee):
            functions = tuple(one.value for one in arguments if isinstance(one.value, Closure | Served))
            if functions and last in _KEEPING:
                return functions[0]
            found = Lazy(functions) if functions and last not in _OVER_LISTS else None
        return found


def name_of(value: Value) -> str:
    """What is called, as far as names tell: `createServerClient.auth.getUser`."""
    match value:
        case Package(package=package, name=name):
            return package.rpartition("/")[2] if name in {"default", "*"} else name
        case Member(of=of, name=name):
            return f"{name_of(of)}.{name}".lstrip(".")
        case Called(callee=inner):
            return name_of(inner)
        case Closure(node=node):
            return qualified_name(node)
        case Unknown(site=Site() as site):
            return dotted_name(site.node)
        case Present(name=name):
            return name
        case _:
            return ""


def package_of(value: Value) -> str:
    """The package that a value comes from; empty for the language's own and for what is not known."""
    while isinstance(value, Member | Called):
        value = value.of if isinstance(value, Member) else value.callee
    return value.package if isinstance(value, Package) else ""


# ------------------------------------------------------------------------------------------------- answers


def _answer(
    run: WebInterpreter, callee: Value, name: str, arguments: tuple[Argument, ...], site: Site
) -> Value | None:
    package = package_of(callee)
    if name in {"Response", "NextResponse"} or name in {"Response.json", "NextResponse.json"}:
        return reply(run, _stated_status(run, arguments), site)
    if name in {"NextResponse.next", "NextResponse.rewrite"}:
        return Reply(ends=Ends.PASSES, status=200, site=site, conditions=run.conditions)
    if name in {"NextResponse.redirect", "Response.redirect"}:
        return redirect(run, arguments, site)
    if name in {"Response.error", "NextResponse.error"}:
        return reply(run, 500, site)
    last = name.rpartition(".")[2]
    if package == "next/navigation" or last in {"redirect", "permanentRedirect"}:
        if last in {"redirect", "permanentRedirect"}:
            raise Thrown(redirect(run, arguments, site))
        status = {"notFound": 404, "unauthorized": 401, "forbidden": 403}.get(last)
        if status is not None:
            raise Thrown(reply(run, status, site))
    if package == "next/headers":
        return Sent(run.visit, last == "cookies") if last in {"cookies", "headers"} else None
    if name == "URL":
        return _url(arguments)
    return None


def _stated_status(run: WebInterpreter, arguments: tuple[Argument, ...]) -> int | None:
    """The status among the options of an answer: 200 where none is written, None where it is not known."""
    if len(arguments) < 2:  # noqa: PLR2004 - body, options
        return 200
    options = arguments[1].value
    if not isinstance(options, Record):
        return None
    held = options.entries.get("status")
    if held is None:
        return 200 if options.complete else None
    if isinstance(held, Either):
        # Errors of all sorts in one place: a refusal is among them, and no way leads to the data
        statuses = {status_of(run, one) for one in held.options}
        if None not in statuses and min(one or 0 for one in statuses) >= 400:  # noqa: PLR2004 - errors
            return 401 if statuses & {401, 403} else 400
    return status_of(run, held)


def _url(arguments: tuple[Argument, ...]) -> Value:
    """`new URL("/login", request.url)`."""
    first = arguments[0].value if arguments else UNDEFINED
    if isinstance(first, Url):
        return Url(first.visit, first.path)
    text = text_of(first)
    if text is None:
        return Url(None, None)
    path = re.sub(r"^https?://[^/]+", "", text)
    return Url(None, path.partition("?")[0] or "/")


# ------------------------------------------------------------------------------------------------ language


def _of_language(
    run: WebInterpreter, callee: Value, last: str, arguments: tuple[Argument, ...], site: Site
) -> Value | None:
    """Patterns on paths, comparisons of secrets."""
    first = arguments[0].value if arguments else UNDEFINED
    if isinstance(callee, Member):
        if isinstance(callee.of, Regex) and last in {"test", "exec"}:
            return _tested(callee.of, first, site)
        if (
            isinstance(callee.of, Constant)
            and last in {"match", "search", "matchAll"}
            and isinstance(first, Regex)
        ):
            return _tested(first, callee.of, site)
    if isinstance(callee, Package) and callee.package == "" and callee.name == "RegExp":
        text = text_of(first)
        return Regex(f"/{text}/") if text is not None else None
    if last in _COMPARES and run.visit.is_nobody and any(is_tainted(one.value) for one in arguments):
        return NO
    if package_of(callee) in _GLOBS and len(arguments) > 1:
        return _globbed(first, arguments[1].value, site)
    if last == "createRouteMatcher" and arguments:
        return Matcher(first if isinstance(first, Items) else Items([first]))
    return None


def _tested(pattern: Regex, value: Value, site: Site) -> Value:
    if isinstance(value, Absent):
        return NO
    text, held = text_of(value), written_regex(pattern.source)
    if text is None or held is None:
        return Unknown(site)
    found = held.search(text) is not None
    return Present("match") if found else NO


def _globbed(path: Value, globs: Value, site: Site) -> Value:
    text = text_of(path)
    listed = globs.values if isinstance(globs, Items) else [globs]
    patterns = [text_of(one) for one in listed]
    if text is None or None in patterns:
        return Unknown(site)
    found = [glob_matches(one, text) for one in patterns if one is not None]
    return Constant(True in found) if None not in found or True in found else Unknown(site)


# ------------------------------------------------------------------------------------------------ sessions


def _session(
    run: WebInterpreter, callee: Value, name: str, arguments: tuple[Argument, ...], site: Site
) -> Value | None:
    """What a package knows of the caller: nothing, of nobody."""
    visit = run.visit
    package, last = package_of(callee), name.rpartition(".")[2]
    if package.startswith("@clerk/") and last in {"auth", "getAuth"}:
        visit.asked_session = True
        return ClerkAuth(visit)
    if (
        isinstance(callee, Member)
        and name_of(callee.of).endswith((".auth", "supabase.auth"))
        and last.startswith("get")
    ):
        return SupabaseAuth(visit).invoke(run, last, arguments, site)
    closures = [one for one in arguments if isinstance(one.value, Closure | Served)]
    if closures:
        return None
    values = [one.value for one in arguments]
    tainted = any(is_tainted(one) for one in values)
    if _VERIFIES.search(name) and any(is_tainted(one) or isinstance(one, Present) for one in values):
        visit.verified = True
        if not tainted:
            return Present(last)
        if _THROWING.search(last):
            raise Thrown(Record(complete=False, site=site))
        return Absent()
    if tainted and last in _IGNORING_UNDEFINED and not any(isinstance(one, Absent) for one in values):
        # Prisma leaves out conditions whose value is undefined: all rows match
        return Unknown(site)
    if tainted and _LOOKS_UP.match(last):
        visit.verified = True
        return Absent()
    sent = [one for one in values if isinstance(one, Present)]
    if any(is_signature(one.name) for one in sent) or (sent and _LOOKS_UP.match(last)):
        visit.verified = True
    return visit.session(last) if package and _SESSIONS.match(last) else None
