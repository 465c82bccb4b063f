"""LOG-04."""

from collections.abc import Iterator

from launchready.checks.registration import check
from launchready.checks.source_outcomes import HitRule, hit_outcomes
from launchready.model.evidence import SourceReview
from launchready.model.outcome import Outcome
from launchready.model.source import HitKind

RULE = HitRule(
    kinds=frozenset({HitKind.RISKY_LOG, HitKind.VERBOSE}),
    impact="Passwords and tokens stay readable in logs, for everybody and every tool that sees them.",
    question="What does {place} write in production, and can a password, a token or a member's data be in it?",
    in_development=False,
)


@check("LOG-04")
def log_calls_are_harmless(source: SourceReview) -> Iterator[Outcome]:
    """No line of the code logs passwords, tokens, whole requests or every query.

    Why: Logs are kept for long, copied to tools and read by many; what is written into them has left the
    product.

    How to fix: Log a list of chosen fields, and set the level by environment, with nothing verbose by
    default.

    What this cannot see: What libraries, proxies and platforms log by themselves, and fields inside of
    objects that are logged whole under a harmless name.
    """
    yield from hit_outcomes(source, RULE)
