"""Import aliases of tsconfig.json and jsconfig.json."""

import json
import posixpath
import re
from collections.abc import Mapping

from launchready.source.code.files import CodeFile

_DEEPEST = 8  # files that extend one another
_COMMENTS = re.compile(r'("(?:\\.|[^"\\])*")|//[^\n]*|/\*.*?\*/', re.DOTALL)
_TRAILING_COMMA = re.compile(r",(\s*[}\]])")


def loaded_json(text: str) -> Mapping[str, object]:
    """A JSON object, comments and trailing commas allowed as in tsconfig.json; empty when it is none."""
    for one in (text, _TRAILING_COMMA.sub(r"\1", _COMMENTS.sub(lambda found: found.group(1) or "", text))):
        try:
            value = json.loads(one)
        except (ValueError, RecursionError):
            continue
        return value if isinstance(value, dict) else {}
    return {}


def aliases_of(
    settings: Mapping[str, CodeFile], held: CodeFile, depth: int
) -> dict[str, tuple[str, ...]] | None:
    """`paths` of one tsconfig.json with those it extends, relative to the repository's root."""
    document = loaded_json(held.text)
    folder = held.path.rpartition("/")[0]
    found: dict[str, tuple[str, ...]] = {}
    extends = document.get("extends")
    if isinstance(extends, str) and extends.startswith(".") and depth < _DEEPEST:
        base = posixpath.normpath(posixpath.join(folder, extends))
        other = settings.get(base) or settings.get(f"{base}.json")
        found.update((other and aliases_of(settings, other, depth + 1)) or {})
    options = document.get("compilerOptions")
    if not isinstance(options, Mapping):
        return found
    url = options.get("baseUrl")
    base = posixpath.normpath(posixpath.join(folder, url if isinstance(url, str) else "."))
    paths = options.get("paths")
    if isinstance(paths, Mapping):
        for prefix, targets in paths.items():
            if isinstance(targets, list):
                found[str(prefix)] = tuple(posixpath.join(base, str(target)) for target in targets)
    if isinstance(url, str):
        found.setdefault("*", (posixpath.join(base, "*"),))
    return found
