"""Guards around the handlers of Next.js: wrappers, told from what they do with nobody and with a member."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from ast_grep_py import SgNode

from launchready.model.source import CodePlace, GuardKind, GuardLevel, SourceGuard
from launchready.source.code.guards import asks_role, kind_by_name
from launchready.source.script.callers import Caller
from launchready.source.script.nextjs.handlers import Handler, Wrapper
from launchready.source.script.nextjs.sameness import SameAddresses
from launchready.source.script.nextjs.trial import Trial, Trials, name_of, package_of
from launchready.source.script.nextjs.web import (
    PagesResponse,
    Reply,
    Served,
    Visit,
    WebInterpreter,
    WebRequest,
    is_signature,
)
from launchready.source.script.nodes import arguments_of, object_entries, string_value, unwrapped
from launchready.source.script.project import Outside, ScriptProject
from launchready.source.script.symbolic.scope import ExhaustedError, Thrown
from launchready.source.script.symbolic.values import (
    Argument,
    Called,
    Closure,
    Native,
    Record,
    Site,
    Unknown,
    Value,
)

_SECRET = re.compile(r"secret|signature|hmac|api_?key|\bkey\b|process\.env|cron|webhook", re.IGNORECASE)
_ROLE_OPTION = re.compile(r"role|permission|scope|polic|abilit|admin", re.IGNORECASE)
_COMPARES = re.compile(r"[!=]==?|[eE]qual|[cC]ompare|[vV]erif|[vV]alid|includes\(|\.has\(|\.test\(|match")
_WITH_OPTIONS = 3  # arguments: request, response, options
_PERSON = frozenset({"session", "user", "cookie", "authorization"})
# What wrappers of packages do, by (package, function)
_PACKAGES = {
    ("@auth0/nextjs-auth0", "withApiAuthRequired"): GuardKind.AUTHENTICATES,
    ("@auth0/nextjs-auth0/edge", "withApiAuthRequired"): GuardKind.AUTHENTICATES,
    ("@upstash/qstash/nextjs", "verifySignatureAppRouter"): GuardKind.SERVICE,
    ("@upstash/qstash/nextjs", "verifySignature"): GuardKind.SERVICE,
    ("@upstash/qstash/nextjs", "verifySignatureEdge"): GuardKind.SERVICE,
    ("@upstash/qstash/dist/nextjs", "verifySignature"): GuardKind.SERVICE,
    ("@upstash/workflow/nextjs", "serve"): GuardKind.SERVICE,
    ("inngest/next", "serve"): GuardKind.SERVICE,
    ("@clerk/nextjs", "requireAuth"): GuardKind.AUTHENTICATES,
    ("@clerk/nextjs/api", "requireAuth"): GuardKind.AUTHENTICATES,
    ("@clerk/nextjs/api", "withAuth"): GuardKind.IDENTIFIES,
    ("iron-session/next", "withIronSessionApiRoute"): GuardKind.IDENTIFIES,
    ("@supabase/auth-helpers-nextjs", "withApiAuth"): GuardKind.AUTHENTICATES,
    ("axiom", "withAxiom"): None,
    ("next-axiom", "withAxiom"): None,
    ("@sentry/nextjs", "wrapApiHandlerWithSentry"): None,
}
# Packages whose own handlers everybody may call: signing in is their purpose
_FOR_EVERYBODY = (
    "next-auth",
    "@auth/",
    "better-auth",
    "@auth0/nextjs-auth0",
    "@workos-inc/",
    "@kinde-oss/",
    "@clerk/",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What stands before a route does. `kind` None: it refuses nobody and knows nobody."""

    kind: GuardKind | None
    role: str = ""


def verdict(nobody: Trial, member: Trial, name: str, roles: str = "") -> Verdict:
    """What a guard does, from how requests of nobody and of a member end.

    Clear only if nobody without credentials passes on any way that could be gone. `roles` are those that are named
    where the guard is used.
    """
    if nobody.exhausted or member.exhausted:
        return Verdict(kind=GuardKind.UNCLEAR)
    asks = bool(nobody.visit.presented) or nobody.visit.asked_session
    # What ends otherwise for want of a credential refuses, too: a redirect, a 400, an error
    refuses = bool(nobody.refusals) or (asks and bool(nobody.replies))
    if nobody.passes or not (nobody.refusals or (refuses and member.passes)):
        return _open(nobody, member, refuses=refuses)
    if _asks_presence_alone(nobody, member):
        return Verdict(kind=GuardKind.UNCLEAR)
    return _refusing(member, name, roles, nobody.visit.presented)


def _open(nobody: Trial, member: Trial, *, refuses: bool) -> Verdict:
    # What is answered to an exception of the handler's own refuses nobody
    own = [one for one in nobody.replies if not any(held.text.startswith("catch") for held in one.conditions)]
    asks = bool(nobody.visit.presented) or nobody.visit.asked_session
    if not nobody.passes or (refuses and (own or asks)):
        # Some pass and some do not, or every way ends in an error: what it asks for was not understood
        return Verdict(kind=GuardKind.UNCLEAR)
    knows = nobody.visit.asked_session or member.visit.asked_session
    return Verdict(kind=GuardKind.IDENTIFIES if knows else None)


def _asks_presence_alone(nobody: Trial, member: Trial) -> bool:
    """Whether a cookie only has to be there: anybody can send one."""
    cookies = {one for one in nobody.visit.presented if one.lower() not in {"authorization", "x-api-key"}}
    verified = nobody.visit.verified or member.visit.verified
    texts = (condition.text for one in member.replies for condition in one.conditions)
    compared = any(_COMPARES.search(text) for text in texts)
    return bool(cookies) and not verified and not compared


def asks_signature(nobody: Trial) -> bool:
    """Whether all that is asked for is a signature."""
    presented = nobody.visit.presented
    return bool(presented) and all(is_signature(one) for one in presented)


def _refusing(member: Trial, name: str, roles: str, presented: Collection[str]) -> Verdict:
    later = [one for one in member.replies if one.status in {401, 403} or one.target]
    texts = [condition.text for one in later for condition in one.conditions[-1:]]
    by_name = kind_by_name(name)
    asked = " ".join(texts)
    person = any(word in one.lower() for one in presented for word in _PERSON) and "process.env" not in asked
    signed = bool(presented) and all(is_signature(one) for one in presented)
    by_secret = bool(_SECRET.search(asked)) and not member.visit.asked_session and not person
    if by_name is GuardKind.SERVICE or signed or by_secret:
        return Verdict(kind=GuardKind.SERVICE)
    forbids = any(one.status == 403 for one in later)  # noqa: PLR2004 - forbidden
    role = any(asks_role(text) for text in texts)
    if roles or (role and later) or (by_name is GuardKind.AUTHORIZES and (forbids or texts)):
        return Verdict(kind=GuardKind.AUTHORIZES, role=roles or _literals(texts))
    return Verdict(kind=GuardKind.AUTHENTICATES)


def _literals(texts: list[str]) -> str:
    """Texts that a condition about roles compares with."""
    found = [
        one for text in texts if asks_role(text) for one in re.findall(r"[\"'`]([\w:.-]{2,40})[\"'`]", text)
    ]
    return ", ".join(dict.fromkeys(found))


def guard_of(
    name: str, held: Verdict, place: CodePlace, level: GuardLevel = GuardLevel.ROUTE
) -> tuple[SourceGuard, ...]:
    """The guard of a verdict; none where there is none."""
    if held.kind is None:
        return ()
    return (SourceGuard(name=name, kind=held.kind, level=level, place=place, role=held.role),)


class Wrappers:
    """Guards of wrappers around handlers, each kind of use read once."""

    def __init__(self, project: ScriptProject, trials: Trials) -> None:
        self._project = project
        self._trials = trials
        self._known: dict[tuple[str, ...], Verdict] = {}
        self._by_path: SameAddresses[Verdict] = SameAddresses(project)

    def guards(self, handler: Handler, *, path: str, method: str, pages: bool) -> tuple[SourceGuard, ...]:
        """The guards around a handler, outermost first."""
        found: list[SourceGuard] = []
        package = handler.package if handler.key is None else self._signs_in(handler)
        if package.startswith(_FOR_EVERYBODY):
            place = handler.module.place(handler.node)
            found.extend(guard_of(package, Verdict(kind=GuardKind.PUBLIC), place))
        for wrapper in handler.wrappers:
            held = self._verdict(wrapper, path, method, pages=pages)
            found.extend(guard_of(wrapper.name, held, wrapper.module.place(wrapper.call)))
        return tuple(found)

    def _signs_in(self, handler: Handler) -> str:
        """The package that a handler gives its request to, so that callers sign in: `NextAuth(req, res, options)`."""
        for call in handler.node.find_all(kind="call_expression"):
            if len(arguments_of(call)) < _WITH_OPTIONS:
                continue
            meaning = self._project.of(handler.module, call)
            if isinstance(meaning, Outside) and (meaning.package, meaning.name) == ("next-auth", "default"):
                return meaning.package
        return ""

    def _verdict(self, wrapper: Wrapper, path: str, method: str, *, pages: bool) -> Verdict:
        # What names in the options stand for is the module's own matter
        where = "" if _is_literal(wrapper) else wrapper.module.path
        key = (wrapper.name, _options_text(wrapper), method, where)
        known = self._known.get(key) or self._by_path.find(key, path)
        if known is not None:
            return known
        of_package = self._of_package(wrapper)
        if of_package is not None:
            self._known[key] = of_package
            return of_package
        held, visits = self._read(wrapper, path, method, pages=pages)
        if any(one.asked_path for one in visits):
            self._by_path.keep(key, path, {path for one in visits for path in one.modules}, held)
        else:
            self._known[key] = held
        return held

    def _read(
        self, wrapper: Wrapper, path: str, method: str, *, pages: bool
    ) -> tuple[Verdict, tuple[Visit, ...]]:
        def start(run: WebInterpreter, visit: Visit) -> Value:
            return _led_in(run, visit, wrapper, pages=pages)

        nobody = self._trials.trial(start, caller=Caller.NOBODY, path=path, method=method)
        if nobody.passes or nobody.exhausted:
            return verdict(nobody, nobody, wrapper.name), (nobody.visit,)
        member = self._trials.trial(start, caller=Caller.MEMBER, path=path, method=method)
        found = verdict(nobody, member, wrapper.name.rpartition(".")[2], _roles(wrapper))
        return found, (nobody.visit, member.visit)

    def _of_package(self, wrapper: Wrapper) -> Verdict | None:
        """What a package's wrapper does; None for those of the repository."""
        with self._trials.quietly() as run:
            try:
                function = wrapper.call.field("function")
                held = (
                    run.evaluate(function, run.module(wrapper.module).scope) if function is not None else None
                )
            except (Thrown, ExhaustedError, RecursionError):
                return Verdict(kind=GuardKind.UNCLEAR)
        if held is None or isinstance(held, Closure | Native):
            return None
        package, name = package_of(held), name_of(held).rpartition(".")[2]
        if (package, name) in _PACKAGES:
            return Verdict(kind=_PACKAGES[package, name])
        if not package and not isinstance(held, Unknown | Called):
            return None
        if package.startswith("next-auth") or name == "auth":
            return Verdict(kind=GuardKind.IDENTIFIES)
        return Verdict(kind=_kind_of_stranger(name))


def _kind_of_stranger(name: str) -> GuardKind | None:
    """By the name of a wrapper whose code is not at hand: one that speaks of sign-in may refuse, others do not."""
    kind = kind_by_name(name)
    if kind in {GuardKind.AUTHENTICATES, GuardKind.AUTHORIZES, GuardKind.SERVICE, GuardKind.PUBLIC}:
        return GuardKind.UNCLEAR
    return kind if kind is GuardKind.IDENTIFIES else None


def _led_in(run: WebInterpreter, visit: Visit, wrapper: Wrapper, *, pages: bool) -> Value:
    """Call the wrapper with a handler that notes when it is called, and what comes of it with a request."""
    function = wrapper.call.field("function")
    scope = run.module(wrapper.module).scope
    served = Served(visit)
    site = Site(module=wrapper.module, node=wrapper.call)
    given: list[Argument] = []
    for node in arguments_of(wrapper.call):
        plain = unwrapped(node)
        if plain == wrapper.inner:
            value: Value = served
        else:
            value = run.evaluate(node, scope)
            _put_in(value, plain, wrapper.inner, served)
        given.append(Argument(value=value, site=Site(module=wrapper.module, node=node)))
    if function is None:
        return Unknown(site)
    held = run.call(run.evaluate(function, scope), given, site)
    request = Argument(value=WebRequest(visit), site=site)
    second: Value = PagesResponse(visit) if pages else Record({"params": Unknown(site)}, complete=False)
    for _ in range(3):
        if not isinstance(held, Closure | Native) or isinstance(held, Reply):
            break
        held = run.call(held, (request, Argument(value=second, site=site)), site)
    return held


def _put_in(value: Value, node: SgNode, inner: SgNode, served: Served) -> None:
    """`wrap({ handler: async () => … })`: the handler is one of the options."""
    if not isinstance(value, Record) or node.kind() != "object":
        return
    for name, held in object_entries(node):
        if unwrapped(held) == inner:
            value.entries[name] = served


def _options_text(wrapper: Wrapper) -> str:
    """What a wrapper is called with beside the handler: it decides what is asked of the caller."""
    parts: list[str] = []
    for node in arguments_of(wrapper.call):
        plain = unwrapped(node)
        if plain == wrapper.inner:
            continue
        if plain.kind() == "object":
            parts.extend(
                f"{name}={held.text()}"
                for name, held in object_entries(plain)
                if unwrapped(held) != wrapper.inner
            )
        else:
            parts.append(plain.text())
    function = wrapper.call.field("function")
    return "\x1f".join([function.text() if function is not None else "", *parts])


def _is_literal(wrapper: Wrapper) -> bool:
    """Whether a wrapper is called with nothing but literals beside the handler."""
    for node in arguments_of(wrapper.call):
        plain = unwrapped(node)
        if plain == wrapper.inner:
            continue
        held = [value for _, value in object_entries(plain)] if plain.kind() == "object" else [plain]
        for one in map(unwrapped, held):
            named = one.kind() in {"identifier", "shorthand_property_identifier"} or one.find(
                kind="identifier"
            )
            if one != wrapper.inner and named:
                return False
    return True


def _roles(wrapper: Wrapper) -> str:
    """Roles and permissions that are named where a wrapper is used."""
    found: list[str] = []
    for node in arguments_of(wrapper.call):
        plain = unwrapped(node)
        if plain == wrapper.inner:
            continue
        if plain.kind() == "string":
            found.append(string_value(plain))
        entries = object_entries(plain) if plain.kind() == "object" else ()
        for name, held in entries:
            if _ROLE_OPTION.search(name) and unwrapped(held) != wrapper.inner:
                found.extend(string_value(one) for one in _strings(held))
    function = wrapper.call.field("function")
    if function is not None and function.kind() == "call_expression":  # requireRole("admin")(handler)
        found.extend(string_value(one) for one in arguments_of(function) if one.kind() == "string")
    return ", ".join(dict.fromkeys(found))


def _strings(node: SgNode) -> list[SgNode]:
    node = unwrapped(node)
    return [node] if node.kind() == "string" else list(node.find_all(kind="string"))
