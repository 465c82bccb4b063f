"""One run before anything is sent: new, or going on with an unfinished one."""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from launchready import __version__
from launchready.app.collectors import collectors_for, left_out
from launchready.app.errors import UsageProblem
from launchready.app.judgement import all_checks
from launchready.app.opening import Before
from launchready.app.selection import kinds_needed, selected_checks
from launchready.app.settling import last_run
from launchready.app.workplace import Workplace
from launchready.collecting.collector import Collector
from launchready.judging.report import RULES
from launchready.model.evidence import Accounts, Collected, Failed, Plantings
from launchready.model.report import RunInfo
from launchready.model.run import Run
from launchready.model.settings import CollectSettings, Settings
from launchready.storage.content import RunStart
from launchready.storage.runfile import (
    PART_SUFFIX,
    RUN_NAME,
    RunWriter,
    open_for_resume,
    read_run,
    unfinished,
)

# What lives in memory only: it is made anew whenever something that needs it is still to be collected
_LIVE = (Accounts, Plantings)


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """What is to be collected, and the file that it goes to."""

    info: RunInfo
    settings: Settings
    collectors: tuple[Collector, ...]
    failed: tuple[Failed, ...]
    before: Before | None
    begin: Callable[[], RunWriter]


def with_selection(settings: Settings) -> tuple[Settings, tuple[str, ...]]:
    """The settings with `only` spelled out, and the kinds of evidence to collect.

    Raises UsageProblem for a selection that names nothing.
    """
    infos = all_checks()
    selected = selected_checks(settings.collect.only, infos)
    spelled = replace(
        settings,
        collect=replace(settings.collect, only=selected),
        judge=replace(settings.judge, only=selected),
    )
    return spelled, tuple(sorted(kinds_needed(selected, infos)))


def begun(wanted: Settings, place: Workplace) -> Prepared:
    """A new audit. Raises UsageProblem for settings that name nothing to audit, or what is not there."""
    settings, kinds = with_selection(wanted)
    collect = settings.collect
    if not collect.url and not collect.repo:
        raise UsageProblem(
            "There is nothing to audit.",
            "Name the API's URL (launchready audit http://127.0.0.1:8000) or a repository (--repo .).",
        )
    _check_files(collect)
    started = datetime.now(UTC)
    info = RunInfo(
        id=f"{started:%Y%m%d-%H%M%S}-{secrets.token_hex(3)}",
        started_at=started.isoformat(timespec="seconds"),
        ended_at="",
        seconds=0.0,
        requests=0,
        profile=collect.profile.value,
        target=collect.url or collect.repo,
        selected=collect.only,
    )
    collectors = collectors_for(kinds, collect)
    start = RunStart(info=info, tool=__version__, rules=RULES, collect=collect, judge=settings.judge)
    return Prepared(
        info=info,
        settings=settings,
        collectors=collectors,
        failed=left_out(kinds, collectors, collect),
        before=None,
        begin=lambda: RunWriter.start(place.out, start),
    )


def _check_files(collect: CollectSettings) -> None:
    if collect.repo and not Path(collect.repo).is_dir():
        raise UsageProblem(f"There is no directory {collect.repo}.", "Name the repository: --repo PATH.")
    for option, path in (("--har", collect.har), ("--ca", collect.ca)):
        if path and not Path(path).is_file():
            raise UsageProblem(f"There is no file {path}.", f"Name another one: {option} FILE.")


def resumed(place: Workplace) -> Prepared:
    """Going on with the audit in the directory that was cut off, or interrupted by Ctrl-C.

    Raises UsageProblem when there is none, EvidenceError when it cannot be read.
    """
    part = place.out / f"{RUN_NAME}{PART_SUFFIX}"
    torn = part in unfinished(place.out)
    run = read_run(part) if torn else last_run(place.out)
    if run is None or not run.info.interrupted:
        raise UsageProblem(
            f"No unfinished audit is in {place.out}.",
            "Start one without --resume, or name its --out directory.",
        )
    kinds = kinds_needed(run.judge.only, all_checks())
    done = {kind for kind, slot in run.slots.items() if isinstance(slot, Collected)}
    info = replace(run.info, interrupted=False, ended_at="", leftovers=(), notes=())
    return Prepared(
        info=info,
        settings=Settings(collect=run.collect, judge=run.judge),
        collectors=_still_to_do(collectors_for(kinds, run.collect), done),
        failed=(),
        before=Before.of(run),
        begin=lambda: open_for_resume(part)[0] if torn else _copied(run, info, place),
    )


def _copied(run: Run, info: RunInfo, place: Workplace) -> RunWriter:
    """A new unfinished file with all that an interrupted and packed run holds."""
    start = RunStart(info=info, tool=__version__, rules=RULES, collect=run.collect, judge=run.judge)
    writer = RunWriter.start(place.out, start)
    for exchange in run.exchanges:
        writer.exchange(exchange)
    for slot in run.slots.values():
        writer.slot(slot)
    for entry in run.undo:
        writer.undo(entry)
    for note in run.info.notes:
        writer.note(note)
    return writer


def _still_to_do(collectors: Sequence[Collector], done: set[str]) -> tuple[Collector, ...]:
    """What is not done, and those of its needs that live in memory only."""
    by_kind = {collector.produces: collector for collector in collectors}
    wanted = {kind for kind in by_kind if kind.__name__ not in done}
    queue = list(wanted)
    while queue:
        for need in by_kind[queue.pop()].needs:
            if need in _LIVE and need in by_kind and need not in wanted:
                wanted.add(need)
                queue.append(need)
    return tuple(collector for collector in collectors if collector.produces in wanted)
