import pytest

from launchready.model.evidence import ExposedPaths
from launchready.model.outcome import Cause
from launchready.model.report import State
from launchready.model.source import HitKind
from tests.checks.code_facts import app, code, danger
from tests.checks.dangerous_lines import (
    assert_dangerous_lines_are_judged,
    assert_development_settings_are_left_out,
    assert_half_built,
)
from tests.checks.facts import judged, trial

ASKED = danger(HitKind.DEBUG, certain=False)


def paths(held, name="interactive console"):
    return ExposedPaths(trials=(trial(held, name, "/console"),))


def test_dangerous_lines():
    assert_dangerous_lines_are_judged("DEP-08", HitKind.DEBUG, HitKind.LISTING)


def test_a_developers_own_settings_may_debug():
    assert_development_settings_are_left_out("DEP-08", HitKind.DEBUG)


def test_the_rest_of_the_probes_is_not_built():
    assert_half_built("DEP-08")


def test_an_open_console_confirms_what_the_code_seems_to_say():
    result = judged("DEP-08", code(hits=(ASKED,)), paths(False))
    assert result.state is State.FAIL
    assert result.findings[0].probed == "confirmed by probe"


@pytest.mark.parametrize(
    ("line", "seen", "apps"),
    [
        (ASKED, paths(True), (app(),)),
        (ASKED, paths(None), (app(),)),
        (ASKED, paths(False, "metrics"), (app(),)),
        (ASKED, paths(False), (app(), app(name="other"))),
        (danger(HitKind.LISTING, certain=False), paths(False), (app(),)),
    ],
)
def test_what_was_asked_elsewhere_confirms_nothing(line, seen, apps):
    result = judged("DEP-08", code(hits=(line,), apps=apps), seen)
    assert result.cause is Cause.NEEDS_ANSWER
    assert result.findings[0].probed == "not probed"


def test_an_open_console_alone_is_another_checks_finding():
    assert not judged("DEP-08", code(), paths(False)).findings
