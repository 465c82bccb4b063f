"""Which addresses a matcher of Next.js middleware (or of Clerk's `createRouteMatcher`) covers.

Matchers are written for path-to-regexp 6 (nextjs.org/docs, "Matcher"): `/about/:path*`, `/((?!api|_next).*)`.
"""

import re

_NAME = re.compile(r":([A-Za-z_]\w*)")
_LONGEST = 600
# A repeated group with a repetition inside can take for ever on a long text: such patterns are not run
_SLOW = re.compile(r"[+*}]\)[+*{]")
_NAMED_GROUP = re.compile(r"\(\?<(?![=!])")
_REPEATS = "*+?"
_GLOB = re.compile(r"(\*\*/?)|(\*)|(\?)|\{([^{}]*)\}")


def compiled(pattern: str, flags: str = "") -> re.Pattern[str] | None:
    """A regular expression of JavaScript as one of Python; None where it cannot be run (safely)."""
    if len(pattern) > _LONGEST or _SLOW.search(pattern):
        return None
    try:
        return re.compile(_NAMED_GROUP.sub("(?P<", pattern), re.IGNORECASE if "i" in flags else 0)
    except (re.error, RecursionError, OverflowError):
        return None


def written_regex(source: str) -> re.Pattern[str] | None:
    """A regular expression as written, with its slashes and flags."""
    body, _, flags = source[1:].rpartition("/") if source.startswith("/") else (source, "", "")
    return compiled(body, flags)


def matches(matcher: str, path: str) -> bool | None:
    """Whether a matcher covers a path; None where it cannot be read."""
    pattern = _pattern_of(matcher)
    # `/dashboard` covers `/dashboard/`, too
    held = compiled(f"(?:{pattern})/?") if pattern is not None else None
    return held.fullmatch(path) is not None if held is not None else None


def glob_matches(glob: str, path: str) -> bool | None:
    """Whether a glob (micromatch, minimatch, picomatch) covers a path."""
    if len(glob) > _LONGEST or glob.startswith("!"):
        return None
    parts: list[str] = []
    at = 0
    for found in _GLOB.finditer(glob):
        parts.append(re.escape(glob[at : found.start()]))
        at = found.end()
        if found.group(1):
            parts.append(".*")
        elif found.group(2):
            parts.append("[^/]*")
        elif found.group(3):
            parts.append("[^/]")
        else:
            parts.append("(?:" + "|".join(re.escape(one) for one in found.group(4).split(",")) + ")")
    parts.append(re.escape(glob[at:]))
    text = "".join(parts)
    held = compiled(text)
    # `/auth/**` is `/auth`, too
    return held is not None and (held.fullmatch(path) is not None or held.fullmatch(f"{path}/") is not None)


def _pattern_of(matcher: str) -> str | None:
    """The regular expression that a matcher stands for; None where its parentheses do not pair."""
    parts: list[str] = []
    at = 0
    while at < len(matcher):
        sign = matcher[at]
        if sign == "\\" and at + 1 < len(matcher):
            parts.append(re.escape(matcher[at + 1]))
            at += 2
        elif sign == "(":
            end = _closing(matcher, at)
            if end is None:
                return None
            at = _entered(parts, f"(?:{matcher[at + 1 : end]})", matcher, end + 1)
        elif sign == "{":
            end = matcher.find("}", at)
            inner = _pattern_of(matcher[at + 1 : end]) if end > 0 else None
            if inner is None:
                return None
            at = _entered(parts, f"(?:{inner})", matcher, end + 1)
        elif name := _NAME.match(matcher, at):
            at = name.end()
            pattern = "[^/#?]+?"
            if at < len(matcher) and matcher[at] == "(":
                end = _closing(matcher, at)
                if end is None:
                    return None
                pattern, at = matcher[at + 1 : end], end + 1
            at = _entered(parts, f"(?:{pattern})", matcher, at)
        else:
            parts.append(re.escape(sign))
            at += 1
    return "".join(parts)


def _entered(parts: list[str], group: str, matcher: str, at: int) -> int:
    """Enter a group with what repeats it; a slash before it belongs to each repetition (`/a/:path*`)."""
    repeat = matcher[at] if at < len(matcher) and matcher[at] in _REPEATS else ""
    if not repeat:
        parts.append(group)
        return at
    slash = "/" if parts and parts[-1] == "/" else ""
    if slash:
        parts.pop()
    whole = f"{slash}{group}"
    if repeat == "?":
        parts.append(f"(?:{whole})?")
    else:
        more = f"{whole}(?:/{group})*"
        parts.append(f"(?:{more})" if repeat == "+" else f"(?:{more})?")
    return at + 1


def _closing(text: str, at: int) -> int | None:
    """Where the parenthesis that opens at `at` closes."""
    depth = 0
    place = at
    while place < len(text):
        if text[place] == "\\":
            place += 1
        elif text[place] == "(":
            depth += 1
        elif text[place] == ")":
            depth -= 1
            if depth == 0:
                return place
        place += 1
    return None
