"""Runs one check on the evidence there is; what stood in its way becomes an outcome, too."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from launchready.judging.registry import RegisteredCheck
from launchready.model.check_info import CheckInfo
from launchready.model.evidence import (
    AccessMatrix,
    Collected,
    Evidence,
    Failed,
    GuardSweep,
    Partial,
    Slot,
    WriteMatrix,
)
from launchready.model.oracle import rules_of, with_rules
from launchready.model.outcome import Cause, Input, Outcome, Remedy, Unproven
from launchready.model.settings import JudgeSettings
from launchready.model.subject import ProcessSubject

NEWER = Remedy(
    input=Input.NEWER_VERSION, sentence="Update launchready when a version that checks this is out."
)
REPORT = Remedy(
    input=Input.NEWER_VERSION,
    sentence="This is an error in launchready: report it with the text above, and update when it is mended.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """What a check said, or why it could not; `whole` are reasons that concern no single subject."""

    outcomes: tuple[Outcome, ...] = ()
    whole: tuple[Unproven, ...] = ()


def run_check(
    info: CheckInfo, check: RegisteredCheck | None, slots: Mapping[str, Slot], settings: JudgeSettings
) -> Ran:
    """Outcomes of one check, in its own order.

    A required slot that is absent or failed keeps the check from running; a partial one lets it find violations only.
    A check that is pieced together runs on what there is, and each piece that is not whole keeps it from passing.
    """
    subject = ProcessSubject(name=info.row.id)
    if check is None:
        return Ran(
            whole=(_blocked(subject, Cause.NOT_IMPLEMENTED, "launchready does not check this yet", NEWER),)
        )
    required = {
        kind: slots.get(kind)
        for name, kind in check.evidence.items()
        if check.is_pieced_together or name not in check.wants
    }
    missing = {kind: found for kind, slot in required.items() if (found := _missing(subject, kind, slot))}
    if missing and (not check.is_pieced_together or len(missing) == len(required)):
        return Ran(whole=_once(missing.values()))
    arguments: dict[str, object] = {name: _evidence(slots.get(kind)) for name, kind in check.evidence.items()}
    arguments |= {name: settings for name, kind in check.needs.items() if kind is JudgeSettings}
    partial = [
        _blocked(subject, slot.cause, slot.reason, slot.remedy)
        for slot in required.values()
        if isinstance(slot, Partial)
    ]
    try:
        return Ran(outcomes=tuple(check.function(**arguments)), whole=_once([*missing.values(), *partial]))
    except Exception as error:  # noqa: BLE001 - a bug in one check is that check's unknown, never the report's end
        reason = f"the check failed with {type(error).__name__}: {error}"
        return Ran(whole=(_blocked(subject, Cause.CHECK_BUG, reason, REPORT),))


def _once(found: Iterable[Unproven]) -> tuple[Unproven, ...]:
    """Each reason once: several pieces may be missing for the same one."""
    return tuple({(one.cause, one.reason): one for one in found}.values())


def _missing(subject: ProcessSubject, kind: str, slot: Slot | None) -> Unproven | None:
    match slot:
        case None:
            remedy = Remedy(input=Input.SELECTION, sentence="Run the audit again without leaving this out.")
            return _blocked(subject, Cause.MISSING, f"this run did not collect {kind}", remedy)
        case Failed(cause=cause, reason=reason, remedy=remedy):
            return _blocked(subject, cause, reason, remedy)
        case _:
            return None


def _blocked(subject: ProcessSubject, cause: Cause, reason: str, remedy: Remedy) -> Unproven:
    return Unproven(subject=subject, cause=cause, reason=reason, remedy=remedy)


def _evidence(slot: Slot | None) -> Evidence | None:
    return None if slot is None or isinstance(slot, Failed) else slot.evidence


def ruled(slots: Mapping[str, Slot], settings: JudgeSettings) -> dict[str, Slot]:
    """The slots with the user's visibility rules applied to every probe: no check has to know of them."""
    return {kind: _ruled_slot(slot, settings) for kind, slot in slots.items()}


def _ruled_slot(slot: Slot, settings: JudgeSettings) -> Slot:
    match slot:
        case Collected(evidence=evidence):
            return replace(slot, evidence=_ruled_evidence(evidence, settings))
        case Partial(evidence=evidence):
            return replace(slot, evidence=_ruled_evidence(evidence, settings))
        case _:
            return slot


def _ruled_evidence(evidence: Evidence, settings: JudgeSettings) -> Evidence:
    rules = rules_of(settings)
    match evidence:
        case GuardSweep(probes=probes):
            return replace(evidence, probes=tuple(with_rules(probe, rules) for probe in probes))
        case AccessMatrix(reads=reads):
            return replace(evidence, reads=tuple(with_rules(probe, rules) for probe in reads))
        case WriteMatrix(writes=writes):
            return replace(evidence, writes=tuple(with_rules(probe, rules) for probe in writes))
        case _:
            return evidence
