"""One numbering of phases over all the parts of a run."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from launchready.model.event import Event, PhaseEnded, PhaseStarted

Emit = Callable[[Event], None]


class Phases:
    """Passes events on; the phases of several parts get numbers in one row."""

    def __init__(self, emit: Emit, total: int) -> None:
        self._emit = emit
        self.total = total
        self._number = 0

    def emit(self, event: Event) -> None:
        """Pass on, with this row's number."""
        if isinstance(event, PhaseStarted):
            self._number += 1
            self.total = max(self.total, self._number)
            event = replace(event, number=self._number, total=self.total)
        self._emit(event)

    @contextmanager
    def phase(self, name: str) -> Iterator[list[str]]:
        """A phase of its own; what is put into the list is its summary."""
        self.emit(PhaseStarted(name=name, number=0, total=0))
        started = time.monotonic()
        summary: list[str] = []
        yield summary
        self.emit(PhaseEnded(name=name, seconds=time.monotonic() - started, summary=", ".join(summary)))
