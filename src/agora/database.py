"""The database: engine, sessions, and column types that behave alike on SQLite and PostgreSQL."""

import asyncio
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    Connection,
    DateTime,
    Dialect,
    Engine,
    MetaData,
    TypeDecorator,
    Uuid,
    create_engine,
    event,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, SessionTransaction, mapped_column, sessionmaker

NAMING = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcDateTime(TypeDecorator[datetime]):
    """A moment in UTC. SQLite keeps no zone, so it is put back on reading."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - the interface
        """Refuse naive moments, store UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - the interface
        """Give the zone back."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def now() -> datetime:
    """The present moment in UTC."""
    return datetime.now(UTC)


class Base(DeclarativeBase):
    """Base of all tables; constraint names are fixed so that migrations can refer to them."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {datetime: UtcDateTime(), uuid.UUID: Uuid()}  # noqa: RUF012 - SQLAlchemy's own name and shape


class Identified:
    """A random id (never a counter, which could be walked) and the moment of creation."""

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    created_at: Mapped[datetime] = mapped_column(default=now)


class Database:
    """Engine and sessions.

    On SQLite a writing transaction begins IMMEDIATE: it waits for its turn at the start
    instead of failing half-way when two requests write at once.
    """

    def __init__(self, url: str) -> None:
        self.is_sqlite = url.startswith("sqlite")
        # Writers wait for each other while they hold a thread. There must be fewer of them than threads
        # (40), else whoever has the lock finds no thread to finish in.
        self.writers = asyncio.Semaphore(4 if self.is_sqlite else 25)
        if self.is_sqlite:
            arguments: dict[str, Any] = {"connect_args": {"check_same_thread": False, "timeout": 15}}
        else:
            arguments = {"pool_pre_ping": True}
        self.engine: Engine = create_engine(url, pool_size=20, max_overflow=80, **arguments)
        if self.is_sqlite:
            event.listen(self.engine, "connect", _prepare_sqlite)
            event.listen(self.engine, "begin", _begin_sqlite)
        writing = self.engine.execution_options(sqlite_begin="IMMEDIATE")
        self._reading = sessionmaker(self.engine, expire_on_commit=False)
        self._writing = sessionmaker(writing, expire_on_commit=False)
        event.listen(self._writing, "after_begin", _note_begin)
        event.listen(self._writing, "after_transaction_end", _note_end)

    def new_session(self, *, write: bool) -> Session:
        """A session that opens its transaction with the first statement."""
        return self._writing() if write else self._reading()

    @contextmanager
    def transaction(self, *, write: bool = True) -> Iterator[Session]:
        """A session that commits at the end, or rolls back when the block raises."""
        with self.new_session(write=write) as session, session.begin():
            yield session

    def dispose(self) -> None:
        """Close all connections."""
        self.engine.dispose()


def has_begun(session: Session) -> bool:
    """Whether a writing session holds a transaction in the database, not only in memory."""
    return bool(session.info.get("begun"))


def _note_begin(session: Session, _transaction: object, _connection: object) -> None:
    session.info["begun"] = True


def _note_end(session: Session, transaction: SessionTransaction) -> None:
    if transaction.parent is None:  # a flush has a transaction of its own inside the real one
        session.info["begun"] = False


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # we emit BEGIN ourselves, see _begin_sqlite
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    mode = connection.get_execution_options().get("sqlite_begin", "DEFERRED")
    connection.exec_driver_sql(f"BEGIN {mode}")
