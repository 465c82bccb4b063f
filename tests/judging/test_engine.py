from datetime import timedelta

import pytest

from launchready.judging.engine import aggregate
from launchready.judging.registry import RegisteredCheck
from launchready.judging.root_causes import grouped
from launchready.judging.running import Ran, run_check
from launchready.judging.statements import may_be_waived, statements_on
from launchready.model.check_info import CheckInfo
from launchready.model.outcome import (
    Cause,
    Confidence,
    Input,
    NotApplicable,
    Remedy,
    Safe,
    Unproven,
    Violation,
    fingerprint,
)
from launchready.model.report import Basis, State
from launchready.model.settings import JudgeSettings
from launchready.model.statement import Attestation, Dispute, Waiver
from launchready.model.subject import OperationSubject, ProcessSubject
from tests.judging.support import DAY, ROWS

REMEDY = Remedy(input=Input.MEMBER_LOGIN, sentence="Give a login.")


def subject(path="/a"):
    return OperationSubject(method="GET", path=path)


def violation(path="/a", confidence=Confidence.CONFIRMED, **more):
    facts = {"variant": "v", "message": "m", "impact": "i", "question": "May it?"} | more
    return Violation(subject=subject(path), confidence=confidence, **facts)


def unproven(path="/a", cause=Cause.LIMITED, **more):
    return Unproven(subject=subject(path), cause=cause, reason="limited", remedy=REMEDY, **more)


SAFE = Safe(subject=subject("/safe"), evidence=("e1",))
SUSPECTED = violation(confidence=Confidence.SUSPECTED)


def verdict(*outcomes, check="CORS-01", whole=(), settings=None):
    info = CheckInfo(row=ROWS[check], implemented=True)
    statements = statements_on(ROWS[check], settings or JudgeSettings(), DAY)
    return aggregate(info, Ran(outcomes=outcomes, whole=tuple(whole)), statements)


@pytest.mark.parametrize(
    ("outcomes", "state", "cause"),
    [
        ((), State.UNKNOWN, Cause.NOTHING_TESTED),
        ((SAFE,), State.PASS, None),
        ((SAFE, unproven()), State.UNKNOWN, Cause.LIMITED),
        ((SAFE, unproven(if_available=True)), State.PASS, None),
        ((unproven(if_available=True),), State.UNKNOWN, Cause.NOTHING_TESTED),
        ((SAFE, SUSPECTED), State.UNKNOWN, Cause.NEEDS_ANSWER),
        ((SAFE, violation()), State.FAIL, None),
        ((unproven(), violation(), SUSPECTED), State.FAIL, None),
        ((NotApplicable(reason="none"),), State.NOT_APPLICABLE, None),
        ((NotApplicable(reason="none"), SAFE), State.PASS, None),
        ((NotApplicable(reason="none"), unproven()), State.UNKNOWN, Cause.LIMITED),
    ],
)
def test_the_verdict_of_outcomes(outcomes, state, cause):
    result = verdict(*outcomes)
    assert (result.state, result.cause) == (state, cause)


def test_not_applicable_needs_whole_evidence():
    partial = Unproven(subject=ProcessSubject(name="CORS-01"), cause=Cause.PARTIAL, reason="r", remedy=REMEDY)
    assert verdict(NotApplicable(reason="none"), whole=(partial,)).cause is Cause.PARTIAL


def test_an_error_in_a_check_is_its_own_unknown():
    def broken(settings):
        raise ValueError("no such field")
        yield

    check = RegisteredCheck(
        id="CORS-01", function=broken, needs={"settings": JudgeSettings}, attested_for_days=0, title="t",
        why="w", how_to_fix="h", blind_spots="b",
    )  # fmt: skip
    info = CheckInfo(row=ROWS["CORS-01"], implemented=True)
    ran = run_check(info, check, {}, JudgeSettings())
    result = aggregate(info, ran, statements_on(info.row, JudgeSettings(), DAY))
    assert (result.state, result.cause) == (State.UNKNOWN, Cause.CHECK_BUG)
    assert "ValueError: no such field" in result.reason


def test_the_same_thing_seen_twice_is_one_finding_as_strong_as_the_stronger():
    result = verdict(SUSPECTED, violation(evidence=("e2",)), violation(evidence=("e3",)))
    assert result.state is State.FAIL
    assert [one.evidence for one in result.findings] == [("e2", "e3")]


def test_the_order_of_outcomes_does_not_matter():
    outcomes = (violation("/b"), unproven("/d"), violation("/a"), unproven("/c"), SAFE)
    assert verdict(*outcomes) == verdict(*reversed(outcomes))


# ------------------------------------------------------------------------------------------ statements


def dated(kind, check="CORS-01", days=30, **more):
    facts = {"person": "Ada", "signed": DAY - timedelta(days=1), "expires": DAY + timedelta(days=days)}
    return kind(check=check, **(facts | more))


def attest(name, **more):
    return JudgeSettings(attestations=(dated(Attestation, subject=name, statement="I saw it", **more),))


def dispute(check="CORS-01", path="/a", **more):
    name = fingerprint(check, "v", subject(path))
    return JudgeSettings(disputes=(dated(Dispute, check, fingerprint=name, reason="no", **more),))


def waive(check="CORS-01", path="/a", **more):
    name = fingerprint(check, "v", subject(path)) if path else ""
    return JudgeSettings(waivers=(dated(Waiver, check, fingerprint=name, reason="known", **more),))


def test_an_attestation_closes_an_unproven_subject_by_its_name():
    result = verdict(SAFE, unproven(), settings=attest("get /a"))
    assert (result.state, result.basis) == (State.PASS, Basis.ATTESTED)
    assert not result.open_items
    assert verdict(SAFE, unproven(), settings=attest("GET /b")).state is State.UNKNOWN


def test_an_attestation_never_closes_a_violation_or_a_question():
    assert verdict(SAFE, violation(), settings=attest("GET /a")).state is State.FAIL
    assert verdict(SAFE, SUSPECTED, settings=attest("GET /a")).state is State.UNKNOWN


@pytest.mark.parametrize(
    "change", [{"days": -1}, {"signed": DAY + timedelta(days=1)}, {"person": ""}, {"statement": " "}]
)
def test_an_attestation_out_of_force_closes_nothing(change):
    facts = {"subject": "GET /a", "statement": "I saw it"} | change
    settings = JudgeSettings(attestations=(dated(Attestation, **facts),))
    assert verdict(SAFE, unproven(), settings=settings).cause is Cause.ATTESTATION_EXPIRED


@pytest.mark.parametrize("name", ["", "CORS-01"])
def test_missing_evidence_of_a_machine_proof_takes_no_statement(name):
    missing = Unproven(subject=ProcessSubject(name="CORS-01"), cause=Cause.MISSING, reason="r", remedy=REMEDY)
    assert verdict(whole=(missing,), settings=attest(name)).state is State.UNKNOWN


def test_what_only_a_person_can_prove_takes_a_statement_for_the_whole_check():
    missing = Unproven(subject=ProcessSubject(name="DEP-19"), cause=Cause.MISSING, reason="r", remedy=REMEDY)
    result = verdict(whole=(missing,), check="DEP-19", settings=attest("", check="DEP-19"))
    assert (result.state, result.basis) == (State.PASS, Basis.ATTESTED)


def test_an_error_in_a_check_takes_no_statement():
    bug = Unproven(subject=ProcessSubject(name="DEP-19"), cause=Cause.CHECK_BUG, reason="r", remedy=REMEDY)
    assert verdict(whole=(bug,), check="DEP-19", settings=attest("", check="DEP-19")).state is State.UNKNOWN


def test_a_dispute_takes_one_finding_out_and_stays_visible():
    alone = verdict(violation(), settings=dispute())
    assert (alone.state, alone.basis) == (State.PASS, Basis.ATTESTED)
    assert alone.findings[0].disputed_by == "Ada: no"
    assert verdict(violation(), violation("/b"), settings=dispute()).state is State.FAIL
    assert verdict(violation(), unproven("/c"), settings=dispute()).state is State.UNKNOWN


def test_an_expired_dispute_takes_nothing_out():
    assert verdict(violation(), settings=dispute(days=-1)).state is State.FAIL


def test_confirmed_access_violations_cannot_be_disputed_but_secrets_and_questions_can():
    for check in ("AUTH-15", "ROLE-01", "AUTH-28"):
        result = verdict(violation(), check=check, settings=dispute(check))
        assert (result.state, result.findings[0].disputed_by) == (State.FAIL, "")
        assert verdict(SUSPECTED, SAFE, check=check, settings=dispute(check)).state is State.PASS
    assert verdict(violation(), check="SEC-01", settings=dispute("SEC-01")).state is State.PASS


@pytest.mark.parametrize("path", ["/a", ""])
def test_a_waiver_changes_no_verdict_and_is_named(path):
    result = verdict(violation(), settings=waive(path=path))
    assert result.state is State.FAIL
    assert result.waiver == result.findings[0].waived_by == f"Ada: known (until {DAY + timedelta(days=30)})"


def test_a_waiver_of_one_finding_does_not_cover_another_nor_what_is_unknown():
    assert not verdict(violation(), violation("/b"), settings=waive()).waiver
    assert not verdict(violation(), unproven("/b"), settings=waive()).waiver
    assert not verdict(unproven(), settings=waive()).waiver
    assert verdict(unproven(), settings=waive(path="")).waiver


def test_an_expired_waiver_covers_nothing():
    assert not verdict(violation(), settings=waive(days=-1)).waiver


@pytest.mark.parametrize("check", ["SEC-01", "AUTH-15", "AUTH-28", "ROLE-01", "SEC-11"])
def test_secrets_access_and_roles_take_no_waiver(check):
    assert not may_be_waived(ROWS[check])
    for path in ("/a", ""):
        assert not verdict(violation(), check=check, settings=waive(check, path)).waiver


# ---------------------------------------------------------------------------------------- root causes


def open_to_all(path="/a", confidence=Confidence.CONFIRMED):
    return Ran(outcomes=(violation(path, confidence),))


def test_what_is_open_to_everybody_is_not_reported_again_for_each_account():
    ran = grouped({"AUTH-01": open_to_all(), "AUTH-16": Ran(outcomes=(violation(), violation("/b"), SAFE))})
    covered, own, safe = ran["AUTH-16"].outcomes
    assert isinstance(covered, Unproven)
    assert "AUTH-01" in covered.reason
    assert own == violation("/b")
    assert safe == SAFE


def test_what_is_covered_leaves_the_check_unknown():
    ran = grouped({"AUTH-01": open_to_all(), "AUTH-16": Ran(outcomes=(violation(), SAFE))})
    assert verdict(*ran["AUTH-16"].outcomes, check="AUTH-16").state is State.UNKNOWN


def test_one_question_is_asked_once():
    asked = open_to_all(confidence=Confidence.SUSPECTED)
    ran = grouped({"AUTH-01": asked, "AUTH-16": Ran(outcomes=(SUSPECTED, SAFE))})
    covered, safe = ran["AUTH-16"].outcomes
    assert isinstance(covered, Unproven)
    assert covered.cause is Cause.NEEDS_ANSWER
    assert '"GET /a" = "public"' in covered.remedy.sentence
    assert safe == SAFE
    assert verdict(covered, safe, check="AUTH-16").state is State.UNKNOWN


def test_a_mere_question_covers_no_confirmed_finding():
    ran = {
        "AUTH-01": open_to_all(confidence=Confidence.SUSPECTED),
        "AUTH-16": Ran(outcomes=(violation(),)),
    }
    assert grouped(ran) == ran


def test_other_rows_are_left_alone():
    ran = {"AUTH-01": open_to_all(), "SEC-13": Ran(outcomes=(violation(),))}
    assert grouped(ran)["SEC-13"] == ran["SEC-13"]
