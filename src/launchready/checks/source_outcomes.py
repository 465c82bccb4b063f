"""What checks of the code share: dangerous lines as outcomes, what was not read, what is not built yet."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace

from launchready.checks.code_places import is_for_development, is_test, is_tool
from launchready.checks.outcomes import gap_outcomes
from launchready.model.evidence import SourceReview
from launchready.model.outcome import (
    Cause,
    Confidence,
    Input,
    Outcome,
    Probed,
    Remedy,
    Safe,
    Unproven,
    Violation,
)
from launchready.model.source import OPEN_ROUTES, CodePlace, Flow, HitKind, SourceHit, code_mark
from launchready.model.subject import FileSubject, ProcessSubject

CODE = FileSubject(path=".")
NAME_CODE = Remedy(
    input=Input.REPOSITORY,
    sentence="Name the folder that holds the API's code: --repo PATH. launchready checks --json and the README list "
    "what it can read.",
)
UNREAD = Remedy(
    input=Input.REPOSITORY, sentence="Mend or remove the files that could not be read, then audit again."
)
NEWER = Remedy(
    input=Input.NEWER_VERSION, sentence="Update launchready when a version that tests this is out."
)
SPECIFY = Remedy(
    input=Input.SPECIFICATION,
    sentence="Give the API's description (--spec FILE-OR-URL), and report how the application adds its routes.",
)
WEBSITES = frozenset({"Next.js"})  # serve pages, and an API only if somebody writes one
_MOST_NAMED = 3


# ----------------------------------------------------------------------------------------- what was read


def half_not_built(check_id: str, what: str) -> Unproven:
    """The half of a check that asks the running product, where launchready cannot do that yet.

    The code alone may show what is wrong; it never shows that all is well.
    """
    return Unproven(
        subject=ProcessSubject(name=check_id),
        cause=Cause.NOT_IMPLEMENTED,
        reason=f"the code was read, and launchready does not yet {what}",
        remedy=NEWER,
    )


def code_read(
    review: SourceReview, *, looked_for: Collection[str] = (), routes: bool = False, note: str = ""
) -> Iterator[Outcome]:
    """That the code was read, or why it was not read whole.

    `looked_for`: what must have been looked for in it. `routes`: those that could not be resolved count, too.
    """
    if not is_recognised(review):
        yield Unproven(
            subject=CODE,
            cause=Cause.NOTHING_TESTED,
            reason=f"no application was recognised in {review.files} files of code",
            remedy=NAME_CODE,
        )
    else:
        evidence = tuple(dict.fromkeys(str(app.entry) for app in review.apps))
        yield Safe(subject=CODE, evidence=evidence, note=note)
    yield from not_looked_for(review, looked_for)
    yield from unread(review, routes=routes)


def not_looked_for(review: SourceReview, wanted: Collection[str]) -> Iterator[Unproven]:
    """What the review did not look for in all of the code: that it was not found says nothing."""
    missing = sorted(set(wanted) - set(review.looked_for))
    if missing and is_recognised(review):
        named = ", ".join(one.replace("_", " ") for one in missing)
        reason = f"launchready does not yet look for everything in code of this kind: {named}"
        yield Unproven(subject=CODE, cause=Cause.NOT_IMPLEMENTED, reason=reason, remedy=NEWER)


def is_recognised(review: SourceReview) -> bool:
    """Whether an application was found; in code of which nothing was understood nothing is found either."""
    return bool(review.apps or review.routes)


def unread(review: SourceReview, *, routes: bool) -> Iterator[Unproven]:
    """What of the code was not read or not understood; tests and tools beside the product do not matter."""
    yield from gap_outcomes(review.gaps, lambda gap: routes or gap.what != OPEN_ROUTES)
    if routes:
        yield from _without_routes(review)
    skipped = [one for one in review.skipped if not is_beside(one.path, review)]
    if skipped:
        named = ", ".join(f"{one.path} ({one.reason})" for one in skipped[:_MOST_NAMED])
        more = f" and {len(skipped) - _MOST_NAMED} more" if len(skipped) > _MOST_NAMED else ""
        yield Unproven(
            subject=CODE, cause=Cause.PARTIAL, reason=f"code that was not read: {named}{more}", remedy=UNREAD
        )


def _without_routes(review: SourceReview) -> Iterator[Unproven]:
    """An application none of whose routes was found was not understood, nor routes of which no application is known.

    A website beside an API may have none.
    """
    served = {route.app for route in review.routes if route.served}
    for app in review.apps:
        is_website = bool(served) and app.framework in WEBSITES
        if app.name not in served and not is_website:
            yield Unproven(
                subject=FileSubject(path=app.entry.path, mark=f"application {app.name}"),
                cause=Cause.PARTIAL,
                reason=f"no route of the {app.framework} application {app.name} was found ({app.entry})",
                remedy=SPECIFY,
            )
    loose = [one for one in review.routes if not one.served and (not one.certain or not served)]
    if loose:
        named = ", ".join(f"{one.id} ({one.place})" for one in loose[:_MOST_NAMED])
        yield Unproven(
            subject=FileSubject(path=".", mark="routes of no application"),
            cause=Cause.PARTIAL,
            reason=f"it could not be read which application serves {len(loose)} of the code's routes, such as {named}",
            remedy=SPECIFY,
        )


def is_beside(path: str, review: SourceReview) -> bool:
    """Whether a file is no part of what is served: tests, and tools that people run."""
    return is_test(path) or is_tool(path, review.apps)


# -------------------------------------------------------------------------------------- dangerous lines


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What the running product said of a line: `proof` names the exchanges; None of it leaves the line to the code."""

    probed: Probed
    proof: tuple[str, ...] = ()


Probe = Callable[[SourceHit], Judged]
NOT_PROBED = Judged(probed=Probed.NOT_PROBED)


def not_probed(_hit: SourceHit) -> Judged:
    """Nothing was asked."""
    return NOT_PROBED


@dataclass(frozen=True, slots=True, kw_only=True)
class HitRule:
    """How a check takes dangerous lines. `question` is asked about a line that may be harmless; it gets the place.

    `in_development`: lines in files for a developer's machine count, too.
    """

    kinds: Collection[HitKind]
    impact: str
    question: str
    in_development: bool = True
    probe: Probe = not_probed


def hit_outcomes(review: SourceReview, rule: HitRule) -> Iterator[Outcome]:
    """An outcome for each dangerous line, then that the code was read.

    A line is shown to be wrong where no harmless reading is left or the running product showed it; else it is asked.
    """
    hits = [hit for hit in review.hits if hit.kind in rule.kinds]
    served = [hit for hit in hits if not _is_left_out(hit, review, rule)]
    for hit in served:
        yield _hit_outcome(hit, rule)
    left_out = len(hits) - len(served)
    note = f"{_counted(left_out)} in tests, scripts or development settings left out" if left_out else ""
    yield from code_read(review, looked_for=[kind.value for kind in rule.kinds], note=note)


def _is_left_out(hit: SourceHit, review: SourceReview, rule: HitRule) -> bool:
    path = hit.place.path
    if not hit.route and is_test(path):
        return True
    if not rule.in_development and is_for_development(path):
        return True
    return not hit.route and hit.flow is not Flow.REQUEST and is_tool(path, review.apps)


def _counted(count: int) -> str:
    return "1 line" if count == 1 else f"{count} lines"


def _hit_outcome(hit: SourceHit, rule: HitRule) -> Outcome:
    judged = rule.probe(hit)
    if judged.probed is Probed.REFUTED:
        note = f"{hit.place}: {hit.message}: {judged.probed.value}"
        return Safe(subject=subject_of(hit.place, hit.rule, hit.function), evidence=judged.proof, note=note)
    # What a test serves is hardly the product; what a product serves may be called tests
    certain = hit.certain and not is_test(hit.place.path)
    return hit_violation(hit, rule, judged, certain=certain or judged.probed is Probed.CONFIRMED)


def hit_violation(hit: SourceHit, rule: HitRule, judged: Judged = NOT_PROBED, *, certain: bool) -> Violation:
    """A dangerous line as a finding."""
    served = f", in {hit.route}" if hit.route else ""
    return Violation(
        subject=subject_of(hit.place, hit.rule, hit.function),
        variant=hit.rule,
        message=f"{hit.message} ({hit.place}{served})",
        impact=rule.impact,
        confidence=Confidence.CONFIRMED if certain else Confidence.SUSPECTED,
        evidence=(str(hit.place), *judged.proof),
        question="" if certain else rule.question.format(place=hit.place),
        place=hit.place,
        probed=judged.probed,
        fix=hit.fix,
    )


def subject_of(place: CodePlace, *parts: str) -> FileSubject:
    """A line as a subject that stays the same when lines above it come and go."""
    return FileSubject(path=place.path, line=place.line, mark=code_mark(place, *parts))


def name_mark(place: CodePlace, *names: str) -> str:
    """A mark for what is told by its name, however the line reads."""
    return code_mark(replace(place, code=""), *names)
