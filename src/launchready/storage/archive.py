"""The packed form: a zip that is equal byte by byte for equal content."""

import os
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from launchready.storage.codec import dump_line, load_line
from launchready.storage.content import Content, checked_header
from launchready.storage.errors import EvidenceDamaged

EPOCH = (1980, 1, 1, 0, 0, 0)
LARGEST = 2_000_000_000  # bytes unpacked: more is no evidence but a zip bomb
READABLE_BY_OWNER = 0o600 << 16


def pack(content: Content, path: Path) -> None:
    """Write `content` to `path`; the file is whole or not there at all."""
    partial = path.with_name(path.name + ".tmp")
    with partial.open("wb") as file:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
            for name, data in sorted(_entries(content)):
                entry = zipfile.ZipInfo(name, EPOCH)
                entry.compress_type = zipfile.ZIP_DEFLATED
                entry.create_system = 3  # Unix, wherever it was made
                entry.external_attr = READABLE_BY_OWNER
                archive.writestr(entry, data)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)


def _entries(content: Content) -> Iterator[tuple[str, bytes]]:
    yield "header.json", dump_line(content.header)
    yield "info.json", dump_line({"info": content.info, "notes": content.notes})
    yield "exchanges.jsonl", _lines(content.exchanges)
    yield "undo.jsonl", _lines(content.undo)
    for kind, slot in content.slots.items():
        yield f"slots/{kind}.json", dump_line(slot)
    cited = {one[part] for one in content.exchanges.values() for part in ("request_body", "response_body")}
    for name in cited & content.bodies.keys():
        yield f"bodies/{name}", content.bodies[name].encode("utf-8", "replace")


def _lines(documents: dict[str, Any]) -> bytes:
    return b"".join(dump_line(document) + b"\n" for document in documents.values())


def unpack(path: Path) -> Content:
    """The content of a packed file.

    Raises:
        EvidenceDamaged: no zip, a wrong checksum, a missing entry.
        EvidenceTooNew: a newer format.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > LARGEST:
                raise EvidenceDamaged(f"{path} unpacks to over {LARGEST} bytes: it is no evidence file.")
            entries = {name: archive.read(name) for name in archive.namelist()}
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise EvidenceDamaged(
            f"{path} is damaged or no evidence file of launchready ({error}). Run the audit again."
        ) from error
    try:
        return _content(entries)
    except (KeyError, TypeError, AttributeError) as error:
        raise EvidenceDamaged(f"{path} is damaged: it lacks {error}. Run the audit again.") from error


def _content(entries: dict[str, bytes]) -> Content:
    about = load_line(entries["info.json"])
    return Content(
        header=checked_header(load_line(entries["header.json"])),
        info=about["info"],
        notes=about["notes"],
        exchanges={one["id"]: one for one in map(load_line, entries["exchanges.jsonl"].splitlines())},
        undo={one["id"]: one for one in map(load_line, entries["undo.jsonl"].splitlines())},
        slots={
            name.removeprefix("slots/").removesuffix(".json"): load_line(data)
            for name, data in entries.items()
            if name.startswith("slots/")
        },
        bodies={
            name.removeprefix("bodies/"): data.decode("utf-8", "replace")
            for name, data in entries.items()
            if name.startswith("bodies/")
        },
    )
