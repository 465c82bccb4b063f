"""CORS-01."""

from collections.abc import Iterator

from launchready.checks.outcomes import exchanges, gap_outcomes, unproven
from launchready.checks.registration import check
from launchready.model.evidence import OriginTrials
from launchready.model.oracle import Open, opened
from launchready.model.outcome import Cause, Confidence, Input, Outcome, Remedy, Safe, Violation
from launchready.model.probe import AnswerKind, Trial
from launchready.model.subject import OperationSubject

IMPACT = "A website that a member visits can call the API as that member and read the answers."
ANYBODY = "unknown origin"
SUBDOMAIN = "unknown subdomain"
UNREAD = frozenset({AnswerKind.NO_ANSWER, AnswerKind.LIMITED, AnswerKind.EDGE_WALL})
NO_CONTROL = Open(
    cause=Cause.NO_CONTROL,
    reason="the target did not answer the same request without an origin",
    remedy=Remedy(input=Input.HEALTHY_TARGET, sentence="Run the audit again when the target answers."),
)


@check("CORS-01")
def only_approved_origins_allowed(origins: OriginTrials) -> Iterator[Outcome]:
    """Browsers let only approved websites read the API's answers.

    Why: A server that repeats any origin, or one that merely resembles its own, lends its members' sessions
    to every website that they open.

    How to fix: Compare the Origin with an exact list, and send no CORS header for anything else.

    What this cannot see: Origins that the list approves and that somebody else has come to own, and rules
    that send nothing at all to origins that they refuse, where no approved origin is known.
    """
    anybody = any(trial.held is False and ("variant", ANYBODY) in trial.details for trial in origins.trials)
    for trial in origins.trials:
        # Who lets everybody in lets look-alikes in, too: one root cause
        if not anybody or ("variant", ANYBODY) in trial.details:
            yield _outcome(trial)
    yield from gap_outcomes(origins.gaps)


def _outcome(trial: Trial) -> Outcome:
    subject = OperationSubject(method=trial.method, path=trial.path, principal=trial.principal)
    evidence = exchanges(trial.control, trial.attempt)
    details = dict(trial.details)
    kind = trial.attempt.kind if trial.attempt else AnswerKind.NO_ANSWER
    if trial.held is False:
        approved = details.get("resembles", "")
        question = f"Are all subdomains of {approved} yours?" if details.get("variant") == SUBDOMAIN else ""
        return _violation(trial, evidence, question)
    if trial.held is None and details.get("allowed") == "*" and kind not in UNREAD:
        return _violation(trial, evidence, "May every website read this API's answers (`*`)?")
    if trial.held is None:
        cause = {AnswerKind.LIMITED: Cause.LIMITED, AnswerKind.EDGE_WALL: Cause.EDGE_WALL}.get(
            kind, Cause.TARGET_FAILED
        )
        return unproven(subject, opened(cause, f"{trial.name}: {trial.reason or 'not told'}"), evidence)
    if trial.control is None or trial.control.kind in UNREAD | {AnswerKind.ERROR}:
        return unproven(subject, NO_CONTROL, evidence)
    return Safe(subject=subject, evidence=evidence)


def _violation(trial: Trial, evidence: tuple[str, ...], question: str = "") -> Violation:
    """One rule lets an origin in, whoever asks whatever: good answers, errors and preflights are one finding."""
    details = dict(trial.details)
    everybody = details.get("allowed") == "*"
    name = details.get("variant", trial.name)
    origin = f", {details['origin']}" if details.get("origin") else ""
    return Violation(
        subject=OperationSubject(method="GET", path=trial.path),
        variant="any origin" if everybody else name,
        message=f"Every website may read answers of {trial.path}: Access-Control-Allow-Origin is *"
        if everybody
        else f"{trial.path} lets browsers of an origin that nobody approved read its answers ({name}{origin})",
        impact=IMPACT,
        confidence=Confidence.SUSPECTED if question else Confidence.CONFIRMED,
        evidence=evidence,
        reproduce=trial.reproduce,
        question=question,
    )
