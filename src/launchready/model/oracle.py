"""What a probe's facts mean: shown to leak, shown to hold, shared by design, or not shown at all.

Pure rules over `model.probe` and `GuardProbe`, used for the verdict and, while collecting, for the live view.
Status codes never decide: a 403 that carries the data leaks, a 200 that carries an error is a refusal (OWASP
API1:2023).
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TypeAlias, TypeVar

from launchready.model.evidence import GuardProbe
from launchready.model.operation import Guard, ObjectClass
from launchready.model.outcome import Cause, Input, Remedy
from launchready.model.probe import (
    COLLECTION_FORMS,
    PRIVATE_SIGNALS,
    PUBLIC_SIGNALS,
    Answer,
    AnswerKind,
    Change,
    ReadProbe,
    Signal,
    WriteKind,
    WriteProbe,
)
from launchready.model.settings import JudgeSettings, VisibilityRule

ANONYMOUS_NAME = "anonymous"
LEAST_MATCHES = 2  # the probed id and one more value: an id alone is an echo of the request


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaks:
    """Private data of somebody else was shown; `proof` says by what."""

    proof: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Violated:
    """Somebody else's object was changed; `proof` says what the owner then saw."""

    proof: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspected:
    """Something was shown or changed, and only a person can say whether that is meant."""

    question: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """It was shown, and it is meant to be; `reason` says what states that."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Denied:
    """It was not shown or not changed, and a control proved that the probe could have done it."""

    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Open:
    """The probe proves nothing."""

    cause: Cause
    reason: str
    remedy: Remedy


Reading: TypeAlias = Leaks | Suspected | Shared | Denied | Open
Writing: TypeAlias = Violated | Suspected | Shared | Denied | Open
Guarding: TypeAlias = Leaks | Violated | Suspected | Shared | Denied | Open
Judgement: TypeAlias = Leaks | Violated | Suspected | Shared | Denied | Open

REMEDIES: Mapping[Cause, Remedy] = {
    Cause.NO_CONTROL: Remedy(
        input=Input.EXAMPLE_VALUES,
        sentence="Give example values in the specification, so that good requests can be made.",
    ),
    Cause.LIMITED: Remedy(
        input=Input.LARGER_BUDGET,
        sentence="Let the audit run slower or longer: lower the rate and raise the time in [budget].",
    ),
    Cause.EDGE_WALL: Remedy(
        input=Input.EDGE_BYPASS,
        sentence="Give the header that passes the wall in front of the target: [target.headers].",
    ),
    Cause.TARGET_FAILED: Remedy(
        input=Input.HEALTHY_TARGET,
        sentence="Mend what fails at the target, and audit again.",
    ),
    Cause.SESSION_LOST: Remedy(
        input=Input.SECOND_MEMBER_LOGIN,
        sentence="Give an account whose session lasts through the audit: launchready login member_b.",
    ),
}

_UNREACHED: Mapping[AnswerKind, tuple[Cause, str]] = {
    AnswerKind.NO_ANSWER: (Cause.TARGET_FAILED, "the target did not answer"),
    AnswerKind.LIMITED: (Cause.LIMITED, "the target's rate limit answered instead"),
    AnswerKind.EDGE_WALL: (Cause.EDGE_WALL, "a wall in front of the target answered instead"),
    AnswerKind.ERROR: (Cause.TARGET_FAILED, "the target failed with a server error"),
}
_REFUSALS = frozenset({AnswerKind.REFUSED, AnswerKind.NOT_FOUND, AnswerKind.REDIRECT, AnswerKind.INVALID})
_ACCEPTED = frozenset({AnswerKind.DATA, AnswerKind.EMPTY})
_RULES = {Signal.RULE_PRIVATE, Signal.RULE_PUBLIC, Signal.RULE_MEMBERS}


def opened(cause: Cause, reason: str) -> Open:
    """An `Open` with the usual remedy of its cause."""
    return Open(cause=cause, reason=reason, remedy=REMEDIES[cause])


# ----------------------------------------------------------------------------------------------- reads


def judge_read(probe: ReadProbe) -> Reading:
    """Whether the attempt shows an object of `probe.owner` to somebody who may not see it."""
    proof = _proof_of_leak(probe)
    if proof:
        return _weigh(probe, proof)
    unreached = _unreached(probe.attempt)
    if unreached is not None:
        return unreached
    if not _owner_sees(probe):
        return opened(Cause.NO_CONTROL, f"{probe.owner} could not be shown to see the object by this request")
    if _same_for_anything(probe):
        return opened(Cause.NO_CONTROL, "the same answer came for an id that does not exist")
    if _signed_out(probe):
        return opened(Cause.SESSION_LOST, f"{probe.principal} was refused its own data too")
    return Denied()


def _proof_of_leak(probe: ReadProbe) -> str:
    attempt = probe.attempt
    if attempt.shows(probe.owner, probe.object_id):
        return "canary"
    if probe.form in COLLECTION_FORMS or len(attempt.matched) < LEAST_MATCHES or not _owner_sees(probe):
        return ""
    if attempt.kind in _UNREACHED:
        return ""
    own = (probe.peer_control, probe.absent_control)
    if any(_equal(attempt, control) for control in own):
        return ""  # the answer does not depend on the id asked for
    return "values"


def _owner_sees(probe: ReadProbe) -> bool:
    control = probe.owner_control
    if control is None or control.kind not in {AnswerKind.DATA, AnswerKind.PAGE}:
        return False
    if control.shows(probe.owner, probe.object_id):
        return True
    is_data = control.kind is AnswerKind.DATA
    return is_data and probe.form not in COLLECTION_FORMS and len(control.matched) >= LEAST_MATCHES


def _same_for_anything(probe: ReadProbe) -> bool:
    """Whether what the owner was shown does not depend on the id, so that it shows no object at all."""
    control = probe.owner_control
    shown = control is not None and control.shows(probe.owner, probe.object_id)
    return control is not None and not shown and _equal(control, probe.absent_control)


def _signed_out(probe: ReadProbe) -> bool:
    """A refusal proves nothing when the same principal is refused what is its own."""
    own = probe.peer_control
    return (
        probe.principal != ANONYMOUS_NAME
        and own is not None
        and own.kind is AnswerKind.REFUSED
        and probe.attempt.kind is AnswerKind.REFUSED
    )


def _weigh(probe: ReadProbe, proof: str) -> Reading:
    telling = _telling(probe.signals, in_collection=probe.form in COLLECTION_FORMS)
    private, public = intent(telling, probe.principal)
    if private and not public:
        return Leaks(proof=proof)
    if public and not private:
        return Shared(reason=_why_shared(probe.signals))
    thing = probe.object_type or "data"
    return Suspected(
        question=f"May {probe.principal} see the {thing} of {probe.owner} "
        f"through {probe.method} {probe.path}?"
    )


def intent(signals: Iterable[str], principal: str) -> tuple[bool, bool]:
    """Whether something speaks for private and whether something speaks for shared, as seen by `principal`.

    A rule that the user set wins over everything that was inferred. What members share is private to
    `anonymous` alone.
    """
    kinds = set(signals)
    ruled = kinds & _RULES
    if ruled:
        members_only = Signal.RULE_MEMBERS in ruled and Signal.RULE_PUBLIC not in ruled
        private = Signal.RULE_PRIVATE in ruled or (members_only and principal == ANONYMOUS_NAME)
        return private, not private
    return bool(kinds & PRIVATE_SIGNALS), bool(kinds & PUBLIC_SIGNALS)


def _telling(signals: Iterable[str], *, in_collection: bool) -> set[str]:
    """Signals that count where an object was seen.

    That its page is refused tells nothing of a list: catalogues show titles of what only the owner may open.
    """
    return set(signals) - {Signal.DETAIL_REFUSED} if in_collection else set(signals)


def _why_shared(signals: Iterable[str]) -> str:
    return ", ".join(sorted(set(signals) & PUBLIC_SIGNALS)) or "declared public"


# ---------------------------------------------------------------------------------------------- writes

_FITTING: Mapping[WriteKind, frozenset[Change]] = {
    WriteKind.UPDATE: frozenset({Change.NONCE, Change.OTHER}),
    WriteKind.CREATE_IN: frozenset({Change.NONCE, Change.OTHER}),
    WriteKind.CREDENTIAL: frozenset({Change.NONCE, Change.OTHER}),
    # OTHER: a soft delete that the owner still sees, marked
    WriteKind.DELETE: frozenset({Change.GONE, Change.OTHER}),
}


def judge_write(probe: WriteProbe) -> Writing:
    """Whether the attempt changed an object of `probe.owner`, as the owner's read-back shows."""
    if probe.change in {Change.NONCE, Change.GONE}:
        return _changed(probe)
    if probe.change is Change.UNREADABLE:
        return opened(Cause.NO_CONTROL, f"{probe.owner} could not read the object back")
    accepted = probe.attempt.kind in _ACCEPTED and _is_success(probe.attempt)
    if probe.change is Change.OTHER and accepted:
        return Suspected(
            question=f"May {probe.principal} change the {_thing(probe)} of {probe.owner} by "
            f"{probe.method} {probe.path}? Something in it changed, though not what was sent."
        )
    unreached = _unreached(probe.attempt)
    if unreached is not None:
        return unreached
    if probe.owner_control is None or probe.owner_change not in _FITTING[probe.kind]:
        return opened(
            Cause.NO_CONTROL, f"{probe.owner}'s own request of this kind could not be shown to work"
        )
    if probe.change is Change.OTHER:
        return Denied(note="something else in the object changed meanwhile")
    return Denied(note="answered as if done, but nothing changed" if accepted else "")


def _changed(probe: WriteProbe) -> Writing:
    private, public = intent(probe.signals, probe.principal)
    ruled = bool(set(probe.signals) & _RULES)
    if public and not private and (ruled or probe.kind is WriteKind.CREATE_IN):
        return Shared(reason=_why_shared(probe.signals))
    if probe.change is Change.GONE and not _gone_is_real(probe):
        return opened(Cause.NO_CONTROL, f"{probe.owner} could not be shown to have had the object before")
    if probe.kind is WriteKind.CREATE_IN and not private:
        return Suspected(
            question=f"May {probe.principal} add to the {_thing(probe)} of {probe.owner} by "
            f"{probe.method} {probe.path}?"
        )
    seen = "the word that was written" if probe.change is Change.NONCE else "that it was gone"
    return Violated(proof=f"{probe.owner} then saw {seen}")


def _gone_is_real(probe: WriteProbe) -> bool:
    """An owner who could not read it before, or is itself refused or failed now, has not seen it vanish."""
    if probe.before is not None and probe.before.kind is not AnswerKind.DATA:
        return False
    after = probe.after
    if after is None:
        return True
    # An account is read back by logging in, which is refused like that when it is gone
    is_account = probe.object_class == ObjectClass.PROFILE
    return after.kind not in _UNREACHED and (is_account or not _needs_login(after))


def _needs_login(answer: Answer) -> bool:
    return answer.kind is AnswerKind.REFUSED and answer.status == 401  # noqa: PLR2004 - RFC 9110 section 15.5.2


def _thing(probe: WriteProbe) -> str:
    return probe.object_type or "object"


# ---------------------------------------------------------------------------------------------- guards


def judge_guard(probe: GuardProbe) -> Guarding:
    """Whether an operation does for nobody what it does for a member."""
    private, public = _guard_intent(probe)
    ruled = bool(set(probe.signals) & _RULES)
    if (probe.guard == Guard.PUBLIC and not (ruled and private)) or (ruled and public):
        return Shared(reason="declared public")
    if probe.change in {"nonce", "gone"}:
        return Violated(proof="without any login, a member's object was changed and the member saw it")
    protected = private or (probe.guard == Guard.PROTECTED and not _looks_shared(probe.signals))
    if probe.change == "created":
        return Violated(proof="without any login, an object was created") if protected else _ask_guard(probe)
    if probe.attempt.hits:
        return _weigh_guard(probe, proof="canary")
    unreached = _unreached(probe.attempt)
    if unreached is not None:
        return unreached
    return _compare_guard(probe)


def _compare_guard(probe: GuardProbe) -> Guarding:
    attempt, control = probe.attempt, probe.control
    if control is not None and control.kind is AnswerKind.PAGE and _is_success(control):
        # The same request is refused without the credentials and answered with them
        refused = attempt.kind in {AnswerKind.REFUSED, AnswerKind.REDIRECT}
        return (
            Denied() if refused else opened(Cause.NO_CONTROL, "a page was shown, and pages are not compared")
        )
    if control is None or control.kind not in _ACCEPTED:
        return opened(
            Cause.NO_CONTROL, "no member could be shown to get an answer, so a refusal proves nothing"
        )
    if attempt.kind in _REFUSALS:
        return Denied()
    if control.kind is AnswerKind.EMPTY and attempt.kind is not AnswerKind.PAGE:
        return opened(Cause.NO_CONTROL, "the member's answer was empty too, so there is nothing to compare")
    if attempt.kind is not AnswerKind.DATA:
        return Denied(note="answered without any data")
    if _equal(attempt, control) and _equal(attempt, probe.absent_control):
        return opened(Cause.NO_CONTROL, "the same answer came for something that does not exist")
    if probe.private_paths or _equal(attempt, control):
        proof = f"private fields {', '.join(probe.private_paths)}" if probe.private_paths else "same answer"
        return _weigh_guard(probe, proof=proof)
    if _equal(attempt, probe.absent_control):
        return Denied(note="the same answer as for an object that does not exist")
    return _ask_guard(probe)


def _weigh_guard(probe: GuardProbe, *, proof: str) -> Guarding:
    """A read that answers nobody like a member.

    That the document declares a login confirms nothing: frameworks write the same for a login that is
    optional. Only what speaks for the data being private does.
    """
    private, public = _guard_intent(probe)
    if public and not private and probe.guard != Guard.PROTECTED:
        return Shared(reason=_why_shared(probe.signals))
    if private and not public:
        return Leaks(proof=proof)
    return _ask_guard(probe)


def _guard_intent(probe: GuardProbe) -> tuple[bool, bool]:
    in_collection = not probe.path.rstrip("/").endswith("}")
    return intent(_telling(probe.signals, in_collection=in_collection), ANONYMOUS_NAME)


def _looks_shared(signals: Iterable[str]) -> bool:
    """Documents often declare a login where it is optional; against such signs the declaration is weak."""
    kinds = set(signals)
    return bool(kinds & PUBLIC_SIGNALS) or Signal.LISTED_TO_ALL in kinds


def _ask_guard(probe: GuardProbe) -> Suspected:
    return Suspected(question=f"Is {probe.method} {probe.path} meant to work without any login?")


# ----------------------------------------------------------------------------------------------- rules

Probe = TypeVar("Probe", ReadProbe, WriteProbe, GuardProbe)
_RULE_SIGNALS: Mapping[str, Signal] = {"public": Signal.RULE_PUBLIC, "members": Signal.RULE_MEMBERS}


def rules_of(settings: JudgeSettings) -> tuple[VisibilityRule, ...]:
    """Visibility rules, with the operations that are listed as public among them."""
    listed = (VisibilityRule(pattern=pattern, visibility="public") for pattern in settings.public_operations)
    return (*listed, *settings.visibility)


def with_rules(probe: Probe, rules: Iterable[VisibilityRule]) -> Probe:
    """`probe` with the signal of the rule that fits its operation best, in place of an earlier rule's.

    The pattern with the most literal characters wins, the later one among equals. "participants" and "owner"
    both make it private: whoever probes is a stranger to the object.
    """
    name = f"{probe.method} {probe.path}"
    fitting = [rule for rule in rules if fits(rule.pattern, name)]
    if not fitting:
        return probe
    best = max(reversed(fitting), key=lambda rule: len(rule.pattern.replace("*", "")))
    signal = _RULE_SIGNALS.get(best.visibility, Signal.RULE_PRIVATE)
    kept: list[Signal] = [one for one in Signal if one in probe.signals and one not in _RULES]
    return replace(probe, signals=(*kept, signal))


def fits(pattern: str, name: str) -> bool:
    """Whether `pattern` ("GET /x/{id}", `*` for anything, the method may be missing) fits `METHOD /path`."""
    wanted, subject = pattern.strip(), name
    if wanted.startswith("/"):
        subject = name.partition(" ")[2]
    expression = ".*".join(re.escape(part) for part in wanted.split("*"))
    return re.fullmatch(expression, subject, re.DOTALL) is not None


# ---------------------------------------------------------------------------------------------- shared


def _unreached(answer: Answer) -> Open | None:
    found = _UNREACHED.get(answer.kind)
    return opened(*found) if found else None


def _equal(left: Answer, right: Answer | None) -> bool:
    return right is not None and bool(left.masked) and left.masked == right.masked


def _is_success(answer: Answer) -> bool:
    return 200 <= answer.status < 300  # noqa: PLR2004 - RFC 9110 section 15.3
