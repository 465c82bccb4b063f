"""ROLE-04."""

from collections.abc import Iterator

from launchready.checks.outcomes import exchanges, gap_outcomes, trial_outcomes
from launchready.checks.registration import check
from launchready.model.evidence import MassAssignment
from launchready.model.oracle import Open
from launchready.model.outcome import Cause, Confidence, Input, Outcome, Remedy, Violation
from launchready.model.probe import Trial
from launchready.model.subject import OperationSubject

IMPACT = "A member can make themselves an administrator, verified or rich by adding a field to a request."
NO_CONTROL = Open(
    cause=Cause.NO_CONTROL,
    reason="the same request without the field could not be shown to work",
    remedy=Remedy(
        input=Input.EXAMPLE_VALUES, sentence="Give example values in the specification for this request."
    ),
)


@check("ROLE-04")
def privileged_fields_not_settable(assignments: MassAssignment) -> Iterator[Outcome]:
    """Nobody sets a privileged field of their own account or object.

    Why: Frameworks that copy a whole request into a record copy `role` and `is_admin` too, if somebody
    sends them.

    How to fix: Accept an explicit list of writable fields for each route, in a request model apart from the
    stored one.

    What this cannot see: Privileged fields that no answer ever shows, unless an admin's login lets them be
    read.
    """
    told = tuple(trial for trial in assignments.trials if not _question(trial))
    asked = tuple(trial for trial in assignments.trials if _question(trial))
    yield from trial_outcomes(told, message=_message, impact=IMPACT, no_control=NO_CONTROL)
    yield from (_suspected(trial) for trial in asked)
    yield from gap_outcomes(assignments.gaps)


def _question(trial: Trial) -> str:
    return dict(trial.details).get("question", "") if trial.held is None else ""


def _suspected(trial: Trial) -> Violation:
    """Stored like any other unknown field, which may mean nothing to the API."""
    return Violation(
        subject=OperationSubject(method=trial.method, path=trial.path, principal=trial.principal),
        variant=trial.name,
        message=_message(trial),
        impact=IMPACT,
        confidence=Confidence.SUSPECTED,
        evidence=exchanges(trial.control, trial.attempt),
        reproduce=trial.reproduce,
        question=_question(trial),
    )


def _message(trial: Trial) -> str:
    details = dict(trial.details)
    if "field" not in details:
        return f"{trial.principal} could set a privileged field by {trial.method} {trial.path}: {trial.name}"
    what = f"{details['who']} could set {details['field']} to {details['value']}"
    return f"{what} at {trial.method} {trial.path}: {trial.reason}"
