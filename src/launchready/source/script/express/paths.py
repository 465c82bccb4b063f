"""Path patterns of Express (path-to-regexp of versions 4 and 5) as templates."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import product

from launchready.source.script.symbolic.operators import settled_text
from launchready.source.script.symbolic.values import Regex, Unknown, Value, pieces_of

HOLE = "{?}"  # a part that could not be read
REST = "*"  # whatever follows, over several segments
_TOKEN = re.compile(
    r"(?P<slash>/)|(?P<param>:(?P<name>\w+)(?P<rule>\((?:\\.|[^()\\]|\([^()]*\))*\))?(?P<mark>[?*+])?)"
    r"|(?P<splat>\*\w*|\(\.\*\))|(?P<open>\{)|(?P<close>\})|(?P<odd>[()?+\[\]|^$\\])|(?P<text>[^/:*(){}?+\[\]|^$\\]+|:)"
)
_MOST_VARIANTS = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Path:
    """Segments of a path: texts, `{name}`, texts around names, `*` for the rest. `note` says what could not be read."""

    segments: tuple[str, ...]
    note: str = ""

    @property
    def certain(self) -> bool:
        """Whether the whole path was read, and stands for itself."""
        return not self.note

    def __str__(self) -> str:
        return "/" + "/".join(self.segments)

    def under(self, prefix: Path) -> Path:
        """This path below a prefix."""
        return Path(segments=(*prefix.segments, *self.segments), note=prefix.note or self.note)


ROOT = Path(segments=())


def paths_of(value: Value) -> list[Path]:
    """What the value of a path stands for; an optional parameter makes two of it."""
    if isinstance(value, Regex):
        return [_of_regex(value.source)]
    value = settled_text(value)
    parts = [part if part is not None else HOLE for part in pieces_of(value)]
    if isinstance(value, Unknown) or parts == [HOLE]:
        return [Path(segments=(HOLE,), note="its path could not be read")]
    return _of_template("".join(parts))


def _of_regex(source: str) -> Path:
    """A regular expression; the usual ways to say "everything" are told."""
    if source.rstrip("gimsuy").strip("/^$\\") in {".*", ".+", "(.*)", ""}:
        return Path(segments=(REST,), note="it is a pattern that many paths match")
    return Path(segments=(source,), note="its path is a regular expression")


def _of_template(text: str) -> list[Path]:
    variants: list[tuple[list[str], str]] = [([""], "")]
    groups: list[list[tuple[list[str], str]]] = []
    text = text.replace(HOLE, "\0")
    for found in _TOKEN.finditer(text):
        kind = found.lastgroup or ""
        kind = "param" if found.group("param") else kind
        if kind == "open":
            groups.append([(list(parts), note) for parts, note in variants])
        elif kind == "close" and groups:
            variants = [*variants, *groups.pop()][:_MOST_VARIANTS]
        elif kind == "param" and found.group("mark") in {"?", "*"}:
            without = [(_without_slash(parts), note) for parts, note in variants]
            variants = [*(_add(one, kind, found) for one in variants), *without][:_MOST_VARIANTS]
        else:
            variants = [_add(one, kind, found) for one in variants]
    paths = [_path(parts, note) for parts, note in variants]
    return list({str(path): path for path in paths}.values())


def _without_slash(parts: list[str]) -> list[str]:
    return parts[:-1] if len(parts) > 1 and not parts[-1] else list(parts)


def _add(variant: tuple[list[str], str], kind: str, found: re.Match[str]) -> tuple[list[str], str]:
    parts, note = list(variant[0]), variant[1]
    if kind == "slash":
        parts.append("")
    elif kind == "param":
        parts[-1] += "{" + found.group("name") + "}"
        if found.group("mark") in {"*", "+"}:
            note = note or "it is a pattern that many paths match"
    elif kind == "splat":
        parts[-1] += REST
        note = note or "it is a pattern that many paths match"
    elif kind == "odd":
        parts[-1] += found.group()
        note = note or "its path is a pattern"
    else:
        parts[-1] += found.group()
    return parts, note


def _path(parts: list[str], note: str) -> Path:
    segments = tuple(part.replace("\0", HOLE) for part in parts if part)
    if any(HOLE in part for part in segments):
        note = "a part of its path could not be read"
    return Path(segments=segments, note=note)


def covers(prefix: Path, path: Path, *, whole: bool = False) -> bool | None:
    """Whether a request for `path` passes what stands at `prefix`; None where that cannot be told.

    `whole`: the prefix must match all of the path, as a route's does.
    """
    doubtful = False
    for place, segment in enumerate(prefix.segments):
        if segment == REST:
            return None if doubtful else True
        if place >= len(path.segments):
            return False
        verdict = _matches(segment, path.segments[place])
        if verdict is False:
            return False
        doubtful = doubtful or verdict is None
    if whole and len(path.segments) > len(prefix.segments):
        return False
    return None if doubtful else True


def _matches(pattern: str, segment: str) -> bool | None:
    if pattern == segment or re.fullmatch(r"\{\w+\}", pattern):
        return True
    if segment == REST:
        return False  # of what a pattern matches, a prefix covers a part
    if HOLE in pattern or HOLE in segment:
        return None
    if "{" in segment and "{" not in pattern and not pattern.startswith("*"):
        return False if segment.startswith("{") and segment.endswith("}") else None
    if any(sign in pattern for sign in "{*()?+[]|^$\\"):
        rough = re.escape(pattern).replace(r"\*", ".*")
        rough = re.sub(r"\\\{\w+\\\}", ".+", rough)
        return True if re.fullmatch(rough, segment, re.IGNORECASE) else (None if "(" in pattern else False)
    return pattern.lower() == segment.lower()


def all_under(prefixes: list[Path], paths: list[Path]) -> list[Path]:
    """Every path below every prefix."""
    return [path.under(prefix) for prefix, path in product(prefixes, paths)]
