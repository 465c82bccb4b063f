"""Flaws that do not disturb each other, laid over Agora together: exactly their checks fail. And traps: none does."""

import pytest

from launchready.model.outcome import Confidence
from tests.testbed.support import audited, by_id, failed, findings, flaws_known, unfound

KNOWN = flaws_known()
FLAWS = sorted({flaw.batch for flaw in KNOWN if not flaw.trap})
TRAPS = sorted({flaw.batch for flaw in KNOWN if flaw.trap})


def of_batch(batch):
    return [flaw for flaw in KNOWN if flaw.batch == batch]


@pytest.mark.parametrize("batch", FLAWS)
def test_exactly_the_declared_checks_fail(batch, tmp_path):
    flaws = of_batch(batch)
    report = audited(tmp_path, [flaw.name for flaw in flaws])
    declared = {check for flaw in flaws for check in flaw.checks}
    implemented = {name for name, check in by_id(report).items() if check.info.implemented}
    assert declared <= implemented
    assert failed(report) == declared, unfound(report, declared)


@pytest.mark.parametrize("batch", TRAPS)
def test_traps_stay_silent(batch, tmp_path):
    report = audited(tmp_path, [flaw.name for flaw in of_batch(batch)])
    assert failed(report) == set(), findings(report)
    assert findings(report, Confidence.CONFIRMED) == []


def test_there_are_flaws_and_traps():
    assert len([flaw for flaw in KNOWN if not flaw.trap]) >= 50
    assert len([flaw for flaw in KNOWN if flaw.trap]) >= 10
