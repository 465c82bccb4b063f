"""The audit: collect, clean up, pack, read back, judge, report."""

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from launchready.app.errors import Declined, UsageProblem
from launchready.app.judgement import judged_file
from launchready.app.leftover import unwanted
from launchready.app.notes import notes_of
from launchready.app.opening import knock, opened
from launchready.app.phases import Emit, Phases
from launchready.app.planning import RunPlan, plan_of
from launchready.app.preparing import Prepared, begun, resumed
from launchready.app.tape import Tape
from launchready.app.workplace import Workplace
from launchready.collecting.cleanup import clean_up
from launchready.collecting.collector import Collector
from launchready.collecting.context import Context, matches
from launchready.collecting.exposed_paths import PLACES
from launchready.collecting.plan import discovering
from launchready.collecting.runner import Stopper, run_collectors
from launchready.config.places import lock_dir
from launchready.door.lock import HostLock
from launchready.model.event import Decided, Noted
from launchready.model.evidence import Collected, Failed, Partial, Surface
from launchready.model.operation import HttpOperation
from launchready.model.outcome import Cause
from launchready.model.report import Report, RunInfo
from launchready.model.settings import Settings
from launchready.reporting import write_reports
from launchready.storage.runfile import (
    RunWriter,
)

CLEAN_UP_SECONDS = 60.0
INTERRUPTED_CLEAN_UP_SECONDS = 15.0

Confirm = Callable[[RunPlan], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditOrder:
    """What is wanted. `resume` goes on with the unfinished run in `out`, with that run's own settings.

    `confirmed` leaves the question before the first write out.
    """

    settings: Settings
    out: Path
    resume: bool = False
    confirmed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Audited:
    """The report, where its files are, and whether the run was stopped before its end."""

    report: Report
    files: dict[str, Path]
    interrupted: bool


async def audit(order: AuditOrder, *, emit: Emit, confirm: Confirm, stopper: Stopper) -> Audited:
    """Run it.

    Raises:
        UsageProblem, ConfigError, PermitRefused, TargetBusy, EvidenceError: what the user can correct.
        Declined: the plan was not agreed to.
    """
    place = Workplace.prepare(order.out)
    with HostLock(str(place.out.resolve()), lock_dir()):
        run = resumed(place) if order.resume else begun(order.settings, place)
        phases = Phases(emit, total=len(run.collectors) + 2)
        path = await _collected(
            run, place, phases, confirm=_never if order.confirmed else confirm, stopper=stopper
        )
        with phases.phase("Judging and writing the report"):
            report = judged_file(path)
            files = {**write_reports(report, place.out), "evidence": path}
        phases.emit(Decided(decision=report.decision.value, out=str(place.out)))
        return Audited(report=report, files=files, interrupted=report.run.interrupted)


def _never(_plan: RunPlan) -> bool:
    return True


# -------------------------------------------------------------------------------------------- collecting


async def _collected(
    run: Prepared, place: Workplace, phases: Phases, *, confirm: Confirm, stopper: Stopper
) -> Path:
    """Everything up to the packed evidence file."""
    tape = Tape()
    collect = run.settings.collect
    async with opened(
        collect, emit=phases.emit, run_id=run.info.id, recorder=tape, before=run.before
    ) as context:
        if collect.url:
            await knock(context)
        with run.begin() as writer:
            tape.attach(writer)
            if writer.set_aside is not None:
                phases.emit(Noted(text=_SET_ASIDE.format(place.out), warning=True))
            for slot in run.failed:
                writer.slot(slot)
            try:
                await _gathered(context, run.collectors, writer, place, confirm=confirm, stopper=stopper)
            except (Declined, UsageProblem):
                if run.before is None and not context.undo_open:
                    writer.close()
                    shutil.rmtree(writer.part)
                raise
            leftovers = await _cleaned(context, phases, stopper)
            return writer.finish(_ended(run, context, leftovers, interrupted=stopper.stopped))


_SET_ASIDE = "An earlier audit was cut off and left things at the target: launchready cleanup --out {}"


async def _gathered(
    context: Context,
    collectors: Sequence[Collector],
    writer: RunWriter,
    place: Workplace,
    *,
    confirm: Confirm,
    stopper: Stopper,
) -> None:
    first, rest = discovering(collectors)
    await run_collectors(
        context, first, stopper=stopper, keep=lambda _, slot: writer.slot(slot), debug=place.debug
    )
    require_surface(context)
    require_focus(context)
    plan = plan_of(context, rest)
    if context.settings.url:
        context.emit(Noted(text=f"The plan for {plan.in_words()}"))
    if plan.writes and not plan.on_loopback and not stopper.stopped and not confirm(plan):
        raise Declined("Nothing was written to the target.")
    await run_collectors(
        context, rest, stopper=stopper, keep=lambda _, slot: writer.slot(slot), debug=place.debug
    )


def require_surface(context: Context) -> None:
    """Raise UsageProblem when all waits for the API's description, and the user can supply it."""
    slot = context.slots.get(Surface.__name__)
    settings = context.settings
    if not isinstance(slot, Failed) or slot.cause not in {Cause.NEEDS_INPUT, Cause.TARGET_FAILED}:
        return
    stated = settings.spec or settings.har
    if settings.url and (stated or not (settings.repo or settings.mail.domains)):
        reason = slot.reason.rstrip(".")
        raise UsageProblem(f"{reason[:1].upper()}{reason[1:]}.", slot.remedy.sentence)


def require_focus(context: Context) -> None:
    """Raise UsageProblem when `--include` names nothing: an audit of nothing would look good."""
    patterns = context.settings.include
    if not patterns or not context.has(Surface):
        return
    known = [(one.method, one.path) for one in context.surface.operations if isinstance(one, HttpOperation)]
    known += [("GET", place.path) for place in PLACES]
    for pattern in patterns:
        wanted = pattern.removeprefix("OPTIONS ")
        if any(matches(method, path, wanted) for method, path in known):
            return
    raise UsageProblem(
        f"No operation of the API is called {' or '.join(patterns)}.",
        'Name one as the API\'s description does, e.g. --include "GET /orders/{id}"; * stands for anything.',
    )


async def _cleaned(context: Context, phases: Phases, stopper: Stopper) -> tuple[str, ...]:
    seconds = INTERRUPTED_CLEAN_UP_SECONDS if stopper.stopped else CLEAN_UP_SECONDS
    with phases.phase("Cleaning up") as summary:
        open_before = len(context.undo_open)
        leftovers = await clean_up(context, seconds) if open_before else ()
        summary.append(f"{open_before - len(context.undo_open)} of {open_before} removed or restored")
    for thing in unwanted(leftovers):
        phases.emit(Noted(text=f"Left behind: {thing}", warning=True))
    return leftovers


def _ended(run: Prepared, context: Context, leftovers: tuple[str, ...], *, interrupted: bool) -> RunInfo:
    before = run.before.exchanges if run.before else 0
    return replace(
        run.info,
        ended_at=datetime.now(UTC).isoformat(timespec="seconds"),
        seconds=round(context.door.elapsed, 1),
        requests=before + context.door.spending.requests,
        title=_title(context),
        leftovers=leftovers,
        interrupted=interrupted,
        notes=notes_of(context),
    )


def _title(context: Context) -> str:
    match context.slots.get(Surface.__name__):
        case Collected(evidence=Surface(title=title)) | Partial(evidence=Surface(title=title)):
            return title
        case _:
            return ""
