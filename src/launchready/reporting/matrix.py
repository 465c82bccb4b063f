"""The access matrix as people see it: objects, what can be done with them, and what each principal got."""

from collections.abc import Sequence
from dataclasses import dataclass

from launchready.model.report import AccessCell, AccessState, OperationResult, OperationState
from launchready.reporting.text import one_line
from launchready.reporting.words import ACCESS, OPERATIONS, Word, object_name, operation_name, principal_name

_FIRST = ("anonymous", "member_a", "member_b")
_LAST = ("moderator", "admin", "owner", "service")
_GRAVITY = (
    OperationState.VIOLATED,
    OperationState.SUSPECTED,
    OperationState.UNPROVEN,
    OperationState.SAFE,
)
_LONGEST_REASON = 600


@dataclass(frozen=True, slots=True, kw_only=True)
class CellView:
    """What one principal got from one operation. `exchanges` are ids that the report holds."""

    principal: str
    who: str
    state: AccessState
    word: Word
    reason: str
    exchanges: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationView:
    """One row of the matrix; `number` is its place in the report, for anchors."""

    number: int
    name: str
    method: str
    path: str
    label: str
    state: OperationState
    word: Word
    reason: str
    cells: tuple[CellView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectGroup:
    """The operations on one type of object, gravest group first."""

    name: str
    operations: tuple[OperationView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MatrixView:
    """The picture: columns (principal, human name), groups of rows, how many operations are in a state."""

    principals: tuple[tuple[str, str], ...]
    groups: tuple[ObjectGroup, ...]
    counts: tuple[tuple[OperationState, int], ...]

    @property
    def operations(self) -> tuple[OperationView, ...]:
        """All rows in the order shown."""
        return tuple(operation for group in self.groups for operation in group.operations)


def build_matrix(operations: Sequence[OperationResult], known: frozenset[str]) -> MatrixView:
    """The matrix of a report; `known` are the ids of the exchanges that the report holds."""
    principals = _columns(operations)
    grouped: dict[str, list[OperationView]] = {}
    for number, operation in enumerate(operations, start=1):
        view = _operation(operation, number, principals, known)
        grouped.setdefault(object_name(operation.object), []).append(view)
    groups = [ObjectGroup(name=name, operations=tuple(rows)) for name, rows in grouped.items()]
    groups.sort(key=lambda group: (min(_GRAVITY.index(row.state) for row in group.operations), group.name))
    counts = tuple((state, sum(item.state is state for item in operations)) for state in _GRAVITY)
    return MatrixView(
        principals=tuple((name, principal_name(name)) for name in principals),
        groups=tuple(groups),
        counts=counts,
    )


def _columns(operations: Sequence[OperationResult]) -> tuple[str, ...]:
    seen = sorted({cell.principal for operation in operations for cell in operation.cells})
    middle = [name for name in seen if name not in _FIRST and name not in _LAST]
    return tuple(name for name in (*_FIRST, *middle, *_LAST) if name in seen)


def _operation(
    operation: OperationResult, number: int, principals: Sequence[str], known: frozenset[str]
) -> OperationView:
    cells = {cell.principal: cell for cell in operation.cells}
    return OperationView(
        number=number,
        name=operation_name(operation.purpose, one_line(operation.method, 12), operation.object),
        method=one_line(operation.method, 12),
        path=one_line(operation.path, 200),
        # GraphQL fields share a method and a path; their id tells them apart
        label=one_line(operation.id, 200),
        state=operation.state,
        word=OPERATIONS[operation.state],
        reason=one_line(operation.reason, _LONGEST_REASON),
        cells=tuple(_cell(name, cells.get(name), known) for name in principals),
    )


def _cell(principal: str, cell: AccessCell | None, known: frozenset[str]) -> CellView:
    state = cell.state if cell else AccessState.NOT_TRIED
    return CellView(
        principal=principal,
        who=principal_name(principal),
        state=state,
        word=ACCESS[state],
        reason=one_line(cell.reason, _LONGEST_REASON) if cell else "",
        exchanges=tuple(item for item in cell.evidence if item in known) if cell else (),
    )
