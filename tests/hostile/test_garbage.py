"""Whole audits of targets that answer with garbage: they end, in time, and garbage proves nothing."""

import time
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from launchready.app.audit import AuditOrder, audit
from launchready.app.errors import UsageProblem
from launchready.app.rejudge import rejudge
from launchready.app.settling import settings_of
from launchready.collecting.runner import Stopper
from launchready.model.outcome import Cause, Confidence
from launchready.model.report import Decision, State
from launchready.model.settings import Budget
from tests.hostile.server import WRECKS, Hostile, Scope, serving

OUT = Path("out")
TIGHT = Budget(rate=2000.0, timeout=0.12, seconds=4.0, requests=1500, body_bytes=100_000)
SILENT = frozenset({
    "hang", "drip", "reset", "cut_short", "huge_header", "many_headers", "endless_early_hints", "not_http",
})  # fmt: skip
FAILING = SILENT | {"server_error", "server_error_page"}
# What the foreign answers of BEHIND can still show: no header lets an origin in, a refusal or one page for all
# paths is no console
BEHIND_MAY_PASS = {"CORS-01": set(WRECKS) - FAILING, "AUTH-35": {
    "refused", "redirect_loop", "redirect_away", "html_everywhere", "html_as_json",
}}  # fmt: skip
# Told by what still worked, or had been told before it broke
PARTS_MAY_PASS = {"CORS-01", "AUTH-35", "SEC-13", "AUTH-21"}


def budget_for(name):
    """Who is limited waits for as long as it may."""
    return replace(TIGHT, seconds=1.0 if name == "limited" else 3.0)


def order(url, budget=TIGHT, **given):
    settings = settings_of(
        None, {"target.url": url, **{f"target.{key}": value for key, value in given.items()}}
    )
    settings = replace(settings, collect=replace(settings.collect, budget=budget))
    return AuditOrder(settings=settings, out=OUT, confirmed=True)


async def audited(hostile, monkeypatch, budget=TIGHT, **given):
    """The report of an audit that is cleaned up for a second at most."""
    monkeypatch.setattr("launchready.app.audit.CLEAN_UP_SECONDS", 1.0)
    with serving(hostile) as url:
        begun = time.monotonic()
        result = await audit(
            order(url, budget, **given), emit=lambda _: None, confirm=lambda _: True, stopper=Stopper()
        )
        assert time.monotonic() - begun < budget.seconds + 4
    return result.report


def implemented(report):
    return [check for check in report.checks if check.info.implemented]


def passed(report):
    return {check.info.row.id for check in implemented(report) if check.state is State.PASS}


def confirmed(report):
    return {
        check.info.row.id
        for check in report.checks
        for finding in check.findings
        if finding.confidence is Confidence.CONFIRMED
    }


def cause_of(report, row):
    return next(check.cause for check in report.checks if check.info.row.id == row)


def assert_whole(report):
    """What holds of every audit, whatever was answered."""
    assert report.decision is not Decision.READY
    assert not (OUT / "debug.log").exists(), (OUT / "debug.log").read_text(encoding="utf-8")
    assert Cause.CHECK_BUG not in Counter(item.cause for check in report.checks for item in check.open_items)
    assert {"report.json", "report.html", "run.lrz"} <= {path.name for path in OUT.iterdir()}
    before = (OUT / "report.json").read_bytes()
    rejudge(OUT / "run.lrz", out=OUT)
    assert (OUT / "report.json").read_bytes() == before


@pytest.mark.parametrize("name", sorted(WRECKS))
async def test_garbage_from_the_first_byte_is_an_error_that_says_so_or_proves_nothing(name, monkeypatch):
    hostile = Hostile(WRECKS[name], Scope.ALL)
    try:
        report = await audited(hostile, monkeypatch, replace(TIGHT, seconds=1.0))
    except UsageProblem as problem:
        assert problem.sentence and problem.next_step  # noqa: PT017, PT018 - either end is right
        assert not (OUT / "run.lrz.part").exists()
        return
    assert name in {"edge_wall", "limited"}
    assert_whole(report)
    assert not passed(report)
    if name == "edge_wall":
        assert cause_of(report, "AUTH-16") is Cause.EDGE_WALL


@pytest.mark.parametrize("name", sorted(WRECKS))
async def test_garbage_behind_a_sound_description_proves_nothing(name, monkeypatch):
    report = await audited(Hostile(WRECKS[name], Scope.BEHIND), monkeypatch, budget_for(name))
    assert_whole(report)
    allowed = {row for row, wrecks in BEHIND_MAY_PASS.items() if name in wrecks}
    assert passed(report) <= allowed
    # A target that sends passwords back does carry them in its answers
    assert confirmed(report) <= ({"SEC-13"} if name.startswith("echo") else set())
    if name in FAILING:
        assert cause_of(report, "AUTH-16") is Cause.TARGET_FAILED
        assert cause_of(report, "AUTH-01") is Cause.TARGET_FAILED
    if name == "edge_wall":
        assert cause_of(report, "AUTH-16") is Cause.EDGE_WALL
    if name == "limited":
        assert cause_of(report, "AUTH-16") in {Cause.LIMITED, Cause.BUDGET}


@pytest.mark.parametrize("name", sorted(WRECKS))
async def test_garbage_in_place_of_objects_proves_nothing_about_them(name, monkeypatch):
    hostile = Hostile(WRECKS[name], Scope.OBJECTS)
    report = await audited(hostile, monkeypatch, budget_for(name))
    assert hostile.wrecked, "the audit came as far as that"
    assert_whole(report)
    assert passed(report) <= PARTS_MAY_PASS
    assert not confirmed(report)
    if name in FAILING:
        assert cause_of(report, "AUTH-16") is Cause.TARGET_FAILED
    if name == "edge_wall":
        assert cause_of(report, "AUTH-16") is Cause.EDGE_WALL


@pytest.mark.parametrize("name", sorted(WRECKS))
async def test_a_target_that_breaks_in_the_middle_proves_nothing_from_then_on(name, monkeypatch):
    hostile = Hostile(WRECKS[name], Scope.LATER)
    report = await audited(hostile, monkeypatch, budget_for(name))
    assert hostile.wrecked, "the audit came as far as that"
    assert_whole(report)
    assert passed(report) <= PARTS_MAY_PASS
    assert confirmed(report) <= ({"SEC-13"} if name.startswith("echo") else set())
    if name in FAILING:
        assert cause_of(report, "AUTH-15") is Cause.TARGET_FAILED
    if name == "edge_wall":
        assert cause_of(report, "AUTH-15") is Cause.EDGE_WALL


@pytest.mark.parametrize("name", sorted(SILENT - {"hang", "drip", "endless_early_hints"}))
async def test_who_falls_silent_is_not_asked_on_and_on(name, monkeypatch):
    hostile = Hostile(WRECKS[name], Scope.BEHIND)
    await audited(hostile, monkeypatch)
    assert len(hostile.asked) < 40
