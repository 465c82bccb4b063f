"""AUTH-28."""

from collections.abc import Iterator

from launchready.checks.outcomes import exchanges, gap_outcomes
from launchready.checks.registration import check
from launchready.model.evidence import SessionScenarios
from launchready.model.outcome import Cause, Input, Outcome, Remedy, Safe, Unproven, Violation
from launchready.model.probe import AnswerKind, Expectation, Scenario, Step
from launchready.model.subject import OperationSubject

IMPACT = "Who has got hold of a session keeps it after its owner logged out or changed the password."
AGAIN = Remedy(
    input=Input.MEMBER_LOGIN,
    sentence="Give a login that the audit may log in and out with: launchready login member_a.",
)
_REFUSED = frozenset({AnswerKind.REFUSED, AnswerKind.NOT_FOUND, AnswerKind.REDIRECT, AnswerKind.INVALID})
_ACCEPTED = frozenset({AnswerKind.DATA, AnswerKind.EMPTY})
_CAUSES = {AnswerKind.LIMITED: Cause.LIMITED, AnswerKind.EDGE_WALL: Cause.EDGE_WALL}


@check("AUTH-28")
def sessions_end_when_they_should(sessions: SessionScenarios) -> Iterator[Outcome]:
    """A session starts anew at login and ends at logout and at a change of password.

    Why: Logging out and changing the password are what people do when an account is in wrong hands; both
    must end the sessions that are open elsewhere.

    How to fix: Keep sessions on the server where they can be revoked; make a new one at login, and end all
    others when the password changes.

    What this cannot see: Timeouts longer than the audit, and sessions of other devices that the product
    does not let a client open.
    """
    for scenario in sessions.scenarios:
        yield _outcome(scenario)
    yield from gap_outcomes(sessions.gaps)


def _outcome(scenario: Scenario) -> Outcome:
    subject = OperationSubject(method=scenario.method, path=scenario.path, principal=scenario.principal)
    evidence = exchanges(*(step.answer for step in scenario.steps))
    controls = [step for step in scenario.steps if step.control]
    broken = next((step for step in controls if not _as_expected(step)), None)
    if broken is not None or not controls:
        return _unproven(scenario, subject, evidence, broken)
    lived_on = next((step for step in scenario.steps if _accepted_wrongly(step)), None)
    if lived_on is not None:
        return Violation(
            subject=subject,
            variant=scenario.name,
            message=f"{scenario.name}: {lived_on.name} was accepted, and should have been refused",
            impact=IMPACT,
            evidence=evidence,
            reproduce=scenario.reproduce,
        )
    missed = next((step for step in scenario.steps if not _as_expected(step)), None)
    if missed is not None or scenario.problem or len(controls) == len(scenario.steps):
        return _unproven(scenario, subject, evidence, missed)
    return Safe(subject=subject, evidence=evidence)


def _as_expected(step: Step) -> bool:
    if step.expect is Expectation.ACCEPTED:
        return step.answer.kind in _ACCEPTED
    # A dead session may be answered with an empty 200, which shows nothing of the account
    return step.answer.kind in _REFUSED or step.answer.kind is AnswerKind.EMPTY


def _accepted_wrongly(step: Step) -> bool:
    return step.expect is Expectation.REFUSED and not step.control and step.answer.kind is AnswerKind.DATA


def _unproven(
    scenario: Scenario, subject: OperationSubject, evidence: tuple[str, ...], step: Step | None
) -> Unproven:
    if step is None:
        reason = scenario.problem or "no step of it shows that the session worked at all"
        cause = Cause.NO_CONTROL
    else:
        reason = f"{step.name} was answered with {step.answer.status}, which tells nothing"
        cause = _CAUSES.get(step.answer.kind, Cause.NO_CONTROL)
    return Unproven(
        subject=subject,
        cause=cause,
        reason=f"{scenario.name}: {reason}",
        remedy=AGAIN,
        if_available=scenario.if_available,
        evidence=evidence,
    )
