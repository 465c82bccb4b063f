"""Texts for simple regular expressions: classes, counts, alternatives. For others an example is needed."""

import re
import string
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

_CLASSES = {"d": string.digits, "w": string.ascii_lowercase + string.digits, "s": " "}
_NEGATED = {"D": string.ascii_lowercase, "W": "-", "S": string.ascii_lowercase + string.digits}
_COUNT = re.compile(r"\{(\d{1,4})(?:,(\d{0,4}))?\}")
_LOOKAHEAD = re.compile(r"\(\?[=!][^()]*(?:\([^()]*\)[^()]*)*\)")
_MOST = 64
_EXPLOSIVE = re.compile(r"[+*}]\??\)[+*{]")
_SHORT = 20
_PREFERRED = string.ascii_lowercase + string.ascii_uppercase + string.digits
# What satisfies the usual "one of each kind" look-aheads.
_MIXED = "Aa1!"


class _UnreadableError(Exception):
    """The pattern uses something that is not generated."""


def text_for(pattern: str, word: str, *, min_length: int = 0, max_length: int = 0) -> str | None:
    """A text that matches the pattern, with `word` in it where it fits; `None` if none could be made.

    Args:
        pattern: An ECMA 262 expression of a JSON schema, not anchored unless it says so.
        word: Letters and digits; tried as they are first.
        min_length: Least length of the text.
        max_length: Greatest length, 0 for none.
    """
    for candidate in _candidates(pattern, word, min_length):
        fits = len(candidate) >= min_length and (not max_length or len(candidate) <= max_length)
        if fits and len(candidate) <= _MOST * 4 and matches(pattern, candidate):
            return candidate
    return None


def matches(pattern: str, text: str) -> bool:
    """Whether the text satisfies the pattern; a pattern that Python cannot read is satisfied by nothing.

    Patterns come from the target: one that could take exponential time is tried on short texts only.
    """
    compiled = _compiled(pattern)
    if compiled is None or (len(text) > _SHORT and _EXPLOSIVE.search(pattern)):
        return False
    return compiled.search(text) is not None


@lru_cache(maxsize=2_000)
def _compiled(pattern: str) -> re.Pattern[str] | None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        try:
            return re.compile(pattern)
        except (re.error, OverflowError, RecursionError):
            return None


def _candidates(pattern: str, word: str, min_length: int) -> Iterator[str]:
    letters = "".join(char for char in word if char.isalpha())
    digits = "".join(char for char in word if char.isdecimal())
    yield from (
        word,
        word.lower(),
        word.upper(),
        letters,
        letters.lower(),
        letters.upper(),
        word.capitalize(),
    )
    yield from (_stretched(word, min_length), _stretched(word, min_length).upper())
    yield f"{_MIXED}{word}"
    yield from (f"+1555{(digits + '0123456')[:7]}", f"1555{(digits + '0123456')[:7]}", digits)
    try:
        parser = _Parser(_LOOKAHEAD.sub("", pattern), word)
        yield parser.text()
    except (_UnreadableError, IndexError):
        return


def _stretched(word: str, length: int) -> str:
    return (word or "a") * (1 + length // max(1, len(word))) if length > len(word) else word


@dataclass(slots=True)
class _Parser:
    """Reads an expression from left to right and writes what it matches, letters of the word in turn."""

    pattern: str
    word: str
    at: int = 0
    used: int = 0

    def text(self) -> str:
        text = self.alternatives()
        if self.at < len(self.pattern):
            raise _UnreadableError
        return text

    def alternatives(self) -> str:
        first = self.sequence()
        while self.at < len(self.pattern) and self.pattern[self.at] == "|":
            self.at += 1
            self.sequence()
        return first

    def sequence(self) -> str:
        parts: list[str] = []
        while self.at < len(self.pattern) and self.pattern[self.at] not in "|)":
            start = self.at
            piece = self.piece()
            low, high = self.count()
            count = low or min(1, high)
            if high > low and low <= 1 and len(piece) == 1:
                count = min(high, max(len(self.word), 1))
            end = self.at
            for _ in range(min(count, _MOST) - 1):
                self.at = start
                piece += self.piece()
            self.at = end
            parts.append(piece if count else "")
        return "".join(parts)

    def piece(self) -> str:
        char = self.pattern[self.at]
        self.at += 1
        if char in "^$":
            return ""
        if char == "(":
            return self.group()
        if char == "[":
            return self.pick(self.char_class())
        if char == "\\":
            return self.escaped()
        if char == ".":
            return self.pick(_PREFERRED)
        if char in "*+?{":
            raise _UnreadableError
        return char

    def group(self) -> str:
        if self.pattern.startswith("?:", self.at):
            self.at += 2
        elif self.pattern.startswith("?", self.at):
            raise _UnreadableError
        text = self.alternatives()
        if self.pattern[self.at] != ")":
            raise _UnreadableError
        self.at += 1
        return text

    def escaped(self) -> str:
        char = self.pattern[self.at]
        self.at += 1
        if char in "bB":
            return ""
        if char in _CLASSES or char in _NEGATED:
            return self.pick(_CLASSES.get(char) or _NEGATED[char])
        if char.isalnum():
            raise _UnreadableError
        return char

    def char_class(self) -> str:
        negated = self.pattern[self.at] == "^"
        self.at += negated
        chars = ""
        first = True
        while first or self.pattern[self.at] != "]":
            first = False
            char = self.pattern[self.at]
            self.at += 1
            if char == "\\":
                char = self.pattern[self.at]
                self.at += 1
                chars += _CLASSES.get(char) or _NEGATED.get(char) or char
            elif self.pattern[self.at] == "-" and self.pattern[self.at + 1] not in "]\\":
                last = ord(self.pattern[self.at + 1])
                self.at += 2
                chars += "".join(chr(code) for code in range(ord(char), min(last, ord(char) + 200) + 1))
            else:
                chars += char
        self.at += 1
        return "".join(char for char in _PREFERRED if char not in chars) if negated else chars

    def pick(self, chars: str) -> str:
        """The next letter of the word if the class has it, else a plain one of the class, else any."""
        if not chars:
            raise _UnreadableError
        wanted = self.word[self.used % len(self.word)] if self.word else ""
        self.used += 1
        for char in (wanted, wanted.lower(), wanted.upper()):
            if char and char in chars:
                return char
        plain = [char for char in _PREFERRED if char in chars]
        return plain[self.used % len(plain)] if plain else chars[0]

    def count(self) -> tuple[int, int]:
        """(least, most) repetitions at this place."""
        if self.at >= len(self.pattern):
            return 1, 1
        char = self.pattern[self.at]
        result = {"*": (0, _MOST), "+": (1, _MOST), "?": (0, 1)}.get(char)
        if result is not None:
            self.at += 1
        elif char == "{" and (match := _COUNT.match(self.pattern, self.at)):
            self.at = match.end()
            low = int(match[1])
            result = low, low if match[2] is None else int(match[2] or max(low, _MOST))
        if result is not None and self.at < len(self.pattern) and self.pattern[self.at] == "?":
            self.at += 1
        return result or (1, 1)
