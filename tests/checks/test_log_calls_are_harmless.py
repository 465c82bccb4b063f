from launchready.model.report import State
from launchready.model.source import HitKind
from tests.checks.code_facts import OPEN_ROUTE, code
from tests.checks.dangerous_lines import (
    assert_dangerous_lines_are_judged,
    assert_development_settings_are_left_out,
)
from tests.checks.facts import judged


def test_dangerous_lines():
    assert_dangerous_lines_are_judged("LOG-04", HitKind.RISKY_LOG, HitKind.VERBOSE)


def test_a_developers_own_settings_may_be_verbose():
    assert_development_settings_are_left_out("LOG-04", HitKind.VERBOSE)


def test_code_without_a_hit_passes_even_where_a_route_stays_open():
    assert judged("LOG-04", code()).state is State.PASS
    assert judged("LOG-04", code(gaps=(OPEN_ROUTE,))).state is State.PASS
