from launchready.model.source import HitKind
from tests.checks.dangerous_lines import assert_dangerous_lines_are_judged, assert_half_built


def test_dangerous_lines():
    assert_dangerous_lines_are_judged("INP-13", HitKind.NO_TIMEOUT, HitKind.TLS_OFF)


def test_the_drill_is_not_built():
    assert_half_built("INP-13")
