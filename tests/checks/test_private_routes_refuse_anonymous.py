import pytest

from launchready.model.evidence import GuardSweep
from launchready.model.operation import Guard, Purpose, UnusableOperation
from launchready.model.outcome import Cause
from launchready.model.probe import AnswerKind, Signal
from launchready.model.report import State
from launchready.model.settings import JudgeSettings, VisibilityRule
from tests.checks.facts import (
    LIST_ORDERS,
    READ_ORDER,
    UNREACHED,
    answer,
    gap,
    guard,
    hit,
    judged,
    operation,
    surface,
)

OPENED = answer(masked="members answer")
ORDERS = surface(LIST_ORDERS)
PRIVATE = (Signal.PRIVATE_TYPE.value,)


def verdict(*probes, gaps=(), api=ORDERS, settings=None):
    return judged("AUTH-01", GuardSweep(probes=probes, gaps=gaps), api, settings=settings)


def test_a_refusal_beside_a_members_answer_passes():
    assert verdict(guard()).state is State.PASS


def test_private_data_answered_to_nobody_as_to_a_member_fails():
    result = verdict(guard(OPENED, signals=PRIVATE, reproduce="curl /orders"))
    assert result.state is State.FAIL
    assert result.findings[0].message == "GET /orders works without any login"
    assert result.findings[0].reproduce == "curl /orders"


def test_a_members_planted_word_shown_to_nobody_fails_without_any_control():
    shown = answer(AnswerKind.DATA, 403, hits=(hit(),))
    probe = guard(shown, control=answer(AnswerKind.REFUSED, 401), signals=PRIVATE)
    assert verdict(probe).state is State.FAIL


def test_a_refusal_without_a_members_answer_proves_nothing():
    probe = guard(control=answer(AnswerKind.REFUSED, 401))
    result = verdict(probe)
    assert (result.state, result.cause) == (State.UNKNOWN, Cause.NO_CONTROL)


@pytest.mark.parametrize("attempt", UNREACHED, ids=lambda one: one.kind.value)
def test_an_attempt_that_did_not_arrive_proves_nothing(attempt):
    assert verdict(guard(attempt)).state is State.UNKNOWN


def test_a_route_without_a_declaration_is_a_question():
    result = verdict(guard(OPENED, guard=Guard.UNSTATED.value))
    assert (result.state, result.cause) == (State.UNKNOWN, Cause.NEEDS_ANSWER)
    assert "GET /orders" in result.findings[0].question


def test_the_users_rule_answers_the_question():
    probe = guard(OPENED, guard=Guard.UNSTATED.value)
    public = JudgeSettings(visibility=(VisibilityRule(pattern="GET /orders", visibility="public"),))
    private = JudgeSettings(visibility=(VisibilityRule(pattern="GET /ord*", visibility="members"),))
    assert verdict(probe, settings=public).state is State.PASS
    assert verdict(probe, settings=private).state is State.FAIL


@pytest.mark.parametrize("signals", [(), (Signal.LISTED_TO_ALL.value,), (Signal.PLANTED_PUBLIC.value,)])
def test_a_declared_login_alone_confirms_nothing_for_it_may_be_optional(signals):
    assert verdict(guard(OPENED, signals=signals)).cause is Cause.NEEDS_ANSWER
    shown = answer(hits=(hit(),))
    assert verdict(guard(shown, signals=signals)).cause is Cause.NEEDS_ANSWER


def test_a_refused_page_makes_a_public_catalogue_no_leak_but_the_page_itself_one():
    shown = answer(hits=(hit(),))
    facts = {"guard": Guard.UNSTATED.value, "signals": (Signal.DETAIL_REFUSED.value,)}
    assert verdict(guard(shown, **facts)).cause is Cause.NEEDS_ANSWER
    assert verdict(guard(shown, path="/orders/{id}", **facts), api=surface(READ_ORDER)).state is State.FAIL


def test_a_declared_public_route_is_fine():
    assert verdict(guard(OPENED, guard=Guard.PUBLIC.value)).state is State.PASS


def test_an_error_page_in_place_of_data_is_a_refusal():
    assert verdict(guard(answer(AnswerKind.PAGE))).state is State.PASS


def test_two_empty_answers_prove_nothing():
    empty = answer(AnswerKind.EMPTY, 200, masked="[]")
    assert verdict(guard(empty, control=empty)).cause is Cause.NO_CONTROL


def test_the_answer_for_what_does_not_exist_is_no_leak():
    stub = answer(masked="stub")
    assert verdict(guard(stub, absent_control=stub)).state is State.PASS


@pytest.mark.parametrize("change", ["nonce", "gone"])
def test_a_change_without_login_fails_whatever_the_answer(change):
    probe = guard(method="PATCH", guard=Guard.UNSTATED.value, change=change)
    api = surface(operation("PATCH /orders", Purpose.UPDATE))
    assert verdict(probe, api=api).state is State.FAIL


def test_making_something_without_login_fails_where_one_is_declared_and_is_a_question_elsewhere():
    api = surface(operation("POST /orders", Purpose.CREATE))
    made = {"method": "POST", "change": "created"}
    assert verdict(guard(OPENED, **made), api=api).state is State.FAIL
    unstated = guard(OPENED, guard=Guard.UNSTATED.value, **made)
    assert verdict(unstated, api=api).cause is Cause.NEEDS_ANSWER


def test_a_route_that_nobody_asked_keeps_it_from_passing():
    result = verdict(guard(), api=surface(LIST_ORDERS, READ_ORDER))
    assert (result.state, result.cause) == (State.UNKNOWN, Cause.NOTHING_TESTED)


def test_login_and_declared_public_routes_need_not_be_asked():
    login = operation("POST /login", Purpose.LOG_IN, guard=Guard.UNSTATED)
    public = operation("GET /news", Purpose.LIST, guard=Guard.PUBLIC)
    assert verdict(guard(), api=surface(LIST_ORDERS, login, public)).state is State.PASS


def test_an_operation_that_cannot_be_called_keeps_it_from_passing():
    broken = UnusableOperation(id="GET /x", reason="its path is relative")
    assert verdict(guard(), api=surface(LIST_ORDERS, unusable=(broken,))).cause is Cause.NEEDS_INPUT


def test_a_gap_keeps_it_from_passing():
    assert verdict(guard(), gaps=(gap("GET /orders"),)).state is State.UNKNOWN


def test_no_probe_at_all_is_no_pass():
    assert verdict(api=surface()).cause is Cause.NOTHING_TESTED


MEMBERS_PAGE = answer(AnswerKind.PAGE, masked="a page", exchange="e0")


@pytest.mark.parametrize("kind", [AnswerKind.REFUSED, AnswerKind.REDIRECT])
def test_a_page_that_only_members_are_shown_is_guarded(kind):
    probe = guard(answer(kind, 302), control=MEMBERS_PAGE, guard=Guard.UNSTATED.value)
    assert verdict(probe).state is State.PASS


@pytest.mark.parametrize(
    ("attempt", "control"),
    [
        (answer(AnswerKind.PAGE, masked="a page"), MEMBERS_PAGE),
        (answer(AnswerKind.PAGE, masked="another page"), MEMBERS_PAGE),
        (answer(AnswerKind.NOT_FOUND, 404), MEMBERS_PAGE),
        (answer(AnswerKind.REFUSED, 302), answer(AnswerKind.PAGE, 500, "e0")),
    ],
)
def test_a_page_for_everybody_proves_nothing(attempt, control):
    result = verdict(guard(attempt, control=control, guard=Guard.UNSTATED.value))
    assert (result.state, result.cause) == (State.UNKNOWN, Cause.NO_CONTROL)
    assert not result.findings
