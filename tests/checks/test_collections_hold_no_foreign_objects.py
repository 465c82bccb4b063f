import pytest

from launchready.model.evidence import AccessMatrix
from launchready.model.operation import ObjectClass
from launchready.model.outcome import Cause
from launchready.model.probe import AnswerKind, RouteForm, Signal
from launchready.model.report import State
from tests.checks.facts import LIST_ORDERS, READ_ORDER, answer, gap, judged, listing, read, showing, surface

API = surface(LIST_ORDERS, READ_ORDER)
FORMS = [RouteForm.LIST, RouteForm.SEARCH, RouteForm.FEED, RouteForm.COUNT, RouteForm.EXPORT]


def verdict(*reads, gaps=()):
    return judged("AUTH-21", AccessMatrix(reads=reads, gaps=gaps), API)


@pytest.mark.parametrize("form", FORMS)
def test_a_collection_without_the_planted_word_passes(form):
    assert verdict(listing(answer(), form=form)).state is State.PASS


@pytest.mark.parametrize("form", FORMS)
def test_a_planted_word_of_somebody_elses_private_object_fails(form):
    result = verdict(listing(showing(), form=form))
    assert result.state is State.FAIL
    assert f"member_a's order in the {form.value} GET /orders" in result.findings[0].message


@pytest.mark.parametrize(
    "control", [None, answer(), answer(AnswerKind.EMPTY), answer(matched=("/id", "/title"))]
)
def test_a_collection_that_does_not_show_it_to_its_owner_proves_nothing(control):
    assert verdict(listing(answer(), owner_control=control)).cause is Cause.NO_CONTROL


def test_the_word_of_a_public_object_says_nothing_about_a_private_one():
    assert verdict(listing(showing(object_id="8"), object_id="7")).state is State.PASS


def test_equal_values_are_no_proof_in_a_collection():
    assert verdict(listing(answer(matched=("/0/id", "/0/title")))).state is State.PASS


def test_a_shared_collection_is_a_question_unless_it_was_planted_as_public():
    assert verdict(listing(showing(), signals=())).cause is Cause.NEEDS_ANSWER
    assert verdict(listing(showing(), signals=(Signal.PLANTED_PUBLIC,))).cause is Cause.NOTHING_TESTED


def test_titles_of_what_only_the_owner_may_open_are_a_question():
    for signals in ((Signal.DETAIL_REFUSED,), (Signal.DETAIL_REFUSED, Signal.LISTED_TO_ALL)):
        assert verdict(listing(showing(), signals=signals)).cause is Cause.NEEDS_ANSWER
    private = (Signal.DETAIL_REFUSED, Signal.PLANTED_PRIVATE)
    assert verdict(listing(showing(), signals=private)).state is State.FAIL


def test_details_and_threads_are_for_other_checks():
    thread = listing(showing(), kind=ObjectClass.THREAD)
    assert verdict(listing(answer()), read(showing()), thread).state is State.PASS


def test_gaps_at_lists_concern_it_and_those_at_details_do_not():
    assert verdict(listing(answer()), gaps=(gap("GET /orders/{id}"),)).state is State.PASS
    assert verdict(listing(answer()), gaps=(gap("GET /orders"),)).state is State.UNKNOWN


def test_no_collection_is_no_pass():
    assert verdict().cause is Cause.NOTHING_TESTED
