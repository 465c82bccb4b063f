"""AUTH-12."""

from collections.abc import Iterator

from launchready.checks.outcomes import (
    about,
    gap_outcomes,
    has_operations,
    never_tried,
    read_outcomes,
    write_outcomes,
)
from launchready.checks.registration import check
from launchready.model.evidence import AccessMatrix, Surface, WriteMatrix
from launchready.model.operation import ObjectClass, Purpose
from launchready.model.outcome import NotApplicable, Outcome
from launchready.model.probe import WriteKind
from launchready.model.settings import JudgeSettings

CLASSES = frozenset({ObjectClass.THREAD})
READING = "Any member can read the private messages of others."
POSTING = "Any member can slip messages into conversations of others."


@check("AUTH-12")
def threads_of_others_stay_closed(
    matrix: AccessMatrix, writes: WriteMatrix, surface: Surface, settings: JudgeSettings
) -> Iterator[Outcome]:
    """Nobody but its participants lists, reads or posts to a message thread.

    Why: Private messages are what people trust a community with most; a thread that opens by its number
    opens all of them.

    How to fix: Join the participants in every query for threads and messages, for reading and for writing.

    What this cannot see: Messages on channels outside HTTP, and threads that a former participant could
    keep reading.
    """
    if surface.complete and not has_operations(surface, CLASSES):
        yield NotApplicable(reason="no operation has to do with message threads")
        return
    yield from read_outcomes([one for one in matrix.reads if one.object_class in CLASSES], impact=READING)
    posts = [one for one in writes.writes if one.object_class in CLASSES and one.kind is WriteKind.CREATE_IN]
    yield from write_outcomes(posts, impact=POSTING)
    concerned = about(surface, CLASSES)
    yield from gap_outcomes((*matrix.gaps, *writes.gaps), concerned)
    tried = {one.operation for one in matrix.reads} | {gap.operation for gap in matrix.gaps}
    yield from never_tried(surface, settings, CLASSES, {Purpose.READ}, tried)
