"""INP-01."""

from collections.abc import Iterator

from launchready.checks.code_routes import writes
from launchready.checks.registration import check
from launchready.checks.source_outcomes import code_read, half_not_built, subject_of
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
from launchready.model.source import AccessClass, SourceRoute, Validation
from launchready.model.subject import OperationSubject

IMPACT = "Records of the wrong shape are stored, break whoever reads them, and carry fields that nobody meant to take."
ASK = Remedy(
    input=Input.TARGET_URL,
    sentence="Name the schema at the route, where it can be read; a newer version will ask the running API.",
)


@check("INP-01")
def writes_are_validated_by_schema(source: SourceReview) -> Iterator[Outcome]:
    """Every write passes a schema before the product's own code sees it.

    Why: What is not checked at the door is checked in a hundred places, and forgotten in one.

    How to fix: Declare a schema for each body at the route, refuse unknown fields, and answer 4xx to
    everything else.

    What this cannot see: Whether the schema is strict, and checks that the database makes.
    """
    for route in source.routes:
        # What another service signs is that service's own form, and told apart by its signature
        if route.served and writes(route.method) and route.access is not AccessClass.SERVICE:
            yield from _outcome(route)
    yield from code_read(source, routes=True)
    yield half_not_built("INP-01", "send missing, wrong and unknown fields to every write")


def _outcome(route: SourceRoute) -> Iterator[Outcome]:
    subject = OperationSubject(method=route.method, path=route.path)
    match route.validation:
        case Validation.SCHEMA:
            yield Safe(subject=subject, evidence=(str(route.place),))
        case Validation.RAW:
            yield _violation(route)
        case Validation.UNCLEAR:
            yield Unproven(
                subject=subject,
                cause=Cause.NEEDS_INPUT,
                reason=f"the code does not tell whether {route.id} checks its body ({route.place})",
                remedy=ASK,
            )
        case Validation.NO_BODY:
            return


def _violation(route: SourceRoute) -> Violation:
    return Violation(
        subject=subject_of(route.place, route.id, route.handler),
        variant="no schema",
        message=f"{route.id} uses its body as it came ({route.place})",
        impact=IMPACT,
        confidence=Confidence.SUSPECTED,
        evidence=(str(route.place),),
        question=f"Does {route.id} check types, lengths and unknown fields of its body before it uses them?",
        place=route.place,
        probed=Probed.NOT_PROBED,
        fix="Check the body against a strict schema at the route.",
    )
