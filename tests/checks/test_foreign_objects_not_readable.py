import pytest

from launchready.model.evidence import AccessMatrix
from launchready.model.operation import ObjectClass
from launchready.model.outcome import Cause, Confidence
from launchready.model.probe import AnswerKind, RouteForm, Signal
from launchready.model.report import State
from launchready.model.settings import JudgeSettings, VisibilityRule
from tests.checks.facts import (
    LIST_ORDERS,
    READ_ORDER,
    READ_PROFILE,
    REFUSED,
    UNREACHED,
    answer,
    gap,
    judged,
    listing,
    read,
    showing,
    surface,
)

API = surface(READ_ORDER, LIST_ORDERS, READ_PROFILE)
SAME_VALUES = answer(matched=("/id", "/title"), masked="an order")


def verdict(*reads, gaps=(), api=API, settings=None):
    return judged("AUTH-16", AccessMatrix(reads=reads, gaps=gaps), api, settings=settings)


def test_a_refusal_beside_the_owners_reading_passes():
    assert verdict(read()).state is State.PASS


def test_a_planted_word_of_the_owner_fails():
    assert verdict(read(showing())).state is State.FAIL


def test_a_planted_word_behind_a_refusal_fails():
    assert verdict(read(showing(kind=AnswerKind.REFUSED, status=403))).state is State.FAIL


def test_equal_values_at_equal_places_fail():
    assert verdict(read(SAME_VALUES)).state is State.FAIL


def test_one_equal_value_is_an_echo_of_the_id():
    assert verdict(read(answer(matched=("/id",)))).state is State.PASS


@pytest.mark.parametrize("control", ["peer_control", "absent_control"])
def test_equal_values_that_come_for_any_id_are_no_leak(control):
    stub = answer(masked="an order", matched=("/id", "/state"))
    assert verdict(read(stub, **{control: answer(masked="an order")})).state is State.PASS


@pytest.mark.parametrize("control", ["peer_control", "absent_control"])
def test_a_planted_word_leaks_even_if_the_masked_answers_are_equal(control):
    shown = showing(masked="an order")
    assert verdict(read(shown, **{control: answer(masked="an order")})).state is State.FAIL


def test_controls_without_a_digest_suppress_nothing():
    bare = answer(matched=("/id", "/title"))
    assert verdict(read(bare, peer_control=answer(), absent_control=answer())).state is State.FAIL


def test_a_planted_word_of_another_object_is_not_this_one():
    assert verdict(read(showing(object_id="8"))).state is State.PASS


@pytest.mark.parametrize("control", [None, REFUSED, answer(), *UNREACHED])
def test_a_refusal_without_the_owners_reading_proves_nothing(control):
    assert verdict(read(owner_control=control)).cause is Cause.NO_CONTROL


@pytest.mark.parametrize("attempt", UNREACHED, ids=lambda one: one.kind.value)
def test_an_attempt_that_did_not_arrive_proves_nothing(attempt):
    assert verdict(read(attempt)).state is State.UNKNOWN


def test_a_peer_who_is_refused_its_own_data_has_lost_its_session():
    assert verdict(read(peer_control=answer(AnswerKind.REFUSED, 401))).cause is Cause.SESSION_LOST


def test_an_object_planted_as_public_is_neither_a_leak_nor_a_proof():
    shared = read(showing(), signals=(Signal.PLANTED_PUBLIC,), variant="path, public")
    assert verdict(shared).cause is Cause.NOTHING_TESTED
    assert verdict(shared, read()).state is State.PASS


@pytest.mark.parametrize(
    "signals", [(), (Signal.LISTED_TO_ALL,), (Signal.PRIVATE_TYPE, Signal.PLANTED_PUBLIC)]
)
def test_where_nothing_or_both_speaks_for_private_it_is_a_question(signals):
    result = verdict(read(showing(), signals=signals))
    assert (result.state, result.cause) == (State.UNKNOWN, Cause.NEEDS_ANSWER)
    assert result.findings[0].confidence is Confidence.SUSPECTED


@pytest.mark.parametrize(
    ("visibility", "state"),
    [
        ("public", State.PASS),
        ("members", State.PASS),
        ("participants", State.FAIL),
        ("owner", State.FAIL),
    ],
)
def test_the_users_rule_wins_over_every_sign(visibility, state):
    rules = JudgeSettings(visibility=(VisibilityRule(pattern="GET /orders/{id}", visibility=visibility),))
    probe = read(showing(), signals=(Signal.PRIVATE_TYPE, Signal.PLANTED_PUBLIC))
    assert verdict(probe, settings=rules).state is state


def test_a_rule_for_members_does_not_let_nobody_in():
    rules = JudgeSettings(visibility=(VisibilityRule(pattern="GET /orders/*", visibility="members"),))
    assert verdict(read(showing(), principal="anonymous"), settings=rules).state is State.FAIL


def test_what_is_refused_at_one_form_of_its_id_is_private_at_every_other():
    by_query = read(showing(), form=RouteForm.QUERY, variant="query", signals=(Signal.DETAIL_REFUSED,))
    assert verdict(read(), by_query).state is State.FAIL


def test_profiles_threads_and_lists_are_for_other_checks():
    others = (
        read(showing(), kind=ObjectClass.PROFILE),
        read(showing(), kind=ObjectClass.THREAD),
        listing(showing()),
    )
    assert verdict(read(), *others).state is State.PASS


def test_gaps_at_lists_and_profiles_are_for_other_checks():
    assert verdict(read(), gaps=(gap("GET /orders"), gap("GET /members/{id}"))).state is State.PASS
    assert verdict(read(), gaps=(gap("GET /orders/{id}"),)).state is State.UNKNOWN


def test_a_type_that_nobody_tried_keeps_it_from_passing():
    assert verdict().cause is Cause.NO_CONTROL


def test_an_api_without_such_objects_needs_no_proof():
    assert verdict(api=surface(READ_PROFILE)).state is State.NOT_APPLICABLE


def test_a_page_with_the_owners_word_is_a_control():
    page = showing(kind=AnswerKind.PAGE, exchange="e0")
    assert verdict(read(owner_control=page)).state is State.PASS
    assert verdict(read(answer(AnswerKind.PAGE, masked="x"), owner_control=page)).state is State.PASS
    assert verdict(read(showing(kind=AnswerKind.PAGE), owner_control=page)).state is State.FAIL


def test_a_page_without_the_owners_word_is_none():
    page = answer(AnswerKind.PAGE, exchange="e0", matched=("/id", "/title"))
    assert verdict(read(owner_control=page)).cause is Cause.NO_CONTROL
