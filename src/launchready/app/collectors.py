"""The collectors of a run."""

from collections.abc import Iterable

from launchready.collecting.collector import Collector
from launchready.collecting.plan import planned
from launchready.model.evidence import Failed
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
    """What is not collected because no URL was named, or because the quick profile leaves it out."""
    at_hand = {collector.produces.__name__ for collector in collectors}
    missing = sorted(set(kinds) - at_hand)
    if settings.url:
        return tuple(
            Failed(
                kind=kind,
                cause=Cause.NOT_SELECTED,
                reason=f"the {settings.profile.value} profile leaves it out",
                remedy=_STANDARD,
            )
            for kind in missing
        )
    return tuple(
        Failed(kind=kind, cause=Cause.NEEDS_INPUT, reason="no URL of the API was named", remedy=_NAME_URL)
        for kind in missing
    )
