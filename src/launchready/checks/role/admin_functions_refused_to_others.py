"""ROLE-01."""

from collections.abc import Iterator

from launchready.checks.outcomes import exchanges, gap_outcomes, trial_outcomes, unproven
from launchready.checks.registration import check
from launchready.model.evidence import RoleTrials
from launchready.model.oracle import ANONYMOUS_NAME, Open
from launchready.model.outcome import Cause, Confidence, Input, Outcome, Remedy, Violation
from launchready.model.probe import AnswerKind, Trial
from launchready.model.subject import OperationSubject

IMPACT = "Whoever has an account can do what is for administrators: read everything, ban, delete, promote."
ANSWERED = frozenset(AnswerKind) - {
    AnswerKind.NO_ANSWER, AnswerKind.LIMITED, AnswerKind.EDGE_WALL, AnswerKind.ERROR,
}  # fmt: skip
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
    asked = tuple(trial for trial in by_members if _question(trial))
    alone = tuple(trial for trial in by_members if not _question(trial) and _without_admin(trial))
    told = tuple(trial for trial in by_members if trial not in asked and trial not in alone)
    yield from trial_outcomes(told, message=_message, impact=IMPACT, no_control=NO_CONTROL)
    yield from (_suspected(trial) for trial in asked)
    for trial in alone:
        subject = OperationSubject(method=trial.method, path=trial.path, principal=trial.principal)
        yield unproven(subject, NO_CONTROL, exchanges(trial.attempt))
    yield from gap_outcomes(roles.gaps)


def _question(trial: Trial) -> str:
    return dict(trial.details).get("question", "") if trial.held is None else ""


def _without_admin(trial: Trial) -> bool:
    kind = trial.attempt.kind if trial.attempt else AnswerKind.NO_ANSWER
    return trial.held is None and ("needs", "admin_login") in trial.details and kind in ANSWERED


def _suspected(trial: Trial) -> Violation:
    """Let in, and nothing shows that only an admin should have been."""
    return Violation(
        subject=OperationSubject(method=trial.method, path=trial.path, principal=trial.principal),
        variant=trial.name,
        message=f"{trial.principal} was let in at {trial.method} {trial.path}, which looks made for staff",
        impact=IMPACT,
        confidence=Confidence.SUSPECTED,
        evidence=exchanges(trial.control, trial.attempt),
        reproduce=trial.reproduce,
        question=_question(trial),
    )


def _message(trial: Trial) -> str:
    how = f": {trial.reason}" if trial.reason else ""
    return f"{trial.principal} could call the function for staff {trial.method} {trial.path}{how}"
