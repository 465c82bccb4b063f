import pytest

from launchready.model.evidence import WriteMatrix
from launchready.model.operation import Purpose
from launchready.model.outcome import Cause, Confidence
from launchready.model.probe import AnswerKind, Change, Signal, WriteKind
from launchready.model.report import State
from tests.checks.facts import (
    CHANGE_ORDER,
    NOT_FOUND,
    READ_ORDER,
    UNREACHED,
    answer,
    gap,
    judged,
    operation,
    surface,
    write,
)

API = surface(CHANGE_ORDER, READ_ORDER)


def verdict(*writes, gaps=(), api=API):
    return judged("AUTH-15", WriteMatrix(writes=writes, gaps=gaps), api)


def test_a_write_that_changes_nothing_where_the_owners_does_passes():
    assert verdict(write()).state is State.PASS


@pytest.mark.parametrize(
    "attempt", [answer(), answer(AnswerKind.REFUSED, 403), answer(AnswerKind.ERROR, 500)]
)
def test_a_change_that_the_owner_sees_fails_whatever_the_answer(attempt):
    result = verdict(write(Change.NONCE, attempt))
    assert result.state is State.FAIL
    assert "member_b changed member_a's order by PATCH /orders/{id}" in result.findings[0].message


def test_an_object_that_is_gone_fails():
    result = verdict(
        write(Change.GONE, answer(AnswerKind.EMPTY, 204), kind=WriteKind.DELETE, after=NOT_FOUND)
    )
    assert result.state is State.FAIL
    assert "deleted" in result.findings[0].message


def test_an_object_that_was_not_there_before_is_not_gone():
    probe = write(Change.GONE, answer(), kind=WriteKind.DELETE, before=NOT_FOUND)
    assert verdict(probe).cause is Cause.NO_CONTROL


@pytest.mark.parametrize("after", [*UNREACHED, answer(AnswerKind.REFUSED, 401)])
def test_an_owner_who_is_not_answered_has_not_lost_the_object(after):
    assert verdict(write(Change.GONE, answer(), kind=WriteKind.DELETE, after=after)).state is State.UNKNOWN


@pytest.mark.parametrize(
    "control",
    [
        {"owner_control": None, "owner_change": None},
        {"owner_change": Change.NONE},
        {"owner_change": Change.UNREADABLE},
    ],
)
def test_a_write_that_does_not_work_for_the_owner_proves_nothing(control):
    assert verdict(write(**control)).cause is Cause.NO_CONTROL


def test_what_cannot_be_read_back_proves_nothing():
    assert verdict(write(Change.UNREADABLE, answer())).state is State.UNKNOWN


@pytest.mark.parametrize("attempt", UNREACHED, ids=lambda one: one.kind.value)
def test_a_write_that_did_not_arrive_proves_nothing(attempt):
    assert verdict(write(attempt=attempt)).state is State.UNKNOWN


def test_a_success_that_changed_nothing_is_fine():
    assert verdict(write(attempt=answer())).state is State.PASS


def test_another_change_after_a_success_is_a_question_and_after_a_refusal_none():
    result = verdict(write(Change.OTHER, answer()))
    assert (result.state, result.findings[0].confidence) == (State.UNKNOWN, Confidence.SUSPECTED)
    assert verdict(write(Change.OTHER)).state is State.PASS


def test_a_public_object_must_not_be_changed_either():
    assert verdict(write(Change.NONCE, answer(), signals=(Signal.PLANTED_PUBLIC,))).state is State.FAIL


def test_adding_to_a_public_object_is_no_write_on_it():
    comment = write(Change.NONCE, answer(), kind=WriteKind.CREATE_IN, signals=(Signal.PLANTED_PUBLIC,))
    assert verdict(write(), comment).state is State.PASS


def test_adding_to_a_private_object_fails():
    item = write(Change.NONCE, answer(), kind=WriteKind.CREATE_IN, signals=(Signal.PRIVATE_TYPE,))
    assert verdict(write(), item).state is State.FAIL


def test_a_write_that_nobody_tried_or_could_try_keeps_it_from_passing():
    delete = operation("DELETE /posts/{id}", Purpose.DELETE)
    assert verdict(write(), api=surface(CHANGE_ORDER, delete)).cause is Cause.NO_CONTROL
    assert verdict(write(), gaps=(gap("DELETE /posts/{id}"),)).state is State.UNKNOWN


def test_no_write_at_all_is_no_pass():
    assert verdict(api=surface(READ_ORDER)).cause is Cause.NOTHING_TESTED
