from launchready.model.evidence import TokenTrials
from launchready.model.outcome import Cause, Input
from launchready.model.probe import AnswerKind
from launchready.model.report import State
from tests.checks.facts import LIMITED, answer, gap, judged, trial


def verdict(*trials, gaps=()):
    return judged("AUTH-02", TokenTrials(trials=trials, gaps=gaps))


def test_refused_tokens_beside_an_accepted_one_pass():
    assert verdict(trial(True), trial(True, "logged out")).state is State.PASS


def test_one_accepted_token_fails():
    result = verdict(trial(True), trial(False, "signed with another key"))
    assert result.state is State.FAIL
    assert result.findings[0].message == "GET /me accepted a bad token: signed with another key"


def test_refusals_without_a_good_token_prove_nothing():
    for control in (None, answer(AnswerKind.REFUSED, 401)):
        result = verdict(trial(True, control=control))
        assert (result.state, result.cause) == (State.UNKNOWN, Cause.NO_CONTROL)
        assert result.remedy.input is Input.MEMBER_LOGIN


def test_a_variant_that_is_tested_only_if_available_never_blocks():
    missing = trial(None, "expired", if_available=True, reason="no expired token could be had")
    assert verdict(trial(True), missing).state is State.PASS


def test_a_required_variant_that_could_not_be_told_blocks():
    result = verdict(trial(True), trial(None, "truncated", attempt=LIMITED))
    assert (result.state, result.cause) == (State.UNKNOWN, Cause.LIMITED)


def test_a_gap_blocks():
    assert verdict(trial(True), gaps=(gap("GET /me"),)).state is State.UNKNOWN


def test_only_optional_variants_are_no_pass():
    assert verdict(trial(None, if_available=True)).cause is Cause.NOTHING_TESTED


def test_one_kind_of_bad_token_is_one_finding_however_many_routes_accept_it():
    result = verdict(
        trial(False, "unsigned", "/orders"), trial(False, "unsigned", "/me"), trial(False, "cut short", "/me")
    )
    assert sorted(finding.variant for finding in result.findings) == ["cut short", "unsigned"]
    unsigned = next(finding for finding in result.findings if finding.variant == "unsigned")
    assert unsigned.message == "GET /orders accepted a bad token: unsigned (and at 1 more operations)"
