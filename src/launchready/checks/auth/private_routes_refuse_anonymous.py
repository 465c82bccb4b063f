"""AUTH-01."""

from collections.abc import Iterator

from launchready.checks.outcomes import exchanges, gap_outcomes, unproven
from launchready.checks.registration import check
from launchready.model.evidence import GuardProbe, GuardSweep, Surface
from launchready.model.operation import Guard, HttpOperation, Purpose
from launchready.model.oracle import Denied, Leaks, Open, Shared, Suspected, Violated, judge_guard
from launchready.model.outcome import Cause, Confidence, Input, Outcome, Remedy, Safe, Unproven, Violation
from launchready.model.subject import OperationSubject

IMPACT = "Anybody on the internet can use it without an account, and take or change what members keep there."
# Made to be called without a login; whether they are sound is for other checks
OPEN_BY_NATURE = frozenset(
    {
        Purpose.SIGN_UP,
        Purpose.LOG_IN,
        Purpose.REFRESH,
        Purpose.CONFIRM,
        Purpose.RESET,
        Purpose.WEBHOOK,
        Purpose.HEALTH,
        Purpose.DOCS,
    }
)
CALLABLE = Remedy(
    input=Input.EXAMPLE_VALUES, sentence="Give example values in the specification, so that it can be called."
)


@check("AUTH-01")
def private_routes_refuse_anonymous(sweep: GuardSweep, surface: Surface) -> Iterator[Outcome]:
    """Every private route refuses whoever is not logged in.

    Why: A route without a guard is open to the whole internet, however well the buttons that lead to it are
    hidden.

    How to fix: Put the server-side login guard in front of the route, at best in one place that covers
    every route by default, and list the few public routes.

    What this cannot see: Routes that the specification does not list, and whether a route that a member's
    own request could not reach is guarded.
    """
    for probe in sweep.probes:
        yield from _outcome(probe)
    yield from gap_outcomes(sweep.gaps)
    yield from _never_asked(sweep, surface)


def _outcome(probe: GuardProbe) -> Iterator[Outcome]:
    subject = OperationSubject(method=probe.method, path=probe.path, principal="anonymous")
    evidence = exchanges(probe.control, probe.attempt)
    match judge_guard(probe):
        case Leaks() | Violated():
            yield _violation(probe, subject, evidence)
        case Suspected(question=question):
            yield _violation(probe, subject, evidence, question)
        case Denied() | Shared():
            yield Safe(subject=subject, evidence=evidence)
        case Open() as still_open:
            yield unproven(subject, still_open, evidence)


def _violation(
    probe: GuardProbe, subject: OperationSubject, evidence: tuple[str, ...], question: str = ""
) -> Violation:
    return Violation(
        subject=subject,
        variant="anonymous",
        message=f"{probe.method} {probe.path} works without any login",
        impact=IMPACT,
        confidence=Confidence.SUSPECTED if question else Confidence.CONFIRMED,
        evidence=evidence,
        reproduce=probe.reproduce,
        question=question,
    )


def _never_asked(sweep: GuardSweep, surface: Surface) -> Iterator[Unproven]:
    """All private routes is the criterion, so one that nobody asked keeps the check from passing."""
    asked = {probe.operation for probe in sweep.probes} | {gap.operation for gap in sweep.gaps}
    for one in surface.operations:
        if (
            isinstance(one, HttpOperation)
            and one.id not in asked
            and one.guard is not Guard.PUBLIC
            and one.purpose not in OPEN_BY_NATURE
        ):
            yield Unproven(
                subject=OperationSubject(method=one.method, path=one.path, principal="anonymous"),
                cause=Cause.NOTHING_TESTED,
                reason="it was not called without a login",
                remedy=CALLABLE,
            )
    for unusable in surface.unusable:
        method, _, path = unusable.id.partition(" ")
        yield Unproven(
            subject=OperationSubject(method=method, path=path, principal="anonymous"),
            cause=Cause.NEEDS_INPUT,
            reason=f"it cannot be called as the specification describes it: {unusable.reason}",
            remedy=CALLABLE,
        )
