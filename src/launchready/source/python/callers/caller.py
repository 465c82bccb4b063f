"""What becomes of a caller in code that stands before handlers: who is refused, and on what grounds."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from launchready.model.source import GuardKind
from launchready.source.code.guards import FORBIDDEN, UNAUTHENTICATED, asks_role, kind_by_name, words_of
from launchready.source.python.wiring.values import CLEAN, About, Taint, Value


class Persona(StrEnum):
    """Who calls."""

    ANONYMOUS = "anonymous"  # no session, no token, no key
    MEMBER = "member"  # signed in; whether any role is held cannot be told


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteFacts:
    """What the code before a handler can know about the route.

    `endpoint` and `blueprint` are Flask's names; `marks` are attributes that decorators set on the handler.
    """

    path: str = ""
    method: str = "GET"
    endpoint: str = ""
    blueprint: str = ""
    marks: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """A test, as written, and what it depends on; `decided` if it came out as it does for this caller."""

    code: str
    about: Taint
    decided: bool = False

    @property
    def plain(self) -> str:
        """The test without its `not`."""
        return (
            self.code.removeprefix("not (").removesuffix(")") if self.code.startswith("not (") else self.code
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A caller turned away: `status`, under `conditions`; `names` are those of the exception's classes."""

    status: int
    conditions: tuple[Condition, ...]
    line: int
    names: tuple[str, ...] = ()
    redirects: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A caller let through under `conditions`; `value` is what is handed on."""

    conditions: tuple[Condition, ...]
    value: Value


@dataclass(slots=True)
class Outcome:
    """All that may become of a caller. `touched` is what was looked at on the way; `asked_route` if the route, too."""

    refusals: list[Refusal] = field(default_factory=list)
    passages: list[Passage] = field(default_factory=list)
    touched: Taint = CLEAN
    asked_route: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """What a guard does with callers; `kind` is None for what guards nothing."""

    kind: GuardKind | None
    role: str = ""


NO_GUARD = Ruling(kind=None)
_REFUSING = frozenset({UNAUTHENTICATED, FORBIDDEN})
_UNSURE = frozenset({About.CALLER, About.OPAQUE})


def turned_away(outcome: Outcome) -> list[Refusal]:
    """The refusals that are about who calls: 401, 403 and redirects, unless a mere setting is the reason."""
    return [one for one in outcome.refusals if _is_about_caller(one)]


def _is_about_caller(refusal: Refusal) -> bool:
    if refusal.status == UNAUTHENTICATED and not refusal.redirects:
        return True
    if refusal.status not in _REFUSING:
        return False
    return any(condition.about & _UNSURE for condition in refusal.conditions)


def judged(name: str, follow: Callable[[Persona], Outcome]) -> tuple[Ruling, bool]:
    """The ruling on a guard, and whether it holds for the route that was asked about only."""
    anonymous = follow(Persona.ANONYMOUS)
    # A member is asked about only where strangers do not simply pass
    passes = bool(anonymous.passages) and not turned_away(anonymous)
    member = Outcome() if passes else follow(Persona.MEMBER)
    return ruling(name, anonymous, member), anonymous.asked_route or member.asked_route


def ruling(name: str, anonymous: Outcome, member: Outcome) -> Ruling:
    """What a guard does, told from what becomes of an anonymous caller and of a member."""
    refused = turned_away(anonymous)
    role = _role_asked(name, turned_away(member))
    if not refused:
        if role is not None and not _lets_through(anonymous):
            return Ruling(kind=GuardKind.AUTHORIZES, role=role)
        knows = About.CALLER in anonymous.touched
        return Ruling(kind=GuardKind.IDENTIFIES) if knows else NO_GUARD
    if kind_by_name(name) is None:
        return NO_GUARD  # rates, forgery tokens: they turn away, but not for who calls
    if _lets_through(anonymous):
        return Ruling(kind=GuardKind.UNCLEAR)
    if role is not None:
        return Ruling(kind=GuardKind.AUTHORIZES, role=role)
    signs_in = any(word.startswith("auth") for word in words_of(name))
    if (kind_by_name(name) is GuardKind.SERVICE and not signs_in) or _asks_key(refused):
        return Ruling(kind=GuardKind.SERVICE)
    return Ruling(kind=GuardKind.AUTHENTICATES)


def _lets_through(outcome: Outcome) -> bool:
    """Whether an anonymous caller passes for a reason that is none of the caller's: a setting, a path."""
    # What decides about a 401 is about the caller, even where it cannot be read
    asked = {
        refusal.conditions[-1].plain
        for refusal in outcome.refusals
        if refusal.status == UNAUTHENTICATED and not refusal.redirects and refusal.conditions
    }
    return any(
        not any(
            not condition.decided
            and (
                About.CALLER in condition.about
                or (About.OPAQUE in condition.about and condition.plain in asked)
            )
            for condition in passage.conditions
        )
        for passage in outcome.passages
    )


def _role_asked(name: str, refused: Iterable[Refusal]) -> str | None:
    """What a member must be or have besides; None if members pass."""
    refusals = list(refused)
    for refusal in refusals:
        for condition in reversed(refusal.conditions):
            if asks_role(condition.code):
                return _alternatives(condition.code)
    if asks_role(name) and any(one.status == FORBIDDEN for one in refusals):
        return refusals[0].conditions[-1].code if refusals[0].conditions else ""
    return None


def _alternatives(code: str) -> str:
    """A condition with what is enough to pass it set apart by ` | `: `not (a or b)`, `not a and not b`."""
    plain = code.removeprefix("not (").removesuffix(")")
    if code.startswith("not (") and " or " in plain:
        return " | ".join(plain.split(" or "))
    parts = code.split(" and ")
    return " | ".join(parts) if len(parts) > 1 and all(part.startswith("not ") for part in parts) else code


_KEY_WORDS = ("api_key", "apikey", "api-key", "signature", "hmac", "compare_digest", "webhook", "internal")


def _asks_key(refused: Iterable[Refusal]) -> bool:
    codes = [condition.code.lower() for refusal in refused for condition in refusal.conditions]
    return bool(codes) and any(word in code for code in codes for word in _KEY_WORDS)
