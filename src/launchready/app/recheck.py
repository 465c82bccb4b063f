"""Repeating the one check that made a finding, on the one operation that it is about."""

from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from launchready.app.audit import AuditOrder, Confirm, audit
from launchready.app.errors import UsageProblem
from launchready.app.judgement import all_checks, judged
from launchready.app.phases import Emit
from launchready.app.selection import check_named
from launchready.app.workplace import RECHECKS
from launchready.collecting.runner import Stopper
from launchready.judging.registry import registered_checks
from launchready.judging.running import Ran, ruled, run_check
from launchready.model.event import Decided, Event
from launchready.model.outcome import Cause, Confidence, Safe, Unproven, Violation, fingerprint
from launchready.model.report import Finding
from launchready.model.run import Run
from launchready.model.settings import Settings
from launchready.model.subject import FileSubject, OperationSubject, Subject
from launchready.storage.runfile import read_run

_SHORTEST = 6


class Standing(StrEnum):
    """What became of a finding."""

    STILL_THERE = "still there"
    GONE = "gone"
    NOT_SHOWN = "could not be shown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rechecked:
    """The finding of the last run, what became of it, and why in one sentence."""

    finding: Finding
    standing: Standing
    sentence: str
    out: Path


async def recheck(name: str, run_dir: Path, *, emit: Emit, confirm: Confirm, stopper: Stopper) -> Rechecked:
    """Find the finding in the last run (a unique beginning of its fingerprint is enough) and try it again.

    Raises UsageProblem, ConfigError, PermitRefused, TargetBusy, EvidenceError.
    """
    run = read_run(run_dir)
    finding = _finding(run, name, run_dir)
    out = _folder_of(run_dir) / RECHECKS
    collect = replace(
        run.collect, only=(finding.check,), include=_focus(finding.subject, run.collect.include)
    )
    order = AuditOrder(settings=Settings(collect=collect, judge=run.judge), out=out)
    audited = await audit(order, emit=_undecided(emit), confirm=confirm, stopper=stopper)
    if audited.interrupted:
        return Rechecked(
            finding=finding, standing=Standing.NOT_SHOWN, sentence="the recheck was interrupted", out=out
        )
    standing, sentence = standing_of(finding, _ran(read_run(audited.files["evidence"]), finding.check))
    return Rechecked(finding=finding, standing=standing, sentence=sentence, out=out)


def _undecided(emit: Emit) -> Emit:
    """The decision of a run of one check would be taken for that of the product."""

    def passed_on(event: Event) -> None:
        if not isinstance(event, Decided):
            emit(event)

    return passed_on


def _folder_of(run_dir: Path) -> Path:
    return run_dir if run_dir.is_dir() else run_dir.parent


def _finding(run: Run, name: str, place: Path) -> Finding:
    findings = [finding for check in judged(run).checks for finding in check.findings]
    wanted = name.strip().lower()
    matching = [one for one in findings if len(wanted) >= _SHORTEST and one.fingerprint.startswith(wanted)]
    if len(matching) == 1:
        return matching[0]
    if matching:
        raise UsageProblem(f"{name} is the beginning of several findings.", "Give the whole fingerprint.")
    raise UsageProblem(
        f"The run in {place} has no finding {name}.",
        "Take a fingerprint of 16 digits from the report, or name another run: --run DIR.",
    )


def _focus(subject: Subject, before: tuple[str, ...]) -> tuple[str, ...]:
    """The operation, and the list that holds its objects: what it shows tells whether they are private."""
    if not isinstance(subject, OperationSubject):
        return before
    parent, _, last = subject.path.rstrip("/").rpartition("/")
    lists = (f"GET {parent}", f"GET {parent}/") if last.startswith("{") and parent else ()
    return (f"{subject.method} {subject.path}", *lists)


def _ran(run: Run, check_id: str) -> Ran:
    info = check_named(check_id, all_checks())
    return run_check(info, registered_checks().get(check_id), ruled(run.slots, run.judge), run.judge)


def standing_of(finding: Finding, ran: Ran) -> tuple[Standing, str]:
    """What the check's new outcomes say about an old finding.

    Gone is only what was shown to hold where the finding was: nothing found and nothing tried is no proof.
    """
    if isinstance(finding.subject, FileSubject):
        return _standing_of_file(finding, ran)
    here = [one for one in ran.outcomes if not _is_elsewhere(one, finding)]
    violations = [one for one in here if isinstance(one, Violation)]
    confirmed = [one for one in violations if one.confidence is Confidence.CONFIRMED]
    if confirmed:
        same = [one for one in confirmed if _is_same(one, finding)]
        return Standing.STILL_THERE, (same or confirmed)[0].message
    if violations:
        return Standing.NOT_SHOWN, f"the question is open: {violations[0].question or violations[0].message}"
    unproven = [one for one in (*ran.whole, *here) if isinstance(one, Unproven) and not one.if_available]
    if unproven:
        return Standing.NOT_SHOWN, f"{unproven[0].reason}. {unproven[0].remedy.sentence}"
    if any(isinstance(one, Safe) for one in here):
        return Standing.GONE, "it was tried again, with a control that succeeded, and held"
    return (
        Standing.NOT_SHOWN,
        "it was not tried: the operation is no longer there, or nothing could be made for it",
    )


def _standing_of_file(finding: Finding, ran: Ran) -> tuple[Standing, str]:
    """Gone from the repository: everything was looked at, and the value is not named any more."""
    for one in ran.outcomes:
        if isinstance(one, Violation) and _is_same(one, finding):
            found = one.confidence is Confidence.CONFIRMED
            return (Standing.STILL_THERE if found else Standing.NOT_SHOWN), one.question or one.message
    unproven = [
        one
        for one in (*ran.whole, *ran.outcomes)
        # A half of the check that this version lacks says nothing about a line of code
        if isinstance(one, Unproven) and not one.if_available and one.cause is not Cause.NOT_IMPLEMENTED
    ]
    if unproven:
        return Standing.NOT_SHOWN, f"{unproven[0].reason}. {unproven[0].remedy.sentence}"
    if ran.outcomes:
        return Standing.GONE, "everything was looked at again, and it is not there"
    return Standing.NOT_SHOWN, "nothing was looked at"


def _is_same(violation: Violation, finding: Finding) -> bool:
    return fingerprint(finding.check, violation.variant, violation.subject) == finding.fingerprint


def _is_elsewhere(outcome: object, finding: Finding) -> bool:
    match outcome:
        case Safe(subject=subject) | Violation(subject=subject) | Unproven(subject=subject):
            return _place(subject) != _place(finding.subject)
        case _:
            return True


def _place(subject: Subject) -> str:
    if isinstance(subject, OperationSubject):
        return f"{subject.method} {subject.path}"
    return subject.key
