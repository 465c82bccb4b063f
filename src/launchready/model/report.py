"""What was decided, complete: the one source of every report format. `reporting/json` writes it as the schema says."""

from dataclasses import dataclass
from enum import StrEnum

from launchready.model.check_info import CheckInfo
from launchready.model.exchange import Exchange
from launchready.model.outcome import Cause, Confidence, Input, Remedy
from launchready.model.subject import Subject


class State(StrEnum):
    """A verdict; never a number."""

    PASS = "pass"
    FAIL = "fail"
    NOT_APPLICABLE = "not_applicable"
    UNKNOWN = "unknown"


class Basis(StrEnum):
    """What a verdict rests on."""

    PROVED = "proved"
    ATTESTED = "attested"


class Decision(StrEnum):
    """Can it be handed over?"""

    READY = "READY"
    NOT_READY = "NOT_READY"
    NOT_PROVEN = "NOT_PROVEN"


class OutsideUsers(StrEnum):
    """Can outside users be let in?"""

    YES = "yes"
    NO = "no"
    NOT_PROVEN = "not_proven"


class GateState(StrEnum):
    """State of a gate."""

    PROVED = "proved"
    ATTESTED = "attested"
    WAIVED = "waived"
    FAILED = "failed"
    NOT_PROVEN = "not_proven"


class FlagState(StrEnum):
    """State of a red flag."""

    RAISED = "raised"
    CLEAR = "clear"
    UNKNOWN = "unknown"


class AccessState(StrEnum):
    """What a principal can do with an operation, one cell of the access matrix."""

    ALLOWED = "allowed"
    DENIED = "denied"
    LEAKS = "leaks"
    SUSPECTED = "suspected"
    UNPROVEN = "unproven"
    NOT_TRIED = "not_tried"


@dataclass(frozen=True, slots=True, kw_only=True)
class Location:
    """Where in the code a finding lives; `code` is the text of that line, where it may be shown."""

    path: str
    line: int = 0
    commit: str = ""
    where: str = ""
    code: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A violation with a name that is stable over runs.

    `probed` is what the running product said about what the code shows ("confirmed by probe", "not probed"), empty for
    what was seen at the running product alone. `fix` is the smallest right change, where one is known for this place.
    """

    fingerprint: str
    check: str
    confidence: Confidence
    subject: Subject
    variant: str
    message: str
    impact: str
    evidence: tuple[str, ...]
    reproduce: str
    question: str = ""
    location: Location | None = None
    waived_by: str = ""
    disputed_by: str = ""
    probed: str = ""
    fix: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenItem:
    """An unproven subject of a check."""

    subject: Subject
    cause: Cause
    reason: str
    remedy: Remedy


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckResult:
    """A check's verdict with what it rests on. `cause`, `reason`, `remedy` are set when unknown.

    `notes` are sentences to keep beside it: what the code seemed to show and the running product refuted.
    """

    info: CheckInfo
    state: State
    basis: Basis
    safe: int = 0
    findings: tuple[Finding, ...] = ()
    open_items: tuple[OpenItem, ...] = ()
    cause: Cause | None = None
    reason: str = ""
    remedy: Remedy | None = None
    evidence: tuple[str, ...] = ()
    waiver: str = ""
    attested_by: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class GateResult:
    """A gate and the checks that hold it."""

    id: str
    question: str
    state: GateState
    because: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FlagResult:
    """A red flag and why."""

    id: str
    sentence: str
    state: FlagState
    because: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RowResult:
    """One of the ten scorecard rows."""

    id: str
    name: str
    passes_when: str
    why: str
    breaks: str
    state: State
    passed: int
    failed: int
    unknown: int
    not_applicable: int


@dataclass(frozen=True, slots=True, kw_only=True)
class UnknownGroup:
    """What one input would prove: the checks that it unlocks and the sentence to follow."""

    input: Input
    sentence: str
    checks: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessCell:
    """One cell of the access matrix; `evidence` are exchange ids."""

    principal: str
    state: AccessState
    reason: str = ""
    evidence: tuple[str, ...] = ()


class OperationState(StrEnum):
    """The worst that is known of an operation."""

    SAFE = "safe"
    VIOLATED = "violated"
    SUSPECTED = "suspected"
    UNPROVEN = "unproven"


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationResult:
    """One row of the access matrix."""

    id: str
    method: str
    path: str
    purpose: str
    object: str
    cells: tuple[AccessCell, ...]
    state: OperationState
    reason: str = ""


class TickState(StrEnum):
    """Whether one of the four things that every route needs is there."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"
    NOT_NEEDED = "not_needed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """One of the four, why, and what shows it (exchange ids, file places)."""

    state: TickState
    reason: str = ""
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteCard:
    """A risky route: the reasons that make it one, and whether login, ownership, input and errors are taken care of."""

    method: str
    path: str
    access: str
    risk: tuple[str, ...]
    login: Tick
    ownership: Tick
    input: Tick
    errors: Tick
    location: Location | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InventoryRow:
    """A route with whom it is for (an access class, "none" where nothing says so) and what names it.

    `named_by` holds "specification", "code", "scripts", "recording"; `location` is its handler's, where that is known.
    """

    method: str
    path: str
    access: str
    named_by: tuple[str, ...]
    location: Location | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StackPart:
    """An application that the code holds. `routes` counts its routes by access class, classes in a fixed order."""

    framework: str
    version: str
    root: str
    location: Location
    routes: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeRead:
    """How much code was read, the stack that it shows, and what was not understood (path, reason)."""

    files: int
    lines: int
    stack: tuple[StackPart, ...] = ()
    skipped: tuple[tuple[str, str], ...] = ()
    open: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RunInfo:
    """What ran. Times are ISO 8601 UTC; `leftovers` are things we created and could not remove."""

    id: str
    started_at: str
    ended_at: str
    seconds: float
    requests: int
    profile: str
    target: str
    title: str = ""
    leftovers: tuple[str, ...] = ()
    interrupted: bool = False
    notes: tuple[str, ...] = ()
    selected: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """All of it."""

    tool_version: str
    rules: int
    run: RunInfo
    decision: Decision
    outside_users: OutsideUsers
    why: str
    gates: tuple[GateResult, ...]
    flags: tuple[FlagResult, ...]
    rows: tuple[RowResult, ...]
    checks: tuple[CheckResult, ...]
    operations: tuple[OperationResult, ...]
    unknowns: tuple[UnknownGroup, ...]
    exchanges: tuple[Exchange, ...]
    worst: str = ""
    next_command: str = ""
    stop_and_call: bool = False
    accepted_risks: tuple[str, ...] = ()
    code: CodeRead | None = None
    five_routes: tuple[RouteCard, ...] = ()
    inventory: tuple[InventoryRow, ...] = ()
