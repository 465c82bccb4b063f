"""The shape of launchready.toml. Messages are for the person who wrote the file.

Input values are never shown.
"""

import ipaddress
import re
from datetime import date, datetime
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PositiveFloat,
    PositiveInt,
    model_validator,
)

_FINGERPRINT = re.compile(r"[0-9a-f]{16}")
_ROLES = ("member", "moderator", "admin", "owner", "service")


class Section(BaseModel):
    """Refuses unknown keys and silent conversions."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, hide_input_in_errors=True)


class Source(Section):
    """`{ env = "NAME" }` or `{ command = ["program", "argument"] }`."""

    env: str = ""
    command: list[str] = []

    @model_validator(mode="before")
    @classmethod
    def _no_inline_value(cls, value: Any) -> Any:
        if not isinstance(value, dict):
            raise ValueError('a secret may not stand in the file: use { env = "NAME" } and set that variable')  # noqa: TRY004
        return value

    @model_validator(mode="after")
    def _one(self) -> "Source":
        if bool(self.env) == bool(self.command):
            raise ValueError('name either { env = "NAME" } or { command = ["program", "…"] }')
        return self


def _date(value: Any) -> Any:
    """A date that cannot be read is a date long past: the statement then counts as expired."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value).strip())
    except ValueError:
        return date.min


LenientDate = Annotated[date, BeforeValidator(_date)]


def _web_url(value: Any) -> Any:
    if not isinstance(value, str) or not value:
        return value
    if "://" not in value:
        raise ValueError(f"a URL begins with http:// or https://, e.g. http://{value.lstrip('/')}")
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("a URL begins with http:// or https:// and names a host")
    if "@" in parts.netloc:
        raise ValueError("leave user and password out of the URL; accounts have a section of their own")
    return value


WebUrl = Annotated[str, BeforeValidator(_web_url)]


def _operation_pattern(value: Any) -> Any:
    if isinstance(value, str):
        method, _, path = value.strip().partition(" ")
        if not (re.fullmatch(r"[A-Za-z*]+", method) and path.strip().startswith(("/", "*"))):
            raise ValueError('an operation is written "METHOD /path", e.g. "POST /payments/*"')
    return value


OperationPattern = Annotated[str, BeforeValidator(_operation_pattern)]


class Target(Section):
    """[target]."""

    url: WebUrl = ""
    spec: str = ""
    har: str = ""
    repo: str = ""
    environment: Literal["staging", "production"] | None = None
    profile: Literal["quick", "standard", "full"] = "standard"
    only: list[str] = []
    include: list[OperationPattern] = []
    exclude: list[OperationPattern] = []
    never_touch: list[OperationPattern] = []
    headers: dict[str, Source] = {}
    proxy: WebUrl = ""
    ca: str = ""
    authorized_by: str = ""
    origins: list[WebUrl] = []


class Login(Section):
    """`login = { identifier = "…", password = { env = "…" } }`."""

    identifier: str = Field(min_length=1)
    password: Source


class GivenAccount(Section):
    """[accounts.NAME]: exactly one way to be that account."""

    role: Literal["member", "moderator", "admin", "owner", "service"] = "member"
    bearer: Source | None = None
    cookie: Source | None = None
    headers: dict[str, Source] = {}
    header: dict[str, Source] = {}
    basic: Source | None = None
    login: Login | None = None
    command: list[str] = []

    @model_validator(mode="after")
    def _one_way(self) -> "GivenAccount":
        ways = [self.bearer, self.cookie, self.headers or self.header, self.basic, self.login, self.command]
        if sum(bool(way) for way in ways) != 1:
            raise ValueError("an account has exactly one of bearer, cookie, header, basic, login, command")
        return self


class Spend(Section):
    """[budget]."""

    requests: PositiveInt | None = None
    received_bytes: PositiveInt | None = None
    seconds: PositiveFloat | None = None
    rate: PositiveFloat | None = None
    concurrency: Annotated[int, Field(ge=1, le=64)] | None = None
    body_bytes: PositiveInt | None = None
    timeout: PositiveFloat | None = None


def _nameserver(value: Any) -> Any:
    if isinstance(value, str) and value:
        host = value[1:].partition("]")[0] if value.startswith("[") else value
        host = host.partition(":")[0] if host.count(":") == 1 else host
        try:
            ipaddress.ip_address(host)
        except ValueError:
            raise ValueError('a name server is an address, e.g. "127.0.0.1:5353"') from None
    return value


class Mail(Section):
    """[mail]."""

    catcher: WebUrl = ""
    sink: str = ""
    domains: list[str] = []
    nameserver: Annotated[str, BeforeValidator(_nameserver)] = ""


class Statement(Section):
    """What attestations, waivers and disputes share."""

    check: str = Field(min_length=1)
    person: str = Field(min_length=1)
    signed: LenientDate
    expires: LenientDate


class GivenAttestation(Statement):
    """[[attestations]]."""

    subject: str = ""
    statement: str = Field(min_length=1)


class GivenWaiver(Statement):
    """[[waivers]]; without a fingerprint for the whole check."""

    fingerprint: str = ""
    reason: str = Field(min_length=1)

    @model_validator(mode="after")
    def _readable(self) -> "GivenWaiver":
        if self.fingerprint and not _FINGERPRINT.fullmatch(self.fingerprint):
            raise ValueError("a fingerprint has 16 hexadecimal digits, as the report shows it")
        return self


class GivenDispute(GivenWaiver):
    """[[disputes]]: always for one finding."""

    @model_validator(mode="after")
    def _one_finding(self) -> "GivenDispute":
        if not self.fingerprint:
            raise ValueError("a dispute names the finding's fingerprint, as the report shows it")
        return self


class GivenFlag(Section):
    """[flags.F1]."""

    raised: bool
    person: str = Field(min_length=1)
    reason: str = ""


class Judge(Section):
    """[judge]."""

    mfa_accounts: list[str] = []
    public_operations: list[OperationPattern] = []
    as_of: LenientDate | None = None


class File(Section):
    """The whole file."""

    target: Target = Target()
    accounts: dict[str, GivenAccount] = {}
    visibility: dict[OperationPattern, Literal["public", "members", "participants", "owner"]] = {}
    thresholds: dict[str, Annotated[float, Field(gt=0, allow_inf_nan=False)]] = {}
    budget: Spend = Spend()
    mail: Mail = Mail()
    attestations: list[GivenAttestation] = []
    waivers: list[GivenWaiver] = []
    disputes: list[GivenDispute] = []
    flags: dict[Literal["F1", "F2", "F3", "F4", "F5"], GivenFlag] = {}
    judge: Judge = Judge()
