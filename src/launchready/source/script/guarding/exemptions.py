"""Routes that a guard leaves out: `guard.unless({ path: [...] })` (express-unless, and what is made like it)."""

from __future__ import annotations

import re

from launchready.source.script.express.paths import HOLE, REST, Path
from launchready.source.script.symbolic import regexes
from launchready.source.script.symbolic.values import Constant, Items, Pieces, Record, Regex, Value, text_of


def exempts(options: Value, method: str, path: Path) -> bool | None:
    """Whether a route is left out; None where that cannot be told."""
    if not isinstance(options, Record) or not options.complete:
        return None
    verdicts: list[bool | None] = []
    for name, value in options.entries.items():
        if name == "path":
            verdicts.extend(_exempts_path(one, method, path) for one in _listed(value))
            if isinstance(value, Items) and not value.complete:
                verdicts.append(None)
        elif name == "method":
            verdicts.extend(_same_method(one, method) for one in _listed(value))
        else:
            verdicts.append(None)
    if True in verdicts:
        return True
    return None if None in verdicts else False


def _listed(value: Value) -> list[Value]:
    return list(value.values) if isinstance(value, Items) else [value]


def _exempts_path(one: Value, method: str, path: Path) -> bool | None:
    methods: list[Value] = []
    if isinstance(one, Record):
        held = one.entries.get("methods")
        methods = _listed(held) if held is not None else []
        one = one.entries.get("url", Constant(None))
    matched = _matches(one, str(path))
    if not matched or not methods:
        return matched
    same = [_same_method(each, method) for each in methods]
    return True if True in same else (None if None in same else False)


def _same_method(value: Value, method: str) -> bool | None:
    text = text_of(value)
    return None if text is None or method == "ANY" else text.upper() == method


def _matches(one: Value, path: str) -> bool | None:
    text = text_of(one)
    if text is not None:
        return (
            text.rstrip("/") == path.rstrip("/")
            if "{" not in path
            else (text == path or None if "{" in text else False)
        )
    if not isinstance(one, Regex) or HOLE in path or REST in path:
        return None
    parts = re.split(r"\{\w+\}", path)
    pieces: list[str | None] = [parts[0]]
    for part in parts[1:]:
        pieces.extend([None, part])
    return regexes.matches(one.source, Pieces(tuple(pieces)))
