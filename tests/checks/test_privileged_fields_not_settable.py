from launchready.model.evidence import MassAssignment
from launchready.model.outcome import Cause
from launchready.model.report import State
from tests.checks.facts import answer, gap, judged, trial


def verdict(*trials, gaps=()):
    return judged("ROLE-04", MassAssignment(trials=trials, gaps=gaps))


def field(held, name="is_admin", **more):
    return trial(held, name, "/me", method="PATCH", attempt=answer(), **more)


def test_a_field_that_keeps_its_value_passes():
    assert verdict(field(True)).state is State.PASS


def test_a_field_that_takes_the_sent_value_fails():
    result = verdict(field(True, "role"), field(False))
    assert result.state is State.FAIL
    assert result.findings[0].message.endswith("PATCH /me: is_admin")


def test_a_request_that_does_not_work_without_the_field_proves_nothing():
    assert verdict(field(True, control=None)).cause is Cause.NO_CONTROL


def test_a_field_that_no_answer_shows_proves_nothing():
    assert verdict(field(None, reason="no answer shows it")).cause is Cause.NO_CONTROL


def test_gaps_and_nothing_at_all_are_no_pass():
    assert verdict(field(True), gaps=(gap(),)).state is State.UNKNOWN
    assert verdict().cause is Cause.NOTHING_TESTED
