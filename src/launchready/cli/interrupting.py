"""Ctrl-C: the first stops probing and cleans up, the second leaves at once."""

import asyncio
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType, TracebackType
from typing import Self

from launchready.app.exits import Exit
from launchready.collecting.runner import Stopper

_GRACE = 1.0
_SAID = "\nStopping. What was made is being removed (15 s at most); press Ctrl-C again to leave at once.\n"


class Interrupts:
    """`with Interrupts(stopper):` inside a running event loop; SIGTERM counts as Ctrl-C."""

    def __init__(self, stopper: Stopper, leave: Callable[[int], None] = os._exit) -> None:
        self._stopper = stopper
        self._leave = leave
        self._loop = asyncio.get_running_loop()
        self._task = asyncio.current_task()
        self._count = 0
        self._before: dict[signal.Signals, object] = {}

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGINT, signal.SIGTERM):
                self._before[number] = signal.signal(number, self._signalled)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)  # type: ignore[arg-type] # what signal.signal itself returned

    @contextmanager
    def paused(self) -> Iterator[None]:
        """While a question waits for its answer Ctrl-C ends it: the loop cannot hear anything then."""
        main = bool(self._before)
        if main:
            signal.signal(signal.SIGINT, signal.default_int_handler)
        try:
            yield
        finally:
            if main:
                signal.signal(signal.SIGINT, self._signalled)

    def _signalled(self, _number: int, _frame: FrameType | None) -> None:
        # Plain signal handlers, not the loop's: those do not exist on Windows
        self._loop.call_soon_threadsafe(self.interrupt)

    def interrupt(self) -> None:
        """What a Ctrl-C does."""
        self._count += 1
        if self._count == 1:
            sys.stderr.write(_SAID)
            sys.stderr.flush()
            self._stopper.stop()
            return
        if self._count == 2:  # noqa: PLR2004 - the second
            # Whatever does not end by being cancelled is left behind a second later
            timer = threading.Timer(_GRACE, self._leave, (int(Exit.INTERRUPTED),))
            timer.daemon = True
            timer.start()
            if self._task is not None:
                self._task.cancel()
            return
        self._leave(int(Exit.INTERRUPTED))
