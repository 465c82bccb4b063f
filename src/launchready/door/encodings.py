"""How a value may look in a text.

Raw, percent-encoded, JSON-escaped, HTML-escaped, inside base64, in any mixture.
"""

import base64
import re
from dataclasses import dataclass
from functools import cached_property

PLACEHOLDER = re.compile(r"\{\{[a-z0-9_]+:[0-9a-f]{10}\}\}")
_SHORT = 6
_BASE64_FROM = 6
_NAMED = {"&": "amp", "<": "lt", ">": "gt", '"': "quot", "'": "apos"}


@dataclass(frozen=True, kw_only=True)
class Needle:
    """What to search for, and a quick test that spares the search.

    `hints` are texts, one of which must be there.
    """

    value: str
    kind: str
    mark: str
    hints: tuple[str, ...]

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """Matches the value in every usual encoding; built at first need."""
        return re.compile(_pattern(self.value))

    def may_be_in(self, text: str) -> bool:
        """False if the value is certainly not in the text."""
        return not self.hints or any(hint in text for hint in self.hints)

    def is_in(self, text: str) -> bool:
        """Whether the value is in the text."""
        return self.may_be_in(text) and self.pattern.search(text) is not None


def needle_of(value: str, kind: str, mark: str) -> Needle:
    """The needle for a value.

    Values without a run of letters and digits have no hints and are always searched.
    """
    runs = re.findall(r"[0-9A-Za-z]+", value)
    longest = max(runs, key=len, default="")
    hints = (longest, *(_longest_run(core) for core in _base64_cores(value))) if longest else ()
    return Needle(value=value, kind=kind, mark=mark, hints=hints if all(hints) else ())


def _pattern(value: str) -> str:
    literal = "".join(_character(char) for char in value)
    if len(value) < _SHORT:
        # A short value inside a longer word is a coincidence
        literal = rf"(?<![0-9A-Za-z]){literal}(?![0-9A-Za-z])"
    cores = [_either_alphabet(core) for core in _base64_cores(value)]
    return "|".join([literal, *cores])


def _character(char: str) -> str:
    if char.isascii() and char.isalnum():
        return char
    forms = [rf"\\*{re.escape(char)}"]
    percent = "".join(f"%(?:25)*(?i:{byte:02x})" for byte in char.encode("utf-8", "surrogatepass"))
    forms.append(percent)
    units = char.encode("utf-16-be", "surrogatepass")
    forms.append("".join(rf"\\+u(?i:{units[i]:02x}{units[i + 1]:02x})" for i in range(0, len(units), 2)))
    forms.append(rf"&\#0*{ord(char)};|&\#[xX]0*(?i:{ord(char):x});")
    if char in _NAMED:
        forms.append(f"&{_NAMED[char]};")
    if char == " ":
        forms.append(r"\+")
    control = {"\n": "n", "\r": "r", "\t": "t", "\b": "b", "\f": "f"}.get(char)
    if control:
        forms.append(rf"\\+{control}")
    return f"(?:{'|'.join(forms)})"


def _base64_cores(value: str) -> list[str]:
    """The part of the base64 text that does not depend on neighbours, for each of three alignments."""
    raw = value.encode("utf-8", "surrogatepass")
    if len(raw) < _BASE64_FROM:
        return []
    cores = []
    for shift in range(3):
        encoded = base64.b64encode(b"\0" * shift + raw).decode().rstrip("=")
        # Characters that mix in bits of neighbours: the first ones by the shift, the last by the remainder
        begin = (0, 2, 3)[shift]
        end = len(encoded) - (1 if (shift + len(raw)) % 3 else 0)
        cores.append(encoded[begin:end])
    return cores


def _either_alphabet(core: str) -> str:
    return (
        re.escape(core)
        .replace(r"\+", "[+-]")
        .replace("/", "(?:/|_|%2[Ff])")
        .replace("[+-]", "(?:[+-]|%2[Bb])")
    )


def _longest_run(core: str) -> str:
    return max(re.findall(r"[0-9A-Za-z]+", core), key=len, default="")
