"""Regular expressions of the audited code, tried on short texts where that is sure to end soon."""

from __future__ import annotations

import re

from launchready.source.script.symbolic.values import Pieces, Value, pieces_of

_LONGEST_PATTERN = 300
_LONGEST_TEXT = 200
_MOST_OPEN = 3  # quantifiers without an upper bound
_QUANTIFIED_GROUP = re.compile(r"[+*?}]\)[+*{]|\)[+*]")
_OPEN = re.compile(r"(?<!\\)[+*]|\{\d+,\}")
_UNLIKE = re.compile(r"\\[pPkKcCuUxX1-9]|\(\?<|\[\^?\[")  # written otherwise in Python, or not bounded
_SAMPLES = ("1", "abc", "x-9_y")  # for parts that are not known: what holds for all of them is said


def matches(source: str, value: Value) -> bool | None:
    r"""Whether a pattern as written (`/^\\/x/i`) matches a text somewhere; None where that is not known."""
    pattern, _, flags = source.removeprefix("/").rpartition("/")
    if len(pattern) > _LONGEST_PATTERN or _QUANTIFIED_GROUP.search(pattern) or _UNLIKE.search(pattern):
        return None
    if len(_OPEN.findall(pattern)) > _MOST_OPEN:
        return None
    try:
        compiled = re.compile(pattern.replace(r"\/", "/"), re.IGNORECASE if "i" in flags else 0)
    except (re.error, RecursionError, OverflowError):
        return None
    found = {compiled.search(text) is not None for text in _texts(value)}
    return found.pop() if len(found) == 1 else None


def _texts(value: Value) -> list[str]:
    parts = pieces_of(value)
    if None not in parts:
        text = "".join(part for part in parts if part is not None)
        return [text] if len(text) <= _LONGEST_TEXT else []
    if not isinstance(value, Pieces):
        return []
    texts = ["".join(part if part is not None else sample for part in parts) for sample in _SAMPLES]
    return [text for text in texts if len(text) <= _LONGEST_TEXT]
