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
# Who asks first: the same route is not asked about twice
CHAINS: tuple[tuple[str, frozenset[str]], ...] = (
    (OPEN_TO_ALL, FOLLOWERS | {"AUTH-04"}),
    ("AUTH-04", frozenset({"AUTH-03"})),
)


def answer_for(method: str, path: str) -> Remedy:
    """How to answer the question who may use an operation."""
    return Remedy(
        input=Input.ANSWER,
        sentence=f'Answer under [visibility] in launchready.toml, e.g. "{method} {path}" = "public" '
        '(or "members", "participants", "owner"), then: launchready rejudge',
    )


def grouped(ran: Mapping[str, Ran]) -> dict[str, Ran]:
    """The outcomes with what follows from another finding unproven: neither safe nor a second finding.

    A confirmed AUTH-01 finding takes all others of its operation with it; a question takes the questions only: whoever
    answers whether everybody may, has answered whether another member may, and whom the route is for.
    """
    found = dict(ran)
    for leader, followers in CHAINS:
        confirmed = _operations(found.get(leader, Ran()), Confidence.CONFIRMED)
        open_to_all = confirmed if leader == OPEN_TO_ALL else frozenset()
        asked = _operations(found.get(leader, Ran()), Confidence.SUSPECTED)
        for check in followers & found.keys() if open_to_all | asked else ():
            takes = open_to_all if check in FOLLOWERS else frozenset()
            outcomes = (_covered(leader, outcome, takes, asked) for outcome in found[check].outcomes)
            found[check] = replace(found[check], outcomes=tuple(outcomes))
    return found


def _operations(ran: Ran, confidence: Confidence) -> frozenset[tuple[str, str]]:
    return frozenset(
        (one.subject.method, one.subject.path)
        for one in ran.outcomes
        if isinstance(one, Violation)
        and one.confidence is confidence
        and isinstance(one.subject, OperationSubject)
    )


def _covered(
    leader: str,
    outcome: Outcome,
    open_to_all: frozenset[tuple[str, str]],
    asked: frozenset[tuple[str, str]],
) -> Outcome:
    if not isinstance(outcome, Violation) or not isinstance(outcome.subject, OperationSubject):
        return outcome
    subject = outcome.subject
    place = (subject.method, subject.path)
    if place in asked and outcome.confidence is Confidence.SUSPECTED:
        return Unproven(
            subject=subject,
            cause=Cause.NEEDS_ANSWER,
            reason=f"the question of {leader} about {subject.method} {subject.path} is open",
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
