"""Facts kept by content, so that a second review reads only what changed.

One SQLite file. What was made by other readers than these (their own source decides) or is older than a month is
dropped; a damaged or locked file is no error: the review is only slower.
"""

import hashlib
import sqlite3
import time
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from types import TracebackType
from typing import Self

from pydantic import TypeAdapter, ValidationError

from launchready.source.code.facts import FileFacts
from launchready.source.code.files import CodeFile

_SECONDS_KEPT = 30 * 86_400
_ADAPTER = TypeAdapter(FileFacts)


class FactsCache:
    """Facts by path, content and version of the readers; a context manager that writes at its end."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._connection: sqlite3.Connection | None = None
        self._new: list[tuple[str, bytes, float]] = []

    def __enter__(self) -> Self:
        """Open or make the file."""
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._connection = _opened(self._path)
        except (sqlite3.Error, OSError):
            self._connection = None
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Write what is new, drop what is old, close."""
        if self._connection is None:
            return
        try:
            with self._connection:
                self._connection.executemany("INSERT OR REPLACE INTO facts VALUES (?, ?, ?)", self._new)
                if self._new:
                    oldest = time.time() - _SECONDS_KEPT
                    self._connection.execute("DELETE FROM facts WHERE made < ?", (oldest,))
        except sqlite3.Error:
            pass  # another review holds the file: this one's facts are made again next time
        finally:
            self._connection.close()
            self._connection = None

    def get(self, held: CodeFile) -> FileFacts | None:
        """The facts of this file with this content, if they are kept."""
        if self._connection is None:
            return None
        try:
            query = "SELECT facts FROM facts WHERE key = ?"
            row = self._connection.execute(query, (_key(held),)).fetchone()
            return _ADAPTER.validate_json(row[0]) if row is not None else None
        except (sqlite3.Error, ValidationError):
            return None

    def put(self, held: CodeFile, facts: FileFacts) -> None:
        """Keep them, from the end of the review on."""
        if self._connection is not None:
            self._new.append((_key(held), _ADAPTER.dump_json(facts), time.time()))


def _opened(path: Path) -> sqlite3.Connection:
    try:
        return _prepared(path)
    except sqlite3.DatabaseError:
        path.unlink()  # no database, or a damaged one; all in it can be made again
        return _prepared(path)


def _prepared(path: Path) -> sqlite3.Connection:
    # Opened in one thread and asked in another, never by two at a time
    connection = sqlite3.connect(path, timeout=0.2, check_same_thread=False)
    try:
        connection.execute("CREATE TABLE IF NOT EXISTS facts (key TEXT PRIMARY KEY, facts BLOB, made REAL)")
    except sqlite3.Error:
        connection.close()
        raise
    path.chmod(0o600)
    return connection


def _key(held: CodeFile) -> str:
    return hashlib.sha256(f"{readers_version()}\x1f{held.path}\x1f{held.digest}".encode()).hexdigest()


@cache
def readers_version() -> str:
    """A digest of the readers' own source: facts by other readers are not these."""
    digest = hashlib.sha256()
    for part in ("model", "source"):
        _feed(digest, files("launchready").joinpath(part))
    return digest.hexdigest()


def _feed(digest: "hashlib._Hash", folder: Traversable) -> None:
    for one in sorted(folder.iterdir(), key=lambda item: item.name):
        if one.is_dir():
            _feed(digest, one)
        elif one.name.endswith(".py"):
            digest.update(one.read_bytes())
