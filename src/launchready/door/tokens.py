"""Altered copies of a token that no target may accept. Nothing here verifies a signature."""

import base64
import binascii
import hmac
import json
from typing import Any

_GARBAGE = "lr-not-a-token"


def jwt_parts(value: str) -> tuple[dict[str, Any], dict[str, Any], str] | None:
    """Header, payload and signature text of a compact JWS (RFC 7515 section 7.1), or `None`."""
    pieces = value.split(".")
    if len(pieces) != 3:  # noqa: PLR2004 - header, payload, signature
        return None
    header, payload = _decoded(pieces[0]), _decoded(pieces[1])
    if header is None or payload is None or "alg" not in header:
        return None
    return header, payload, pieces[2]


def altered_tokens(value: str, *, foreign_key: str) -> list[tuple[str, str]]:
    """(name, altered token); every one differs from `value`.

    For all tokens: `garbage`, `truncated`, `flipped` (one character changed). For a JWT the flip is in the
    signature (`signature_flipped`), and there are `unsigned` (alg none, empty signature),
    `signature_stripped` and `resigned` (same claims, HS256 under a key of ours).
    """
    parts = jwt_parts(value)
    variants = [("garbage", _GARBAGE)]
    if parts is None:
        variants += [("truncated", value[: len(value) // 2]), ("flipped", _flipped(value, len(value) // 2))]
    else:
        header, payload, signature = parts
        body = value[: len(value) - len(signature)]
        variants += [
            # To whole groups of base64: well-formed, so that it is the signature that must refuse it
            ("truncated", body + signature[: len(signature) // 8 * 4]),
            ("unsigned", f"{_encoded({**header, 'alg': 'none'})}.{_encoded(payload)}."),
            ("signature_stripped", body),
            # In the middle: the last character of base64url carries unused bits
            ("signature_flipped", _flipped(value, len(body) + len(signature) // 2)),
            ("resigned", _signed({**header, "alg": "HS256"}, payload, foreign_key)),
        ]
    return [(name, altered) for name, altered in variants if altered and altered != value]


def _signed(header: dict[str, Any], payload: dict[str, Any], key: str) -> str:
    text = f"{_encoded(header)}.{_encoded(payload)}"
    digest = hmac.new(key.encode(), text.encode(), "sha256").digest()
    return f"{text}.{base64.urlsafe_b64encode(digest).rstrip(b'=').decode()}"


def _encoded(part: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(part, separators=(",", ":")).encode()).rstrip(b"=").decode()


def _decoded(text: str) -> dict[str, Any] | None:
    try:
        part = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (ValueError, binascii.Error, RecursionError):
        return None
    return part if isinstance(part, dict) else None


def _flipped(value: str, at: int) -> str:
    if not value or at >= len(value):
        return value
    other = "A" if value[at] != "A" else "B"
    return value[:at] + other + value[at + 1 :]
