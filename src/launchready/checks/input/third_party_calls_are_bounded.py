"""INP-13."""

from collections.abc import Iterator

from launchready.checks.registration import check
from launchready.checks.source_outcomes import HitRule, half_not_built, hit_outcomes
from launchready.model.evidence import SourceReview
from launchready.model.outcome import Outcome
from launchready.model.source import HitKind

RULE = HitRule(
    kinds=frozenset({HitKind.NO_TIMEOUT, HitKind.TLS_OFF}),
    impact="A slow or forged answer of another company stops the product, or is taken for the truth.",
    question="Is the call at {place} bounded in time, and its certificate checked, by something around it?",
)


@check("INP-13")
def third_party_calls_are_bounded(source: SourceReview) -> Iterator[Outcome]:
    """Calls of other services end in time and check whom they talk to.

    Why: A call without a time limit waits as long as the other side likes, with a worker and a connection;
    one that does not check certificates talks to anybody in between.

    How to fix: Set a timeout and a size limit at each call, leave certificate checks on, and check the
    answer against a schema.

    What this cannot see: Time limits that a platform sets around the whole process.
    """
    yield from hit_outcomes(source, RULE)
    yield half_not_built("INP-13", "answer slowly, hugely and oddly in a third party's place")
