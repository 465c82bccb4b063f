"""INP-06."""

from collections.abc import Iterator

from launchready.checks.registration import check
from launchready.checks.source_outcomes import HitRule, half_not_built, hit_outcomes
from launchready.model.evidence import SourceReview
from launchready.model.outcome import Outcome
from launchready.model.source import HitKind

RULE = HitRule(
    kinds=frozenset({HitKind.RAW_HTML}),
    impact="A member's post can run as a script in every reader's browser, with the reader's session.",
    question="Is what {place} renders always the product's own text, or cleaned by a maintained library before?",
)


@check("INP-06")
def user_content_is_rendered_safely(source: SourceReview) -> Iterator[Outcome]:
    """What members write comes back as text, never as a page's own code.

    Why: Where text is put into a page without escaping, whoever writes the text writes the page.

    How to fix: Leave escaping to the template engine or framework; clean rich text with a maintained library
    at the place where it is put out.

    What this cannot see: Cleaning that happens when text is stored, pages of other repositories, and what
    mail programs do with it.
    """
    yield from hit_outcomes(source, RULE)
    yield half_not_built("INP-06", "store HTML and fetch it back to see whether it is inert")
