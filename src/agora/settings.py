"""Settings from the environment; an incomplete set refuses to start.

Nothing here has a default that would be unsafe in production: secrets, addresses and
origins must be given, and "no mail" must be said out loud (``AGORA_SMTP_URL=none``).
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

SECRET_BYTES = 32
NO_MAIL = "none"


class Environment(StrEnum):
    """Where this process runs; only ``production`` hides the documentation page."""

    DEVELOPMENT = "development"
    STAGING = "staging"
    PRODUCTION = "production"


class SettingsError(Exception):
    """The environment does not describe a complete, safe configuration."""


@dataclass(frozen=True, slots=True)
class Limit:
    """At most ``count`` events in each window of ``seconds``."""

    count: int
    seconds: int


def _parse_limit(value: object) -> Limit:
    """Read ``"40/600"``: 40 events in 600 seconds."""
    if isinstance(value, Limit):
        return value
    match = re.fullmatch(r"\s*(\d{1,7})\s*/\s*(\d{1,6})\s*", str(value))
    if match is None or int(match[2]) == 0:
        raise ValueError("must look like COUNT/SECONDS, for example 40/600")
    return Limit(int(match[1]), int(match[2]))


def _split(value: object) -> object:
    if isinstance(value, str):
        return tuple(part.strip() for part in value.split(",") if part.strip())
    return value


def _origin(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError(f"{value!r} is not an origin such as https://app.example.com")
    if parts.path or parts.query or parts.fragment or "*" in value:
        raise ValueError(f"{value!r} must be scheme, host and port only, without wildcard")
    return value.lower()


def _origins(values: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(map(_origin, values))


def _base_url(value: object) -> str:
    text = str(value).rstrip("/")
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query:
        raise ValueError("must be an absolute http(s) URL")
    return text


LimitSetting = Annotated[Limit, NoDecode, BeforeValidator(_parse_limit)]
Names = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_split)]
Origins = Annotated[Names, AfterValidator(_origins)]


class Settings(BaseSettings):
    """Everything the process needs, read from ``AGORA_*`` variables."""

    model_config = SettingsConfigDict(env_prefix="AGORA_", extra="ignore", frozen=True)

    secret_key: SecretStr
    database_url: SecretStr
    allowed_origins: Origins
    public_base_url: Annotated[str, BeforeValidator(_base_url)]
    webhook_secret: SecretStr
    smtp_url: SecretStr
    mail_from: str = "Agora <no-reply@agora.example>"
    environment: Environment = Environment.PRODUCTION
    auto_migrate: bool = False
    require_verified_email: bool = True
    log_level: str = "INFO"
    sentry_dsn: SecretStr | None = None
    trusted_proxies: Names = ()
    """Addresses of reverse proxies whose X-Forwarded-For is believed."""

    admin_email: str | None = None
    admin_password: SecretStr | None = None
    moderator_email: str | None = None
    moderator_password: SecretStr | None = None

    access_token_seconds: Annotated[int, Field(ge=30, le=3600)] = 900
    refresh_token_seconds: Annotated[int, Field(ge=60, le=90 * 86400)] = 14 * 86400
    session_seconds: Annotated[int, Field(ge=60, le=365 * 86400)] = 30 * 86400
    """Longest life of a session however often it is refreshed."""
    webhook_tolerance_seconds: Annotated[int, Field(ge=10, le=900)] = 300
    max_body_bytes: Annotated[int, Field(ge=1024, le=50_000_000)] = 2_000_000
    max_upload_bytes: Annotated[int, Field(ge=1024, le=20_000_000)] = 1_000_000
    max_uploads: Annotated[int, Field(ge=1, le=10_000)] = 200
    """Files that one member may keep."""

    argon2_time_cost: Annotated[int, Field(ge=1, le=10)] = 3
    argon2_memory_kib: Annotated[int, Field(ge=8, le=1_048_576)] = 65536
    argon2_parallelism: Annotated[int, Field(ge=1, le=8)] = 1

    limit_sign_up: LimitSetting = Limit(40, 600)
    limit_login_failures: LimitSetting = Limit(10, 300)
    limit_account_failures: LimitSetting = Limit(100, 3600)
    """Failed logins of one account from all addresses together."""
    limit_address_failures: LimitSetting = Limit(60, 300)
    """Failed logins from one address over all accounts."""
    limit_refresh: LimitSetting = Limit(240, 60)
    limit_password_reset: LimitSetting = Limit(20, 600)
    limit_reset_mails: LimitSetting = Limit(5, 3600)
    limit_token_guesses: LimitSetting = Limit(60, 600)
    limit_writes: LimitSetting = Limit(600, 60)
    limit_messages: LimitSetting = Limit(120, 60)
    limit_invites: LimitSetting = Limit(60, 600)
    limit_search: LimitSetting = Limit(240, 60)
    limit_public_reads: LimitSetting = Limit(1200, 60)

    @model_validator(mode="after")
    def _complete(self) -> Self:
        for name in ("secret_key", "webhook_secret"):
            if len(getattr(self, name).get_secret_value().encode()) < SECRET_BYTES:
                raise ValueError(f"AGORA_{name.upper()} must be at least {SECRET_BYTES} bytes long")
        if self.secret_key.get_secret_value() == self.webhook_secret.get_secret_value():
            raise ValueError("AGORA_SECRET_KEY and AGORA_WEBHOOK_SECRET must differ")
        self._check_database()
        self._check_mail()
        self._check_accounts()
        if self.sentry_dsn and urlsplit(self.sentry_dsn.get_secret_value()).scheme not in {"http", "https"}:
            raise ValueError("AGORA_SENTRY_DSN must be an http or https URL")
        return self

    def _check_database(self) -> None:
        scheme = self.database_url.get_secret_value().split(":", 1)[0]
        if scheme not in {"sqlite", "postgresql", "postgresql+psycopg"}:
            raise ValueError("AGORA_DATABASE_URL must start with sqlite: or postgresql:")

    def _check_mail(self) -> None:
        url = self.smtp_url.get_secret_value()
        if url == NO_MAIL:
            if self.require_verified_email:
                raise ValueError(
                    "AGORA_SMTP_URL=none needs AGORA_REQUIRE_VERIFIED_EMAIL=false: "
                    "without mail nobody could verify an address"
                )
            return
        parts = urlsplit(url)
        if parts.scheme not in {"smtp", "smtps", "smtp+starttls"} or not parts.hostname:
            raise ValueError("AGORA_SMTP_URL must be smtp://, smtps://, smtp+starttls:// or none")

    def _check_accounts(self) -> None:
        for role in ("admin", "moderator"):
            given = [getattr(self, f"{role}_{part}") is not None for part in ("email", "password")]
            if any(given) and not all(given):
                raise ValueError(f"AGORA_{role.upper()}_EMAIL and _PASSWORD go together")

    @property
    def sends_mail(self) -> bool:
        """Whether a mail server was given."""
        return self.smtp_url.get_secret_value() != NO_MAIL

    @property
    def sqlalchemy_url(self) -> str:
        """The database URL with the driver that this package uses for PostgreSQL."""
        url = self.database_url.get_secret_value()
        if url.startswith("postgresql:"):
            return "postgresql+psycopg:" + url.removeprefix("postgresql:")
        return url


def load_settings() -> Settings:
    """Read the settings, or raise ``SettingsError`` that names each variable to set."""
    try:
        return Settings()
    except ValidationError as error:
        lines = []
        for problem in error.errors(include_input=False, include_context=False):
            place = str(problem["loc"][0]) if problem["loc"] else ""
            label = f"AGORA_{place.upper()}: " if place else ""
            message = problem["msg"].removeprefix("Value error, ")
            lines.append(label + ("must be set" if problem["type"] == "missing" else message))
        raise SettingsError("\n".join(lines)) from None
