"""Lines of code as they may be shown: stripped, cut, without values that may be secrets."""

import re

from launchready.model.source import CodePlace

_LONGEST = 160
_LONGEST_READ = 1000  # of a line; what is written by a bundler is longer
_NAMED = r"(?:secret|passw|token|api_?key|_key|private_?key|credential|salt)\w{0,60}"
# A literal, up to its end or the end of the line
_LITERAL = r"""(?P<quote>["'`])(?P<value>(?:\\.|(?!(?P=quote)).){3,})"""
_SECRETS = (
    # Assigned, declared or taken instead: `X_SECRET: str = "…"`, `env.X_SECRET || "…"`, `Field(default="…")`
    rf"""(?:{_NAMED}|env\w{{0,40}}[.\[("'`]+\w{{0,60}}key)["'`\])!?]*[^"'`;{{}}]{{0,80}}?(?:[=:]|\|\||\?\?|\bor\b)\s*[rbfu]?{_LITERAL}""",
    # What a setting is if nobody sets it: `getenv("X_SECRET", "…")`
    rf"""(?:env|config|setting|get)\w{{0,40}}\(\s*["'`][\w.]*(?:{_NAMED}|key)["'`]\s*,\s*(?:\w+\s*=\s*)?[rbfu]?{_LITERAL}""",
    # The key that something is signed with: `jwt.sign(payload, "…")`, `createHmac("sha256", "…")`
    rf"""\b(?:sign|verify|encode|decode|new)\w{{0,20}}\(\s*(?:\{{[^{{}}]{{0,400}}\}}|[^"'`{{}}]{{1,200}}?)\s*,\s*[rbfu]?{_LITERAL}""",
    rf"""(?:cookieParser|Fernet|Serializer|Signer)\(\s*[rbfu]?{_LITERAL}""",
    rf"""hmac\w{{0,20}}\(\s*["'`][\w-]+["'`]\s*,\s*{_LITERAL}""",
    # Long and random-looking
    r"""(?P<quote>["'`])(?P<value>(?=[^"'`]*\d)(?=[^"'`]*[A-Za-z])[A-Za-z0-9+/_=.-]{24,})(?P=quote)""",
    r"""://[^\s:/@"']{0,64}:(?P<value>[^\s/@"']{3,})@""",
)
_PATTERNS = tuple(re.compile(pattern, re.IGNORECASE) for pattern in _SECRETS)


def shown(text: str) -> str:
    """A line as it may be shown."""
    line = " ".join(text[:_LONGEST_READ].split())
    for pattern in _PATTERNS:
        line = pattern.sub(_without_value, line)
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"


def _without_value(found: re.Match[str]) -> str:
    first, last = (at - found.start() for at in found.span("value"))
    whole = found.group()
    return f"{whole[:first]}***{whole[last:]}"


def place_at(path: str, text: str, line: int) -> CodePlace:
    """The place of a line (from 1) of a text; for many of one file, split it once and use `place_in`."""
    return place_in(path, text.splitlines(), line)


def place_in(path: str, lines: list[str], line: int) -> CodePlace:
    """The place of a line (from 1) of a file's lines."""
    code = lines[line - 1] if 0 < line <= len(lines) else ""
    return CodePlace(path=path, line=line, code=shown(code))
