"""INP-08."""

from collections.abc import Iterator

from launchready.checks.registration import check
from launchready.checks.source_outcomes import HitRule, half_not_built, hit_outcomes
from launchready.model.evidence import SourceReview
from launchready.model.outcome import Outcome
from launchready.model.source import HitKind

RULE = HitRule(
    kinds=frozenset({HitKind.SERVER_FETCH}),
    impact="A caller can make the server ask addresses inside of the network, such as the cloud's own key service.",
    question="Can a caller choose the host that {place} asks, and are private addresses refused there?",
)


@check("INP-08")
def server_fetches_are_restricted(source: SourceReview) -> Iterator[Outcome]:
    """The server asks no address that a caller chose, unless it is a public one.

    Why: Previews, avatars by address, imports and webhooks let a caller send the server to places that only
    the server can reach.

    How to fix: Resolve the name once, refuse private and link-local addresses, allow https alone, and follow
    no redirects; at best choose hosts from a list.

    What this cannot see: Addresses that are stored first and asked later by a job, and what a proxy in front
    of the server's own requests refuses.
    """
    yield from hit_outcomes(source, RULE)
    yield half_not_built("INP-08", "give private, redirecting and rebinding addresses where one is taken")
