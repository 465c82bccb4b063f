"""What a review looks for, by language: a kind that is named nowhere and was not found says nothing.

Whoever teaches a language to see a kind enters it here: checks pass only on what was looked for in all of the code.
"""

from collections.abc import Iterable, Mapping

from launchready.model.source import HitKind
from launchready.source.code.files import Language

# Found from the whole project, whatever its files are written in
_IN_PROJECTS: frozenset[str] = frozenset({HitKind.SUPER_KEY.value})
_IN_FILES: Mapping[Language, frozenset[str]] = {
    # Nothing written in Python is built into what browsers get, so that a public secret needs no looking for
    Language.PYTHON: frozenset({"lookups", "variables", "tests", "jobs", *(kind.value for kind in HitKind)}),
    Language.SCRIPT: frozenset(
        {
            "lookups",
            "variables",
            "tests",
            "jobs",
            *(kind.value for kind in HitKind if kind is not HitKind.YAML_ALIASES),
        }
    ),
}


def looked_for(languages: Iterable[Language]) -> tuple[str, ...]:
    """What was looked for in every one of these languages, in order of the names."""
    held = [_IN_FILES[one] for one in set(languages) if one in _IN_FILES]
    everywhere = frozenset.intersection(*held) if held else frozenset()
    return tuple(sorted(everywhere | _IN_PROJECTS))
