"""Signing in outside of an audit: for cleaning up and for pasted commands."""

from launchready.app.collectors import collectors_for
from launchready.app.workplace import Debug
from launchready.collecting.context import Context
from launchready.collecting.runner import Stopper, run_collectors
from launchready.model.evidence import Accounts, Collected, Slot


async def sign_in(context: Context, *, stopper: Stopper, debug: Debug) -> None:
    """Give the context a crew; the surface is read anew only where it is not known yet."""
    collectors = [
        one
        for one in collectors_for({Accounts.__name__}, context.settings)
        if one.produces is Accounts or not isinstance(context.slots.get(one.produces.__name__), Collected)
    ]
    await run_collectors(context, collectors, stopper=stopper, keep=_not_kept, debug=debug)


def _not_kept(_kind: str, _slot: Slot) -> None:
    """The context keeps it as long as it is needed."""
