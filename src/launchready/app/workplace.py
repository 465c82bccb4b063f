"""The output directory of a run, and the log that only a defect of ours needs."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from launchready.app.errors import UsageProblem

DEFAULT_OUT = "launchready-report"
DEBUG_LOG = "debug.log"
# Inside the directory of the audit whose findings are tried again
RECHECKS = "recheck"


@dataclass(frozen=True, slots=True, kw_only=True)
class Workplace:
    """Where a run's files go."""

    out: Path

    @classmethod
    def prepare(cls, out: Path) -> "Workplace":
        """Make the directory if need be. Raises UsageProblem when nothing can be written there."""
        try:
            out.mkdir(parents=True, exist_ok=True)
            probe = out / f".write-test-{os.getpid()}"
            probe.write_bytes(b"")
            probe.unlink()
        except OSError as error:
            reason = error.strerror or type(error).__name__
            raise UsageProblem(
                f"Nothing can be written to {out} ({reason}).", "Name another directory: --out DIR."
            ) from error
        return cls(out=out)

    @property
    def debug_log(self) -> Path:
        """Where tracebacks of our own defects go."""
        return self.out / DEBUG_LOG

    def debug(self, text: str) -> None:
        """Keep a traceback. It may quote what the target sent, so only its owner can read it."""
        append_private(self.debug_log, f"{datetime.now(UTC).isoformat(timespec='seconds')}\n{text}\n")


def append_private(path: Path, text: str) -> None:
    """Append to a file that only its owner can read."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(descriptor, "a", encoding="utf-8", errors="replace") as file:
        file.write(text)


Debug = Callable[[str], None]
