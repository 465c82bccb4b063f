from launchready.model.evidence import OriginTrials
from launchready.model.outcome import Cause
from launchready.model.report import State
from tests.checks.facts import LIMITED, SILENT, answer, gap, judged, trial


def verdict(*trials, gaps=()):
    return judged("CORS-01", OriginTrials(trials=trials, gaps=gaps))


def origin(held, situation="good answer", allowed="", **more):
    details = (
        ("origin", "https://stranger.example"),
        ("allowed", allowed),
        ("credentials", ""),
        ("variant", "unknown origin"),
    )
    return trial(held, f"unknown origin, {situation}", details=details, **{"attempt": answer()} | more)


def test_an_origin_that_is_not_repeated_passes():
    assert verdict(origin(True)).state is State.PASS


def test_an_origin_that_is_repeated_fails_once_for_all_situations():
    result = verdict(origin(False), origin(False, "error answer"), origin(False, "preflight"))
    assert result.state is State.FAIL
    assert len(result.findings) == 1
    assert "https://stranger.example" in result.findings[0].message


def test_everybody_allowed_without_credentials_is_one_question():
    result = verdict(origin(None, allowed="*"), origin(None, "error answer", allowed="*"))
    assert (result.state, result.cause, len(result.findings)) == (State.UNKNOWN, Cause.NEEDS_ANSWER, 1)


def test_a_target_that_does_not_answer_proves_nothing():
    assert verdict(origin(None, attempt=LIMITED)).cause is Cause.LIMITED
    assert verdict(origin(True, control=SILENT)).cause is Cause.NO_CONTROL
    assert verdict(origin(True, control=None)).cause is Cause.NO_CONTROL


def test_gaps_and_nothing_at_all_are_no_pass():
    assert verdict(origin(True), gaps=(gap(),)).state is State.UNKNOWN
    assert verdict().cause is Cause.NOTHING_TESTED
