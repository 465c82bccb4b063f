"""CORS-03."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from launchready.checks.outcomes import exchanges
from launchready.checks.registration import check
from launchready.checks.source_outcomes import NOT_PROBED, HitRule, Judged, half_not_built, hit_outcomes
from launchready.model.evidence import OriginTrials, SourceReview
from launchready.model.outcome import Outcome, Probed
from launchready.model.probe import AnswerKind, Trial
from launchready.model.source import HitKind, SourceHit

STRANGER = "unknown origin"
UNREAD = frozenset({AnswerKind.NO_ANSWER, AnswerKind.LIMITED, AnswerKind.EDGE_WALL, AnswerKind.ERROR})
RULE = HitRule(
    kinds=frozenset({HitKind.DEV_ORIGIN, HitKind.ANY_ORIGIN}),
    impact="A website that is not the product's own, or a page on a visitor's machine, can read the API's answers.",
    question="Does production let in what {place} names, and is every website behind it yours?",
    in_development=False,
)


@check("CORS-03")
def allowed_origins_are_the_declared_ones(
    source: SourceReview, origins: OriginTrials | None
) -> Iterator[Outcome]:
    """The list of origins in production holds the product's own websites and nothing else.

    Why: Addresses of developers' machines and previews stay in the list, and with them everybody who can
    serve a page there.

    How to fix: Give each environment a list of its own, read from its settings, with exact origins only.

    What this cannot see: Lists that a platform or a proxy in front of the API keeps.
    """
    trials = (
        [] if origins is None else [one for one in origins.trials if ("variant", STRANGER) in one.details]
    )

    def probe(hit: SourceHit) -> Judged:
        """The trials are of one operation of one application: they speak of a rule for all of that."""
        for_all = hit.kind is HitKind.ANY_ORIGIN and not hit.route and len(source.apps) == 1
        return _by_strangers(trials) if for_all else NOT_PROBED

    yield from hit_outcomes(source, replace(RULE, probe=probe))
    yield half_not_built("CORS-03", "try local, preview and old addresses against the declared list")


def _by_strangers(trials: Sequence[Trial]) -> Judged:
    """Whether an origin that nobody knows was let in; a refusal counts beside an answer without an origin."""
    let_in = [one for one in trials if one.held is False]
    if let_in:
        return Judged(probed=Probed.CONFIRMED, proof=exchanges(*(one.attempt for one in let_in)))
    if trials and all(one.held and one.control and one.control.kind not in UNREAD for one in trials):
        return Judged(probed=Probed.REFUTED, proof=exchanges(*(one.attempt for one in trials)))
    return NOT_PROBED
