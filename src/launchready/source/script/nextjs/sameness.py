"""Which addresses are the same to a piece of code: those that all of its texts about addresses fit alike.

Going through a guard for each of hundreds of routes takes long, and most guards ask little of an address.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from launchready.source.script.nextjs.matcher import glob_matches, matches, written_regex
from launchready.source.script.project import ScriptProject

Kept = TypeVar("Kept")

# Texts that look like paths, and whatever is looked for in a text
_PATHS = re.compile(r"""[\"'`]([^\"'`\s]*/[^\"'`\s]*)[\"'`]""")
_LOOKED_FOR = re.compile(
    r"""\.(?:startsWith|endsWith|includes|indexOf|match|search|split)\(\s*[\"'`]([^\"'`\n]{1,120})[\"'`]"""
)
_MOST = 400  # texts of one module


@dataclass(slots=True)
class SameAddresses(Generic[Kept]):
    """Keeps results by what the code asks of an address."""

    project: ScriptProject
    _texts: dict[str, tuple[frozenset[str], frozenset[str]]] = field(default_factory=dict)
    _kept: dict[tuple[str, ...], list[tuple[tuple[str, ...], tuple[object, ...], Kept]]] = field(
        default_factory=dict
    )

    def find(self, key: tuple[str, ...], path: str) -> Kept | None:
        """What was kept for an address that is the same."""
        for modules, mark, kept in self._kept.get(key, ()):
            if mark == self._mark(modules, path):
                return kept
        return None

    def keep(self, key: tuple[str, ...], path: str, modules: Iterable[str], kept: Kept) -> None:
        """Keep a result that came of going through functions of these modules."""
        names = tuple(sorted(modules))
        self._kept.setdefault(key, []).append((names, self._mark(names, path), kept))

    def _mark(self, modules: tuple[str, ...], path: str) -> tuple[object, ...]:
        texts: set[str] = set()
        patterns: set[str] = set()
        for one in modules:
            held, written = self._of_module(one)
            texts |= held
            patterns |= written
        found: list[object] = [
            (path == text, path.startswith(text), path.endswith(text))
            for text in sorted(texts)
            if text in path
        ]
        found.extend(text for text in sorted(texts) if text in path)
        covering = (text for text in sorted(texts) if any(sign in text for sign in "(:*"))
        found.extend((matches(text, path), glob_matches(text, path)) for text in covering)
        for source in sorted(patterns):
            compiled = written_regex(source)
            # A pattern that cannot be tried makes every address its own
            found.append(path if compiled is None else compiled.search(path) is not None)
        return tuple(found)

    def _of_module(self, path: str) -> tuple[frozenset[str], frozenset[str]]:
        if path not in self._texts:
            held = self.project.files.get(path)
            text = held.text if held is not None else ""
            texts = [*_PATHS.findall(text), *_LOOKED_FOR.findall(text)][:_MOST]
            module = self.project.module(path)
            patterns = (
                [node.text() for node in module.root.find_all(kind="regex")] if module is not None else []
            )
            self._texts[path] = (frozenset(texts), frozenset(patterns[:_MOST]))
        return self._texts[path]
