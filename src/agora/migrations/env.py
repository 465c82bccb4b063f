"""How Alembic reaches the database."""

from alembic import context
from sqlalchemy import create_engine, pool

import agora.models  # noqa: F401 - registers the tables
from agora.database import Base


def run() -> None:
    """Migrate over one connection; batch mode lets SQLite change tables."""
    url = context.config.attributes["url"]
    engine = create_engine(url, poolclass=pool.NullPool)
    with engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            render_as_batch=connection.dialect.name == "sqlite",
            compare_type=True,
        )
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()


run()
