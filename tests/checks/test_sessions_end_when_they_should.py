import pytest

from launchready.model.evidence import SessionScenarios
from launchready.model.outcome import Cause
from launchready.model.probe import AnswerKind
from launchready.model.report import State
from tests.checks.facts import LIMITED, REFUSED, UNREACHED, answer, gap, judged, scenario, step

WORKS = step("ask with the session", "accepted", answer(exchange="e0"), control=True)
DEAD = step("ask with the old session", "refused", REFUSED)
ALIVE = step("ask with the old session", "refused", answer())


def verdict(*scenarios, gaps=()):
    return judged("AUTH-28", SessionScenarios(scenarios=scenarios, gaps=gaps))


def test_a_session_that_worked_and_is_dead_afterwards_passes():
    assert verdict(scenario(WORKS, DEAD)).state is State.PASS


def test_a_session_that_lives_on_fails():
    result = verdict(scenario(WORKS, ALIVE))
    assert result.state is State.FAIL
    assert "ask with the old session was accepted" in result.findings[0].message


def test_an_empty_answer_is_no_session():
    empty = step("ask with the old session", "refused", answer(AnswerKind.EMPTY))
    assert verdict(scenario(WORKS, empty)).state is State.PASS


@pytest.mark.parametrize("reply", [REFUSED, *UNREACHED])
def test_a_session_that_never_worked_proves_nothing(reply):
    control = step("ask with the session", "accepted", reply, control=True)
    for replay in (DEAD, ALIVE):
        assert verdict(scenario(control, replay)).state is State.UNKNOWN


def test_a_scenario_without_a_control_proves_nothing():
    assert verdict(scenario(ALIVE)).cause is Cause.NO_CONTROL


def test_controls_alone_prove_nothing():
    assert verdict(scenario(WORKS)).state is State.UNKNOWN


def test_a_replay_that_did_not_arrive_proves_nothing():
    limited = step("ask with the old session", "refused", LIMITED)
    assert verdict(scenario(WORKS, limited)).cause is Cause.LIMITED


def test_a_scenario_that_broke_off_proves_no_pass_but_still_a_fail():
    assert verdict(scenario(WORKS, DEAD, problem="the mail never came")).state is State.UNKNOWN
    assert verdict(scenario(WORKS, ALIVE, problem="the mail never came")).state is State.FAIL


def test_an_optional_scenario_never_blocks():
    optional = scenario(problem="no second login", name="second device", if_available=True)
    assert verdict(scenario(WORKS, DEAD), optional).state is State.PASS


def test_a_gap_blocks():
    assert verdict(scenario(WORKS, DEAD), gaps=(gap(),)).state is State.UNKNOWN
