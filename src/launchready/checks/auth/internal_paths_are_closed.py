"""AUTH-35."""

from collections.abc import Iterator

from launchready.checks.outcomes import exchanges, gap_outcomes, unproven
from launchready.checks.registration import check
from launchready.model.evidence import ExposedPaths
from launchready.model.oracle import Open, opened
from launchready.model.outcome import Cause, Input, Outcome, Remedy, Safe, Violation
from launchready.model.probe import AnswerKind, Trial
from launchready.model.subject import OperationSubject

IMPACT = "Consoles, metrics and job triggers tell strangers how the system works, or let them run it."
_CAUSES = {AnswerKind.LIMITED: Cause.LIMITED, AnswerKind.EDGE_WALL: Cause.EDGE_WALL}
NO_CONTROL = Open(
    cause=Cause.NO_CONTROL,
    reason="it is not known how the target answers to a path that does not exist",
    remedy=Remedy(input=Input.HEALTHY_TARGET, sentence="Run the audit again when the target answers."),
)


@check("AUTH-35")
def internal_paths_are_closed(paths: ExposedPaths) -> Iterator[Outcome]:
    """Internal, cron, console, metrics and debug paths are closed to the public.

    Why: Such paths are made for the team and rarely guarded; they show configuration and memory, or start
    jobs.

    How to fix: Serve them on a private network or demand service credentials, and leave debug tools out of
    what is deployed.

    What this cannot see: Paths with names that nobody would guess. The product's own API documentation is
    not counted: it may be public.
    """
    for trial in paths.trials:
        if ("documentation", "yes") not in trial.details:
            yield _outcome(trial)
    yield from gap_outcomes(paths.gaps)


def _outcome(trial: Trial) -> Outcome:
    subject = OperationSubject(method=trial.method, path=trial.path, principal=trial.principal)
    evidence = exchanges(trial.control, trial.attempt)
    if trial.held is False:
        return Violation(
            subject=subject,
            variant=trial.name,
            message=f"{trial.name} is open to {_whom(trial)} at {trial.path}",
            impact=IMPACT,
            evidence=evidence,
            reproduce=trial.reproduce,
        )
    if trial.held is None:
        kind = trial.attempt.kind if trial.attempt else AnswerKind.NO_ANSWER
        cause = _CAUSES.get(kind, Cause.TARGET_FAILED)
        return unproven(subject, opened(cause, trial.reason or "it could not be told"), evidence)
    if trial.control is None or trial.control.kind is AnswerKind.NO_ANSWER:
        return unproven(subject, NO_CONTROL, evidence)
    return Safe(subject=subject, evidence=evidence)


def _whom(trial: Trial) -> str:
    return "everybody" if trial.principal == "anonymous" else "any member"
