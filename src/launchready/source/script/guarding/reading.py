"""What middleware does with a caller: its code is gone through as nobody, and as a member."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from launchready.model.source import GuardKind
from launchready.source.code.facts import ANONYMOUS
from launchready.source.code.guards import FORBIDDEN, UNAUTHENTICATED, kind_by_name, kind_by_refusals
from launchready.source.script.callers import (
    Answer,
    Caller,
    Event,
    Next,
    Request,
    Response,
    Sent,
    Trace,
    is_credential,
)
from launchready.source.script.express.routers import package_of
from launchready.source.script.functions.finding import qualified_name
from launchready.source.script.guarding.packages import KnownGuard, known_guard
from launchready.source.script.nodes import dotted_name
from launchready.source.script.statuses import status_of
from launchready.source.script.symbolic.interpreter import Interpreter
from launchready.source.script.symbolic.scope import Condition, ExhaustedError, Frame, Scope, Thrown
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
    Package,
    Present,
    Record,
    Site,
    Unknown,
    Value,
    text_of,
)

_STEPS = 30_000  # of one guard
_ERROR_PARAMETERS = 4
_VERIFIES = re.compile(
    r"(?:^|\.)(?:jwt)?verify(?:Async|IdToken|Token|Jwt|AccessToken|SessionCookie)?$", re.IGNORECASE
)
_SETTING = re.compile(
    r"\b(?:process\.env|config|settings?|options?|opts|env|NODE_ENV|feature|flags?|enabled?|disabled?)\b"
    r"|[a-z](?:Enabled|Disabled)\b",
    re.IGNORECASE,
)
_ROLE_WORDS = re.compile(
    r"role|permission|admin|scope|right|privilege|polic|abilit|moderator|staff", re.IGNORECASE
)
_ROLE_COMPARED = re.compile(
    r"(?:role|permission|scope|type)\w*\)?\s*[!=]==?\s*[\"'`](\w+)[\"'`]|[\"'`](\w+)[\"'`]\s*[!=]==?\s*[\w.?]*role",
    re.IGNORECASE,
)
_ROLE_LISTED = re.compile(
    r"(?:roles?|permissions?|scopes?)\??\.(?:includes|has|indexOf)\(\s*[\"'`]([\w:.-]+)[\"'`]", re.IGNORECASE
)
_SERVICE_NAMES = frozenset({"apikey", "signature", "hmac", "secret", "webhook", "key"})
_MAY_REFUSE = re.compile(
    r"40[13]|unauthor|forbid|denied|\bthrow\b|next\(\s*\w|redirect|\bstatus", re.IGNORECASE
)
_REFUSED = frozenset({UNAUTHENTICATED, FORBIDDEN})
_MAKERS = frozenset({"passport", "koa-passport"})
_PERSON = frozenset({"authorization", "user", "session", "cookies", "cookie", "jwt", "bearer", "auth"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a piece of middleware does. `kind` None: it refuses nobody and knows nobody.

    `by_route`: it looks at path or method; read it again for each route. `function` is the qualified name of its
    code.
    """

    kind: GuardKind | None
    role: str = ""
    by_route: bool = False
    function: str = ""
    exempt: Value | None = None  # the options of `unless`
    asked: tuple[str, ...] = ()  # keys of the route's metadata that it looked at, and found


HARMLESS = Reading(kind=None)


@dataclass(slots=True)
class GuardHooks:
    """What is known of packages while a guard is gone through."""

    trace: Trace
    strategies: Mapping[str, str]

    def called(
        self, run: Interpreter, callee: Value, arguments: tuple[Argument, ...], site: Site
    ) -> Value | None:
        """Calls that look at credentials, or hand the request on."""
        values = [one.value for one in arguments]
        if package_of(callee) in _MAKERS and not any(isinstance(one, Next) for one in values):
            return Called(callee, arguments, site)  # its callback is called with the request, not now
        if any(isinstance(one, Next) for one in values):
            return self._handed_on(run, callee, values, site)
        sent = values[0] if values else Unknown(site)
        if _VERIFIES.search(_name_of(callee)) and (isinstance(sent, Absent | Present) or sent == UNDEFINED):
            return self._verified(run, values, site)
        if any(isinstance(one, Request) or (isinstance(one, Sent) and one.proves) for one in values):
            proving = any(isinstance(one, Sent) and one.proves for one in values)
            if proving or is_credential(_name_of(callee).rpartition(".")[2]):
                return Absent() if self.trace.caller is Caller.NOBODY else Present(_name_of(callee))
        return None

    def enters(self, closure: Closure) -> bool:
        """Whatever is called back may decide."""
        del closure
        return True

    def matters(self, closure: Closure) -> bool:
        """Long functions that are given nothing of the request do not decide."""
        del closure
        return False

    def _handed_on(self, run: Interpreter, callee: Value, values: list[Value], site: Site) -> Value:
        """Other middleware is called with this request."""
        known = known_guard(callee, self.strategies)
        if known is None:
            self.trace.handed_to.append(_name_of(callee))
        elif known.callback is not None:
            called_back(run, known.callback, self.trace.caller, site)
        else:
            self._decided(run, known)
        del values
        return UNDEFINED

    def _decided(self, run: Interpreter, known: KnownGuard) -> None:
        refusing = known.kind in {GuardKind.AUTHENTICATES, GuardKind.AUTHORIZES, GuardKind.SERVICE}
        if known.kind is GuardKind.UNCLEAR:
            self.trace.handed_to.append("a package")
        elif refusing and self.trace.caller is Caller.NOBODY:
            self.trace.refuse(run, 401)
        else:
            self.trace.add(run, Answer.PASSES)

    def _verified(self, run: Interpreter, values: list[Value], site: Site) -> Value:
        """A token is verified: what is not there is not valid."""
        callback = next((one for one in values if isinstance(one, Closure)), None)
        nobody = self.trace.caller is Caller.NOBODY
        error = Record(complete=False, site=site)
        if callback is not None:
            given: list[Value] = [error, Absent()] if nobody else [UNDEFINED, Present("decoded")]
            run.call(callback, tuple(Argument(value=one, site=site) for one in given), site)
            return UNDEFINED
        if nobody:
            raise Thrown(error)
        return Present("decoded")


def called_back(run: Interpreter, callback: Closure, caller: Caller, site: Site) -> Value:
    """A callback with (error, user, info): nobody has no user."""
    info = Record(complete=False, site=site)
    given: list[Value] = (
        [UNDEFINED, NO, info] if caller is Caller.NOBODY else [UNDEFINED, Present("user"), UNDEFINED]
    )
    return run.call(callback, tuple(Argument(value=one, site=site) for one in given), site)


def unread_kind(name: str) -> GuardKind | None:
    """What something of the repository does whose code could not be read: unclear, unless its name is harmless."""
    return None if name and kind_by_name(name) is None else GuardKind.UNCLEAR


def _name_of(value: Value) -> str:
    match value:
        case Package(package=package, name=name):
            return f"{package}.{name}" if name in {"default", "*"} else name
        case Member(of=of, name=name):
            return f"{_name_of(of)}.{name}".lstrip(".")
        case Called(callee=inner):
            return _name_of(inner)
        case Closure(node=node):
            return qualified_name(node)
        case Unknown(site=Site() as site):
            return dotted_name(site.node)
        case Present(name=name):
            return name
        case _:
            return ""


class GuardReader:
    """Reads guards with one interpreter, each once (or once a route, where it looks at the path)."""

    def __init__(self, run: Interpreter, strategies: Mapping[str, str]) -> None:
        self._run = run
        self._strategies = strategies
        self._known: dict[tuple[int, str], tuple[Value, Reading]] = {}

    def read(
        self,
        value: Value,
        name: str,
        route: Mapping[str, Value] | None = None,
        key: str = "",
        *,
        takes_errors: bool = True,
    ) -> Reading:
        """What a piece of middleware does; `name` as written; `route` and `key` for those that look at the path.

        `takes_errors`: with four parameters it is called with errors only, as Express has it.
        """
        if takes_errors and isinstance(value, Closure) and _parameters(value) >= _ERROR_PARAMETERS:
            return HARMLESS
        reading = self._once(value, name, {}, "")
        refuses = reading.kind not in {None, GuardKind.IDENTIFIES}
        return self._once(value, name, route, key) if reading.by_route and refuses and route else reading

    def _once(self, value: Value, name: str, route: Mapping[str, Value], key: str) -> Reading:
        held = self._known.get((id(value), key))
        if held is None:
            # The value is kept, too, so that no other one gets its id
            held = self._known[(id(value), key)] = (value, self._read(value, name, route))
        return held[1]

    def _read(self, value: Value, name: str, route: Mapping[str, Value]) -> Reading:
        match value:
            case Closure():
                return self._read_closure(value, name, route)
            case Either(options=options):
                return _combined([self._read(option, name, route) for option in options])
            case Constant() | Items() | Record():
                return HARMLESS
            case Called(callee=Closure()):
                forced = self._run.forced(value)
                if not isinstance(forced, Called) or not isinstance(forced.callee, Closure):
                    return self._read(forced, name, route)
            case _:
                pass
        known = known_guard(value, self._strategies)
        if known is None:
            return Reading(kind=unread_kind(name))
        if known.callback is not None:
            callback = known.callback
            return self._simulated(
                lambda run, trace, _request: called_back(run, callback, trace.caller, _site(callback)),
                callback,
                name,
                route,
            )
        return Reading(kind=known.kind, role=known.role, exempt=known.exempt)

    def _read_closure(self, closure: Closure, name: str, route: Mapping[str, Value]) -> Reading:
        def middleware(run: Interpreter, trace: Trace, request: Request) -> Value:
            site = _site(closure)
            given: tuple[Value, ...] = (request, Response(trace), Next(trace))
            return run.enter(closure, tuple(Argument(value=one, site=site) for one in given), site)

        return self._simulated(middleware, closure, name, route)

    def _simulated(
        self,
        start: Callable[[Interpreter, Trace, Request], Value],
        closure: Closure,
        name: str,
        route: Mapping[str, Value],
    ) -> Reading:
        site = _site(closure)
        nobody = self.trace(start, Caller.NOBODY, route, site)
        member = self.trace(start, Caller.MEMBER, route, site)
        if nobody is None or member is None:  # longer than is gone through
            may = _MAY_REFUSE.search(closure.node.text()) is not None
            return Reading(kind=GuardKind.UNCLEAR if may else None, function=qualified_name(closure.node))
        own = qualified_name(closure.node).rpartition(".")[2]
        names = name if own.startswith(ANONYMOUS) else f"{name} {own}".lstrip()
        return verdict(nobody, member, closure, names)

    def trace(
        self,
        start: Callable[[Interpreter, Trace, Request], Value],
        caller: Caller,
        route: Mapping[str, Value],
        site: Site,
    ) -> Trace | None:
        """What happens when a guard is gone through for a caller; None where it is too long to."""
        trace = Trace(caller=caller)
        with self.guarding(trace):
            request = Request(trace, dict(route))
            try:
                start(self._run, trace, request)
            except Thrown as thrown:
                trace.refuse(self._run, status_of(self._run, thrown.value))
            except (ExhaustedError, RecursionError):
                return None
            for value in self._run.frames[-1].thrown[:1]:
                with self._run.under(Condition("an exception", site)):
                    trace.refuse(self._run, status_of(self._run, value))
        return trace

    @contextmanager
    def guarding(self, trace: Trace) -> Iterator[None]:
        """The interpreter as it is while a guard is gone through."""
        run = self._run
        held = run.hooks, run.steps, run.guarding, run.conditions, run.frames
        run.hooks, run.steps, run.guarding = GuardHooks(trace, self._strategies), _STEPS, True
        run.conditions, run.frames = (), [Frame()]
        try:
            yield
        finally:
            run.hooks, run.steps, run.guarding, run.conditions, run.frames = held


def verdict(nobody: Trace, member: Trace, closure: Closure, name: str) -> Reading:
    """What a guard does, from what it did with nobody and with a member."""
    by_route = nobody.asked_route or member.asked_route
    function = qualified_name(closure.node)
    kind = _kind(nobody, member, closure, name)
    role = _role(closure) if kind is GuardKind.AUTHORIZES else ""
    return Reading(kind=kind, role=role, by_route=by_route, function=function)


def _kind(nobody: Trace, member: Trace, closure: Closure, name: str) -> GuardKind | None:
    outcomes = nobody.outcomes
    passes = [event for event in outcomes if event.answer is Answer.PASSES]
    refuses = [event for event in outcomes if event.answer is Answer.REFUSES]
    answers = [event for event in outcomes if event.answer is Answer.ANSWERS]
    later = _refusals(member)
    statuses = {event.status for event in (*refuses, *later) if event.status is not None}
    if not refuses and not passes and answers and nobody.asked and _is_refusal_of_absence(nobody, answers):
        return _refusing_kind({*statuses, UNAUTHENTICATED}, member, closure, name, nobody)
    if nobody.handed_to and not (refuses and not passes):
        kinds = {unread_kind(one) for one in (name, *nobody.handed_to)}
        return GuardKind.UNCLEAR if GuardKind.UNCLEAR in kinds else None
    if not refuses:
        if passes and not _is_certain(passes) and later:
            return GuardKind.UNCLEAR
        knows = nobody.identified or member.identified or bool(later and _REFUSED & statuses)
        return GuardKind.IDENTIFIES if knows else None
    if passes:
        if not statuses & _REFUSED:
            return GuardKind.IDENTIFIES if member.identified else None
        if _depends_on_settings(passes) or nobody.asked_route:
            return GuardKind.UNCLEAR
        if not nobody.asked and not member.asked and not nobody.handed_to:
            return GuardKind.UNCLEAR
    if not statuses & _REFUSED and not nobody.asked:
        return None
    return _refusing_kind(statuses or {UNAUTHENTICATED}, member, closure, name, nobody)


def _refusing_kind(
    statuses: set[int], member: Trace, closure: Closure, name: str, nobody: Trace
) -> GuardKind | None:
    later = _refusals(member)
    asked = {one.lower().replace("-", "").replace("_", "") for one in nobody.asked}
    by_key = any(one.endswith(tuple(_SERVICE_NAMES)) for one in asked) and not asked & _PERSON
    if by_key and FORBIDDEN not in {
        event.status for event in later if _ROLE_WORDS.search(closure.node.text())
    }:
        return GuardKind.SERVICE
    forbids = any(event.status == FORBIDDEN for event in later)
    if forbids and not nobody.asked and not _may_pass(member):
        return GuardKind.AUTHORIZES  # it lets nobody through, whoever it is
    if forbids and (
        _ROLE_WORDS.search(closure.node.text()) or _ROLE_WORDS.search(name) or _role_arguments(closure)
    ):
        return GuardKind.AUTHORIZES
    refusals = {UNAUTHENTICATED, *statuses} - (set() if forbids else {FORBIDDEN})
    last = name.split(" ", maxsplit=1)[0]
    return kind_by_refusals(refusals, last)


def _refusals(trace: Trace) -> list[Event]:
    return [event for event in trace.outcomes if event.answer is Answer.REFUSES]


def _may_pass(trace: Trace) -> bool:
    return any(event.answer is Answer.PASSES for event in trace.outcomes)


def _is_refusal_of_absence(nobody: Trace, answers: list[Event]) -> bool:
    """400, 404 or a redirect for want of a credential is a refusal, too."""
    people = {one.lower() for one in nobody.asked} & _PERSON
    return bool(people) and _is_certain(answers)


def _is_certain(events: list[Event]) -> bool:
    return any(not event.conditions for event in events)


def _depends_on_settings(events: list[Event]) -> bool:
    """Whether callers pass by what is set, not by who they are."""
    return any(_SETTING.search(condition.text) for event in events for condition in event.conditions)


def _role_arguments(closure: Closure) -> list[str]:
    """Texts that a factory was called with: they stand in the scopes around the function that it made."""
    found: list[str] = []
    scope: Scope | None = closure.scope
    while scope is not None and scope.parent is not None:
        for value in scope.names.values() if scope.is_function else ():
            for one in value.values if isinstance(value, Items) else [value]:
                text = text_of(one)
                if text and not isinstance(one, Record):
                    found.append(text)
        scope = scope.parent
    return found


def _role(closure: Closure) -> str:
    given = _role_arguments(closure)
    if given:
        return ", ".join(dict.fromkeys(given))
    text = closure.node.text()
    found = [*_ROLE_COMPARED.findall(text), *((one, "") for one in _ROLE_LISTED.findall(text))]
    return ", ".join(dict.fromkeys(one or other for one, other in found))


def _combined(readings: list[Reading]) -> Reading:
    """One of several guards stands there: clear only if all do the same."""
    kinds = {reading.kind for reading in readings}
    if len(kinds) == 1:
        return readings[0]
    refusing = kinds & {GuardKind.AUTHENTICATES, GuardKind.AUTHORIZES, GuardKind.SERVICE, GuardKind.UNCLEAR}
    return Reading(kind=GuardKind.UNCLEAR if refusing else GuardKind.IDENTIFIES)


def _parameters(closure: Closure) -> int:
    held = closure.node.field("parameters")
    return len([one for one in held.named_children() if one.kind() != "comment"]) if held is not None else 1


def _site(closure: Closure) -> Site:
    return Site(module=closure.module, node=closure.node)
