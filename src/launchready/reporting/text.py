"""Foreign text made fit for people: nothing in it can steer a terminal, a page or the reading direction."""

import json
import re

# C0 but tab and newline, DEL, C1, bidirectional and invisible format characters, tags, lone surrogates.
# Zero width joiners (U+200C, U+200D) stay: Persian and emoji need them.
_UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f"
    "\ufeff\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f]"
)
_WORD_EDGE = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|[\s_\-./]+")
_LARGEST_PRETTY = 100_000


def visible(text: str) -> str:
    """The text with every control, bidirectional and invisible character written out as an escape."""
    return _UNSAFE.sub(_escape, text.replace("\r\n", "\n"))


def _escape(match: re.Match[str]) -> str:
    code = ord(match.group())
    if code <= 0xFF:  # noqa: PLR2004 - two hexadecimal digits hold it
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"  # noqa: PLR2004 - four digits


def one_line(text: str, limit: int = 400) -> str:
    """Visible text on one line, at most `limit` characters, cut with an ellipsis."""
    # Far more than is kept never needs to be looked through
    line = " ".join(visible(text[: limit * 8]).split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def clipped(text: str, limit: int) -> tuple[str, int]:
    """Visible text of at most about `limit` characters, and how many characters were left out."""
    return visible(text[:limit]), max(0, len(text) - limit)


def pretty_body(body: str) -> str:
    """A JSON body indented for reading; anything else as it is."""
    if len(body) > _LARGEST_PRETTY or not body.lstrip().startswith(("{", "[")):
        return body
    try:
        return json.dumps(json.loads(body), indent=2, ensure_ascii=False)
    except (ValueError, RecursionError):
        return body


def spaced(name: str) -> str:
    """A machine name as words: `DirectMessage`, `direct_message` → `direct message`."""
    return " ".join(part for part in _WORD_EDGE.split(one_line(name, 80)) if part).lower()


def capital(text: str) -> str:
    """First letter in upper case, the rest as it is."""
    return text[:1].upper() + text[1:]


def counted(number: int, noun: str) -> str:
    """`1 check`, `2 checks`, `1,204 requests`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
