from launchready.model.evidence import RoleTrials
from launchready.model.outcome import Cause, Input
from launchready.model.probe import AnswerKind
from launchready.model.report import State
from tests.checks.facts import BROKEN, answer, gap, judged, trial


def verdict(*trials, gaps=()):
    return judged("ROLE-01", RoleTrials(trials=trials, gaps=gaps))


def staff(held, **more):
    return trial(held, "list users", "/admin/users", **more)


def test_a_function_that_only_the_admin_can_call_passes():
    assert verdict(staff(True)).state is State.PASS


def test_a_function_that_a_member_can_call_fails():
    result = verdict(staff(False, control=None))
    assert result.state is State.FAIL
    assert result.findings[0].message == "member_a could call the function for staff GET /admin/users"


def test_without_an_admin_a_refusal_proves_nothing_and_names_the_login_that_would_help():
    for control in (None, answer(AnswerKind.REFUSED, 403)):
        result = verdict(staff(True, control=control))
        assert (result.cause, result.remedy.input) == (Cause.NO_CONTROL, Input.ADMIN_LOGIN)


def test_a_failing_function_proves_nothing():
    assert verdict(staff(None, attempt=BROKEN)).cause is Cause.TARGET_FAILED


def test_gaps_and_nothing_at_all_are_no_pass():
    assert verdict(staff(True), gaps=(gap(),)).state is State.UNKNOWN
    assert verdict().cause is Cause.NOTHING_TESTED
