"""Lines with their length and checksum in front, so that a torn tail is seen and all before it kept."""

import zlib
from collections.abc import Iterator

from launchready.storage.errors import EvidenceDamaged


def frame(payload: bytes) -> bytes:
    """`payload` as one line: its length in bytes, its CRC-32, itself."""
    return b"%d %08x %b\n" % (len(payload), zlib.crc32(payload), payload)


def unframe(data: bytes) -> tuple[list[bytes], int]:
    """The payloads of all whole frames from the start, and how many bytes they take; a torn tail is left out.

    Raises:
        EvidenceDamaged: a frame in the middle is broken; what follows it is no torn tail.
    """
    payloads: list[bytes] = []
    end = 0
    for payload, after in _frames(data, 0):
        payloads.append(payload)
        end = after
    if _holds_a_frame(data, end):
        raise EvidenceDamaged(
            f"The evidence journal is damaged at byte {end}, in the middle. Restore the file from a copy, "
            "or run the audit again."
        )
    return payloads, end


def _frames(data: bytes, start: int) -> Iterator[tuple[bytes, int]]:
    while True:
        first = data.find(b" ", start, start + 12)
        if first < 0 or not data[start:first].isdigit():
            return
        begin = first + 10  # eight digits of checksum, a space
        end = begin + int(data[start:first])
        payload = data[begin:end]
        if data[end : end + 1] != b"\n" or data[first + 1 : begin] != b"%08x " % zlib.crc32(payload):
            return
        yield payload, end + 1
        start = end + 1


def _holds_a_frame(data: bytes, start: int) -> bool:
    while (newline := data.find(b"\n", start)) >= 0:
        start = newline + 1
        if next(_frames(data, start), None) is not None:
            return True
    return False
