"""The decision: gates, red flags, outside users, handover. Nothing outvotes a fail, and there is no score."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from launchready.config.rows import GateQuestion, RedFlag
from launchready.judging.statements import HARD_GATES, NO_WAIVER
from launchready.model.check_info import GateId, Severity
from launchready.model.outcome import Confidence, Input
from launchready.model.report import (
    Basis,
    CheckResult,
    Decision,
    Finding,
    FlagResult,
    FlagState,
    GateResult,
    GateState,
    OutsideUsers,
    State,
    UnknownGroup,
)
from launchready.model.settings import JudgeSettings

STOP_AT = 2  # red flags raised

_SEVERITIES = tuple(Severity)
_GATES = tuple(GateId)
# Nothing that the user can give: shown last, however many checks they would unlock
_LAST_INPUTS = (Input.SELECTION, Input.NEWER_VERSION)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """What was decided, and the plain sentence that says why."""

    decision: Decision
    outside_users: OutsideUsers
    why: str
    accepted_risks: tuple[str, ...]


# ----------------------------------------------------------------------------------------------- gates


def gate_result(gate: GateQuestion, results: Iterable[CheckResult]) -> GateResult:
    """State of one gate from the checks that hold it; `because` names the checks that decided the state."""
    held_by = [one for one in results if one.info.row.gate is gate.id]
    failed = [one for one in held_by if one.state is State.FAIL and not one.waiver]
    unknown = [one for one in held_by if one.state is State.UNKNOWN and not one.waiver]
    waived = [one for one in held_by if _is_bad(one) and one.waiver]
    attested = [one for one in held_by if one.state is State.PASS and one.basis is Basis.ATTESTED]
    if failed:
        state, because = GateState.FAILED, failed
    elif unknown or not held_by:
        state, because = GateState.NOT_PROVEN, unknown
    elif waived:
        state, because = GateState.WAIVED, waived
    elif attested:
        state, because = GateState.ATTESTED, attested
    else:
        state, because = GateState.PROVED, held_by
    return GateResult(id=gate.id, question=gate.question, state=state, because=_ids(because))


def flag_result(flag: RedFlag, results: Sequence[CheckResult], settings: JudgeSettings) -> FlagResult:
    """State of one red flag: a fail or a person raises it; a person's "no" clears it if nothing fails.

    A waiver of what is unknown raises it too: whoever accepts the risk says that it is there.
    """
    held_by = [one for one in results if one.info.row.id in flag.checks]
    failed = [
        one for one in held_by if one.state is State.FAIL or (one.state is State.UNKNOWN and one.waiver)
    ]
    answers = [one for one in settings.flags if one.flag == flag.id]
    raised = [one for one in answers if one.raised]
    if failed or raised:
        because = (*_ids(failed), *(f"{one.person}: {one.reason}" for one in raised))
        return FlagResult(id=flag.id, sentence=flag.sentence, state=FlagState.RAISED, because=because)
    if answers:
        because = tuple(f"{one.person}: {one.reason}" for one in answers)
        return FlagResult(id=flag.id, sentence=flag.sentence, state=FlagState.CLEAR, because=because)
    clear = bool(held_by) and all(one.state in {State.PASS, State.NOT_APPLICABLE} for one in held_by)
    because = _ids(one for one in held_by if clear or one.state is State.UNKNOWN)
    state = FlagState.CLEAR if clear else FlagState.UNKNOWN
    return FlagResult(id=flag.id, sentence=flag.sentence, state=state, because=because)


# ------------------------------------------------------------------------------------------- decision


def decide(
    results: Sequence[CheckResult], gates: Sequence[GateResult], flags: Sequence[FlagResult]
) -> Decided:
    """Outside users and handover, as the table of the decision says. `advice` checks have no voice."""
    deciding = [one for one in results if one.info.row.gate is not GateId.ADVICE]
    fails = [one for one in deciding if one.state is State.FAIL and not one.waiver]
    unknowns = [one for one in deciding if one.state is State.UNKNOWN and not one.waiver]
    raised = [flag for flag in flags if flag.state is FlagState.RAISED]
    outside = _outside(deciding, gates)
    risks = tuple(f"{one.info.row.id}: {one.waiver}" for one in deciding if _is_bad(one) and one.waiver)
    gates_held = all(_is_held(gate) for gate in gates)
    if fails or outside is OutsideUsers.NO or len(raised) >= STOP_AT:
        decision = Decision.NOT_READY
    elif unknowns or outside is OutsideUsers.NOT_PROVEN or not gates_held or not deciding:
        decision = Decision.NOT_PROVEN
    else:
        decision = Decision.READY
    why = _why(decision, fails, unknowns, raised, risks)
    return Decided(decision=decision, outside_users=outside, why=why, accepted_risks=risks)


def _outside(deciding: Sequence[CheckResult], gates: Sequence[GateResult]) -> OutsideUsers:
    if any(one.state is State.FAIL and _keeps_users_out(one) for one in deciding):
        return OutsideUsers.NO
    hard = {gate.id: gate for gate in gates if gate.id in HARD_GATES}
    proved = all(
        gate.state is GateState.PROVED
        or (gate.state is GateState.ATTESTED and _by_disputes_only(gate, deciding))
        for gate in hard.values()
    )
    return OutsideUsers.YES if len(hard) == len(HARD_GATES) and proved else OutsideUsers.NOT_PROVEN


def _keeps_users_out(one: CheckResult) -> bool:
    row = one.info.row
    by_row = row.gate is GateId.ROW and row.id.startswith(NO_WAIVER)
    return row.gate in HARD_GATES or by_row or row.severity is Severity.CRITICAL


def _by_disputes_only(gate: GateResult, deciding: Sequence[CheckResult]) -> bool:
    """A secret that is none leaves the gate proved; a person's word on what was not shown does not."""
    return not any(one.attested_by for one in deciding if one.info.row.id in gate.because)


def _is_held(gate: GateResult) -> bool:
    if gate.id in HARD_GATES:
        return gate.state in {GateState.PROVED, GateState.ATTESTED}
    return gate.state in {GateState.PROVED, GateState.ATTESTED, GateState.WAIVED}


def _why(
    decision: Decision,
    fails: Sequence[CheckResult],
    unknowns: Sequence[CheckResult],
    raised: Sequence[FlagResult],
    risks: Sequence[str],
) -> str:
    if decision is Decision.READY:
        with_risks = f" with {_count(len(risks), 'accepted risk')}" if risks else ""
        return f"Every check that decides is proved or attested{with_risks}."
    if decision is Decision.NOT_PROVEN and not unknowns:
        return "Nothing failed, but a person's word stands where secrets and access need proof."
    if decision is Decision.NOT_PROVEN:
        return f"Nothing failed, but {_count(len(unknowns), 'check')} could not be proved."
    parts = []
    if fails:
        names = ", ".join(one.info.row.id for one in sorted(fails, key=_gravity)[:3])
        more = f" and {len(fails) - 3} more" if len(fails) > 3 else ""  # noqa: PLR2004 - three are named
        parts.append(f"{_count(len(fails), 'check')} failed: {names}{more}")
    if len(raised) >= STOP_AT:
        parts.append(f"{len(raised)} red flags are raised: {', '.join(flag.id for flag in raised)}")
    return f"{'; '.join(parts)}."


# ------------------------------------------------------------------------------------- what to do next


def unknown_groups(results: Iterable[CheckResult]) -> tuple[UnknownGroup, ...]:
    """What is unknown by the one input that would prove it, the input that unlocks most checks first."""
    checks: dict[Input, list[CheckResult]] = {}
    for one in results:
        if one.state is State.UNKNOWN:
            remedies = [item.remedy for item in one.open_items] or ([one.remedy] if one.remedy else [])
            for wanted in dict.fromkeys(remedy.input for remedy in remedies):
                checks.setdefault(wanted, []).append(one)
    order = list(Input)
    ranked = sorted(
        checks, key=lambda wanted: (wanted in _LAST_INPUTS, -len(checks[wanted]), order.index(wanted))
    )
    return tuple(
        UnknownGroup(input=wanted, sentence=_sentence(wanted, checks[wanted]), checks=_ids(checks[wanted]))
        for wanted in ranked
    )


def _sentence(wanted: Input, results: Sequence[CheckResult]) -> str:
    """The sentence that most of the checks give, the first among equals."""
    said: dict[str, int] = {}
    for one in results:
        remedies = [item.remedy for item in one.open_items] or ([one.remedy] if one.remedy else [])
        for sentence in dict.fromkeys(remedy.sentence for remedy in remedies if remedy.input is wanted):
            said[sentence] = said.get(sentence, 0) + 1
    return max(said, key=lambda sentence: said[sentence])


def worst_finding(results: Iterable[CheckResult]) -> Finding | None:
    """The finding to mend first: confirmed before suspected, then by gate, severity and check."""
    ranked = [
        (finding.confidence is not Confidence.CONFIRMED, *_gravity(one), position, finding)
        for one in results
        for position, finding in enumerate(one.findings)
        if not finding.disputed_by and not one.waiver
    ]
    return min(ranked, key=lambda item: item[:-1])[-1] if ranked else None


def next_command(worst: Finding | None, groups: Sequence[UnknownGroup]) -> str:
    """One sentence: what to do now."""
    if worst is not None and worst.confidence is Confidence.CONFIRMED:
        return (
            f"Mend this one first (launchready explain {worst.check}), "
            f"then: launchready recheck {worst.fingerprint}"
        )
    if worst is not None:
        return (
            f"Answer this first: {worst.question or worst.message} Write the answer under [visibility] in "
            "launchready.toml, then: launchready rejudge"
        )
    return groups[0].sentence if groups else ""


def _gravity(one: CheckResult) -> tuple[int, int, str]:
    row = one.info.row
    gate = 0 if row.gate in HARD_GATES else _GATES.index(row.gate)
    return gate, _SEVERITIES.index(row.severity), row.id


def _is_bad(one: CheckResult) -> bool:
    return one.state in {State.FAIL, State.UNKNOWN}


def _ids(results: Iterable[CheckResult]) -> tuple[str, ...]:
    return tuple(one.info.row.id for one in results)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
