"""INP-05."""

from collections.abc import Iterator

from launchready.checks.registration import check
from launchready.checks.source_outcomes import HitRule, half_not_built, hit_outcomes
from launchready.model.evidence import SourceReview
from launchready.model.outcome import Outcome
from launchready.model.source import HitKind

RULE = HitRule(
    kinds=frozenset({
        HitKind.SQL, HitKind.NOSQL, HitKind.COMMAND, HitKind.CODE, HitKind.TEMPLATE, HitKind.DESERIALIZE,
    }),
    impact="A caller who writes code into a field runs it: against the database, or on the server itself.",
    question="Can anything that a caller sends reach {place} without being bound, escaped or chosen from a list?",
)  # fmt: skip


@check("INP-05")
def input_never_becomes_code(source: SourceReview) -> Iterator[Outcome]:
    """What callers send is never run as a query, a command, a template or code.

    Why: A query or command that is put together from text does whatever the text says, and a loader that
    builds any object runs code while it loads.

    How to fix: Pass values as parameters, start programs with a list of arguments and no shell, and load
    data with loaders that build plain data only.

    What this cannot see: Values that reach the line through other functions than the one it stands in, code
    in languages that are not read, and what stored procedures do.
    """
    yield from hit_outcomes(source, RULE)
    yield half_not_built("INP-05", "send operators, quotes and arithmetic to see whether answers differ")
