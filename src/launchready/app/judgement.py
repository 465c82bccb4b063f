"""From an evidence file to a report, always by way of the file."""

from pathlib import Path

from launchready import __version__
from launchready.app.errors import UsageProblem
from launchready.config.catalogue import load_catalogue
from launchready.judging.registry import check_infos
from launchready.judging.report import JudgementError, judge
from launchready.model.check_info import CheckInfo
from launchready.model.report import Report
from launchready.model.run import Run
from launchready.storage.runfile import read_run


def all_checks() -> tuple[CheckInfo, ...]:
    """Every row of the catalogue with what its check says, where there is one."""
    return check_infos(load_catalogue())


def judged(run: Run) -> Report:
    """The report of a run. Raises UsageProblem when its settings hold no day to judge by."""
    try:
        return judge(run, load_catalogue(), tool_version=__version__)
    except JudgementError as error:
        raise UsageProblem(str(error)) from error


def judged_file(path: Path) -> Report:
    """The report of an evidence file. Raises EvidenceError when it cannot be used."""
    return judged(read_run(path))
