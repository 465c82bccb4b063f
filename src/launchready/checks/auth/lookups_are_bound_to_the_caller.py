"""AUTH-24."""

from collections.abc import Iterator

from launchready.checks.code_routes import CodeRoutes, inventory
from launchready.checks.owner_lookups import NOT_MEMBERS, ProbesOfRoutes, lookup_outcomes
from launchready.checks.registration import check
from launchready.checks.row_rules import table_outcomes
from launchready.checks.source_outcomes import code_read, unread
from launchready.checks.stated_access import ruled_class
from launchready.model.evidence import AccessMatrix, SourceReview, Surface, WriteMatrix
from launchready.model.outcome import Confidence, Outcome, Safe, Violation
from launchready.model.settings import JudgeSettings
from launchready.model.subject import FileSubject

IMPACT = "The next change takes an owner check away, and nothing notices before a member does."
SECOND_USER = "second user"


@check("AUTH-24")
def lookups_are_bound_to_the_caller(
    source: SourceReview,
    surface: Surface | None,
    matrix: AccessMatrix | None,
    writes: WriteMatrix | None,
    settings: JudgeSettings,
) -> Iterator[Outcome]:
    """Whatever is looked up by an id is bound to its owner, and tests with a second user keep it so.

    Why: A lookup by id alone gives everybody's objects to whoever sends the id; a test that asks as somebody
    else is what keeps the owner in the condition when the code changes.

    How to fix: Select by id and owner in one condition, and add for each kind of object a test in which a
    second user is refused; run it for every pull request.

    What this cannot see: Whether the host lets a change in whose tests fail, and owner checks that the
    database makes in ways that no migration shows.
    """
    probes = ProbesOfRoutes.of(CodeRoutes.of(source, surface), matrix, writes)
    for entry in inventory(source, surface, None):
        if entry.route is not None and entry.route.access not in NOT_MEMBERS:
            ruled = ruled_class(entry.names, settings)
            yield from lookup_outcomes(entry.route, probes.of_route(entry.route), ruled=ruled)
    for table in source.tables:
        yield from table_outcomes(table)
    if source.apps or source.routes:
        yield _tests(source)
        yield _job(source)
    yield from code_read(source, routes=True)


def _tests(source: SourceReview) -> Outcome:
    subject = FileSubject(path=".", mark="tests with a second user")
    found = [one for one in source.tests if one.kind == SECOND_USER]
    if found:
        return Safe(subject=subject, evidence=tuple(str(one.place) for one in found))
    # Tests that ask without a login are tests of access, and a second user may hide in one of them
    sure = _is_all_read(source) and not source.tests
    return Violation(
        subject=subject,
        variant="no second user in tests",
        message=f"No test asks as a second user for what belongs to the first ({source.files} files were read)",
        impact=IMPACT,
        confidence=Confidence.CONFIRMED if sure else Confidence.SUSPECTED,
        question="" if sure else "Which test asks as a second user for what belongs to the first?",
        fix="Add a test for each kind of object: one user makes it, another asks for it and is refused.",
    )


def _job(source: SourceReview) -> Outcome:
    subject = FileSubject(path=".", mark="tests for pull requests")
    required = [one for one in source.jobs if one.on_pull_request]
    if required:
        return Safe(subject=subject, evidence=tuple(str(one.place) for one in required))
    sure = _is_all_read(source)
    place = source.jobs[0].place if source.jobs else None
    message = (
        f"Tests run, but not for pull requests ({place})"
        if place
        else f"No pipeline in the repository runs tests ({source.files} files were read)"
    )
    return Violation(
        subject=subject,
        variant="no test job for pull requests",
        message=message,
        impact=IMPACT,
        confidence=Confidence.CONFIRMED if sure else Confidence.SUSPECTED,
        question="" if sure else "Which pipeline runs the tests before a change is let in?",
        place=place,
        fix="Run the tests for every pull request, and let none in whose tests fail.",
    )


def _is_all_read(source: SourceReview) -> bool:
    """Whether every file was read, tests among them; routes that stay open hide no test."""
    return not source.skipped and not list(unread(source, routes=False))
