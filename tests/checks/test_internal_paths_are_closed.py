from launchready.model.evidence import ExposedPaths
from launchready.model.outcome import Cause
from launchready.model.report import State
from tests.checks.facts import NOT_FOUND, SILENT, WALLED, gap, judged, trial

ABSENT = {"control": NOT_FOUND, "principal": "anonymous"}


def verdict(*trials, gaps=()):
    return judged("AUTH-35", ExposedPaths(trials=trials, gaps=gaps))


def test_paths_that_answer_like_nothing_pass():
    assert verdict(trial(True, "metrics", "/metrics", **ABSENT)).state is State.PASS


def test_an_open_path_fails():
    result = verdict(trial(False, "metrics", "/metrics", **ABSENT))
    assert result.state is State.FAIL
    assert result.findings[0].message == "metrics is open to everybody at /metrics"


def test_documentation_is_never_a_fail_nor_a_pass():
    docs = trial(False, "API documentation", "/docs", details=(("documentation", "yes"),), **ABSENT)
    assert verdict(docs).cause is Cause.NOTHING_TESTED
    assert verdict(docs, trial(True, "metrics", "/metrics", **ABSENT)).state is State.PASS


def test_without_knowing_the_answer_for_nothing_it_proves_nothing():
    for control in (None, SILENT):
        assert verdict(trial(True, "metrics", "/metrics", control=control)).cause is Cause.NO_CONTROL


def test_a_wall_in_front_of_a_path_proves_nothing():
    assert verdict(trial(None, "metrics", "/metrics", attempt=WALLED)).cause is Cause.EDGE_WALL


def test_a_gap_blocks():
    assert verdict(trial(True, "metrics", "/metrics", **ABSENT), gaps=(gap(),)).state is State.UNKNOWN
