"""Settings of a use case: the file, what the command line says, or an earlier run."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from launchready.app.errors import UsageProblem
from launchready.config.load import FILE_NAME, load_settings
from launchready.model.run import Run
from launchready.model.settings import CollectSettings, Settings
from launchready.storage.errors import EvidenceMissing
from launchready.storage.runfile import read_run


def settings_of(config: Path | None, overrides: Mapping[str, Any]) -> Settings:
    """The file's settings with those of the command line over them; what is `None` or empty was not given.

    Raises ConfigError, which names key and line.
    """
    given = {key: value for key, value in overrides.items() if value not in (None, "", [], ())}
    return load_settings(config, given)


def last_run(out: Path) -> Run | None:
    """The run in a directory, `None` where there is none. Raises EvidenceError for an unreadable one."""
    try:
        return read_run(out)
    except EvidenceMissing:
        return None


def target_settings(config: Path | None, out: Path) -> tuple[CollectSettings, Run | None]:
    """The target that a follow-up command means: that of the last run, else that of the file.

    Raises UsageProblem when neither names one.
    """
    run = last_run(out) if config is None else None
    if run is not None and run.collect.url:
        return run.collect, run
    settings = load_settings(config).collect
    if not settings.url:
        raise UsageProblem(
            f"No target is known: there is no run in {out} and no url in {config or FILE_NAME}.",
            "Name the directory of an audit: --out DIR.",
        )
    return settings, None
