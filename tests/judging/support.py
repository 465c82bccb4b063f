"""Results of checks made by hand, for what is decided from them."""

from datetime import date

from launchready.config.catalogue import load_catalogue
from launchready.model.check_info import CheckInfo
from launchready.model.outcome import Cause, Confidence, Input, Remedy
from launchready.model.report import Basis, CheckResult, Finding, OpenItem, RunInfo, State
from launchready.model.run import Run
from launchready.model.settings import CollectSettings, JudgeSettings
from launchready.model.subject import OperationSubject, ProcessSubject

DAY = date(2026, 3, 1)
CATALOGUE = load_catalogue()
ROWS = {row.id: row for row in CATALOGUE}
REMEDY = Remedy(input=Input.MEMBER_LOGIN, sentence="Give a login.")


def finding(check, number=1, confidence=Confidence.CONFIRMED, **more):
    subject = OperationSubject(method="GET", path=f"/{number}")
    facts = {"variant": "v", "message": "m", "impact": "i", "evidence": (), "reproduce": ""} | more
    return Finding(
        fingerprint=f"{check}-{number}", check=check, confidence=confidence, subject=subject, **facts
    )


def result(check, state=State.PASS, **more):
    facts = {"basis": Basis.PROVED}
    if state is State.FAIL:
        facts["findings"] = (finding(check),)
    if state is State.UNKNOWN:
        item = OpenItem(subject=ProcessSubject(name=check), cause=Cause.MISSING, reason="r", remedy=REMEDY)
        facts |= {"cause": Cause.MISSING, "reason": "r", "remedy": REMEDY, "open_items": (item,)}
    return CheckResult(info=CheckInfo(row=ROWS[check], implemented=True), state=state, **(facts | more))


def run(slots=None, exchanges=(), **judge):
    info = RunInfo(
        id="r", started_at="2026-03-01T10:00:00+00:00", ended_at="2026-03-01T10:05:00+00:00", seconds=300.0,
        requests=9, profile="standard", target="http://127.0.0.1:8000",
    )  # fmt: skip
    return Run(
        info=info, rules=1, collect=CollectSettings(), judge=JudgeSettings(**judge), slots=slots or {},
        exchanges=tuple(exchanges),
    )  # fmt: skip
