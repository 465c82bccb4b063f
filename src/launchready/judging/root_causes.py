"""One cause, one finding: what anybody can reach without a login is not reported again for each account."""

from collections.abc import Mapping
from dataclasses import replace

from launchready.judging.running import Ran
from launchready.model.outcome import Cause, Confidence, Input, Outcome, Remedy, Unproven, Violation
from launchready.model.subject import OperationSubject

OPEN_TO_ALL = "AUTH-01"
# Where an operation that is open to anybody shows up again, with each account or each bad token
FOLLOWERS = frozenset(
    {"AUTH-02", "AUTH-03", "AUTH-11", "AUTH-12", "AUTH-15", "AUTH-16", "AUTH-21", "ROLE-01"}
)


def answer_for(method: str, path: str) -> Remedy:
    """How to answer the question who may use an operation."""
    return Remedy(
        input=Input.ANSWER,
        sentence=f'Answer under [visibility] in launchready.toml, e.g. "{method} {path}" = "public" '
        '(or "members", "participants", "owner"), then: launchready rejudge',
    )


def grouped(ran: Mapping[str, Ran]) -> dict[str, Ran]:
    """The outcomes with what follows from an AUTH-01 finding unproven: neither safe nor a second finding.

    A confirmed finding takes all others of its operation with it; a question takes the questions only: whoever
    answers whether everybody may, has answered whether another member may.
    """
    first = ran.get(OPEN_TO_ALL, Ran())
    open_to_all = _operations(first, Confidence.CONFIRMED)
    asked = _operations(first, Confidence.SUSPECTED)
    if not open_to_all | asked:
        return dict(ran)
    return {
        check: replace(one, outcomes=tuple(_covered(outcome, open_to_all, asked) for outcome in one.outcomes))
        if check in FOLLOWERS
        else one
        for check, one in ran.items()
    }


def _operations(ran: Ran, confidence: Confidence) -> frozenset[tuple[str, str]]:
    return frozenset(
        (one.subject.method, one.subject.path)
        for one in ran.outcomes
        if isinstance(one, Violation)
        and one.confidence is confidence
        and isinstance(one.subject, OperationSubject)
    )


def _covered(
    outcome: Outcome, open_to_all: frozenset[tuple[str, str]], asked: frozenset[tuple[str, str]]
) -> Outcome:
    if not isinstance(outcome, Violation) or not isinstance(outcome.subject, OperationSubject):
        return outcome
    subject = outcome.subject
    place = (subject.method, subject.path)
    if place in asked and outcome.confidence is Confidence.SUSPECTED:
        return Unproven(
            subject=subject,
            cause=Cause.NEEDS_ANSWER,
            reason=f"the question of {OPEN_TO_ALL} about {subject.method} {subject.path} is open",
            remedy=answer_for(subject.method, subject.path),
            evidence=outcome.evidence,
        )
    if place not in open_to_all:
        return outcome
    return Unproven(
        subject=subject,
        cause=Cause.NO_CONTROL,
        reason=f"anybody can call it without a login: see {OPEN_TO_ALL}",
        remedy=Remedy(
            input=Input.HEALTHY_TARGET,
            sentence=f"Mend {subject.method} {subject.path} for {OPEN_TO_ALL} first, then audit again.",
        ),
        evidence=outcome.evidence,
    )
