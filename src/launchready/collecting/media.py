"""Built values as the door sends them: JSON, forms, files."""

import struct
import zlib
from collections.abc import Mapping
from typing import Any

from launchready.door.messages import Body, FilePart, FormBody, JsonBody, MultipartBody, RawBody
from launchready.surface.examples import BuiltBody


def as_body(built: BuiltBody, word: str) -> Body:
    """The door's form of a built body; files carry the word where an image may hold a comment."""
    if "json" in built.media_type:
        return JsonBody(value=built.value)
    pairs = _pairs(built.value)
    if "multipart" in built.media_type or built.files:
        files = tuple(
            FilePart(
                name=name, filename=f"{word or 'planted'}.png", media_type="image/png", content=png(word)
            )
            for name in built.files
        )
        return MultipartBody(fields=pairs, files=files)
    if "form" in built.media_type:
        return FormBody(fields=pairs)
    text = built.value if isinstance(built.value, str) else str(built.value or "")
    return RawBody(media_type=built.media_type, content=text.encode())


def with_fields(body: Body, extra: Mapping[str, Any]) -> Body:
    """The body with more fields, inside a single wrapping object where there is one; forms take texts."""
    match body:
        case JsonBody(value=dict(value)) if extra:
            if len(value) == 1 and isinstance(next(iter(value.values())), dict):
                ((name, inner),) = value.items()
                return JsonBody(value={name: {**inner, **extra}})
            return JsonBody(value={**value, **extra})
        case FormBody(fields=fields) if extra:
            return FormBody(fields=(*fields, *_pairs(extra)))
        case _:
            return body


def _pairs(value: Any) -> tuple[tuple[str, str], ...]:
    if not isinstance(value, Mapping):
        return ()
    pairs: list[tuple[str, str]] = []
    for name, item in value.items():
        values = item if isinstance(item, list) else [item]
        pairs.extend(
            (str(name), str(each).lower() if isinstance(each, bool) else str(each))
            for each in values
            if each is not None
        )
    return tuple(pairs)


def png(word: str) -> bytes:
    """A PNG of one pixel with the word as its comment (ISO/IEC 15948)."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)
    pixels = zlib.compress(b"\x00\x33\x66\x99")
    return b"".join(
        (
            b"\x89PNG\r\n\x1a\n",
            chunk(b"IHDR", header),
            chunk(b"tEXt", b"Comment\x00" + word.encode()),
            chunk(b"IDAT", pixels),
            chunk(b"IEND", b""),
        )
    )
