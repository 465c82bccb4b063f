"""Texts put together in a script: `"/items/" + id`, `` `${API}/items/${id}` ``, `"".concat(API, "/items")`.

No parser of the language: an expression is read from where it begins, as far as it is made of texts and names. What
else stands in it becomes a placeholder.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

_NUMBER = re.compile(r"\d{1,12}(?![\w.])")
_NAME = re.compile(r"[A-Za-z_$][\w$]*(?:\s*\??\.\s*[A-Za-z_$][\w$]*)*")
_SPACE = re.compile(r"\s*")
_ESCAPED = re.compile(r"\\(?:u\{?([0-9a-fA-F]{4,6})\}?|x([0-9a-fA-F]{2})|(.))", re.DOTALL)
_CONCAT = re.compile(r"\s*\.\s*concat\s*\(")
_ASSIGNED = re.compile(
    r"(?<![\w$])([A-Za-z_$][\w$]{0,60})\s{0,3}(?:=(?!=)|:)\s{0,3}(?=[\"'`](?:/|https?:|\$\{))"
)
_LONGEST = 600  # characters of one text
_FARTHEST = 4_000  # characters of one bracketed part
_MOST_PIECES = 24
_HOLE = 1_000  # characters of what stands in a template's hole, or in a call's brackets
_DEEPEST = 6
_MOST_OPEN = 40  # brackets
_MOST_KEYS = 60
_PAIRS = {"(": ")", "[": "]", "{": "}"}
_TELLING = re.compile(r"[\"'`()\[\]{}]")
_TELLING_OR_COMMA = re.compile(r"[\"'`()\[\]{},]")
_KEY = re.compile(r"[\"']?([A-Za-z_$][\w$-]*)[\"']?\s*(:|,|\}|\()|(\.\.\.)")
_QUOTES = {
    '"': re.compile(r'"(?:[^"\\\n]|\\.)*+"', re.DOTALL),
    "'": re.compile(r"'(?:[^'\\\n]|\\.)*+'", re.DOTALL),
    # What is in its holes is balanced or a text: to pass over it, its next backtick is enough
    "`": re.compile(r"`(?:[^`\\]|\\.)*+`", re.DOTALL),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Hole:
    """A part of a text that is only known when the script runs; `name` is what the script calls it.

    `text` is what that name stands for somewhere in the script: good for a base address in front, where it is one of
    few; in the middle of a path it would be another thing of the same short name.
    """

    name: str
    text: str = ""


Piece = str | Hole


@dataclass(slots=True)
class Names:
    """Texts that names stand for in one script: those that are given exactly one."""

    texts: dict[str, set[str]] = field(default_factory=dict)

    def add(self, name: str, text: str) -> None:
        """One more value of a name."""
        self.texts.setdefault(name, set()).add(text)

    def of(self, name: str) -> str:
        """The only text that a name has, empty if it has none or several."""
        found = self.texts.get(name.rpartition(".")[2].strip(), set())
        return next(iter(found)) if len(found) == 1 else ""


def names_in(text: str) -> Names:
    """Names and properties that are given an address or a path: `const API = "/api/v1"`, `apiUrl: "/api"`."""
    names = Names()
    later: list[tuple[str, int]] = []
    for match in _ASSIGNED.finditer(text):
        if text[match.end()] == "`":
            later.append((match[1], match.end()))
        elif (read := read_text(text, match.end())) is not None:
            names.add(match[1], read[0])
    for name, at in later:
        address = plain_text(read_pieces(text, at, names)[0])
        if address:
            names.add(name, address)
    return names


def plain_text(pieces: Iterable[Piece]) -> str:
    """The text of pieces of which all are known once what stands in front is resolved; else empty."""
    resolved = with_base(list(pieces))
    known = all(isinstance(piece, str) for piece in resolved)
    return "".join(piece for piece in resolved if isinstance(piece, str)) if known else ""


def with_base(pieces: list[Piece]) -> list[Piece]:
    """The pieces with the names in front resolved to their texts, up to the first text that is written there."""
    resolved: list[Piece] = []
    for at, piece in enumerate(pieces):
        if isinstance(piece, str):
            if piece:
                return [*resolved, *pieces[at:]]
        elif piece.text:
            resolved.append(piece.text)
        else:
            return [*resolved, *pieces[at:]]
    return resolved


def read_pieces(text: str, at: int, names: Names | None = None, depth: int = 0) -> tuple[list[Piece], int]:
    """The pieces of the expression at a place, and where it ends; none if it is not made of texts and names."""
    known = names or Names()
    pieces: list[Piece] = []
    read = _operand(text, at, known, depth) if depth < _DEEPEST else None
    if read is None:
        return [], at
    while read is not None and len(pieces) < _MOST_PIECES:
        pieces.extend(read[0])
        at = read[1]
        if concat := _CONCAT.match(text, at):
            inner = _arguments(text, concat.end(), known, depth + 1)
            pieces.extend(inner[0])
            at = inner[1]
        after = _skip(text, at)
        if text[after : after + 1] != "+" or text[after + 1 : after + 2] in {"+", "="}:
            break
        read = _operand(text, _skip(text, after + 1), known, depth)
    return pieces, at


def _arguments(text: str, at: int, names: Names, depth: int) -> tuple[list[Piece], int]:
    """The pieces of all arguments up to the closing bracket, whose place is given with them."""
    pieces: list[Piece] = []
    for _ in range(_MOST_PIECES):
        at = _skip(text, at)
        if text[at : at + 1] == ")":
            return pieces, at + 1
        found, end = read_pieces(text, at, names, depth)
        if end == at:
            break
        pieces.extend(found)
        at = _skip(text, end)
        if text[at : at + 1] == ",":
            at += 1
    return pieces, at


def _operand(text: str, at: int, names: Names, depth: int) -> tuple[list[Piece], int] | None:
    first = text[at : at + 1]
    if first in {'"', "'"}:
        read = read_text(text, at)
        return ([read[0]], read[1]) if read is not None else None
    if first == "`":
        return _template(text, at, names, depth)
    if first == "(":
        pieces, end = read_pieces(text, _skip(text, at + 1), names, depth + 1)
        end = _skip(text, end)
        return (pieces, end + 1) if pieces and text[end : end + 1] == ")" else None
    if match := _NUMBER.match(text, at):
        return [match[0]], match.end()
    if match := _NAME.match(text, at):
        return _named(text, match, names)
    return None


def _named(text: str, match: re.Match[str], names: Names) -> tuple[list[Piece], int] | None:
    name = re.sub(r"[\s?]", "", match[0])
    end = match.end()
    if name.endswith(".concat"):
        return _piece_of(name.removesuffix(".concat"), names), match.start() + match[0].rindex(".")
    after = _skip(text, end)
    if text[after : after + 1] in {"(", "["}:
        close = closing(text, after, _HOLE)
        if close < 0:
            return None
        # encodeURIComponent(e.id), String(id), ids[0]: what is inside says more than what is around it
        inner = _NAME.match(text, _skip(text, after + 1))
        return [Hole(name=inner[0] if inner and text[after] == "(" else name)], close + 1
    return _piece_of(name, names), end


def _piece_of(name: str, names: Names) -> list[Piece]:
    return [Hole(name=name, text=names.of(name))]


def _template(text: str, at: int, names: Names, depth: int) -> tuple[list[Piece], int] | None:
    pieces: list[Piece] = []
    start = at = at + 1
    while at < len(text) and at - start < _LONGEST:
        if text[at] == "\\":
            at += 2
        elif text[at] == "`":
            pieces.append(_plain(text[start:at]))
            return [piece for piece in pieces if piece != ""], at + 1
        elif text.startswith("${", at):
            pieces.append(_plain(text[start:at]))
            close = closing(text, at + 1, _HOLE)
            if close < 0:
                return None
            inner, end = read_pieces(text, _skip(text, at + 2), names, depth + 1)
            whole = inner and _skip(text, end) == close
            pieces.extend(inner if whole else [Hole(name=_first_name(text[at + 2 : close]))])
            start = at = close + 1
        else:
            at += 1
    return None


def _first_name(code: str) -> str:
    """A name for what stands in an expression: `e?.id ?? t` is `e.id`."""
    match = _NAME.search(code)
    return re.sub(r"[\s?]", "", match[0]) if match else ""


def read_text(text: str, at: int) -> tuple[str, int] | None:
    """The text in quotes at a place, and where it ends; `None` if it does not end in the same line."""
    match = _QUOTES[text[at]].match(text, at, at + _LONGEST)
    return (_plain(match[0][1:-1]), match.end()) if match else None


def _plain(quoted: str) -> str:
    if "\\" not in quoted:
        return quoted
    return _ESCAPED.sub(_unescaped, quoted)


def _unescaped(match: re.Match[str]) -> str:
    code = match[1] or match[2]
    if code is None:
        return match[3]
    number = int(code, 16)
    return chr(number) if number <= 0x10FFFF else ""  # noqa: PLR2004 - the last code point


def closing(text: str, at: int, farthest: int = _FARTHEST) -> int:
    """The place of the bracket that closes the one at `at`, -1 if none does nearby; texts are passed over."""
    stack = [_PAIRS[text[at]]]
    end = at + 1
    last = min(len(text), at + farthest)
    while (found := _TELLING.search(text, end, last)) is not None:
        char, end = found[0], found.end()
        if char in _QUOTES:
            end = _after_text(text, found.start(), last)
        elif char in _PAIRS:
            stack.append(_PAIRS[char])
            if len(stack) > _MOST_OPEN:
                return -1
        elif char == stack[-1]:
            stack.pop()
            if not stack:
                return found.start()
    return -1


def _after_text(text: str, at: int, last: int) -> int:
    """Behind the text in quotes at a place; just behind the quote where it does not end."""
    match = _QUOTES[text[at]].match(text, at, last)
    return match.end() if match else at + 1


def top_level(text: str, begin: int, end: int) -> Mapping[str, int]:
    """Keys of the object between two places, and where their values begin; what is nested is passed over."""
    return dict(_keys(text, begin, end))


def _keys(text: str, begin: int, end: int) -> Iterator[tuple[str, int]]:
    at = begin
    for _ in range(_MOST_KEYS):
        at = _skip(text, at)
        match = _KEY.match(text, at, end + 1)
        if match is None:
            return
        if match[3]:
            yield "...", match.end()
            at = match.end()
        elif match[2] == ":":
            yield match[1], _skip(text, match.end())
            at = match.end()
        else:
            yield match[1], at
            at = match.end() - 1
        at = _next_comma(text, at, end)
        if at >= end:
            return
        at += 1


def _next_comma(text: str, at: int, end: int) -> int:
    while (found := _TELLING_OR_COMMA.search(text, at, end)) is not None:
        char, at = found[0], found.end()
        if char == ",":
            return found.start()
        if char in _QUOTES:
            at = _after_text(text, found.start(), end)
        elif char in _PAIRS:
            close = closing(text, found.start())
            at = end if close < 0 else close + 1
    return end


def _skip(text: str, at: int) -> int:
    match = _SPACE.match(text, at)
    return match.end() if match else at
