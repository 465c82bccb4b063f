"""ROLE-04."""

from collections.abc import Iterator

from launchready.checks.outcomes import gap_outcomes, trial_outcomes
from launchready.checks.registration import check
from launchready.model.evidence import MassAssignment
from launchready.model.oracle import Open
from launchready.model.outcome import Cause, Input, Outcome, Remedy
from launchready.model.probe import Trial

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
    yield from trial_outcomes(assignments.trials, message=_message, impact=IMPACT, no_control=NO_CONTROL)
    yield from gap_outcomes(assignments.gaps)


def _message(trial: Trial) -> str:
    return f"{trial.principal} could set a privileged field by {trial.method} {trial.path}: {trial.name}"
