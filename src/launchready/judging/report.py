"""From a run to its report: the one entry point of judging. Pure; equal runs give equal reports."""

from collections.abc import Iterable, Sequence
from datetime import date
from enum import StrEnum
from typing import TypeVar

from launchready.config.rows import GATES, RED_FLAGS, ROWS, ScorecardRow
from launchready.judging.access import operation_results
from launchready.judging.code_read import code_read
from launchready.judging.decision import (
    STOP_AT,
    decide,
    flag_result,
    gate_result,
    next_command,
    unknown_groups,
    worst_finding,
)
from launchready.judging.engine import aggregate, not_selected
from launchready.judging.five_routes import five_routes
from launchready.judging.inventory import inventory_rows
from launchready.judging.placing import placed
from launchready.judging.registry import check_infos, registered_checks
from launchready.judging.root_causes import grouped
from launchready.judging.running import ruled, run_check
from launchready.judging.statements import statements_on
from launchready.model.check_info import CatalogueRow, CheckInfo, GateId
from launchready.model.evidence import Collected, Partial, SourceReview, Surface
from launchready.model.exchange import Exchange
from launchready.model.outcome import Cause
from launchready.model.report import (
    CheckResult,
    Decision,
    FlagState,
    OperationResult,
    OutsideUsers,
    Report,
    RouteCard,
    RowResult,
    State,
)
from launchready.model.run import Run

Kind = TypeVar("Kind", SourceReview, Surface)

RULES = 1  # counts changes of what the same evidence is judged to be


class FailOn(StrEnum):
    """What makes an audit's exit code bad: anything short of READY, a fail only, users kept out, nothing."""

    NOT_PROVEN = "not_proven"
    NOT_READY = "not_ready"
    OUTSIDE_USERS = "outside_users"
    NEVER = "never"


class JudgementError(Exception):
    """The settings or the run hold something that cannot be judged by; the message says what."""


def judge(run: Run, catalogue: tuple[CatalogueRow, ...], *, tool_version: str) -> Report:
    """The report of a run, with every row of the catalogue in it.

    Raises:
        JudgementError: there is no day to judge by.
    """
    review, surface = _evidence(run, SourceReview), _evidence(run, Surface)
    results = placed(_results(run, check_infos(catalogue)), review, surface)
    gates = tuple(gate_result(gate, results) for gate in GATES)
    flags = tuple(flag_result(flag, results, run.judge) for flag in RED_FLAGS)
    decided = decide(results, gates, flags)
    groups = unknown_groups(one for one in results if one.info.row.gate is not GateId.ADVICE)
    worst = worst_finding(results)
    operations = operation_results(ruled(run.slots, run.judge), run.exchanges)
    cards = five_routes(review, surface, operations, results, run.exchanges)
    return Report(
        tool_version=tool_version,
        rules=RULES,
        run=run.info,
        decision=decided.decision,
        outside_users=decided.outside_users,
        why=decided.why,
        gates=gates,
        flags=flags,
        rows=tuple(_row_result(row, results) for row in ROWS),
        checks=results,
        operations=operations,
        unknowns=groups,
        exchanges=_cited(run.exchanges, results, operations, cards),
        worst=worst.fingerprint if worst else "",
        next_command=next_command(worst, groups),
        stop_and_call=sum(flag.state is FlagState.RAISED for flag in flags) >= STOP_AT,
        accepted_risks=decided.accepted_risks,
        code=code_read(review) if review is not None else None,
        five_routes=cards,
        inventory=inventory_rows(review, surface, run.judge),
    )


def _evidence(run: Run, kind: type[Kind]) -> Kind | None:
    slot = run.slots.get(kind.__name__)
    held = slot.evidence if isinstance(slot, Collected | Partial) else None
    return held if isinstance(held, kind) else None


def exit_code(report: Report, fail_on: FailOn = FailOn.NOT_PROVEN) -> int:
    """0 good, 1 not ready, 3 not proven. A run limited to some checks is good when those pass."""
    if fail_on is FailOn.NEVER:
        return 0
    if fail_on is FailOn.OUTSIDE_USERS:
        return 1 if report.outside_users is OutsideUsers.NO else 0
    decision = _selected_decision(report)
    if decision is Decision.NOT_PROVEN:
        return 3 if fail_on is FailOn.NOT_PROVEN else 0
    return 1 if decision is Decision.NOT_READY else 0


def selects(only: Sequence[str], check_id: str) -> bool:
    """Whether `--only` takes a check: by its id or the letters in front ("SEC"); nothing given takes all."""
    return not only or any(check_id == one.upper() or check_id.startswith(f"{one.upper()}-") for one in only)


def _results(run: Run, infos: tuple[CheckInfo, ...]) -> tuple[CheckResult, ...]:
    only = run.judge.only or run.info.selected or run.collect.only
    as_of = _as_of(run)
    checks = registered_checks()
    slots = ruled(run.slots, run.judge)
    chosen = [info for info in infos if selects(only, info.row.id)]
    ran = grouped({
        info.row.id: run_check(info, checks.get(info.row.id), slots, run.judge) for info in chosen
    })  # fmt: skip
    return tuple(
        aggregate(info, ran[info.row.id], statements_on(info.row, run.judge, as_of, _age(info.row.id)))
        if info.row.id in ran
        else not_selected(info)
        for info in infos
    )


def _age(check_id: str) -> int:
    check = registered_checks().get(check_id)
    return check.attested_for_days if check else 0


def _as_of(run: Run) -> date:
    """The day by which statements must be in force: as set, else the run's end."""
    text = run.judge.as_of or run.info.ended_at or run.info.started_at
    try:
        return date.fromisoformat(text[:10])
    except ValueError as error:
        raise JudgementError(f'"{text}" is no date to judge by: give as_of as YYYY-MM-DD.') from error


def _row_result(row: ScorecardRow, results: Iterable[CheckResult]) -> RowResult:
    own = [one for one in results if one.info.row.row == row.name]
    counts = {state: sum(one.state is state for one in own) for state in State}
    deciding = [one for one in own if one.info.row.gate is not GateId.ADVICE]
    return RowResult(
        id=row.id,
        name=row.name,
        passes_when=row.passes_when,
        why=row.why,
        breaks=row.breaks,
        state=_worst_state(one.state for one in deciding),
        passed=counts[State.PASS],
        failed=counts[State.FAIL],
        unknown=counts[State.UNKNOWN],
        not_applicable=counts[State.NOT_APPLICABLE],
    )


def _worst_state(states: Iterable[State]) -> State:
    present = set(states)
    order = (State.FAIL, State.UNKNOWN, State.PASS, State.NOT_APPLICABLE)
    return next((state for state in order if state in present), State.UNKNOWN)


def _selected_decision(report: Report) -> Decision:
    """The decision; for a limited run that of its checks alone, those that only advise among them."""
    chosen = [one for one in report.checks if one.cause is not Cause.NOT_SELECTED]
    if len(chosen) == len(report.checks):
        return report.decision
    bad = [one for one in chosen if not one.waiver]
    if any(one.state is State.FAIL for one in bad):
        return Decision.NOT_READY
    if not chosen or any(one.state is State.UNKNOWN for one in bad):
        return Decision.NOT_PROVEN
    return Decision.READY


def _cited(
    exchanges: Iterable[Exchange],
    results: Iterable[CheckResult],
    operations: Iterable[OperationResult],
    cards: Iterable[RouteCard],
) -> tuple[Exchange, ...]:
    """What a finding, a cell of the access matrix or a route's card rests on."""
    names = {name for one in results for finding in one.findings for name in finding.evidence}
    names |= {name for row in operations for cell in row.cells for name in cell.evidence}
    names |= {
        name
        for card in cards
        for tick in (card.login, card.ownership, card.input, card.errors)
        for name in tick.evidence
    }
    return tuple(one for one in exchanges if one.id in names)
