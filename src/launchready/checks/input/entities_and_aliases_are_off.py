"""INP-07."""

from collections.abc import Iterator

from launchready.checks.registration import check
from launchready.checks.source_outcomes import HitRule, half_not_built, hit_outcomes
from launchready.model.evidence import SourceReview
from launchready.model.outcome import Outcome
from launchready.model.source import HitKind

RULE = HitRule(
    kinds=frozenset({HitKind.XML, HitKind.YAML_ALIASES}),
    impact="A small document can read files of the server, call inner addresses, or fill its memory.",
    question="Can a caller choose or upload the document that {place} parses?",
)


@check("INP-07")
def entities_and_aliases_are_off(source: SourceReview) -> Iterator[Outcome]:
    """Parsers of XML and YAML resolve no external entities and expand no bombs.

    Why: XML lets a document name files and addresses to be put into it, and both XML and YAML let a few
    lines stand for gigabytes.

    How to fix: Use a parser that is made for documents of strangers, with entities, document types and
    aliases turned off.

    What this cannot see: Parsers inside of libraries, such as those for office documents, feeds and images.
    """
    yield from hit_outcomes(source, RULE)
    yield half_not_built("INP-07", "post documents with entities and aliases where XML or YAML is taken")
