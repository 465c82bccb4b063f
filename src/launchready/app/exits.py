"""Exit codes, as scripts and CI read them."""

from enum import IntEnum, StrEnum

from launchready.judging import report as judging
from launchready.model.outcome import Cause, Confidence
from launchready.model.report import CheckResult, Report, State


class Exit(IntEnum):
    """What the process ends with."""

    READY = 0
    NOT_READY = 1
    USAGE = 2
    NOT_PROVEN = 3
    INTERNAL = 4
    INTERRUPTED = 130


class FailOn(StrEnum):
    """What makes an audit end with something else than 0.

    `decision`: anything short of READY (with --only: of a pass of the selected checks). `findings`: a
    confirmed finding that nobody accepted or disputed; what is unknown does not count. `unknown`: whatever
    does not pass, advice among it. `outside-users`: only what keeps outside users out. `never`: nothing.
    """

    DECISION = "decision"
    FINDINGS = "findings"
    UNKNOWN = "unknown"
    OUTSIDE_USERS = "outside-users"
    NEVER = "never"


_JUDGED = {
    FailOn.DECISION: judging.FailOn.NOT_PROVEN,
    FailOn.OUTSIDE_USERS: judging.FailOn.OUTSIDE_USERS,
    FailOn.NEVER: judging.FailOn.NEVER,
}


def exit_of(report: Report, fail_on: FailOn = FailOn.DECISION) -> Exit:
    """The exit code of an audit that ran to its end."""
    chosen = [check for check in report.checks if check.cause is not Cause.NOT_SELECTED]
    match fail_on:
        case FailOn.FINDINGS:
            return Exit.NOT_READY if any(map(_has_open_finding, chosen)) else Exit.READY
        case FailOn.UNKNOWN:
            return _strict(chosen)
        case _:
            return Exit(judging.exit_code(report, _JUDGED[fail_on]))


def _has_open_finding(check: CheckResult) -> bool:
    return not check.waiver and any(
        finding.confidence is Confidence.CONFIRMED and not finding.waived_by and not finding.disputed_by
        for finding in check.findings
    )


def _strict(checks: list[CheckResult]) -> Exit:
    states = {check.state for check in checks if not check.waiver}
    if State.FAIL in states:
        return Exit.NOT_READY
    return Exit.NOT_PROVEN if State.UNKNOWN in states or not checks else Exit.READY
