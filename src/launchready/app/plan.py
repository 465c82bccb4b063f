"""What an audit would do: only discovery is sent."""

import secrets

from launchready.app.audit import require_surface
from launchready.app.collectors import collectors_for
from launchready.app.errors import UsageProblem
from launchready.app.opening import knock, opened
from launchready.app.phases import Emit, Phases
from launchready.app.planning import RunPlan, plan_of
from launchready.app.preparing import with_selection
from launchready.app.workplace import Debug
from launchready.collecting.plan import discovering
from launchready.collecting.runner import Stopper, run_collectors
from launchready.model.evidence import Slot
from launchready.model.settings import Settings


async def plan(wanted: Settings, *, emit: Emit, stopper: Stopper, debug: Debug) -> RunPlan:
    """Estimates for every step of an audit with these settings.

    Raises UsageProblem, ConfigError, PermitRefused, TargetBusy.
    """
    settings, kinds = with_selection(wanted)
    if not settings.collect.url:
        raise UsageProblem("No target is named.", "Give its URL: launchready plan http://127.0.0.1:8000")
    collectors = collectors_for(kinds, settings.collect)
    first, rest = discovering(collectors)
    phases = Phases(emit, total=len(first))
    async with opened(settings.collect, emit=phases.emit, run_id=secrets.token_hex(6)) as context:
        await knock(context)
        await run_collectors(context, first, stopper=stopper, keep=_not_kept, debug=debug)
        require_surface(context)
        return plan_of(context, rest)


def _not_kept(_kind: str, _slot: Slot) -> None:
    """A plan leaves no evidence."""
