"""What collectors bring home: a closed union of kinds, each in a slot.

A kind's name is its class name; `version` counts changes of its shape, so that storage can migrate.
Absent is not empty: a collector that could not look gives `Failed` or `Partial`, never an empty collection.
"""

from dataclasses import dataclass
from typing import ClassVar, TypeAlias

from launchready.model.operation import Operation, UnusableOperation
from launchready.model.outcome import Cause, Remedy
from launchready.model.principal import Account
from launchready.model.probe import Answer, ReadProbe, Scenario, Trial, WriteProbe
from launchready.model.source import (
    AccessTest,
    DataKey,
    DataTable,
    EnvironmentVariable,
    Skipped,
    SourceApp,
    SourceHit,
    SourceRoute,
    TestJob,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Something that a collector planned and could not do: what, why, and what would help."""

    what: str
    cause: Cause
    reason: str
    remedy: Remedy
    operation: str = ""
    principal: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Surface:
    """What the API is. `origin` tells where the description came from; `complete` if it lists every operation."""

    version: ClassVar[int] = 1
    origin: str
    title: str
    operations: tuple[Operation, ...]
    unusable: tuple[UnusableOperation, ...]
    security_declared: bool
    complete: bool
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Accounts:
    """Who could be signed in, and who could not."""

    version: ClassVar[int] = 1
    accounts: tuple[Account, ...]
    gaps: tuple[Gap, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Planted:
    """One object that an account's own write created.

    `canaries` maps field names to the unique words put there; `parents` are (object type, id) from the outside in;
    `visible` is "private", "public" or "" (no visibility field). `values` are the non-secret ids by parameter name.
    """

    owner: str
    object_type: str
    object_class: str
    object_id: str
    created_by: str
    canaries: tuple[tuple[str, str], ...] = ()
    parents: tuple[tuple[str, str], ...] = ()
    visible: str = ""
    values: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Plantings:
    """What each account owns now."""

    version: ClassVar[int] = 1
    objects: tuple[Planted, ...]
    gaps: tuple[Gap, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardProbe:
    """An operation asked by nobody (`anonymous`) after `control` (a member) got an answer."""

    operation: str
    method: str
    path: str
    guard: str
    signals: tuple[str, ...]
    attempt: Answer
    control: Answer | None
    private_paths: tuple[str, ...] = ()
    absent_control: Answer | None = None
    change: str = ""
    reproduce: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardSweep:
    """Every operation without credentials (AUTH-01)."""

    version: ClassVar[int] = 1
    probes: tuple[GuardProbe, ...]
    gaps: tuple[Gap, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessMatrix:
    """Reads of each other's objects: details in every form, lists, search, feeds, exports."""

    version: ClassVar[int] = 1
    reads: tuple[ReadProbe, ...]
    gaps: tuple[Gap, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteMatrix:
    """Writes on each other's objects, read back by the owner."""

    version: ClassVar[int] = 1
    writes: tuple[WriteProbe, ...]
    gaps: tuple[Gap, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenTrials:
    """Garbage, truncated, re-signed, logged-out, expired tokens on a sample of each route group (AUTH-02)."""

    version: ClassVar[int] = 1
    trials: tuple[Trial, ...]
    gaps: tuple[Gap, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionScenarios:
    """Session lifecycles (AUTH-28)."""

    version: ClassVar[int] = 1
    scenarios: tuple[Scenario, ...]
    gaps: tuple[Gap, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleTrials:
    """Admin and moderator functions called by those who are neither (ROLE-01)."""

    version: ClassVar[int] = 1
    trials: tuple[Trial, ...]
    gaps: tuple[Gap, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MassAssignment:
    """Privileged fields in sign-up, profile and object writes, read back (ROLE-04)."""

    version: ClassVar[int] = 1
    trials: tuple[Trial, ...]
    gaps: tuple[Gap, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OriginTrials:
    """Foreign origins on good answers, error answers and preflights (CORS-01)."""

    version: ClassVar[int] = 1
    trials: tuple[Trial, ...]
    gaps: tuple[Gap, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ExposedPaths:
    """Internal, cron, console, metrics and documentation paths (AUTH-35), with a not-found control."""

    version: ClassVar[int] = 1
    trials: tuple[Trial, ...]
    gaps: tuple[Gap, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialHit:
    """A credential in a response: `kind` ("password hash", "own password" …), masked preview, JSON path."""

    operation: str
    method: str
    path: str
    principal: str
    exchange: str
    kind: str
    where: str
    preview: str
    mark: str
    confirmed: bool
    reproduce: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseCredentials:
    """Every response of the run looked through for hashes, tokens, keys, connection strings (SEC-13)."""

    version: ClassVar[int] = 1
    responses: int
    operations: tuple[str, ...]
    hits: tuple[CredentialHit, ...]
    gaps: tuple[Gap, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretHit:
    """A detector's hit in the repository; the value itself is nowhere, only a masked preview and a keyed mark.

    `classed` is "live", "review" (a person must look), "test", "example" or "public"; `reason` says why. One value at
    several places is one hit a place, all with the same `mark`. `confidence` is "high", "medium" or "low".
    """

    path: str
    line: int
    commit: str
    where: str
    rule: str
    rule_name: str
    preview: str
    mark: str
    classed: str
    reason: str
    confidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RepositorySecrets:
    """What the secret engine saw in the working tree. `engine` names it with version; `files` were looked at.

    `notes` tell what is no part of the working tree and was left out (dependencies, submodules), with counts.
    """

    version: ClassVar[int] = 1
    engine: str
    root: str
    files: int
    hits: tuple[SecretHit, ...]
    gaps: tuple[Gap, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceReview:
    """What the repository's code says, read and never run.

    `files` and `lines` of code were read; `skipped` belong to the code and were not understood. `looked_for` names what
    was looked for in all of the code: kinds of hits, "lookups", "tests", "jobs", "variables" (see
    `launchready.model.source.LOOKED_FOR`). What is not named there and was not found says nothing.
    """

    version: ClassVar[int] = 1
    root: str
    files: int
    lines: int
    apps: tuple[SourceApp, ...]
    routes: tuple[SourceRoute, ...]
    hits: tuple[SourceHit, ...] = ()
    variables: tuple[EnvironmentVariable, ...] = ()
    tables: tuple[DataTable, ...] = ()
    keys: tuple[DataKey, ...] = ()
    tests: tuple[AccessTest, ...] = ()
    jobs: tuple[TestJob, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    gaps: tuple[Gap, ...] = ()
    notes: tuple[str, ...] = ()
    looked_for: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientRoute:
    """An address that a client bundle of the target names. `method` is empty where the bundle does not tell."""

    method: str
    path: str
    asset: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientBundles:
    """The scripts that the target's own pages load, and the API paths that they name (AUTH-03).

    `pages` were asked, `assets` were read. Without a page there is no bundle, which is not a gap.
    """

    version: ClassVar[int] = 1
    pages: tuple[str, ...]
    assets: tuple[str, ...]
    routes: tuple[ClientRoute, ...]
    gaps: tuple[Gap, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SpfRecord:
    """What DNS says about SPF for one domain (RFC 7208); `problem` if DNS did not answer."""

    domain: str
    records: tuple[str, ...]
    lookups: int
    voids: int
    all_qualifier: str
    errors: tuple[str, ...]
    warnings: tuple[str, ...]
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MailRecords:
    """Mail records of every sending domain (MAIL-01)."""

    version: ClassVar[int] = 1
    spf: tuple[SpfRecord, ...]
    gaps: tuple[Gap, ...] = ()


Evidence: TypeAlias = (
    Surface
    | Accounts
    | Plantings
    | GuardSweep
    | AccessMatrix
    | WriteMatrix
    | TokenTrials
    | SessionScenarios
    | RoleTrials
    | MassAssignment
    | OriginTrials
    | ExposedPaths
    | ResponseCredentials
    | RepositorySecrets
    | SourceReview
    | ClientBundles
    | MailRecords
)

EVIDENCE_KINDS: tuple[type[Evidence], ...] = (
    Surface,
    Accounts,
    Plantings,
    GuardSweep,
    AccessMatrix,
    WriteMatrix,
    TokenTrials,
    SessionScenarios,
    RoleTrials,
    MassAssignment,
    OriginTrials,
    ExposedPaths,
    ResponseCredentials,
    RepositorySecrets,
    SourceReview,
    ClientBundles,
    MailRecords,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Collected:
    """The collector did all it planned (gaps of single operations stand inside the evidence)."""

    evidence: Evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class Partial:
    """The collector stopped early; what it had is in `evidence`. It can prove a violation, never a pass."""

    evidence: Evidence
    cause: Cause
    reason: str
    remedy: Remedy


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """The collector brought nothing."""

    kind: str
    cause: Cause
    reason: str
    remedy: Remedy


Slot: TypeAlias = Collected | Partial | Failed
