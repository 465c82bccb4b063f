import pytest

from launchready.model.evidence import OriginTrials
from launchready.model.outcome import Cause
from launchready.model.report import State
from launchready.model.source import Flow, HitKind
from tests.checks.code_facts import app, code, danger
from tests.checks.dangerous_lines import (
    assert_dangerous_lines_are_judged,
    assert_development_settings_are_left_out,
    assert_half_built,
)
from tests.checks.facts import SILENT, answer, judged, trial

ANY = danger(HitKind.ANY_ORIGIN, path="main.py", certain=False, flow=Flow.NONE)
DEV = danger(HitKind.DEV_ORIGIN, path="main.py", certain=False, flow=Flow.NONE)


def origins(*helds, variant="unknown origin", **more):
    details = {"details": (("variant", variant),), "attempt": answer(exchange="e9")} | more
    return OriginTrials(
        trials=tuple(trial(held, f"{variant} {at}", **details) for at, held in enumerate(helds))
    )


def test_dangerous_lines():
    assert_dangerous_lines_are_judged("CORS-03", HitKind.DEV_ORIGIN, HitKind.ANY_ORIGIN)


def test_a_developers_own_list_may_hold_a_developers_machine():
    assert_development_settings_are_left_out("CORS-03", HitKind.DEV_ORIGIN)


def test_the_comparison_with_the_declared_list_is_not_built():
    assert_half_built("CORS-03")


def test_a_stranger_who_was_let_in_confirms_a_list_for_everybody():
    result = judged("CORS-03", code(hits=(ANY,)), origins(True, False))
    assert result.state is State.FAIL
    assert result.findings[0].probed == "confirmed by probe"
    assert "e9" in result.findings[0].evidence


def test_strangers_who_were_refused_refute_it_even_where_the_line_seemed_certain():
    for line in (ANY, danger(HitKind.ANY_ORIGIN, path="main.py", flow=Flow.NONE)):
        result = judged("CORS-03", code(hits=(line,)), origins(True, True))
        assert not result.findings
        assert result.notes == ("main.py:8: It is dangerous: refuted by probe",)
        assert result.cause is Cause.NOT_IMPLEMENTED


@pytest.mark.parametrize(
    "trials",
    [
        origins(),
        origins(True, None),
        origins(True, control=None),
        origins(True, control=SILENT),
        origins(True, variant="null origin"),
    ],
)
def test_a_refusal_without_a_control_refutes_nothing(trials):
    result = judged("CORS-03", code(hits=(ANY,)), trials)
    assert (result.cause, result.findings[0].probed) == (Cause.NEEDS_ANSWER, "not probed")


def test_strangers_tell_nothing_of_other_lines():
    at_a_route = danger(HitKind.ANY_ORIGIN, certain=False, route="GET /orders/{order_id}")
    for line, apps in ((DEV, (app(),)), (at_a_route, (app(),)), (ANY, (app(), app(name="other")))):
        result = judged("CORS-03", code(hits=(line,), apps=apps), origins(True))
        assert result.findings[0].probed == "not probed"
