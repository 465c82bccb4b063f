"""DEP-08."""

from collections.abc import Iterator
from dataclasses import replace

from launchready.checks.outcomes import exchanges
from launchready.checks.registration import check
from launchready.checks.source_outcomes import NOT_PROBED, HitRule, Judged, half_not_built, hit_outcomes
from launchready.model.evidence import ExposedPaths, SourceReview
from launchready.model.outcome import Outcome, Probed
from launchready.model.source import HitKind, SourceHit

RULE = HitRule(
    kinds=frozenset({HitKind.DEBUG, HitKind.LISTING}),
    impact="An error shows strangers code, settings and memory, or a console; a listing shows every file.",
    question="Does production run with what {place} sets?",
    in_development=False,
)
# What frameworks serve in debug mode only
DEBUG_PAGES = frozenset({"interactive console", "debug toolbar"})


@check("DEP-08")
def debug_and_listings_are_off(source: SourceReview, paths: ExposedPaths | None) -> Iterator[Outcome]:
    """Production runs without debug mode, and lists no folders.

    Why: Debug mode answers an error with code, variables and sometimes a console; it is made for one
    developer's machine.

    How to fix: Switch debug mode on by an environment variable that is off by default, and let the start
    fail when it is on in production; turn listings off where files are served.

    What this cannot see: Settings that a platform or a server in front adds.
    """

    def probe(hit: SourceHit) -> Judged:
        """A console that is open shows that debug mode is on; one that is closed shows nothing."""
        if hit.kind is not HitKind.DEBUG or paths is None or len(source.apps) != 1:
            return NOT_PROBED
        seen = [one for one in paths.trials if one.name in DEBUG_PAGES and one.held is False]
        proof = exchanges(*(one.attempt for one in seen))
        return Judged(probed=Probed.CONFIRMED, proof=proof) if seen else NOT_PROBED

    yield from hit_outcomes(source, replace(RULE, probe=probe))
    yield half_not_built("DEP-08", "trigger errors and ask for folders to see what is shown")
