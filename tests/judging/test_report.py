import dataclasses

import pytest

from launchready.judging.report import FailOn, JudgementError, exit_code, judge, selects
from launchready.model.evidence import Accounts, Collected, GuardSweep
from launchready.model.exchange import Exchange, Intent
from launchready.model.outcome import Cause
from launchready.model.principal import MEMBER_A, MEMBER_B, Account, LoginMeans
from launchready.model.probe import Signal
from launchready.model.report import AccessState, Decision, OperationState, OutsideUsers, State
from tests.checks.facts import LIST_ORDERS, READ_ORDER, answer, guard, read, showing, surface
from tests.checks.good import EVIDENCE
from tests.judging.support import CATALOGUE, run

ACCOUNTS = Accounts(
    accounts=tuple(
        Account(principal=one, means=LoginMeans.SIGN_UP, scheme="bearer") for one in (MEMBER_A, MEMBER_B)
    )
)


def slots(*changes):
    return {type(one).__name__: Collected(evidence=one) for one in (*EVIDENCE, *changes)}


def report(*changes, exchanges=(), **settings):
    return judge(run(slots(*changes), exchanges, **settings), CATALOGUE, tool_version="1.0")


def exchange(name, principal):
    return Exchange(
        id=name,
        principal=principal,
        operation="GET /orders",
        intent=Intent.CONTROL,
        method="GET",
        url="/orders",
        status=200,
        offset=0.0,
        seconds=0.1,
    )


OPENED = guard(answer(masked="members answer"), signals=(Signal.PRIVATE_TYPE.value,))
OPEN = GuardSweep(probes=(OPENED, *EVIDENCE[1].probes))


def test_every_row_of_the_catalogue_is_in_the_report():
    assert [one.info.row for one in report().checks] == list(CATALOGUE)
    assert len(report().checks) == 142
    empty = judge(run(), CATALOGUE, tool_version="1.0")
    assert len(empty.checks) == 142
    assert len(empty.rows) == 10


def test_checks_that_are_not_built_are_unknown_and_keep_it_unproven():
    made = report()
    assert {one.cause for one in made.checks if not one.info.implemented} == {Cause.NOT_IMPLEMENTED}
    assert made.decision is Decision.NOT_PROVEN
    assert made.outside_users is OutsideUsers.NOT_PROVEN


def test_the_rows_count_their_checks():
    rows = {row.id: row for row in report(OPEN).rows}
    assert sum(row.passed + row.failed + row.unknown + row.not_applicable for row in rows.values()) == 142
    assert (rows["AUTH"].state, rows["AUTH"].failed) == (State.FAIL, 1)
    assert rows["MON"].state is State.UNKNOWN


def test_a_fail_is_not_ready_and_names_what_to_do_first():
    made = report(OPEN)
    failed = next(one for one in made.checks if one.state is State.FAIL)
    assert (made.decision, made.outside_users) == (Decision.NOT_READY, OutsideUsers.NO)
    assert made.worst == failed.findings[0].fingerprint
    assert made.worst in made.next_command
    assert "AUTH-01" in made.why


def test_judging_twice_gives_equal_reports():
    assert report(OPEN) == report(OPEN)


def test_cited_exchanges_come_along_and_no_others():
    made = report(OPEN, exchanges=[exchange("e1", "anonymous"), exchange("e99", "anonymous")])
    assert [one.id for one in made.exchanges] == ["e1"]


@pytest.mark.parametrize(
    ("only", "check", "taken"),
    [
        ((), "SEC-01", True),
        (("SEC",), "SEC-01", True),
        (("sec-01",), "SEC-01", True),
        (("SEC-0",), "SEC-01", False),
        (("SEC-01",), "SEC-011", False),
        (("AUTH", "SEC"), "CORS-01", False),
    ],
)
def test_what_only_selects(only, check, taken):
    assert selects(only, check) is taken


def test_a_limited_run_is_good_when_its_checks_pass_but_never_ready():
    made = report(only=("CORS-01", "SEC-13"))
    assert made.decision is Decision.NOT_PROVEN
    assert exit_code(made) == 0
    assert {one.cause for one in made.checks if one.info.row.id.startswith("AUTH")} == {Cause.NOT_SELECTED}


def test_a_limited_run_that_was_limited_while_collecting_counts_as_limited():
    limited = run(slots())
    limited = dataclasses.replace(limited, info=dataclasses.replace(limited.info, selected=("CORS-01",)))
    assert exit_code(judge(limited, CATALOGUE, tool_version="1.0")) == 0


def test_a_limited_run_with_an_unknown_or_a_fail_is_not_good():
    assert exit_code(report(only=("CORS",))) == 3
    assert exit_code(report(OPEN, only=("AUTH-01",))) == 1


@pytest.mark.parametrize(
    ("fail_on", "unproven", "failed"),
    [
        (FailOn.NOT_PROVEN, 3, 1),
        (FailOn.NOT_READY, 0, 1),
        (FailOn.OUTSIDE_USERS, 0, 1),
        (FailOn.NEVER, 0, 0),
    ],
)
def test_exit_codes(fail_on, unproven, failed):
    assert exit_code(report(), fail_on) == unproven
    assert exit_code(report(OPEN), fail_on) == failed


def test_a_date_that_is_none_is_refused():
    with pytest.raises(JudgementError, match="YYYY-MM-DD"):
        report(as_of="soon")


def access(*changes, exchanges=()):
    made = report(surface(READ_ORDER, LIST_ORDERS), ACCOUNTS, *changes, exchanges=exchanges)
    return {row.id: row for row in made.operations}


def cells(row):
    return {cell.principal: cell.state for cell in row.cells}


def test_the_access_matrix_has_a_cell_for_everybody():
    rows = access(exchanges=[exchange("e0", "member_a")])
    assert cells(rows["GET /orders/{id}"]) == {
        "anonymous": AccessState.DENIED,
        "member_a": AccessState.ALLOWED,
        "member_b": AccessState.DENIED,
    }
    assert rows["GET /orders/{id}"].state is OperationState.SAFE


def test_a_leak_marks_its_cell_and_its_operation():
    leak = dataclasses.replace(EVIDENCE[2], reads=(read(showing()), *EVIDENCE[2].reads))
    row = access(leak)["GET /orders/{id}"]
    assert (cells(row)["member_b"], row.state) == (AccessState.LEAKS, OperationState.VIOLATED)


def test_an_operation_that_nobody_tried_is_unproven():
    row = access(GuardSweep(probes=()), dataclasses.replace(EVIDENCE[2], reads=()))["GET /orders"]
    assert row.state is OperationState.UNPROVEN
    assert set(cells(row).values()) == {AccessState.NOT_TRIED}
