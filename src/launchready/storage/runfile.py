"""Writing and reading a run's evidence.

While the audit runs, `run.lrz.part/journal` grows by framed records; a killed audit loses at most the
last one. At the end it is packed into `run.lrz`. What must be undone at the target is on the disk before the
write is sent.
"""

import os
import shutil
from collections.abc import Collection
from pathlib import Path
from types import TracebackType
from typing import Self

from launchready.model.evidence import Slot
from launchready.model.exchange import Exchange
from launchready.model.report import RunInfo
from launchready.model.run import Run, UndoEntry
from launchready.storage.archive import pack, unpack
from launchready.storage.codec import Json, dump_line, load_line, slot_kind, slot_to_json, to_json
from launchready.storage.content import Content, RunStart, gather, header_of, split_exchange, to_run
from launchready.storage.errors import EvidenceDamaged, EvidenceMissing
from launchready.storage.frames import frame, unframe

RUN_NAME = "run.lrz"
PART_SUFFIX = ".part"
JOURNAL = "journal"


class RunWriter:
    """The evidence file of a running audit. Made by `start` or `open_for_resume`; `finish` or `close` it.

    `set_aside` is where the unfinished file of an earlier audit was moved, because things of it are still to
    be undone at the target.
    """

    def __init__(self, part: Path, header: Json, bodies: set[str], set_aside: Path | None = None) -> None:
        self.part = part
        self.set_aside = set_aside
        self._header = header
        self._bodies = bodies
        # Unbuffered: what was written is with the operating system and survives the death of this process
        self._file = (part / JOURNAL).open("ab", buffering=0)
        self._end = self._file.seek(0, os.SEEK_END)

    @classmethod
    def start(cls, directory: Path, start: RunStart) -> Self:
        """Begin a run in `directory`, which is made if need be."""
        part = directory / (RUN_NAME + PART_SUFFIX)
        moved = _clear_leftover(part)
        part.mkdir(parents=True, mode=0o700)
        header = header_of(start)
        writer = cls(part, header, set(), moved)
        writer._append({"header": header}, durable=True)
        _sync_directory(part)
        return writer

    def slot(self, slot: Slot) -> None:
        """Keep what a collector brought; a later slot of the same kind replaces an earlier one."""
        self._append({"record": "slot", "kind": slot_kind(slot), "slot": slot_to_json(slot)})

    def exchange(self, exchange: Exchange) -> None:
        """Keep an exchange; a later one with the same id (now with its bodies, because cited) replaces it."""
        document, bodies = split_exchange(exchange)
        for name, text in bodies.items():
            if name not in self._bodies:
                self._append({"record": "body", "name": name, "text": text})
                self._bodies.add(name)
        self._append({"record": "exchange", "exchange": document})

    def undo(self, entry: UndoEntry) -> None:
        """Keep what must be undone; it is on the disk when this returns: call it before the write is sent."""
        self._append({"record": "undo", "undo": to_json(entry)}, durable=True)

    def undone(self, entry_id: str) -> None:
        """Say that an entry needs no undoing any more."""
        self._append({"record": "undone", "id": entry_id})

    def note(self, text: str) -> None:
        """Keep a sentence for the report's notes on the run."""
        self._append({"record": "note", "text": text})

    def finish(self, info: RunInfo) -> Path:
        """Pack everything into `run.lrz` beside the part directory, and remove that.

        Raises:
            EvidenceDamaged: the journal on the disk is not the one that this writer began.
        """
        self._append({"record": "info", "info": to_json(info)}, durable=True)
        self.close()
        content, _ = _read_journal(self.part)
        if content.header["info"]["id"] != self._header["info"]["id"]:
            raise EvidenceDamaged(
                f"Another audit wrote to {self.part.parent} meanwhile. Give each its own --out directory."
            )
        path = self.part.with_name(RUN_NAME)
        pack(content, path)
        _sync_directory(path.parent)
        shutil.rmtree(self.part)
        return path

    def close(self) -> None:
        """Close the file and leave the part directory as it is."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _append(self, record: Json, *, durable: bool = False) -> None:
        data = frame(dump_line(record))
        try:
            written = 0
            while written < len(data):
                written += self._file.write(data[written:])
        except OSError:
            self._file.truncate(self._end)  # half a record (disk full) would hide all that may follow
            raise
        self._end += len(data)
        if durable:
            os.fsync(self._file.fileno())


def read_run(path: Path) -> Run:
    """The run in `path`: a packed file, a part directory, or the directory that holds one of them.

    Raises:
        EvidenceMissing: nothing there.
        EvidenceDamaged: not readable.
        EvidenceTooNew: written by a newer launchready.
    """
    return to_run(_read(path))


def open_for_resume(part: Path) -> tuple[RunWriter, Run]:
    """Go on writing to the part directory of an interrupted run, and what it holds so far.

    Raises:
        EvidenceMissing: nothing there.
        EvidenceDamaged: not readable.
        EvidenceTooNew: written by a newer launchready.
    """
    content, end = _read_journal(part)
    run = to_run(content)
    os.truncate(part / JOURNAL, end)
    return RunWriter(part, content.header, set(content.bodies)), run


def mark_undone(path: Path, entry_ids: Collection[str]) -> None:
    """Say in a finished or unfinished file that these entries need no undoing any more.

    Raises:
        EvidenceMissing: nothing there.
        EvidenceDamaged: not readable.
        EvidenceTooNew: written by a newer launchready.
    """
    place = _locate(path)
    if place.is_dir():
        writer, _ = open_for_resume(place)
        with writer:
            for entry_id in entry_ids:
                writer.undone(entry_id)
        return
    content = unpack(place)
    for entry_id in entry_ids:
        if entry_id in content.undo:
            content.undo[entry_id]["done"] = True
    pack(content, place)


def unfinished(directory: Path) -> tuple[Path, ...]:
    """Part directories in `directory`, those that were set aside among them; `cleanup` looks into each."""
    return tuple(sorted(part for part in directory.glob("*" + PART_SUFFIX) if (part / JOURNAL).is_file()))


def _read(path: Path) -> Content:
    place = _locate(path)
    if place.is_dir():
        return _read_journal(place)[0]
    return unpack(place)


def _locate(path: Path) -> Path:
    if path.is_file() or (path / JOURNAL).is_file():
        return path
    part = RUN_NAME + PART_SUFFIX
    for candidate in (path / RUN_NAME, path / part, path.with_name(path.name + PART_SUFFIX)):
        if candidate.is_file() or (candidate / JOURNAL).is_file():
            return candidate
    raise EvidenceMissing(f"There is no evidence file at {path}. Name the --out directory of an audit.")


def _read_journal(part: Path) -> tuple[Content, int]:
    try:
        data = (part / JOURNAL).read_bytes()
    except FileNotFoundError as error:
        raise EvidenceMissing(
            f"No unfinished run is at {part}. Name the --out directory of an audit."
        ) from error
    payloads, end = unframe(data)
    return gather(map(load_line, payloads)), end


def _clear_leftover(part: Path) -> Path | None:
    """Remove an earlier part directory; move it away if something is still to be undone or unreadable."""
    if not part.exists():
        return None
    try:
        content, _ = _read_journal(part)
        open_entries = any(not entry.get("done") for entry in content.undo.values())
        name = str(content.header["info"]["id"])
    except EvidenceMissing:
        open_entries, name = False, ""
    except EvidenceDamaged:
        open_entries, name = True, "damaged"
    if not open_entries:
        shutil.rmtree(part)
        return None
    safe = "".join(char if char.isalnum() or char in "-_" else "_" for char in name)
    number = 0
    while (target := part.with_name(f"run-{safe}{f'-{number}' if number else ''}.lrz{PART_SUFFIX}")).exists():
        number += 1
    part.rename(target)
    return target


def _sync_directory(directory: Path) -> None:
    if os.name == "nt":  # a directory cannot be opened there
        return
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
