"""AUTH-16."""

from collections.abc import Iterator

from launchready.checks.outcomes import about, gap_outcomes, has_operations, never_tried, read_outcomes
from launchready.checks.registration import check
from launchready.model.evidence import AccessMatrix, Surface
from launchready.model.operation import ObjectClass, Purpose
from launchready.model.outcome import NotApplicable, Outcome
from launchready.model.probe import COLLECTION_FORMS
from launchready.model.settings import JudgeSettings

# Profiles, settings and threads have checks of their own
CLASSES = frozenset(ObjectClass) - {ObjectClass.PROFILE, ObjectClass.SETTINGS, ObjectClass.THREAD}
IMPACT = "Any member can read what belongs to others by trying ids."


@check("AUTH-16")
def foreign_objects_not_readable(
    matrix: AccessMatrix, surface: Surface, settings: JudgeSettings
) -> Iterator[Outcome]:
    """Nobody reads a private object of somebody else through any form of its id.

    Why: Looking an object up by its id alone gives it to whoever sends the id; ids can be guessed, counted
    up or found elsewhere.

    How to fix: Check every id of a request, not only the one in the path: select by id and owner, and
    verify that a child belongs to its parent.

    What this cannot see: Types of which a member cannot create an object, and forms of an id that no
    operation declares.
    """
    if surface.complete and not has_operations(surface, CLASSES):
        yield NotApplicable(reason="no operation has to do with objects of members")
        return
    reads = [one for one in matrix.reads if one.object_class in CLASSES and one.form not in COLLECTION_FORMS]
    yield from read_outcomes(reads, impact=IMPACT)
    yield from gap_outcomes(matrix.gaps, about(surface, CLASSES, collections=False))
    tried = {one.operation for one in matrix.reads} | {gap.operation for gap in matrix.gaps}
    yield from never_tried(surface, settings, CLASSES, {Purpose.READ}, tried)
