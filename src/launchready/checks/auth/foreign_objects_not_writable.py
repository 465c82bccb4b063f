"""AUTH-15."""

from collections.abc import Iterator

from launchready.checks.outcomes import gap_outcomes, never_tried, write_outcomes
from launchready.checks.registration import check
from launchready.model.evidence import Surface, WriteMatrix
from launchready.model.operation import ObjectClass, Purpose
from launchready.model.oracle import Violated, judge_write
from launchready.model.outcome import Outcome
from launchready.model.probe import WriteKind, WriteProbe
from launchready.model.settings import JudgeSettings

IMPACT = "Any member can change or delete what belongs to others, or take over their account."


@check("AUTH-15")
def foreign_objects_not_writable(
    matrix: WriteMatrix, surface: Surface, settings: JudgeSettings
) -> Iterator[Outcome]:
    """Nobody can change or delete an object of somebody else.

    Why: An update or delete that asks only whether somebody is logged in lets every member edit what
    everybody else owns. The owner's own reading shows it, for a server may refuse and write all the same.

    How to fix: Put the owner into the condition of the update or delete statement itself, and answer 404
    when nothing matches.

    What this cannot see: Fields that nobody can read back and that show no effect, and objects that a
    member cannot create.
    """
    yield from write_outcomes([one for one in matrix.writes if _concerns(one)], impact=IMPACT)
    yield from gap_outcomes(matrix.gaps)
    tried = {one.operation for one in matrix.writes} | {gap.operation for gap in matrix.gaps}
    yield from never_tried(surface, settings, frozenset(ObjectClass), {Purpose.UPDATE, Purpose.DELETE}, tried)


def _concerns(probe: WriteProbe) -> bool:
    """Adding to what is not shown to be private (a comment, a review) is no write on another's object."""
    if probe.kind is not WriteKind.CREATE_IN:
        return True
    return probe.object_class != ObjectClass.THREAD and isinstance(judge_write(probe), Violated)
