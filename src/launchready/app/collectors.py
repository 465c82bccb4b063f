"""The collectors of a run."""

from collections.abc import Iterable

from launchready.collecting.collector import Collector
from launchready.collecting.plan import planned
from launchready.collecting.source_review import NAME_REPOSITORY
from launchready.model.evidence import Failed, SourceReview
from launchready.model.outcome import Cause, Input, Remedy
from launchready.model.settings import CollectSettings

_NAME_URL = Remedy(
    input=Input.TARGET_URL, sentence="Name the API's URL, too: launchready audit http://127.0.0.1:8000"
)

_STANDARD = Remedy(input=Input.SELECTION, sentence="Run the audit with --profile standard.")


def collectors_for(kinds: Iterable[str], settings: CollectSettings) -> tuple[Collector, ...]:
    """What brings these kinds of evidence, in order."""
    return tuple(planned(kinds, settings))


def left_out(
    kinds: Iterable[str], collectors: Iterable[Collector], settings: CollectSettings
) -> tuple[Failed, ...]:
    """What is not collected because no URL or no repository was named, or because the quick profile leaves it out."""
    at_hand = {collector.produces.__name__ for collector in collectors}
    return tuple(_left_out(kind, settings) for kind in sorted(set(kinds) - at_hand))


def _left_out(kind: str, settings: CollectSettings) -> Failed:
    if kind == SourceReview.__name__ and not settings.repo:
        reason, remedy = "no repository was named", NAME_REPOSITORY
        return Failed(kind=kind, cause=Cause.NEEDS_INPUT, reason=reason, remedy=remedy)
    if not settings.url:
        reason = "no URL of the API was named"
        return Failed(kind=kind, cause=Cause.NEEDS_INPUT, reason=reason, remedy=_NAME_URL)
    reason = f"the {settings.profile.value} profile leaves it out"
    return Failed(kind=kind, cause=Cause.NOT_SELECTED, reason=reason, remedy=_STANDARD)
