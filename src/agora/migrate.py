"""Running the migrations that come with the package."""

from pathlib import Path

from alembic import command
from alembic.config import Config

from agora.settings import Settings


def configuration(url: str) -> Config:
    """Alembic's configuration without a file of its own."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["url"] = url
    return config


def upgrade(settings: Settings, revision: str = "head") -> None:
    """Bring the database up to a revision."""
    command.upgrade(configuration(settings.sqlalchemy_url), revision)


def downgrade(settings: Settings, revision: str) -> None:
    """Take the database back to a revision."""
    command.downgrade(configuration(settings.sqlalchemy_url), revision)
