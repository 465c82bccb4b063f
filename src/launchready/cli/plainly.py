"""Errors as plain sentences with an exit code; defects of ours as a sentence and a note."""

import asyncio
import errno
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn, TypeVar

import typer

from launchready.app.errors import Declined
from launchready.app.exits import Exit
from launchready.app.workplace import DEBUG_LOG, append_private
from launchready.config.places import state_dir
from launchready.model.errors import CorrectableError

_DISK = frozenset({errno.ENOSPC, errno.EROFS, errno.EACCES, errno.EPERM, errno.EDQUOT})
Result = TypeVar("Result")


def plainly(work: Callable[[], Result], *, log: Path | None = None) -> Result:
    """Call it; errors become a sentence and an exit code."""
    try:
        return work()
    except CorrectableError as error:
        fail(str(error))
    except Declined as declined:
        fail(f"Stopped. {declined}")
    except (KeyboardInterrupt, asyncio.CancelledError, typer.Abort):
        sys.stderr.write("Interrupted. launchready cleanup removes what was left behind.\n")
        raise typer.Exit(int(Exit.INTERRUPTED)) from None
    except OSError as error:
        if error.errno not in _DISK:
            _defect(error, log or state_dir() / DEBUG_LOG)
        fail(f"{error.filename or 'A file'} cannot be written or read: {error.strerror}.")
    except Exception as error:  # noqa: BLE001 - a defect of ours ends in a sentence, not in a traceback
        _defect(error, log or state_dir() / DEBUG_LOG)


def fail(sentence: str, code: Exit = Exit.USAGE) -> NoReturn:
    """One sentence on standard error, and the end."""
    text = " ".join(sentence.split())
    sys.stderr.write(f"launchready: {text}\n")
    raise typer.Exit(int(code)) from None


def _defect(error: Exception, log: Path) -> NoReturn:
    text = "".join(traceback.format_exception(error))
    note(text, log)
    fail(f"This is a defect of launchready ({type(error).__name__}). Report it with {log}.", Exit.INTERNAL)


def note(text: str, log: Path) -> None:
    """Keep a traceback of ours."""
    try:
        log.parent.mkdir(parents=True, exist_ok=True)
        append_private(log, f"{text}\n")
    except OSError as error:
        sys.stderr.write(f"{log} cannot be written ({error.strerror}):\n{text}\n")
