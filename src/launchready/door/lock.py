"""One run at a time against a target.

An operating system lock, which ends with its process however that ends.
"""

import hashlib
import os
import sys
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from launchready.model.errors import CorrectableError

# Windows locks hide the locked bytes from other readers, so the lock lies far behind the process id
_LOCKED_BYTE = 1 << 20


class TargetBusy(CorrectableError):  # noqa: N818 - a state that the caller reports
    """Another run works on the same target; `pid` is its process id, 0 if it could not be read."""

    def __init__(self, origin: str, pid: int, path: Path) -> None:
        who = f"process {pid}" if pid else "another process"
        super().__init__(
            f"{who} is auditing {origin} at this moment (lock {path}); two runs would spoil each other's "
            "results. Wait for it to end, or stop it."
        )
        self.origin, self.pid, self.path = origin, pid, path


class HostLock:
    """`with HostLock(permit.origin, lock_dir):` Raises TargetBusy.

    A lock left by a dead process does not count.
    """

    def __init__(self, origin: str, directory: Path) -> None:
        name = hashlib.sha256(origin.encode()).hexdigest()[:16]
        self.origin = origin
        self.path = directory / f"{name}.lock"
        self._file: IO[bytes] | None = None

    def __enter__(self) -> Self:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        file = self.path.open("a+b")
        try:
            _lock(file)
        except OSError as error:
            file.seek(0)
            text = file.read(32).split(b" ")[0]
            file.close()
            raise TargetBusy(self.origin, int(text) if text.isdigit() else 0, self.path) from error
        file.truncate(0)
        file.write(f"{os.getpid()} {self.origin}\n".encode())
        file.flush()
        self._file = file
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        # The file stays: removing it would let a third run lock a new file while a second holds the old one
        if self._file is not None:
            self._file.close()
            self._file = None


if sys.platform == "win32":
    import msvcrt

    def _lock(file: IO[bytes]) -> None:
        file.seek(_LOCKED_BYTE)
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        file.seek(0)
else:
    import fcntl

    def _lock(file: IO[bytes]) -> None:
        fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
