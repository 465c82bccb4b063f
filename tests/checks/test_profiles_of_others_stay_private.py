from launchready.model.evidence import AccessMatrix
from launchready.model.operation import ObjectClass
from launchready.model.outcome import Cause
from launchready.model.report import State
from launchready.model.settings import JudgeSettings
from tests.checks.facts import (
    NOT_FOUND,
    READ_ORDER,
    READ_PROFILE,
    gap,
    judged,
    listing,
    read,
    showing,
    surface,
)

API = surface(READ_PROFILE, READ_ORDER)


def profile(attempt, **more):
    return read(attempt, path="/members/{id}", kind=ObjectClass.PROFILE, object_type="profile", **more)


def verdict(*reads, gaps=(), api=API, settings=None):
    return judged("AUTH-11", AccessMatrix(reads=reads, gaps=gaps), api, settings=settings)


def test_a_profile_that_only_its_owner_reads_passes():
    assert verdict(profile(NOT_FOUND)).state is State.PASS


def test_a_private_profile_read_by_a_peer_fails():
    result = verdict(profile(showing(status=403)))
    assert result.state is State.FAIL
    assert result.findings[0].message == "member_b read member_a's profile through GET /members/{id}"


def test_a_refusal_without_the_owners_own_reading_proves_nothing():
    assert verdict(profile(NOT_FOUND, owner_control=None)).cause is Cause.NO_CONTROL


def test_a_profile_without_any_sign_of_privacy_is_a_question():
    assert verdict(profile(showing(), signals=())).cause is Cause.NEEDS_ANSWER


def test_orders_and_lists_are_for_other_checks():
    others = (read(showing()), listing(showing(), kind=ObjectClass.PROFILE))
    assert verdict(profile(NOT_FOUND), *others).state is State.PASS


def test_a_gap_at_a_profile_concerns_it_and_one_at_an_order_does_not():
    assert verdict(profile(NOT_FOUND), gaps=(gap("GET /orders/{id}"),)).state is State.PASS
    assert verdict(profile(NOT_FOUND), gaps=(gap("GET /members/{id}"),)).state is State.UNKNOWN
    assert verdict(profile(NOT_FOUND), gaps=(gap(),)).state is State.UNKNOWN


def test_a_profile_that_nobody_tried_keeps_it_from_passing_unless_it_is_public_by_rule():
    assert verdict().cause is Cause.NO_CONTROL
    ruled = JudgeSettings(public_operations=("GET /members/*",))
    assert verdict(settings=ruled).cause is Cause.NOTHING_TESTED


def test_an_api_without_profiles_needs_no_proof_if_it_is_known_completely():
    assert verdict(api=surface(READ_ORDER)).state is State.NOT_APPLICABLE
    assert verdict(api=surface(READ_ORDER, complete=False)).cause is Cause.NOTHING_TESTED
