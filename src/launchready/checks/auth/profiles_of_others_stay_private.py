"""AUTH-11."""

from collections.abc import Iterator

from launchready.checks.outcomes import about, gap_outcomes, has_operations, never_tried, read_outcomes
from launchready.checks.registration import check
from launchready.model.evidence import AccessMatrix, Surface
from launchready.model.operation import ObjectClass, Purpose
from launchready.model.outcome import NotApplicable, Outcome
from launchready.model.probe import COLLECTION_FORMS
from launchready.model.settings import JudgeSettings

CLASSES = frozenset({ObjectClass.PROFILE, ObjectClass.SETTINGS})
IMPACT = "Any member can read the private profile and settings of every other member."


@check("AUTH-11")
def profiles_of_others_stay_private(
    matrix: AccessMatrix, surface: Surface, settings: JudgeSettings
) -> Iterator[Outcome]:
    """Nobody reads the private profile or the settings of another member.

    Why: A profile that any member can read by changing an id gives away addresses, phone numbers and
    preferences of everybody.

    How to fix: Select by id and owner, and answer others with a projection that holds the public fields
    alone.

    What this cannot see: Private fields that could not be filled by the audit, and whether a field that
    everybody sees was meant to be public.
    """
    if surface.complete and not has_operations(surface, CLASSES):
        yield NotApplicable(reason="no operation has to do with profiles or settings")
        return
    reads = [one for one in matrix.reads if one.object_class in CLASSES and one.form not in COLLECTION_FORMS]
    yield from read_outcomes(reads, impact=IMPACT)
    yield from gap_outcomes(matrix.gaps, about(surface, CLASSES, collections=False))
    tried = {one.operation for one in matrix.reads} | {gap.operation for gap in matrix.gaps}
    yield from never_tried(surface, settings, CLASSES, {Purpose.READ}, tried)
