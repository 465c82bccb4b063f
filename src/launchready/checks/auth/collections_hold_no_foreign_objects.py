"""AUTH-21."""

from collections.abc import Iterator

from launchready.checks.outcomes import about, gap_outcomes, read_outcomes
from launchready.checks.registration import check
from launchready.model.evidence import AccessMatrix, Surface
from launchready.model.operation import ObjectClass
from launchready.model.outcome import Outcome
from launchready.model.probe import COLLECTION_FORMS

# Threads have a check of their own
CLASSES = frozenset(ObjectClass) - {ObjectClass.THREAD}
IMPACT = "Private objects of others turn up in what any member can list, search or export."


@check("AUTH-21")
def collections_hold_no_foreign_objects(matrix: AccessMatrix, surface: Surface) -> Iterator[Outcome]:
    """Lists, searches, feeds, counts and exports hold no private object of somebody else.

    Why: The page of one object is often guarded while the search index, the feed or the export beside it is
    built from everything.

    How to fix: Put one visibility filter under lists, search, feeds, exports and notifications alike.

    What this cannot see: Notifications and mail, results beyond the first pages, and an index that is
    filled later than the audit looks.
    """
    reads = [one for one in matrix.reads if one.object_class in CLASSES and one.form in COLLECTION_FORMS]
    yield from read_outcomes(reads, impact=IMPACT)
    yield from gap_outcomes(matrix.gaps, about(surface, CLASSES, collections=True))
