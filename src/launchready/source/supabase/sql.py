"""SQL as words and statements. Strings, dollar quotes and comments are told by sqlglot's tokenizer of PostgreSQL."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import ClassVar

from sqlglot.dialects.postgres import Postgres
from sqlglot.errors import TokenError
from sqlglot.tokenizer_core import TokenType

_COPY_DATA = re.compile(r"^copy\s[^;]*\sfrom\s+stdin\b[^;]*;", re.IGNORECASE)
_STRINGS = frozenset({
    TokenType.STRING, TokenType.HEREDOC_STRING, TokenType.BYTE_STRING, TokenType.UNICODE_STRING,
    TokenType.NATIONAL_STRING, TokenType.RAW_STRING, TokenType.HEX_STRING, TokenType.BIT_STRING,
})  # fmt: skip
_STARTS = frozenset({"create", "alter", "drop", "grant", "revoke", "execute"})
# After these words of PL/pgSQL a statement begins
_BEFORE = frozenset({"begin", "then", "else", "loop"})


class SqlError(Exception):
    """A text that is no SQL: a string or comment without an end."""


class Kind(Enum):
    """What a word of SQL is."""

    WORD = auto()  # keywords and plain names
    NAME = auto()  # a name in double quotes
    TEXT = auto()  # a string, also one between dollar signs
    NUMBER = auto()
    SIGN = auto()


@dataclass(frozen=True, slots=True)
class Word:
    """A word of SQL. `text` of a TEXT or NAME is without quotes; `line` from 1; `start` and `end` in the whole text."""

    kind: Kind
    text: str
    line: int
    start: int
    end: int

    @property
    def lower(self) -> str:
        """A plain word in lower case, as PostgreSQL reads it; empty for strings and quoted names."""
        return self.text.lower() if self.kind in {Kind.WORD, Kind.SIGN} else ""

    @property
    def name(self) -> str:
        """The name that it is: quoted ones as written, others in lower case; empty for signs and strings."""
        if self.kind is Kind.NAME:
            return self.text
        return self.text.lower() if self.kind is Kind.WORD else ""


class _Tokenizer(Postgres.Tokenizer):
    # The rest of a CALL, DO, EXPLAIN … is words, too
    COMMANDS: ClassVar[set[TokenType]] = set()


def words_of(text: str, *, first_line: int = 1) -> list[Word]:
    """The words of a text, comments left out; raises SqlError where a string or comment has no end."""
    try:
        tokens = _Tokenizer().tokenize(_without_psql(text))
    except (TokenError, RecursionError) as error:
        raise SqlError("a string or comment has no end") from error
    found: list[Word] = []
    for token in tokens:
        line = text.count("\n", found[-1].start, token.start) + found[-1].line if found else 0
        line = line or text.count("\n", 0, token.start) + first_line
        if token.token_type in _STRINGS:
            found.append(Word(Kind.TEXT, token.text, line, token.start, token.end + 1))
        elif token.token_type is TokenType.IDENTIFIER:
            found.append(Word(Kind.NAME, token.text, line, token.start, token.end + 1))
        elif token.token_type is TokenType.NUMBER:
            found.append(Word(Kind.NUMBER, token.text, line, token.start, token.end + 1))
        else:  # "ORDER BY" is one token there and two words here
            kind = Kind.WORD if re.match(r"\w", token.text) else Kind.SIGN
            found.extend(
                Word(kind, part, line, token.start, token.end + 1)
                for part in token.text.split() or [token.text]
            )
    return found


def statements_of(words: Sequence[Word]) -> Iterator[list[Word]]:
    """Statements by semicolons; the body of a `BEGIN ATOMIC` function belongs to its statement."""
    held: list[Word] = []
    atomic = 0
    for word in words:
        begins = word.lower == "atomic" and bool(held) and held[-1].lower == "begin"
        if begins or (atomic and word.lower == "case"):
            atomic += 1
        elif atomic and word.lower == "end":
            atomic -= 1
        if word.kind is Kind.SIGN and word.text == ";" and not atomic:
            if held:
                yield held
            held = []
        else:
            held.append(word)
    if held:
        yield held


def inner_statements(body: str, line: int) -> Iterator[list[Word]]:
    """Statements that change the schema inside a block of PL/pgSQL, whatever decides whether they run."""
    try:
        words = words_of(body, first_line=line)
    except SqlError:
        return
    for statement in statements_of(words):
        begin = 0
        for place, word in enumerate(statement):
            if word.lower in _BEFORE:
                begin = place + 1
        inner = statement[begin:]
        if inner and inner[0].lower in _STARTS:
            yield inner


def _without_psql(text: str) -> str:
    r"""The text with psql's own commands (`\connect`) and the data after COPY … FROM STDIN blanked; lines stay."""
    if "\\" not in text:
        return text
    lines = text.split("\n")
    copying = False
    for place, line in enumerate(lines):
        if copying:
            copying = line.strip() != "\\."
            lines[place] = " " * len(line)
        elif line.startswith("\\"):
            lines[place] = " " * len(line)
        elif _COPY_DATA.match(line):
            copying = True
            lines[place] = " " * len(line)
    return "\n".join(lines)


class Reader:
    """A statement read from its beginning."""

    def __init__(self, words: Sequence[Word]) -> None:
        self.words = words
        self.at = 0

    @property
    def done(self) -> bool:
        """Whether nothing is left."""
        return self.at >= len(self.words)

    def peek(self, ahead: int = 0) -> Word | None:
        """A word that was not taken yet."""
        place = self.at + ahead
        return self.words[place] if place < len(self.words) else None

    def take(self, *texts: str) -> bool:
        """Go past these plain words if they come next."""
        for ahead, text in enumerate(texts):
            word = self.peek(ahead)
            if word is None or word.lower != text:
                return False
        self.at += len(texts)
        return True

    def take_one(self, texts: frozenset[str]) -> str:
        """Go past one of several plain words; empty if none comes next."""
        word = self.peek()
        if word is None or word.lower not in texts:
            return ""
        self.at += 1
        return word.lower

    def next(self) -> Word | None:
        """The next word, whatever it is."""
        word = self.peek()
        self.at += 1
        return word

    def qualified(self) -> tuple[str, str]:
        """A name with its schema ("public" where none is written); ("", "") where no name comes next."""
        parts: list[str] = []
        while (word := self.peek()) is not None and word.name:
            parts.append(word.name)
            self.at += 1
            dot = self.peek()
            if dot is None or dot.text != "." or dot.kind is not Kind.SIGN:
                break
            self.at += 1
        if not parts:
            return "", ""
        return (parts[-2] if len(parts) > 1 else "public"), parts[-1]

    def parenthesised(self) -> list[Word] | None:
        """The words between parentheses that come next, without these; None where none open."""
        word = self.peek()
        if word is None or word.text != "(" or word.kind is not Kind.SIGN:
            return None
        depth = 0
        for place in range(self.at, len(self.words)):
            one = self.words[place]
            depth += opens(one)
            if depth == 0:
                inner = list(self.words[self.at + 1 : place])
                self.at = place + 1
                return inner
        inner = list(self.words[self.at + 1 :])
        self.at = len(self.words)
        return inner


def opens(word: Word) -> int:
    """1 for an opening parenthesis, -1 for a closing one, else 0."""
    if word.kind is not Kind.SIGN:
        return 0
    return {"(": 1, ")": -1}.get(word.text, 0)


def split_by(words: Sequence[Word], sign: str) -> list[list[Word]]:
    """Parts between a sign that stands outside of parentheses."""
    parts: list[list[Word]] = [[]]
    depth = 0
    for word in words:
        depth += opens(word)
        if depth == 0 and word.kind is Kind.SIGN and word.text == sign:
            parts.append([])
        else:
            parts[-1].append(word)
    return [part for part in parts if part]


def text_of(words: Sequence[Word], source: str) -> str:
    """The words as written, on one line."""
    if not words:
        return ""
    return " ".join(source[words[0].start : words[-1].end].split())
