"""Limits counted in the database, so that all processes share them.

Fixed windows: a counter per key and window. A counter is written in a transaction of its own, so
that a request that fails later has still been counted.
"""

import hashlib
import random
import time

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from agora.database import Database
from agora.errors import Problem
from agora.models import RateCounter
from agora.settings import Limit

KEEP_SECONDS = 2 * 86400
_SWEEP_CHANCE = 0.001


class Limiter:
    """Counts events by key and refuses the ones above a limit."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def spend(self, limit: Limit, *parts: object) -> None:
        """Count one event; refuse with 429 when there were too many."""
        if self._count(limit, _key(parts)) > limit.count:
            raise _too_many(limit)

    def check(self, limit: Limit, *parts: object) -> None:
        """Refuse when the limit is used up, without counting."""
        window = _window(limit)
        query = select(RateCounter.count).where(RateCounter.key == _key(parts), RateCounter.window == window)
        with self._database.transaction(write=False) as session:
            used = session.scalar(query) or 0
        if used >= limit.count:
            raise _too_many(limit)

    def left(self, limit: Limit, *parts: object) -> bool:
        """Count one event and say whether it was within the limit."""
        return self._count(limit, _key(parts)) <= limit.count

    def _count(self, limit: Limit, key: str) -> int:
        insert = sqlite_insert if self._database.is_sqlite else postgresql_insert
        statement = (
            insert(RateCounter)
            .values(key=key, window=_window(limit), count=1)
            .on_conflict_do_update(index_elements=["key", "window"], set_={"count": RateCounter.count + 1})
            .returning(RateCounter.count)
        )
        with self._database.transaction() as session:
            count: int = session.execute(statement).scalar_one()
            if random.random() < _SWEEP_CHANCE:  # noqa: S311 - not a secret
                old = int(time.time()) - KEEP_SECONDS
                session.execute(delete(RateCounter).where(RateCounter.window < old))
        return count


def _window(limit: Limit) -> int:
    """The second in which the present window began."""
    return int(time.time()) // limit.seconds * limit.seconds


def _key(parts: tuple[object, ...]) -> str:
    """The name of the rule, and a digest of the rest: addresses are not kept in the clear."""
    rest = hashlib.sha256("\0".join(map(str, parts[1:])).encode()).hexdigest()[:40]
    return f"{parts[0]}:{rest}"


def _too_many(limit: Limit) -> Problem:
    wait = _window(limit) + limit.seconds - int(time.time())
    return Problem(429, "Too many requests. Please wait a little.", {"Retry-After": str(max(1, wait))})
