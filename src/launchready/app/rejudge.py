"""Judging an evidence file again, offline: other thresholds, waivers, answers, or another day."""

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from launchready.app.errors import UsageProblem
from launchready.app.judgement import judged
from launchready.app.keys import origin_of
from launchready.app.workplace import Workplace
from launchready.config.load import FILE_NAME, load_settings
from launchready.model.report import Report
from launchready.model.run import Run
from launchready.model.settings import JudgeSettings
from launchready.reporting import write_reports
from launchready.storage.runfile import read_run


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejudged:
    """The report, its files, and the settings file that it was judged by; empty: the run's own settings."""

    report: Report
    files: dict[str, Path]
    settings: str


def rejudge(path: Path, *, config: Path | None = None, as_of: str = "", out: Path | None = None) -> Rejudged:
    """Judge and write the report, beside the evidence unless `out` is given.

    Settings are those of `config`; without it those of launchready.toml here if it is about the same target;
    else those that the run was judged by. Raises EvidenceError, ConfigError, UsageProblem.
    """
    run = read_run(path)
    settings, source = _settings(run, config)
    if as_of:
        settings = replace(settings, as_of=_day(as_of))
    place = Workplace.prepare(out or (path if path.is_dir() else path.parent))
    report = judged(replace(run, judge=settings))
    return Rejudged(report=report, files=write_reports(report, place.out), settings=source)


def _settings(run: Run, config: Path | None) -> tuple[JudgeSettings, str]:
    if config is None:
        if not Path(FILE_NAME).is_file():
            return run.judge, ""
        found = load_settings()
        if origin_of(found.collect.url) not in {"", origin_of(run.collect.url)}:
            return run.judge, ""
    else:
        found = load_settings(config)
    # Which checks ran is no matter of judgement
    return replace(found.judge, only=run.judge.only), found.path


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError as error:
        raise UsageProblem(f'"{text}" is no date.', "Write it as 2026-01-31.") from error
