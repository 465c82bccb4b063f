"""Text for a terminal: escaped, coloured where there is colour, plain ASCII where there is nothing else."""

from collections.abc import Mapping
from typing import Final

from rich.console import Console
from rich.text import Text

from launchready.reporting.text import visible
from launchready.reporting.words import Tone, Word

STYLES: Final[Mapping[Tone, str]] = {
    Tone.GOOD: "green",
    Tone.BAD: "bold red",
    Tone.CAUTION: "yellow",
    Tone.OPEN: "cyan",
    Tone.MUTED: "dim",
}
_ASCII: Final = str.maketrans(
    {"…": "...", "→": "->", "·": "-", "—": "-", "–": "-", "’": "'", "‘": "'", "“": '"', "”": '"', "≤": "<="}
)


class Ink:
    """Makes `Text` that a console can show; `Text` is never parsed for markup."""

    def __init__(self, console: Console) -> None:
        """For one console; what its encoding cannot write is written as an escape."""
        self._encoding = console.encoding
        self.unicode = self.plain("…") == "…"

    def text(self, content: str, style: str = "") -> Text:
        """Foreign or own text, made harmless."""
        return Text(self.plain(content), style=style)

    def word(self, word: Word) -> Text:
        """A state in its colour."""
        return self.text(word.text, STYLES[word.tone])

    def plain(self, content: str) -> str:
        """Harmless characters that the console's encoding has."""
        safe = visible(content)
        try:
            safe.encode(self._encoding)
        except (UnicodeEncodeError, LookupError):
            safe = safe.translate(_ASCII).encode("ascii", "backslashreplace").decode()
        return safe
