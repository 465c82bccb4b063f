"""What the ways in which guarding code ends mean for the caller, and what kind of guard that makes it."""

import ast
import re
from dataclasses import dataclass
from enum import Enum, auto

from launchready.model.source import GuardKind
from launchready.source.code.guards import FORBIDDEN, UNAUTHENTICATED, kind_by_name, kind_by_refusals
from launchready.source.python.django.callers import Caller, Situation, Truth, held_by
from launchready.source.python.django.conditions import End, EndKind, Ends, Setting
from launchready.source.python.django.outcomes import Outcomes
from launchready.source.python.django.scopes import Bound, code_of
from launchready.source.python.project import dotted_name

_STATUS = re.compile(r"(?:HTTP_)?(4\d\d|30[1278])(?:_|$)")
_RAISED = {
    "PermissionDenied": FORBIDDEN,
    "NotAuthenticated": UNAUTHENTICATED,
    "AuthenticationFailed": UNAUTHENTICATED,
    "InvalidToken": UNAUTHENTICATED,
    "Http404": 404,
    "NotFound": 404,
    "permission_denied": FORBIDDEN,
}
_ANSWERS = {
    "HttpResponseForbidden": FORBIDDEN,
    "HttpResponseNotAllowed": 405,
    "HttpResponseBadRequest": 400,
    "HttpResponseNotFound": 404,
    "HttpResponseUnauthorized": UNAUTHENTICATED,
    "handle_no_permission": UNAUTHENTICATED,
    "redirect_to_login": UNAUTHENTICATED,
    "permission_denied": FORBIDDEN,
}
_REDIRECTS = frozenset({"redirect", "HttpResponseRedirect", "RedirectView"})
_LOGIN = re.compile(r"log_?in|sign_?in|auth|unauthori|denied|forbidden", re.IGNORECASE)
_OTHER = "other"
_KEYS = re.compile(
    r"api[-_]?key|signature|hmac|compare_digest|x-hub|shared_?secret|webhook|cron|internal", re.IGNORECASE
)
_SESSION = re.compile(
    r"\bsession\b|COOKIES|HTTP_AUTHORIZATION|Authorization|\bjwt\b|\btoken\b", re.IGNORECASE
)


class Way(Enum):
    """What an end means for the caller."""

    ALLOWS = auto()
    REFUSES = auto()
    OTHER = auto()  # an answer that has nothing to do with who asks


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a piece of guarding code does: None for nobody refused. `roles` are alternatives."""

    kind: GuardKind | None
    roles: tuple[str, ...] = ()
    statuses: tuple[int, ...] = ()


def status_of(outcomes: Outcomes, bound: Bound, setting: Setting, depth: int = 0) -> int:
    """The HTTP status that an exception or answer stands for; 0 where none can be told."""
    held = held_by(bound)
    expression = held.expression
    name = dotted_name(expression).rpartition(".")[2]
    if not isinstance(expression, ast.Call):
        return _RAISED.get(name, 0)
    if name in _REDIRECTS:
        given = (*expression.args, *(one.value for one in expression.keywords))
        text = " ".join(code_of(held_by(held.other(one)).expression) for one in given)
        return UNAUTHENTICATED if _LOGIN.search(text) else 302
    if name in _RAISED or name in _ANSWERS:
        return _RAISED.get(name) or _ANSWERS[name]
    for keyword in expression.keywords:
        if keyword.arg in {"status", "status_code", "code"}:
            return _number(outcomes, held.other(keyword.value))
    for argument in expression.args[1:] or expression.args:
        number = _number(outcomes, held.other(argument))
        if number:
            return number
    ends = outcomes.called(held, expression, setting) if depth == 0 else None
    for end in ends.found if ends is not None else ():
        if end.value is not None:
            found = status_of(outcomes, end.value, setting, depth + 1)
            if found:
                return found
    return 0


def _number(outcomes: Outcomes, bound: Bound) -> int:
    text = outcomes.values.project.text(bound.scope.module, held_by(bound).expression)
    if text is not None and text.isdecimal() and len(text) == 3:  # noqa: PLR2004 - a status has three digits
        return int(text)
    match = _STATUS.match(dotted_name(bound.expression).rpartition(".")[2])
    return int(match.group(1)) if match is not None else 0


def way_of(outcomes: Outcomes, end: End, setting: Setting, *, falls_through: bool) -> tuple[Way, int]:
    """What an end means. `falls_through` if an end without a value lets the request pass (hooks of middleware)."""
    if end.passed:
        return Way.ALLOWS, 0
    nothing = end.value is None or (
        isinstance(end.value.expression, ast.Constant) and end.value.expression.value is None
    )
    if nothing:
        return (Way.ALLOWS if falls_through and end.kind is not EndKind.RAISE else Way.OTHER), 0
    assert end.value is not None
    status = status_of(outcomes, end.value, setting)
    if status in {UNAUTHENTICATED, FORBIDDEN}:
        return Way.REFUSES, status
    return Way.OTHER, status


class Judge:
    """Tells what guarding code does from how it ends for an anonymous caller and for a member."""

    def __init__(self, outcomes: Outcomes) -> None:
        self.outcomes = outcomes

    def of_ends(
        self, anonymous: Ends, member: Ends, name: str, code: str, *, falls_through: bool, setting: Setting
    ) -> Verdict:
        """The verdict on code that lets a request pass or answers itself. `code` is its text."""
        first = [way_of(self.outcomes, end, setting, falls_through=falls_through) for end in anonymous.found]
        second = [way_of(self.outcomes, end, setting, falls_through=falls_through) for end in member.found]
        statuses = tuple(sorted({status for way, status in (*first, *second) if way is Way.REFUSES}))
        roles = self._roles()
        if not statuses:
            return Verdict(kind=None)
        passes = any(way is Way.ALLOWS for way, _ in first)
        refused = any(way is Way.REFUSES for way, _ in first)
        if not passes and refused:
            if all(way is not Way.REFUSES for way, _ in second):
                return Verdict(kind=GuardKind.AUTHENTICATES, statuses=statuses)
            if not roles and all(status != FORBIDDEN for way, status in second if way is Way.REFUSES):
                # What else a member may lack here is a credential that holds
                return Verdict(kind=GuardKind.AUTHENTICATES, statuses=statuses)
            same = {way for way, _ in first} == {way for way, _ in second} and not roles
            kind = kind_by_refusals(statuses, name) if same else GuardKind.AUTHORIZES
            return Verdict(kind=kind, roles=roles, statuses=statuses)
        return Verdict(kind=_mixed(statuses, name, code), roles=roles, statuses=statuses)

    def of_truths(self, anonymous: Truth, member: Truth, name: str, code: str) -> Verdict:
        """The verdict on code that says whether the caller may."""
        roles = self._roles()
        if anonymous is Truth.YES:
            kind = GuardKind.PUBLIC if member is Truth.YES else GuardKind.UNCLEAR
            return Verdict(kind=kind)
        if anonymous is Truth.NO:
            if member is Truth.YES:
                return Verdict(kind=GuardKind.AUTHENTICATES)
            return Verdict(kind=GuardKind.AUTHORIZES, roles=roles)
        if _KEYS.search(code) or kind_by_name(name) is GuardKind.SERVICE:
            return Verdict(kind=GuardKind.SERVICE)
        return Verdict(kind=GuardKind.UNCLEAR)

    def _roles(self) -> tuple[str, ...]:
        found = tuple(dict.fromkeys(self.outcomes.asked))
        self.outcomes.asked.clear()
        named = tuple(role for role in found if role)
        # One without a name beside named ones is enough, too, as far as can be told
        return (*named, _OTHER) if named and "" in found else named


def _mixed(statuses: tuple[int, ...], name: str, code: str) -> GuardKind:
    """Refusals that depend on something other than the caller's account: a key, a session of one's own, the path."""
    if "request.path" in code or "path_info" in code:
        return GuardKind.UNCLEAR
    if _KEYS.search(code):
        return GuardKind.SERVICE
    by_name = kind_by_refusals(statuses, name)
    if UNAUTHENTICATED in statuses and (_SESSION.search(code) or by_name is GuardKind.SERVICE):
        return by_name or GuardKind.AUTHENTICATES
    told = kind_by_name(name)
    if told in {GuardKind.AUTHENTICATES, GuardKind.AUTHORIZES, GuardKind.SERVICE}:
        return by_name or told
    return GuardKind.UNCLEAR


def both_callers(method: str = "GET", action: str = "", path: str = "") -> tuple[Situation, Situation]:
    """The same request by somebody unknown and by a member."""
    return (
        Situation(caller=Caller.ANONYMOUS, method=method, action=action, path=path),
        Situation(caller=Caller.MEMBER, method=method, action=action, path=path),
    )
