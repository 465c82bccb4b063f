"""The files of a repository that hold code or settings, read once, within bounds."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from launchready.model.source import Skipped
from launchready.source.repository import WorkingTree

LARGEST_FILE = 1_500_000  # bytes; code that people write is smaller
_LONG_LINE = 400  # characters a line on average: written by a bundler, not by a person
_MANY_LINES = 5


class Language(StrEnum):
    """What a file is written in, by its name."""

    PYTHON = "python"
    SCRIPT = "script"
    SQL = "sql"
    SETTINGS = "settings"


_BY_SUFFIX: Mapping[str, Language] = {
    ".py": Language.PYTHON,
    **dict.fromkeys((".js", ".jsx", ".mjs", ".cjs", ".ts", ".tsx", ".mts", ".cts"), Language.SCRIPT),
    ".sql": Language.SQL,
    **dict.fromkeys(
        (".json", ".yml", ".yaml", ".toml", ".cfg", ".ini", ".env", ".txt", ".conf"), Language.SETTINGS
    ),
}
_SETTINGS_NAMES = (
    "dockerfile",
    "containerfile",
    "procfile",
    "makefile",
    "pipfile",
    ".env",
    ".flaskenv",
    "caddyfile",
    "justfile",
    "env.example",
    "env.sample",
    "env.template",
)
_GENERATED = (".d.ts", ".min.js", ".min.mjs", ".bundle.js")
# Lock files are long and say nothing that is judged here
_LOCKS = frozenset(
    {"package-lock.json", "pnpm-lock.yaml", "yarn.lock", "poetry.lock", "uv.lock", "composer.lock"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeFile:
    """A file with its text. `digest` names the content (SHA-256, hexadecimal)."""

    path: str
    language: Language
    text: str
    digest: str

    @property
    def lines(self) -> int:
        """How many lines of text."""
        return self.text.count("\n") + (not self.text.endswith("\n") and bool(self.text))


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeFiles:
    """All files of code by path, and those that were not read."""

    by_path: Mapping[str, CodeFile]
    skipped: tuple[Skipped, ...] = ()
    _languages: dict[Language, dict[str, CodeFile]] = field(default_factory=dict, repr=False, compare=False)

    def of(self, language: Language) -> Mapping[str, CodeFile]:
        """The files of one language by path."""
        if language not in self._languages:
            self._languages[language] = {
                path: one for path, one in self.by_path.items() if one.language is language
            }
        return self._languages[language]


def language_of(path: str) -> Language | None:
    """The language of a file by its name; None for what is not read here."""
    name = path.rpartition("/")[2].lower()
    if name in _LOCKS or name.endswith(_GENERATED):
        return None
    if name.startswith(_SETTINGS_NAMES):
        return Language.SETTINGS
    dot = name.rfind(".")
    return _BY_SUFFIX.get(name[dot:]) if dot >= 0 else None


def read_files(tree: WorkingTree) -> CodeFiles:
    """Read what the tree holds of code; what is too large, binary or written by a bundler is named in `skipped`."""
    found: dict[str, CodeFile] = {}
    skipped: list[Skipped] = []
    for listed in tree.files:
        language = language_of(listed.path)
        if language is None:
            continue
        if listed.size > LARGEST_FILE:
            if language is not Language.SETTINGS:
                skipped.append(Skipped(path=listed.path, reason=f"larger than {LARGEST_FILE // 1000} kB"))
            continue
        read = _read(tree.root, listed.path, language)
        if isinstance(read, Skipped):
            skipped.append(read)
        else:
            found[listed.path] = read
    code = (path for path in (*tree.too_large, *tree.unreadable) if _is_code(path))
    skipped.extend(Skipped(path=path, reason="too large, or not readable") for path in code)
    return CodeFiles(by_path=found, skipped=tuple(skipped))


def code_files(texts: Mapping[str, str] | Iterable[tuple[str, str]]) -> CodeFiles:
    """Files from texts by path, as `read_files` gives them; paths of no known language are left out."""
    pairs = texts.items() if isinstance(texts, Mapping) else texts
    found = {}
    for path, text in pairs:
        language = language_of(path)
        if language is not None:
            found[path] = _file(path, language, text, text.encode("utf-8", "replace"))
    return CodeFiles(by_path=found)


def _is_code(path: str) -> bool:
    return language_of(path) in {Language.PYTHON, Language.SCRIPT, Language.SQL}


def _read(root: Path, path: str, language: Language) -> CodeFile | Skipped:
    try:
        data = (root / path).read_bytes()
    except OSError as error:
        return Skipped(path=path, reason=f"not readable: {error.strerror or type(error).__name__}")
    if b"\0" in data[:8192]:
        return Skipped(path=path, reason="binary")
    text = data.decode("utf-8-sig", "replace")
    if language is Language.SCRIPT and _is_bundled(text):
        return Skipped(path=path, reason="written by a bundler")
    return _file(path, language, text, data)


def _file(path: str, language: Language, text: str, data: bytes) -> CodeFile:
    return CodeFile(path=path, language=language, text=text, digest=hashlib.sha256(data).hexdigest())


def _is_bundled(text: str) -> bool:
    lines = text.count("\n") + 1
    return len(text) > _LONG_LINE * _MANY_LINES and len(text) / lines > _LONG_LINE
