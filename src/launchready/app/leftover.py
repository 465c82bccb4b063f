"""What stays at the target after a run: by mistake, or on purpose."""

from collections.abc import Iterable

# How `collecting.cleanup.leftovers` marks the accounts that every run uses again
KEPT = "(kept for the next run)"


def unwanted(leftovers: Iterable[str]) -> tuple[str, ...]:
    """Those that should not have stayed."""
    return tuple(thing for thing in leftovers if not thing.endswith(KEPT))
