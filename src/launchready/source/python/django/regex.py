r"""Path templates from regular expressions: `^items/(?P<pk>\d+)/$` is `items/{pk}/`.

A template names paths that the expression matches. An optional part with a parameter in it gives a template without it
and one with it, alternatives give one each; more than a few are cut, and the templates are not certain then.
"""

import re
from dataclasses import dataclass, replace

from launchready.model.operation import Schema

_MOST = 8
_LONGEST = 600
_DEEPEST = 12
# Characters of a class, each with how often: `[-\w]+\d{2}`
_RUN = re.compile(r"(?:(?:\\[dDwWsS]|\.|\[\^?\]?(?:\\.|[^\]\\])*\])(?:[*+?]\??|\{\d*,?\d*\}\??)?)+")
_ONE_CHARACTER = re.compile(r"\[\\?([./_-])\]")
_OFTEN = re.compile(r"[*+?]\??|\{(\d*)(?:,\d*)?\}\??")
_NAMED = re.compile(r"\?P?<([A-Za-z_]\w*)>")
_ANCHOR = re.compile(r"\^|\$|\\[AZzbB]")
_INTEGER = re.compile(r"(?:(?:\\d|\[0-9\]|\[\\d\]|\[1-9\])(?:[+*]|\{[\d,]+\})?)+\Z")
_UUID = re.compile(r"\[[^\]]*\]\{8\}-|\[[^\]]*-[^\]]*\]\{(?:32|36)[,\d]*\}\Z")
_WORDS = re.compile(r"\w[\w.-]*(?:\|\w[\w.-]*)+\Z")
_ANYTHING = frozenset({
    ".+", ".*", "[^/]+", "[^/.]+", r"\w+", r"[-\w]+", r"[\w-]+", "[^/]*", r"[\w\-]+", r"[-\w]*", r"\S+", r"[\w.-]+",
    r"[^\.]+", r"[^/\.]+", "[a-zA-Z0-9_-]+", "[A-Za-z0-9_-]+", "[-a-zA-Z0-9_]+",
})  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class RegexPath:
    """A template of an expression: `text` with `{name}` for `parameters`, whose schemas say what the groups take."""

    text: str
    parameters: tuple[tuple[str, Schema], ...] = ()
    certain: bool = True


def regex_paths(pattern: str) -> tuple[RegexPath, ...]:
    """The templates of an expression, the shortest first where parts are optional; never empty."""
    if len(pattern) > _LONGEST:
        return (RegexPath(text="{unread}", certain=False),)
    reader = _Reader(pattern)
    ways = reader.alternatives(0)
    whole = reader.complete and reader.at >= len(pattern)
    by_text: dict[str, RegexPath] = {}
    for way in ways:
        by_text.setdefault(way.text, replace(way, certain=way.certain and whole))
    return tuple(by_text.values())


class _Reader:
    """Reads an expression from left to right; `complete` is False once something was cut or not understood."""

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self.at = 0
        self.complete = True
        self._unnamed = 0

    def alternatives(self, depth: int) -> list[RegexPath]:
        """`a|b|c`, up to the end or a closing bracket."""
        found = self._sequence(depth)
        while self.pattern.startswith("|", self.at):
            self.at += 1
            found += self._sequence(depth)
        return self._cut(found)

    def _sequence(self, depth: int) -> list[RegexPath]:
        ways = [RegexPath(text="")]
        while self.at < len(self.pattern) and self.pattern[self.at] not in "|)":
            following = self._often(self._piece(depth))
            ways = self._cut([_after(way, one) for way in ways for one in following])
        return ways

    def _cut(self, ways: list[RegexPath]) -> list[RegexPath]:
        self.complete = self.complete and len(ways) <= _MOST
        return ways[:_MOST]

    def _often(self, ways: list[RegexPath]) -> list[RegexPath]:
        """How often the piece before may come: at least once is once, and none at all is left out."""
        often = _OFTEN.match(self.pattern, self.at)
        if often is None:
            return ways
        self.at = often.end()
        least = often.group(1) if often.group(0)[0] == "{" else ("1" if often.group(0)[0] == "+" else "0")
        if (least or "0") != "0":
            return ways
        return [RegexPath(text=""), *(way for way in ways if way.parameters)]

    def _piece(self, depth: int) -> list[RegexPath]:
        anchor = _ANCHOR.match(self.pattern, self.at)
        if anchor is not None:
            self.at = anchor.end()
            return [RegexPath(text="")]
        one = _ONE_CHARACTER.match(self.pattern, self.at)
        if one is not None:
            self.at = one.end()
            return [RegexPath(text=one.group(1))]
        run = _RUN.match(self.pattern, self.at)
        if run is not None and run.group(0) != ".":  # a dot alone is most often meant as one, and matches one
            self.at = run.end()
            return [self._unnamed_value(run.group(0))]
        if self.pattern[self.at] == "(":
            return self._group(depth)
        escaped = self.pattern[self.at] == "\\"
        self.at += 1 + escaped
        return [RegexPath(text=self.pattern[self.at - 1 : self.at])]

    def _unnamed_value(self, pattern: str) -> RegexPath:
        """Characters that the path must have and no name is given to; left out where none will do."""
        if _takes_nothing(pattern):
            return RegexPath(text="")
        self._unnamed += 1
        name = f"value{self._unnamed}"
        return RegexPath(text=f"{{{name}}}", parameters=((name, schema_of(pattern)),))

    def _group(self, depth: int) -> list[RegexPath]:
        inner = _inside(self.pattern, self.at)
        if inner is None or depth > _DEEPEST:
            self.complete = False
            self.at = len(self.pattern)
            return [RegexPath(text="", certain=False)]
        end = self.at + len(inner) + 2
        named = _NAMED.match(inner)
        if named is not None:
            self.at = end
            schema = schema_of(inner[named.end() :])
            return [RegexPath(text=f"{{{named.group(1)}}}", parameters=((named.group(1), schema),))]
        if inner.startswith(("?=", "?!", "?<", "?#", "?i", "?s", "?x", "?a", "?u", "?m")):
            self.at = end  # looks around, takes no characters
            return [RegexPath(text="")]
        self.at += 3 if inner.startswith("?:") else 1
        ways = self.alternatives(depth + 1)
        self.at = end
        return ways


def _inside(pattern: str, at: int) -> str | None:
    """What stands between the bracket at `at` and the one that closes it; None if none does."""
    depth, index, in_class = 0, at, False
    while index < len(pattern):
        character = pattern[index]
        if character == "\\":
            index += 1
        elif in_class:
            in_class = character != "]"
        elif character == "[":
            in_class = True
            index += pattern.startswith("^]", index + 1) * 2 or pattern.startswith("]", index + 1)
        elif character in "()":
            depth += 1 if character == "(" else -1
            if depth == 0:
                return pattern[at + 1 : index]
        index += 1
    return None


def _after(before: RegexPath, following: RegexPath) -> RegexPath:
    return RegexPath(
        text=before.text + following.text,
        parameters=(*before.parameters, *following.parameters),
        certain=before.certain and following.certain,
    )


def _takes_nothing(pattern: str) -> bool:
    try:
        return re.fullmatch(pattern, "") is not None
    except re.error:
        return False


def schema_of(pattern: str) -> Schema:
    """What a group takes, as JSON Schema."""
    inner = pattern
    while inner.startswith("(") and inner.endswith(")") and _inside(inner, 0) == inner[1:-1]:
        inner = inner[1:-1].removeprefix("?:")
    if _INTEGER.match(inner):
        return {"type": "integer", "minimum": 0}
    if _UUID.search(inner):
        return {"type": "string", "format": "uuid"}
    if _WORDS.match(inner):
        return {"type": "string", "enum": inner.split("|")}
    if inner in _ANYTHING or not inner:
        return {"type": "string"}
    return {"type": "string", "pattern": f"^(?:{pattern})$"}
