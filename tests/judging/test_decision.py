import pytest

from launchready.config.rows import GATES, RED_FLAGS
from launchready.judging.decision import (
    decide,
    flag_result,
    gate_result,
    next_command,
    unknown_groups,
    worst_finding,
)
from launchready.model.check_info import GateId, Severity
from launchready.model.outcome import Cause, Confidence, Input, Remedy
from launchready.model.report import Basis, Decision, FlagState, GateState, OpenItem, OutsideUsers, State
from launchready.model.settings import JudgeSettings
from launchready.model.statement import FlagAnswer
from launchready.model.subject import ProcessSubject
from tests.judging.support import ROWS, finding, result

GOOD = {check: result(check) for check in ROWS}
ADVICE = next(row.id for row in ROWS.values() if row.gate is GateId.ADVICE)
WAIVABLE = "CORS-01"


def decided(answers=(), **changes):
    named = {check.replace("_", "-"): one for check, one in changes.items()}
    results = tuple((GOOD | named).values())
    gates = [gate_result(gate, results) for gate in GATES]
    flags = [flag_result(flag, results, JudgeSettings(flags=answers)) for flag in RED_FLAGS]
    return decide(results, gates, flags), {gate.id: gate.state for gate in gates}, flags


def decision(**changes):
    return decided(**changes)[0].decision


def outside(**changes):
    return decided(**changes)[0].outside_users


def bad(check, state, **more):
    return {check.replace("-", "_"): result(check, state, **more)}


def test_all_good_is_ready():
    assert decision() is Decision.READY
    assert outside() is OutsideUsers.YES


@pytest.mark.parametrize("check", [row.id for row in ROWS.values() if row.gate is not GateId.ADVICE])
def test_one_fail_anywhere_is_not_ready_and_one_unknown_not_proven(check):
    assert decision(**bad(check, State.FAIL)) is Decision.NOT_READY
    assert decision(**bad(check, State.UNKNOWN)) is Decision.NOT_PROVEN
    assert decision(**bad(check, State.NOT_APPLICABLE)) is Decision.READY


def test_advice_never_decides():
    for state in State:
        assert decision(**bad(ADVICE, state)) is Decision.READY


@pytest.mark.parametrize("row", ROWS.values(), ids=lambda row: row.id)
def test_which_fails_keep_outside_users_out(row):
    hard = row.gate in {GateId.G1, GateId.G2}
    by_row = row.gate is GateId.ROW and row.id.startswith(("AUTH-", "ROLE-", "SEC-"))
    critical = row.severity is Severity.CRITICAL and row.gate is not GateId.ADVICE
    expected = OutsideUsers.NO if hard or by_row or critical else OutsideUsers.YES
    assert outside(**bad(row.id, State.FAIL)) is expected


def test_only_unknown_secrets_and_access_leave_outside_users_unproven():
    assert outside(**bad("SEC-01", State.UNKNOWN)) is OutsideUsers.NOT_PROVEN
    assert outside(**bad("AUTH-15", State.UNKNOWN)) is OutsideUsers.NOT_PROVEN
    assert outside(**bad("MAIL-01", State.UNKNOWN)) is OutsideUsers.YES


@pytest.mark.parametrize("gate", ["G1", "G2", "G3", "G4"])
@pytest.mark.parametrize(
    ("state", "more", "gate_state"),
    [
        (State.PASS, {}, GateState.PROVED),
        (State.PASS, {"basis": Basis.ATTESTED, "attested_by": ("Ada",)}, GateState.ATTESTED),
        (State.FAIL, {}, GateState.FAILED),
        (State.UNKNOWN, {}, GateState.NOT_PROVEN),
        (State.NOT_APPLICABLE, {}, GateState.PROVED),
    ],
)
def test_the_state_of_a_gate_is_the_worst_of_its_checks(gate, state, more, gate_state):
    check = next(row.id for row in ROWS.values() if row.gate == gate)
    assert decided(**bad(check, state, **more))[1][gate] is gate_state


def test_a_statement_closes_the_gates_of_handover_but_not_those_of_secrets_and_access():
    attested = {"basis": Basis.ATTESTED, "attested_by": ("Ada",)}
    assert decision(**bad("DEP-19", State.PASS, **attested)) is Decision.READY
    assert decision(**bad("AUTH-15", State.PASS, **attested)) is Decision.NOT_PROVEN
    assert "0 checks" not in decided(**bad("AUTH-15", State.PASS, **attested))[0].why


def test_a_secret_that_is_none_leaves_its_gate_open_for_users():
    disputed = result(
        "SEC-01", State.PASS, basis=Basis.ATTESTED, findings=(finding("SEC-01", disputed_by="Ada"),)
    )
    assert outside(SEC_01=disputed) is OutsideUsers.YES


def test_a_waived_risk_is_named_and_lets_it_be_ready():
    result_, _, _ = decided(**bad(WAIVABLE, State.FAIL, waiver="Ada: known (until 2026-06-01)"))
    assert result_.decision is Decision.READY
    assert result_.accepted_risks == ("CORS-01: Ada: known (until 2026-06-01)",)
    assert "1 accepted risk" in result_.why
    assert decision(**bad("DEP-01", State.UNKNOWN, waiver="Ada: known (until 2026-06-01)")) is Decision.READY


def answers(*flags):
    return tuple(FlagAnswer(flag=flag, raised=True, person="Ada", reason="true") for flag in flags)


@pytest.mark.parametrize("count", range(6))
def test_two_raised_flags_stop_the_handover(count):
    raised = answers(*[flag.id for flag in RED_FLAGS][:count])
    result_, _, flags = decided(answers=raised)
    assert sum(flag.state is FlagState.RAISED for flag in flags) == count
    assert result_.decision is (Decision.NOT_READY if count >= 2 else Decision.READY)


@pytest.mark.parametrize("flag", RED_FLAGS, ids=lambda flag: flag.id)
def test_a_flag_is_raised_by_a_fail_unknown_without_proof_and_clear_otherwise(flag):
    def state(*states, settings=JudgeSettings()):  # noqa: B008 - frozen
        changed = {check: result(check, one) for check, one in zip(flag.checks, states, strict=False)}
        return flag_result(flag, tuple((GOOD | changed).values()), settings).state

    no = JudgeSettings(flags=(FlagAnswer(flag=flag.id, raised=False, person="Ada", reason="no"),))
    assert state() is FlagState.CLEAR
    assert state(State.FAIL) is FlagState.RAISED
    assert state(State.UNKNOWN) is FlagState.UNKNOWN
    assert state(State.UNKNOWN, settings=no) is FlagState.CLEAR
    assert state(State.FAIL, settings=no) is FlagState.RAISED


def unknown(check, wanted, sentence="Do this."):
    remedy = Remedy(input=wanted, sentence=sentence)
    item = OpenItem(subject=ProcessSubject(name=check), cause=Cause.MISSING, reason="r", remedy=remedy)
    return result(check, State.UNKNOWN, remedy=remedy, open_items=(item,))


def test_the_input_that_unlocks_most_checks_comes_first_and_a_newer_version_last():
    groups = unknown_groups(
        [
            *(unknown(f"MON-0{number}", Input.NEWER_VERSION) for number in range(1, 6)),
            unknown("MAIL-01", Input.DOMAIN),
            unknown("ROLE-01", Input.ADMIN_LOGIN, "Give an admin."),
            unknown("ROLE-02", Input.ADMIN_LOGIN, "Give an admin."),
            result("AUTH-01"),
        ]
    )
    assert [group.input for group in groups] == [Input.ADMIN_LOGIN, Input.DOMAIN, Input.NEWER_VERSION]
    assert groups[0].checks == ("ROLE-01", "ROLE-02")
    assert next_command(None, groups) == "Give an admin."


def test_the_worst_finding_is_confirmed_then_gated_then_severe():
    suspected = result(
        "AUTH-15",
        State.UNKNOWN,
        findings=(finding("AUTH-15", confidence=Confidence.SUSPECTED, question="May it?"),),
    )
    mail, cors, secret = (result(check, State.FAIL) for check in ("MAIL-01", "CORS-01", "SEC-01"))
    assert worst_finding([mail, suspected]).check == "MAIL-01"
    assert worst_finding([mail, suspected, cors, secret]).check == "SEC-01"
    asked = next_command(worst_finding([suspected]), ())
    assert asked.startswith("Answer this first: May it?")
    assert asked.endswith("then: launchready rejudge")
    assert "launchready recheck SEC-01-1" in next_command(worst_finding([secret]), ())
    assert worst_finding([result("AUTH-01")]) is None


def test_a_disputed_finding_is_not_the_worst():
    disputed = result("SEC-01", State.PASS, findings=(finding("SEC-01", disputed_by="Ada: no key"),))
    assert worst_finding([disputed]) is None
