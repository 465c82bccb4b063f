"""What a setting comes to when all settings modules are known: one may be built upon by others."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace

from launchready.model.source import SourceHit
from launchready.source.code.files import CodeFile, Language
from launchready.source.python.flows.names import is_for_development
from launchready.source.python.sinks.settings import DJANGO_DEBUG

_STAR = re.compile(r"^\s*from\s+([\w.]+)\s+import\s+\*", re.MULTILINE)
_DEBUG = re.compile(r"^\s*DEBUG\s*(?::\s*\w+\s*)?=", re.MULTILINE)
_DEBUG_ON = re.compile(r"^DEBUG\s*(?::\s*\w+\s*)?=\s*True\b", re.MULTILINE)


def settled(hits: Iterable[SourceHit], files: Mapping[str, CodeFile]) -> tuple[SourceHit, ...]:
    """The hits, those about Django's debug mode by what is made of the module that holds them.

    A base that a module for production overrides is no hit; the one module of its kind, or one that nobody overrides
    but developers, is certain.
    """
    held = tuple(hits)
    if not any(one.rule == DJANGO_DEBUG for one in held):
        return held
    python = {path: one.text for path, one in files.items() if one.language is Language.PYTHON}
    found = ((one, _settled(one, python)) if one.rule == DJANGO_DEBUG else (one, one) for one in held)
    return tuple(made for _, made in found if made is not None)


def _settled(hit: SourceHit, texts: Mapping[str, str]) -> SourceHit | None:
    path = hit.place.path
    own = _STAR.findall(texts.get(path, ""))
    if hit.certain or any("local" in name for name in own):
        return hit
    built_upon = [
        other
        for other, text in texts.items()
        if other != path and "import *" in text and _imports(text, path) and not is_for_development(other)
    ]
    overriding = [other for other in built_upon if _DEBUG.search(texts[other])]
    if any(not _DEBUG_ON.search(texts[other]) for other in overriding):
        return None
    return replace(hit, certain=True)


def _imports(text: str, path: str) -> bool:
    """Whether a file takes all names of the module at `path`."""
    stem = path.removesuffix(".py").removesuffix("/__init__").rpartition("/")[2]
    return any(name.rpartition(".")[2] == stem for name in _STAR.findall(text))
