"""ROLE-01."""

from collections.abc import Iterator

from launchready.checks.outcomes import gap_outcomes, trial_outcomes
from launchready.checks.registration import check
from launchready.model.evidence import RoleTrials
from launchready.model.oracle import ANONYMOUS_NAME, Open
from launchready.model.outcome import Cause, Input, Outcome, Remedy
from launchready.model.probe import Trial

IMPACT = "Whoever has an account can do what is for administrators: read everything, ban, delete, promote."
NO_CONTROL = Open(
    cause=Cause.NO_CONTROL,
    reason="no admin was shown to be let in, so a refusal may come from a bad request",
    remedy=Remedy(input=Input.ADMIN_LOGIN, sentence="Give an admin's login: launchready login admin."),
)


@check("ROLE-01")
def admin_functions_refused_to_others(roles: RoleTrials) -> Iterator[Outcome]:
    """Admin and moderator functions are refused to everybody else.

    Why: Hiding a button is no guard: whoever knows the address calls the function behind it.

    How to fix: Check the role in the handler through one policy function, refuse by default, and test every
    admin route with a member's account.

    What this cannot see: Admin functions that the specification does not list and whose names do not tell,
    and side effects that cannot be read.
    """
    by_members = tuple(trial for trial in roles.trials if trial.principal != ANONYMOUS_NAME)
    yield from trial_outcomes(by_members, message=_message, impact=IMPACT, no_control=NO_CONTROL)
    yield from gap_outcomes(roles.gaps)


def _message(trial: Trial) -> str:
    return f"{trial.principal} could call the function for staff {trial.method} {trial.path}"
