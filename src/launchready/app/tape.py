"""What must survive a crash, held back until there is a file for it."""

from typing import Protocol

from launchready.model.exchange import Exchange
from launchready.model.run import UndoEntry


class Keeper(Protocol):
    """Where what must survive a crash is written at once: the run's evidence file."""

    def exchange(self, exchange: Exchange) -> None:
        """Keep an exchange; the later record of an id wins."""

    def undo(self, entry: UndoEntry) -> None:
        """Keep what must be undone."""

    def undone(self, entry_id: str) -> None:
        """Mark as undone."""


class Tape:
    """Passes on to an evidence file once there is one; until then exchanges wait.

    A run that fails at the first knock must not touch what an earlier one left in the output directory.
    """

    def __init__(self) -> None:
        self._waiting: list[Exchange] = []
        self._recorder: Keeper | None = None

    def attach(self, recorder: Keeper) -> None:
        """From now on everything goes there, after what has waited."""
        for exchange in self._waiting:
            recorder.exchange(exchange)
        self._waiting.clear()
        self._recorder = recorder

    def exchange(self, exchange: Exchange) -> None:
        """Keep an exchange."""
        if self._recorder is None:
            self._waiting.append(exchange)
        else:
            self._recorder.exchange(exchange)

    def undo(self, entry: UndoEntry) -> None:
        """Keep what must be undone, before the request is sent."""
        if self._recorder is not None:
            self._recorder.undo(entry)

    def undone(self, entry_id: str) -> None:
        """Mark as undone."""
        if self._recorder is not None:
            self._recorder.undone(entry_id)
