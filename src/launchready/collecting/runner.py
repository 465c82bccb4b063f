"""Runs collectors in order and puts what they bring into slots; the one place where their failures become states."""

import asyncio
import time
import traceback
from collections.abc import Callable, Iterable

from launchready.collecting.collector import Collector
from launchready.collecting.context import Context, MissingEvidence
from launchready.collecting.presence import require_members
from launchready.door.budget import BudgetSpent, TargetSilent
from launchready.door.permit import PermitRefused
from launchready.model.event import Noted, PhaseEnded, PhaseStarted, RequestSpent
from launchready.model.evidence import Collected, Failed, Partial, Slot
from launchready.model.outcome import Cause, Input, Remedy

RERUN = Remedy(input=Input.HEALTHY_TARGET, sentence="Run the audit again when the target is healthy.")
LARGER = Remedy(
    input=Input.LARGER_BUDGET, sentence="Allow more: --profile full, or [budget] in launchready.toml."
)
RESUME = Remedy(input=Input.SELECTION, sentence="Go on where it stopped: launchready audit --resume.")
PERMISSION = Remedy(
    input=Input.PERMISSION, sentence="Prove that the host is yours: launchready prove URL, then audit again."
)
BUG = Remedy(
    input=Input.NEWER_VERSION, sentence="Report this with the run's debug.log; it is a defect of launchready."
)


class Stopper:
    """Stops the running collector; the rest is then not started."""

    def __init__(self) -> None:
        self.stopped = False
        self._task: asyncio.Task[None] | None = None

    def asked(self) -> bool:
        """Whether `stop` was called."""
        return self.stopped

    def stop(self) -> None:
        """Cancel what runs (within the current await)."""
        self.stopped = True
        if self._task is not None:
            self._task.cancel()

    async def watch(self, task: "asyncio.Task[None]") -> None:
        """Wait for a collector's task that `stop` may cancel."""
        self._task = task
        try:
            await task
        finally:
            self._task = None


async def run_collectors(
    context: Context,
    collectors: Iterable[Collector],
    *,
    stopper: Stopper,
    keep: Callable[[str, Slot], None],
    debug: Callable[[str], None],
) -> None:
    """Run each; `keep` stores a slot at once, `debug` takes tracebacks of our own defects."""
    todo = list(collectors)
    for collector in todo:
        collector.attach(context)
    for number, collector in enumerate(todo, 1):
        kind = collector.produces.__name__
        context.emit(PhaseStarted(name=collector.title, number=number, total=len(todo)))
        started = time.monotonic()
        slot = await _slot_of(context, collector, stopper, debug)
        context.slots[kind] = slot
        keep(kind, slot)
        if isinstance(slot, Failed | Partial):
            context.emit(Noted(text=f"{collector.title}: {slot.reason}", warning=True))
        summary = "" if isinstance(slot, Failed) else collector.summary()
        context.emit(PhaseEnded(name=collector.title, seconds=time.monotonic() - started, summary=summary))
        context.emit(
            RequestSpent(spent=context.door.spending.requests, budget=context.settings.budget.requests)
        )


async def _slot_of(
    context: Context, collector: Collector, stopper: Stopper, debug: Callable[[str], None]
) -> Slot:
    kind = collector.produces.__name__
    if stopper.stopped:
        return Failed(
            kind=kind, cause=Cause.INTERRUPTED, reason="the run was interrupted before", remedy=RESUME
        )
    try:
        await stopper.watch(asyncio.ensure_future(_guarded(collector, context)))
    except MissingEvidence as missing:
        return Failed(kind=kind, cause=missing.cause, reason=missing.reason, remedy=missing.remedy)
    except TargetSilent as silent:
        return Partial(
            evidence=collector.evidence(), cause=Cause.TARGET_FAILED, reason=str(silent), remedy=RERUN
        )
    except BudgetSpent as spent:
        return Partial(evidence=collector.evidence(), cause=Cause.BUDGET, reason=str(spent), remedy=LARGER)
    except PermitRefused as refused:
        return Failed(kind=kind, cause=Cause.NOT_PERMITTED, reason=str(refused), remedy=PERMISSION)
    except asyncio.CancelledError:
        if not stopper.asked():
            raise
        return Partial(
            evidence=collector.evidence(),
            cause=Cause.INTERRUPTED,
            reason="the run was interrupted here",
            remedy=RESUME,
        )
    except Exception as error:  # noqa: BLE001 - one defect of ours must not take the other answers away
        debug("".join(traceback.format_exception(error)))
        return Failed(
            kind=kind,
            cause=Cause.CHECK_BUG,
            reason=f"launchready itself failed here ({type(error).__name__})",
            remedy=BUG,
        )
    return Collected(evidence=collector.evidence())


async def _guarded(collector: Collector, context: Context) -> None:
    for kind in collector.needs:
        context.get(kind)
    context.door.spending.try_again()
    await require_members(context, collector)
    await collector.run(context)
