"""What a run found out on the way, and what it could not make, in sentences for the report."""

from launchready.collecting.context import Context
from launchready.model.evidence import Accounts, Plantings, Surface

_MOST = 40


def notes_of(context: Context) -> tuple[str, ...]:
    """How accounts were signed in, what could not be planted and why, what of the description cannot be used."""
    found: list[str] = []
    surface = context.find(Surface)
    if surface is not None:
        found.append(f"Description of the API: {surface.origin}")
        found.extend(surface.notes)
        found.extend(f"{item.id} cannot be used: {item.reason}" for item in surface.unusable)
    accounts = context.find(Accounts)
    if accounts is not None:
        found.extend(accounts.notes)
        found.extend(f"{gap.what}: {gap.reason}" for gap in accounts.gaps)
    plantings = context.find(Plantings)
    if plantings is not None:
        found.extend(f"Could not plant {gap.what}: {gap.reason}" for gap in plantings.gaps)
    if len(found) > _MOST:
        found = [*found[:_MOST], f"and {len(found) - _MOST} more"]
    return tuple(dict.fromkeys(found))
