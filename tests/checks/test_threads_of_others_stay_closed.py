from launchready.model.evidence import AccessMatrix, WriteMatrix
from launchready.model.operation import ObjectClass
from launchready.model.outcome import Cause
from launchready.model.probe import Change, Signal, WriteKind
from launchready.model.report import State
from tests.checks.facts import (
    NOT_FOUND,
    READ_ORDER,
    READ_THREAD,
    answer,
    gap,
    judged,
    listing,
    read,
    showing,
    surface,
    write,
)

API = surface(READ_THREAD, READ_ORDER)
THREAD = {"kind": ObjectClass.THREAD, "object_type": "thread"}
CLOSED = read(NOT_FOUND, path="/threads/{id}", **THREAD)


def post(change, attempt=NOT_FOUND, **more):
    facts = {"object_class": "thread", "object_type": "thread", "signals": (Signal.PRIVATE_TYPE,)} | more
    return write(change, attempt, "/threads/{id}/messages", WriteKind.CREATE_IN, **facts)


def verdict(*reads, writes=(), gaps=(), write_gaps=(), api=API):
    matrix = AccessMatrix(reads=reads, gaps=gaps)
    return judged("AUTH-12", matrix, WriteMatrix(writes=writes, gaps=write_gaps), api)


def test_threads_that_are_closed_for_reading_listing_and_posting_pass():
    nothing = listing(answer(), path="/threads", **THREAD)
    assert verdict(CLOSED, nothing, writes=(post(Change.NONE),)).state is State.PASS


def test_reading_a_thread_fails():
    result = verdict(read(showing(), path="/threads/{id}", **THREAD))
    assert result.findings[0].message == "member_b read member_a's thread through GET /threads/{id}"
    assert result.state is State.FAIL


def test_finding_a_thread_in_a_list_fails():
    assert verdict(CLOSED, listing(showing(), path="/threads", **THREAD)).state is State.FAIL


def test_posting_fails_even_behind_a_refusal():
    result = verdict(CLOSED, writes=(post(Change.NONCE),))
    assert result.state is State.FAIL
    assert "posted into member_a's thread" in result.findings[0].message


def test_posting_to_a_thread_that_is_open_by_design_is_fine():
    shared = post(Change.NONCE, answer(), signals=(Signal.PLANTED_PUBLIC,))
    assert verdict(CLOSED, writes=(shared,)).state is State.PASS


def test_a_post_that_the_owner_could_not_make_either_proves_nothing():
    assert verdict(CLOSED, writes=(post(Change.NONE, owner_change=Change.NONE),)).cause is Cause.NO_CONTROL


def test_gaps_at_threads_concern_it():
    assert verdict(CLOSED, gaps=(gap("GET /threads/{id}"),)).state is State.UNKNOWN
    assert verdict(CLOSED, write_gaps=(gap("GET /threads/{id}"),)).state is State.UNKNOWN
    assert verdict(CLOSED, gaps=(gap("GET /orders/{id}"),)).state is State.PASS


def test_an_api_without_threads_needs_no_proof():
    assert verdict(api=surface(READ_ORDER)).state is State.NOT_APPLICABLE


def test_a_thread_that_nobody_tried_keeps_it_from_passing():
    assert verdict().state is State.UNKNOWN
