import dataclasses

from launchready.model.evidence import CredentialHit, ResponseCredentials
from launchready.model.outcome import Cause
from launchready.model.report import State
from tests.checks.facts import gap, judged

HASH = CredentialHit(
    operation="GET /members", method="GET", path="/members", principal="member_b", exchange="e5",
    kind="password hash", where="/0/password", preview="$2b$…", mark="m1", confirmed=True,
)  # fmt: skip


def verdict(*hits, responses=4, operations=("GET /me", "GET /members"), gaps=()):
    seen = ResponseCredentials(responses=responses, operations=operations, hits=hits, gaps=gaps)
    return judged("SEC-13", seen)


def test_responses_without_a_credential_pass():
    assert (verdict().state, verdict().safe) == (State.PASS, 2)


def test_a_password_hash_fails():
    result = verdict(HASH)
    assert result.state is State.FAIL
    assert result.findings[0].message == ("GET /members gave member_b a password hash at /0/password ($2b$…)")
    assert result.findings[0].evidence == ("e5",)


def test_the_place_in_a_list_does_not_make_another_finding():
    again = dataclasses.replace(HASH, where="/3/password")
    result = verdict(HASH, again)
    assert len(result.findings) == 1


def test_what_only_looks_like_a_credential_is_a_question():
    result = verdict(dataclasses.replace(HASH, confirmed=False, kind="token"))
    assert (result.state, result.cause) == (State.UNKNOWN, Cause.NEEDS_ANSWER)


def test_no_response_and_a_gap_are_no_pass():
    assert verdict(responses=0, operations=()).cause is Cause.NOTHING_TESTED
    assert verdict(responses=0).cause is Cause.NOTHING_TESTED
    assert verdict(gaps=(gap(),)).state is State.UNKNOWN
