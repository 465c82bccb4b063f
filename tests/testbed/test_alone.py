"""Every flaw alone: exactly its declared checks fail, whether only they are asked for or all."""

import pytest

from launchready.model.outcome import Confidence
from tests.testbed.support import audited, failed, findings, flaws_known, unfound

KNOWN = flaws_known()
REAL = [pytest.param(flaw, id=flaw.name) for flaw in KNOWN if not flaw.trap]
TRAPS = [pytest.param(flaw, id=flaw.name) for flaw in KNOWN if flaw.trap]


@pytest.mark.slow
@pytest.mark.parametrize("flaw", REAL)
def test_a_flaw_is_found_by_its_minimal_plan(flaw, tmp_path):
    report = audited(tmp_path, [flaw.name], only=flaw.checks)
    assert failed(report) == set(flaw.checks), unfound(report, flaw.checks)


@pytest.mark.slow
@pytest.mark.parametrize("flaw", REAL)
def test_a_flaw_fails_no_other_check(flaw, tmp_path):
    report = audited(tmp_path, [flaw.name])
    assert failed(report) == set(flaw.checks), unfound(report, flaw.checks)


@pytest.mark.slow
@pytest.mark.parametrize("flaw", TRAPS)
def test_a_trap_alone_stays_silent(flaw, tmp_path):
    report = audited(tmp_path, [flaw.name])
    assert failed(report) == set(), findings(report)
    assert findings(report, Confidence.CONFIRMED) == []
