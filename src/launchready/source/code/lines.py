"""Lines of code as they may be shown: stripped, cut, without values that may be secrets."""

import re

from launchready.model.source import CodePlace

_LONGEST = 160
# A literal that is assigned to something named like a secret, and anything long and random-looking between quotes
_SECRET = re.compile(
    r"""((?:secret|passw|token|api_?key|private_?key|credential)\w*["']?\s*[:=]\s*f?["'`])([^"'`\s]{6,})(["'`])""",
    re.IGNORECASE,
)
_RANDOM = re.compile(r"""(["'`])((?=[^"'`]*\d)(?=[^"'`]*[A-Za-z])[A-Za-z0-9+/_=.-]{24,})(["'`])""")
_URL_PASSWORD = re.compile(r"(://[^\s:/@\"']{0,64}:)([^\s/@\"']{3,})(@)")


def shown(text: str) -> str:
    """A line as it may be shown."""
    line = " ".join(text.split())
    for pattern in (_SECRET, _RANDOM, _URL_PASSWORD):
        line = pattern.sub(r"\1***\3", line)
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"


def place_at(path: str, text: str, line: int) -> CodePlace:
    """The place of a line (from 1) of a text; for many of one file, split it once and use `place_in`."""
    return place_in(path, text.splitlines(), line)


def place_in(path: str, lines: list[str], line: int) -> CodePlace:
    """The place of a line (from 1) of a file's lines."""
    code = lines[line - 1] if 0 < line <= len(lines) else ""
    return CodePlace(path=path, line=line, code=shown(code))
