"""AUTH-24."""

from collections.abc import Iterator

from launchready.checks.code_routes import CodeRoutes, inventory
from launchready.checks.owner_lookups import NOT_MEMBERS, ProbesOfRoutes, lookup_outcomes
from launchready.checks.registration import check
from launchready.checks.row_rules import table_outcomes
from launchready.checks.source_outcomes import UNREAD, code_read, is_recognised, unread
from launchready.checks.stated_access import ruled_class
from launchready.model.evidence import AccessMatrix, SourceReview, Surface, WriteMatrix
from launchready.model.outcome import (
    Cause,
    Confidence,
    Input,
    Outcome,
    Remedy,
    Safe,
    Unproven,
    Violation,
)
from launchready.model.settings import JudgeSettings
from launchready.model.subject import FileSubject

IMPACT = "The next change takes an owner check away, and nothing notices before a member does."
SECOND_USER = "second user"
LOOKED_FOR = ("lookups", "tests", "jobs")
TESTS = FileSubject(path=".", mark="tests with a second user")
PIPELINE = FileSubject(path=".", mark="tests for pull requests")


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
    yield from code_read(source, looked_for=LOOKED_FOR, routes=True)
    if is_recognised(source):
        yield from _tests(source)
        yield from _jobs(source)


def _tests(source: SourceReview) -> Iterator[Outcome]:
    found = [one for one in source.tests if one.kind == SECOND_USER]
    kinds = _private_kinds(source)
    if found and len(found) < len(kinds):
        yield _too_few(len(found), kinds)
    elif found:
        yield Safe(subject=TESTS, evidence=tuple(str(one.place) for one in found))
    elif _is_all_looked_through(source, "tests"):
        # Tests are told by names and by what they expect: a second user may hide in one that reads otherwise
        yield Violation(
            subject=TESTS,
            variant="no second user in tests",
            message=f"No test asks as a second user for what belongs to the first ({source.files} files were read)",
            impact=IMPACT,
            confidence=Confidence.SUSPECTED,
            question="Which test asks as a second user for what belongs to the first?",
            fix="Add a test for each kind of object: one user makes it, another asks for it and is refused.",
        )
    elif "tests" in source.looked_for:
        yield _untold(TESTS, "whether a test asks as a second user")


def _private_kinds(source: SourceReview) -> tuple[str, ...]:
    """The kinds of objects that members look up by an id."""
    routes = (route for route in source.routes if route.access not in NOT_MEMBERS)
    return tuple(sorted({lookup.model for route in routes for lookup in route.lookups}))


def _too_few(tests: int, kinds: tuple[str, ...]) -> Unproven:
    """A test for each kind of object is the criterion; one test says nothing of the other kinds."""
    named = ", ".join(kinds[:4])
    reason = f"{tests} tests ask as a second user, and {len(kinds)} kinds of objects are looked up by id ({named} …)"
    sentence = (
        "Add a test for each kind of object: one user makes it, another asks for it and is refused. Or sign for those "
        "that launchready does not recognise: [[attestations]] with check AUTH-24."
    )
    return Unproven(
        subject=TESTS,
        cause=Cause.NEEDS_ANSWER,
        reason=reason,
        remedy=Remedy(input=Input.ATTESTATION, sentence=sentence),
    )


def _jobs(source: SourceReview) -> Iterator[Outcome]:
    required = [one for one in source.jobs if one.on_pull_request]
    if required:
        yield Safe(subject=PIPELINE, evidence=tuple(str(one.place) for one in required))
    elif _is_all_looked_through(source, "jobs"):
        place = source.jobs[0].place if source.jobs else None
        yield Violation(
            subject=PIPELINE,
            variant="no test job for pull requests",
            message=f"Tests run, but not for pull requests ({place})"
            if place
            else f"No pipeline in the repository runs tests ({source.files} files were read)",
            impact=IMPACT,
            # A repository does not show what runs elsewhere
            confidence=Confidence.SUSPECTED,
            question="Where do the tests run before a change is let in?",
            place=place,
            fix="Run the tests for every pull request, and let none in whose tests fail.",
        )
    elif "jobs" in source.looked_for:
        yield _untold(PIPELINE, "whether the tests run for every pull request")


def _is_all_looked_through(source: SourceReview, what: str) -> bool:
    """Whether it was looked for in every file, tests among them; routes that stay open hide no test."""
    return what in source.looked_for and not source.skipped and not list(unread(source, routes=False))


def _untold(subject: FileSubject, what: str) -> Unproven:
    reason = f"not everything was read, so that it cannot be told {what}"
    return Unproven(subject=subject, cause=Cause.PARTIAL, reason=reason, remedy=UNREAD)
