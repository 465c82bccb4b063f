"""SEC-07."""

import re
from collections.abc import Iterator, Sequence

from launchready.checks.registration import check
from launchready.checks.source_outcomes import (
    HitRule,
    half_not_built,
    hit_outcomes,
    is_beside,
    name_mark,
    unread,
)
from launchready.model.evidence import SourceReview
from launchready.model.outcome import Confidence, Outcome, Probed, Safe, Violation
from launchready.model.source import CodePlace, EnvironmentVariable, HitKind, VariableUse
from launchready.model.subject import FileSubject

IMPACT = "Whoever deploys it misses a value, or it starts with one that everybody can read in the repository."
RULE = HitRule(
    kinds=frozenset({HitKind.SAMPLE_KEY}),
    impact="Whoever reads the repository knows the key, wherever nobody set another one.",
    question="Does the product refuse to start in production with the value that stands at {place}?",
    in_development=False,
)
# Set by operating systems, runtimes, test runners and hosts, and by nobody who deploys
_PLATFORM = re.compile(
    r"(?:NODE_ENV|NODE_OPTIONS|PORT|HOST|HOSTNAME|PATH|HOME|USER|SHELL|TERM|TZ|LANG|PWD|TMP|TEMP|TMPDIR|CI|MODE|DEV|PROD"
    r"|SSR|NEXT_RUNTIME|NEXT_PHASE|DYNO|DJANGO_SETTINGS_MODULE|GOOGLE_CLOUD_PROJECT|K_SERVICE|K_REVISION|XDG_\w+"
    r"|LC_\w+|npm_\w+|GITHUB_(?:ACTIONS?|REF|SHA|WORKSPACE|RUN_ID)\w*"
    r"|(?:VERCEL|NETLIFY|RENDER|RAILWAY|FLY|HEROKU|GAE|KUBERNETES|AWS_LAMBDA|AWS_EXECUTION|WEBSITE|PYTEST|VITEST|JEST"
    r"|PLAYWRIGHT|PYTHON)(?:_\w+)?)\Z"
)
_EXAMPLE = re.compile(r"(?:^|/)[^/]*env[^/]*\Z|example|sample|template", re.IGNORECASE)
# Folders that hold no code of their own: what stands there is for the whole product
_DEPLOYS = re.compile(
    r"(?:^|/)(?:\.?docker|deploy\w*|ops|infra\w*|config|envs?|environments?|docs?|compose|k8s|helm|\.devcontainer|build)(?:/|\Z)",
    re.IGNORECASE,
)
_MOST_NAMED = 5


@check("SEC-07")
def environment_inventory_is_complete(source: SourceReview) -> Iterator[Outcome]:
    """Every environment variable is listed, and nothing starts with a sample value.

    Why: A value that nobody listed is missing at the next deployment, and one that is filled in by the code
    lets production run on a key that everybody can read.

    How to fix: List every variable in an example file with owner and place, read all of them in one place
    at the start, and stop there when one is missing or still the sample.

    What this cannot see: Lists outside of the repository, who owns a value, and whether the start really
    fails.
    """
    variables = [one for one in source.variables if _is_the_products(one, source)]
    yield from _listed(variables, source)
    sampled = {(hit.place.path, hit.place.line) for hit in source.hits if hit.kind is HitKind.SAMPLE_KEY}
    for one in variables:
        told = any((place.path, place.line) in sampled for place in one.read)
        if one.secret and one.use is VariableUse.DEFAULTED and not told:
            yield _defaulted(one, source)
    yield from hit_outcomes(source, RULE)
    yield half_not_built("SEC-07", "start the product without each of its values to see it refuse")


def _is_the_products(variable: EnvironmentVariable, source: SourceReview) -> bool:
    return bool(_read(variable, source)) and _PLATFORM.match(variable.name) is None


def _read(variable: EnvironmentVariable, source: SourceReview) -> list[CodePlace]:
    return [one for one in variable.read if not is_beside(one.path, source)]


def _listed(variables: Sequence[EnvironmentVariable], source: SourceReview) -> Iterator[Outcome]:
    """What the lists and the code say of each other; what starts without a value is asked about once."""
    missing = [one for one in variables if not one.listed]
    lists = sorted({place.path for one in variables for place in one.listed if _EXAMPLE.search(place.path)})
    for one in variables:
        if one.listed:
            yield Safe(subject=FileSubject(path=one.listed[0].path, mark=one.name))
    beside = [one for one in missing if not _serving(one, source, lists)]
    if beside:
        yield _asked(beside, source, "no list", "no example file lists")
    rest = [one for one in missing if one not in beside]
    weighty = [one for one in rest if one.secret or one.use is VariableUse.REQUIRED]
    for one in weighty:
        yield _missing(one, source, _serving(one, source, lists)[0])
    if light := [one for one in rest if one not in weighty]:
        listing = _serving(light[0], source, lists)[0]
        yield _asked(light, source, "optional values not listed", f"{listing} does not list")


def _serving(variable: EnvironmentVariable, source: SourceReview, lists: Sequence[str]) -> list[str]:
    """The lists that are of the code which reads a variable, nearest first; that of another folder is of other code."""
    reader = _read(variable, source)[0].path
    folders = {listing: listing.rpartition("/")[0] for listing in lists}
    found = [
        listing
        for listing, folder in folders.items()
        if not folder or reader.startswith(f"{folder}/") or _DEPLOYS.search(folder)
    ]
    return sorted(found, key=lambda one: not reader.startswith(f"{folders[one]}/"))


def _missing(variable: EnvironmentVariable, source: SourceReview, listing: str) -> Violation:
    place = _read(variable, source)[0]
    whole = not list(unread(source, routes=False))
    what = "a secret" if variable.secret else "needed to start"
    return Violation(
        subject=FileSubject(path=place.path, line=place.line, mark=name_mark(place, variable.name, "listed")),
        variant="not listed",
        message=f"{variable.name} is {what}, is read at {place}, and {listing} does not list it",
        impact=IMPACT,
        confidence=Confidence.CONFIRMED if whole else Confidence.SUSPECTED,
        evidence=(str(place),),
        question="" if whole else f"Is {variable.name} listed in a file that could not be read?",
        place=place,
        probed=Probed.NOT_PROBED,
        fix=f"Add {variable.name} to {listing}, with a word on what it is and who owns it.",
    )


def _asked(
    missing: Sequence[EnvironmentVariable], source: SourceReview, variant: str, without: str
) -> Violation:
    names = [one.name for one in missing]
    more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
    place = _read(missing[0], source)[0]
    return Violation(
        subject=FileSubject(path=".", mark=variant),
        variant=variant,
        message=f"The code reads what {without}: {', '.join(names[:_MOST_NAMED])}{more} (first at {place})",
        impact=IMPACT,
        confidence=Confidence.SUSPECTED,
        evidence=tuple(str(_read(one, source)[0]) for one in missing),
        question="Is there another list of these values that whoever deploys the product finds?",
        place=place,
        probed=Probed.NOT_PROBED,
        fix="List them in an example file, with what happens without each.",
    )


def _defaulted(variable: EnvironmentVariable, source: SourceReview) -> Violation:
    place = _read(variable, source)[0]
    return Violation(
        subject=FileSubject(
            path=place.path, line=place.line, mark=name_mark(place, variable.name, "default")
        ),
        variant="secret with a default",
        message=f"{variable.name} is a secret, and the code fills in a value where it is not set ({place})",
        impact=RULE.impact,
        confidence=Confidence.SUSPECTED,
        evidence=(str(place),),
        question=f"Does the product refuse to start in production when {variable.name} is not set?",
        place=place,
        probed=Probed.NOT_PROBED,
        fix=f"Read {variable.name} without a default, and stop the start where it is missing.",
    )
