"""The parts of a running application, made once and handed to whoever needs them."""

from dataclasses import dataclass, field

from agora import __version__
from agora.authentication import Authenticator
from agora.database import Database
from agora.limits import Limiter
from agora.mail import Mailer
from agora.policies import Policies
from agora.security import Passwords
from agora.sentry import ErrorReporter
from agora.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """Which implementations to use; a product built on Agora can put its own in."""

    policies: type[Policies] = Policies
    authenticator: type[Authenticator] = Authenticator


@dataclass(frozen=True, slots=True, kw_only=True)
class Components:
    """Everything with state or configuration."""

    settings: Settings
    database: Database
    policies: Policies
    authenticator: Authenticator
    limiter: Limiter
    mailer: Mailer
    passwords: Passwords
    errors: ErrorReporter
    choices: Choices = field(default_factory=Choices)

    @classmethod
    def build(cls, settings: Settings, choices: Choices) -> "Components":
        """Wire the parts together; nothing is opened yet."""
        database = Database(settings.sqlalchemy_url)
        dsn = settings.sentry_dsn.get_secret_value() if settings.sentry_dsn else None
        return cls(
            settings=settings,
            database=database,
            policies=choices.policies(),
            authenticator=choices.authenticator(settings, database),
            limiter=Limiter(database),
            mailer=Mailer(settings),
            passwords=Passwords(settings),
            errors=ErrorReporter(dsn, settings.environment, f"agora@{__version__}"),
            choices=choices,
        )

    def close(self) -> None:
        """Finish background work and close connections."""
        self.mailer.close()
        self.errors.close()
        self.database.dispose()
