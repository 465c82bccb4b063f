"""What several checks share: from probes, trials and a collector's gaps to outcomes."""

from collections.abc import Callable, Collection, Iterable, Iterator

from launchready.model.evidence import Gap, Surface
from launchready.model.operation import Guard, HttpOperation, ObjectClass, Place, Purpose
from launchready.model.oracle import (
    Denied,
    Leaks,
    Open,
    Shared,
    Suspected,
    Violated,
    fits,
    judge_read,
    judge_write,
    opened,
    rules_of,
)
from launchready.model.outcome import Cause, Confidence, Input, Outcome, Remedy, Safe, Unproven, Violation
from launchready.model.probe import (
    COLLECTION_FORMS,
    Answer,
    AnswerKind,
    ReadProbe,
    Signal,
    Trial,
    WriteKind,
    WriteProbe,
)
from launchready.model.settings import JudgeSettings
from launchready.model.subject import OperationSubject, ProcessSubject, Subject

ACCEPTED = frozenset({AnswerKind.DATA, AnswerKind.EMPTY})
# Somebody said so; that an object was merely planted as public proves nothing about private ones
_STATED = frozenset({Signal.RULE_PUBLIC, Signal.RULE_MEMBERS, Signal.DECLARED_PUBLIC, Signal.ACCEPTED_MATRIX})
COLLECTIONS = frozenset({Purpose.LIST, Purpose.SEARCH, Purpose.FEED, Purpose.COUNT, Purpose.EXPORT})
_FOR_STAFF = frozenset({Purpose.ADMIN, Purpose.MODERATE, Purpose.WEBHOOK})


# ------------------------------------------------------------------------------------- reads and writes


def read_outcomes(probes: Iterable[ReadProbe], *, impact: str) -> Iterator[Outcome]:
    """An outcome for each read; none where an object was merely planted as public and could be read."""
    for probe in probes:
        subject = OperationSubject(
            method=probe.method, path=probe.path, principal=probe.principal, object=probe.object_type
        )
        evidence = exchanges(probe.owner_control, probe.attempt)
        match judge_read(probe):
            case Leaks():
                yield _read_violation(probe, subject, impact, evidence)
            case Suspected(question=question):
                yield _read_violation(probe, subject, impact, evidence, question)
            case Denied():
                yield Safe(subject=subject, evidence=evidence)
            case Shared():
                if _STATED.intersection(probe.signals):
                    yield Safe(subject=subject, evidence=evidence)
            case Open() as still_open:
                yield unproven(subject, still_open, evidence)


def _read_violation(
    probe: ReadProbe, subject: OperationSubject, impact: str, evidence: tuple[str, ...], question: str = ""
) -> Violation:
    thing = probe.object_type or "data"
    how = f"in the {probe.form.value}" if probe.form in COLLECTION_FORMS else "through"
    return Violation(
        subject=subject,
        variant=probe.variant,
        message=f"{probe.principal} read {probe.owner}'s {thing} {how} {probe.method} {probe.path}",
        impact=impact,
        confidence=Confidence.SUSPECTED if question else Confidence.CONFIRMED,
        evidence=evidence,
        reproduce=probe.reproduce,
        question=question,
    )


_DONE = {
    WriteKind.UPDATE: "changed",
    WriteKind.DELETE: "deleted",
    WriteKind.CREATE_IN: "posted into",
    WriteKind.CREDENTIAL: "took over",
}


def write_outcomes(probes: Iterable[WriteProbe], *, impact: str) -> Iterator[Outcome]:
    """An outcome for each write."""
    for probe in probes:
        subject = OperationSubject(
            method=probe.method, path=probe.path, principal=probe.principal, object=probe.object_type
        )
        evidence = exchanges(probe.before, probe.attempt, probe.after, probe.owner_control)
        match judge_write(probe):
            case Violated():
                yield _write_violation(probe, subject, impact, evidence)
            case Suspected(question=question):
                yield _write_violation(probe, subject, impact, evidence, question)
            case Denied():
                yield Safe(subject=subject, evidence=evidence)
            case Shared():
                if _STATED.intersection(probe.signals):
                    yield Safe(subject=subject, evidence=evidence)
            case Open() as still_open:
                yield unproven(subject, still_open, evidence)


def _write_violation(
    probe: WriteProbe, subject: OperationSubject, impact: str, evidence: tuple[str, ...], question: str = ""
) -> Violation:
    thing = "account" if probe.object_class == ObjectClass.PROFILE else probe.object_type or "object"
    verb = _DONE[probe.kind]
    proof = (
        "the password that was set opens it"
        if probe.kind is WriteKind.CREDENTIAL
        else f"{probe.owner} saw it"
    )
    seen = "" if question else f" ({proof}; the answer was {probe.attempt.status})"
    return Violation(
        subject=subject,
        variant=probe.variant,
        message=f"{probe.principal} {verb} {probe.owner}'s {thing} by {probe.method} {probe.path}{seen}",
        impact=impact,
        confidence=Confidence.SUSPECTED if question else Confidence.CONFIRMED,
        evidence=evidence,
        reproduce=probe.reproduce,
        question=question,
    )


# ---------------------------------------------------------------------------------------------- trials


def trial_outcomes(
    trials: Iterable[Trial],
    *,
    message: Callable[[Trial], str],
    impact: str,
    no_control: Open,
    variant: Callable[[Trial], str] = lambda trial: trial.name,
) -> Iterator[Outcome]:
    """An outcome for each trial; one that held counts only beside a control that was accepted."""
    for trial in trials:
        subject = OperationSubject(method=trial.method, path=trial.path, principal=trial.principal)
        evidence = exchanges(trial.control, trial.attempt)
        if trial.held is False:
            yield Violation(
                subject=subject,
                variant=variant(trial),
                message=message(trial),
                impact=impact,
                evidence=evidence,
                reproduce=trial.reproduce,
            )
        elif trial.held is None:
            yield _untold(trial, subject, evidence)
        elif trial.control is None or trial.control.kind not in ACCEPTED:
            yield unproven(subject, no_control, evidence, if_available=trial.if_available)
        else:
            yield Safe(subject=subject, evidence=evidence)


def _untold(trial: Trial, subject: Subject, evidence: tuple[str, ...]) -> Unproven:
    kind = trial.attempt.kind if trial.attempt else AnswerKind.NO_ANSWER
    causes = {AnswerKind.LIMITED: Cause.LIMITED, AnswerKind.EDGE_WALL: Cause.EDGE_WALL}
    failed = kind in {AnswerKind.NO_ANSWER, AnswerKind.ERROR}
    cause = causes.get(kind, Cause.TARGET_FAILED if failed else Cause.NO_CONTROL)
    reason = f"{trial.name}: {trial.reason or 'it could not be told'}"
    return unproven(subject, opened(cause, reason), evidence, if_available=trial.if_available)


# ---------------------------------------------------------------------------------------------- shared


def unproven(
    subject: Subject, still_open: Open, evidence: tuple[str, ...] = (), *, if_available: bool = False
) -> Unproven:
    """An oracle's `Open` as an outcome."""
    return Unproven(
        subject=subject,
        cause=still_open.cause,
        reason=still_open.reason,
        remedy=still_open.remedy,
        if_available=if_available,
        evidence=evidence,
    )


def exchanges(*answers: Answer | None) -> tuple[str, ...]:
    """Ids of the exchanges behind answers, in order, each once."""
    return tuple(dict.fromkeys(answer.exchange for answer in answers if answer and answer.exchange))


def gap_outcomes(
    gaps: Iterable[Gap], concerned: Callable[[Gap], bool] = lambda _: True
) -> Iterator[Unproven]:
    """What a collector could not do, as unproven subjects."""
    for gap in gaps:
        if concerned(gap):
            yield Unproven(
                subject=_gap_subject(gap),
                cause=gap.cause,
                reason=f"{gap.what}: {gap.reason}",
                remedy=gap.remedy,
            )


def _gap_subject(gap: Gap) -> Subject:
    method, _, path = gap.operation.partition(" ")
    if path.startswith("/"):
        return OperationSubject(method=method, path=path, principal=gap.principal)
    return ProcessSubject(name=gap.what)


def about(
    surface: Surface, classes: Collection[ObjectClass], *, collections: bool | None = None
) -> Callable[[Gap], bool]:
    """Tells whether a gap concerns objects of these classes; one without a known operation concerns all.

    `collections` limits it to lists and the like (`True`) or to everything else (`False`).
    """
    known = {one.id: one for one in surface.operations if isinstance(one, HttpOperation)}

    def concerned(gap: Gap) -> bool:
        operation = known.get(gap.operation)
        if operation is None:
            return True
        in_form = collections is None or (operation.purpose in COLLECTIONS) is collections
        return in_form and operation.object_class in classes

    return concerned


def has_operations(surface: Surface, classes: Collection[ObjectClass]) -> bool:
    """Whether an operation deals with objects of these classes; one outside HTTP may deal with any."""
    return any(
        not isinstance(one, HttpOperation) or one.object_class in classes for one in surface.operations
    )


def never_tried(
    surface: Surface,
    settings: JudgeSettings,
    classes: Collection[ObjectClass],
    purposes: Collection[Purpose],
    tried: Collection[str],
) -> Iterator[Unproven]:
    """Operations on single objects of these classes of which no probe and no gap speaks: no proof either."""
    public = [rule.pattern for rule in rules_of(settings) if rule.visibility == "public"]
    for one in surface.operations:
        if (
            isinstance(one, HttpOperation)
            and one.object_class in classes
            and one.purpose in purposes
            and one.purpose not in _FOR_STAFF
            and one.guard is not Guard.PUBLIC
            and any(link.place is Place.PATH for link in one.consumes)
            and one.id not in tried
            and not any(fits(pattern, f"{one.method} {one.path}") for pattern in public)
        ):
            yield Unproven(
                subject=OperationSubject(method=one.method, path=one.path),
                cause=Cause.NO_CONTROL,
                reason="there was no object of a member to try it on",
                remedy=Remedy(
                    input=Input.EXAMPLE_VALUES,
                    sentence="Give example values in the specification, so that a member can create one.",
                ),
            )
