"""What the user set. Collect settings are frozen into the run; judge settings may change and the run be rejudged."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from launchready.model.statement import Attestation, Dispute, FlagAnswer, Waiver


class Profile(StrEnum):
    """How much is tried."""

    QUICK = "quick"
    STANDARD = "standard"
    FULL = "full"


class Environment(StrEnum):
    """What the target is to its owner."""

    STAGING = "staging"
    PRODUCTION = "production"


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretSource:
    """Where a secret value comes from: the name of an environment variable or a command to run (argument list)."""

    env: str = ""
    command: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LoginRecipe:
    """Credentials to log in with at the target's own login (identifier in clear, password from a secret source)."""

    identifier: str
    password: SecretSource


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountSettings:
    """An account the user gives. Exactly one of `bearer`, `cookie`, `headers`, `basic`, `login` is set."""

    name: str
    role: str = "member"
    bearer: SecretSource | None = None
    cookie: SecretSource | None = None
    headers: tuple[tuple[str, SecretSource], ...] = ()
    basic: SecretSource | None = None
    login: LoginRecipe | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """Bounds of a run: requests, bytes received, seconds, requests a second, concurrent requests."""

    requests: int = 4000
    received_bytes: int = 400_000_000
    seconds: float = 1800.0
    rate: float = 50.0
    concurrency: int = 4
    body_bytes: int = 2_000_000
    timeout: float = 10.0


BUDGETS: Mapping[Profile, Budget] = {
    Profile.QUICK: Budget(requests=800, seconds=120.0),
    Profile.STANDARD: Budget(),
    Profile.FULL: Budget(requests=20_000, seconds=7200.0),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class MailSettings:
    """Where mail that the target sends can be seen, and what domains send."""

    catcher: str = ""
    sink: str = ""
    domains: tuple[str, ...] = ()
    nameserver: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectSettings:
    """What decides which requests are sent."""

    url: str = ""
    spec: str = ""
    har: str = ""
    repo: str = ""
    environment: Environment = Environment.PRODUCTION
    profile: Profile = Profile.STANDARD
    only: tuple[str, ...] = ()
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    never_touch: tuple[str, ...] = ()
    headers: tuple[tuple[str, SecretSource], ...] = ()
    accounts: tuple[AccountSettings, ...] = ()
    mail: MailSettings = MailSettings()
    budget: Budget = Budget()
    proxy: str = ""
    ca: str = ""
    authorized_by: str = ""
    origins: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class VisibilityRule:
    """An operation pattern ("GET /announcements/{id}", `*` allowed) and who may read it."""

    pattern: str
    visibility: str


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeSettings:
    """What decides how evidence is judged; thresholds by name."""

    only: tuple[str, ...] = ()
    visibility: tuple[VisibilityRule, ...] = ()
    thresholds: tuple[tuple[str, float], ...] = ()
    waivers: tuple[Waiver, ...] = ()
    disputes: tuple[Dispute, ...] = ()
    attestations: tuple[Attestation, ...] = ()
    flags: tuple[FlagAnswer, ...] = ()
    mfa_accounts: tuple[str, ...] = ()
    public_operations: tuple[str, ...] = ()
    as_of: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """All of it, and where it was read from (empty when no file was)."""

    collect: CollectSettings = CollectSettings()
    judge: JudgeSettings = JudgeSettings()
    path: str = ""
