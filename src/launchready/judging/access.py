"""The access matrix: operations × principals, as the probes showed it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from launchready.model.evidence import (
    AccessMatrix,
    Accounts,
    Evidence,
    Failed,
    GuardSweep,
    RoleTrials,
    Slot,
    Surface,
    WriteMatrix,
)
from launchready.model.exchange import Exchange
from launchready.model.operation import Channel, GraphQlField, HttpOperation, Operation
from launchready.model.oracle import (
    ANONYMOUS_NAME,
    Denied,
    Judgement,
    Leaks,
    Open,
    Shared,
    Suspected,
    Violated,
    judge_guard,
    judge_read,
    judge_write,
)
from launchready.model.principal import stands_for
from launchready.model.probe import Answer, AnswerKind, Trial
from launchready.model.report import AccessCell, AccessState, OperationResult, OperationState

# Worst first: a cell shows the worst that was seen
_ORDER = (
    AccessState.LEAKS,
    AccessState.SUSPECTED,
    AccessState.UNPROVEN,
    AccessState.DENIED,
    AccessState.ALLOWED,
    AccessState.NOT_TRIED,
)


@dataclass(slots=True)
class _Seen:
    """What was seen of one operation: cells by principal, and whether somebody without a right tried it."""

    cells: dict[str, AccessCell] = field(default_factory=dict)
    tried: bool = False

    def add(self, principal: str, state: AccessState, reason: str, evidence: Iterable[str]) -> None:
        principal = stands_for(principal)
        names = tuple(dict.fromkeys(name for name in evidence if name))
        new = AccessCell(principal=principal, state=state, reason=reason, evidence=names)
        old = self.cells.get(principal)
        if old is None or _ORDER.index(state) < _ORDER.index(old.state):
            self.cells[principal] = new


def operation_results(
    slots: Mapping[str, Slot], exchanges: Iterable[Exchange]
) -> tuple[OperationResult, ...]:
    """One row for each operation of the surface; a principal that was never tried has a cell that says so."""
    evidence = {kind: slot.evidence for kind, slot in slots.items() if not isinstance(slot, Failed)}
    surface = evidence.get("Surface")
    if not isinstance(surface, Surface):
        return ()
    seen = _collect(evidence.values(), {one.id: one.principal for one in exchanges})
    accounts = evidence.get("Accounts")
    people = accounts.accounts if isinstance(accounts, Accounts) else ()
    names = [stands_for(one.principal.name) for one in people]
    also = sorted({name for one in seen.values() for name in one.cells} - {ANONYMOUS_NAME, *names})
    principals = tuple(dict.fromkeys((ANONYMOUS_NAME, *names, *also)))
    return tuple(
        _row(operation, seen.get(operation.id, _Seen()), principals) for operation in surface.operations
    )


def _collect(evidence: Iterable[Evidence], principals: Mapping[str, str]) -> dict[str, _Seen]:
    seen: dict[str, _Seen] = {}
    for operation, principal, judgement, answer in _judgements(evidence):
        one = seen.setdefault(operation, _Seen())
        state, reason = _told(judgement)
        one.tried = one.tried or state is not AccessState.UNPROVEN
        one.add(principal, state, reason, (answer.exchange,))
    for operation, control in _controls(evidence):
        if control.kind in {AnswerKind.DATA, AnswerKind.EMPTY} and control.exchange in principals:
            one = seen.setdefault(operation, _Seen())
            one.add(principals[control.exchange], AccessState.ALLOWED, "", (control.exchange,))
    for trial in _role_trials(evidence):
        one = seen.setdefault(trial.operation, _Seen())
        one.tried = one.tried or trial.held is not None
        one.add(trial.principal, _STATES[trial.held], trial.reason, _exchanges(trial))
    return seen


_STATES: Mapping[bool | None, AccessState] = {
    True: AccessState.DENIED,
    False: AccessState.LEAKS,
    None: AccessState.UNPROVEN,
}


def _judgements(evidence: Iterable[Evidence]) -> Iterator[tuple[str, str, Judgement, Answer]]:
    for one in evidence:
        match one:
            case GuardSweep(probes=probes):
                for guard in probes:
                    yield guard.operation, ANONYMOUS_NAME, judge_guard(guard), guard.attempt
            case AccessMatrix(reads=reads):
                for read in reads:
                    yield read.operation, read.principal, judge_read(read), read.attempt
            case WriteMatrix(writes=writes):
                for write in writes:
                    yield write.operation, write.principal, judge_write(write), write.attempt
            case _:
                pass


def _controls(evidence: Iterable[Evidence]) -> Iterator[tuple[str, Answer]]:
    for one in evidence:
        match one:
            case GuardSweep(probes=probes):
                yield from ((probe.operation, probe.control) for probe in probes if probe.control)
            case AccessMatrix(reads=reads):
                yield from ((read.operation, read.owner_control) for read in reads if read.owner_control)
            case WriteMatrix(writes=writes):
                yield from ((write.operation, write.owner_control) for write in writes if write.owner_control)
            case _:
                pass


def _role_trials(evidence: Iterable[Evidence]) -> Iterator[Trial]:
    for one in evidence:
        if isinstance(one, RoleTrials):
            yield from one.trials


def _exchanges(trial: Trial) -> tuple[str, ...]:
    return (trial.attempt.exchange,) if trial.attempt else ()


def _told(judgement: Judgement) -> tuple[AccessState, str]:
    match judgement:
        case Leaks(proof=proof) | Violated(proof=proof):
            return AccessState.LEAKS, proof
        case Suspected(question=question):
            return AccessState.SUSPECTED, question
        case Shared(reason=reason):
            return AccessState.ALLOWED, reason
        case Denied(note=note):
            return AccessState.DENIED, note
        case Open(reason=reason):
            return AccessState.UNPROVEN, reason


def _row(operation: Operation, seen: _Seen, principals: tuple[str, ...]) -> OperationResult:
    cells = tuple(
        seen.cells.get(name, AccessCell(principal=name, state=AccessState.NOT_TRIED)) for name in principals
    )
    state, reason = _state(seen)
    method, path, purpose, thing = _described(operation)
    return OperationResult(
        id=operation.id,
        method=method,
        path=path,
        purpose=purpose,
        object=thing,
        cells=cells,
        state=state,
        reason=reason,
    )


def _state(seen: _Seen) -> tuple[OperationState, str]:
    by_state = {cell.state: cell for cell in reversed(tuple(seen.cells.values()))}
    for bad, state in (
        (AccessState.LEAKS, OperationState.VIOLATED),
        (AccessState.SUSPECTED, OperationState.SUSPECTED),
        (AccessState.UNPROVEN, OperationState.UNPROVEN),
    ):
        if bad in by_state:
            return state, by_state[bad].reason
    if seen.tried:
        return OperationState.SAFE, ""
    return OperationState.UNPROVEN, "nobody without a right to it has tried it"


def _described(operation: Operation) -> tuple[str, str, str, str]:
    match operation:
        case HttpOperation(method=method, path=path, purpose=purpose, object_type=thing):
            return method, path, purpose.value, thing
        case GraphQlField(endpoint=endpoint, kind=kind, object_type=thing):
            return "POST", endpoint, kind, thing
        case Channel(path=path, protocol=protocol):
            return "GET", path, protocol, ""
