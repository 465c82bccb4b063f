"""One route is asked about once, by the check that asks most plainly."""

import pytest

from launchready.judging.root_causes import grouped
from launchready.judging.running import Ran
from launchready.model.outcome import Cause, Confidence, Unproven, Violation
from launchready.model.subject import OperationSubject


def violation(path="/orders", confidence=Confidence.SUSPECTED):
    return Violation(
        subject=OperationSubject(method="GET", path=path), variant="v", message="m", impact="i",
        confidence=confidence, question="q?" if confidence is Confidence.SUSPECTED else "",
    )  # fmt: skip


def kept(ran, check):
    return [one for one in grouped(ran)[check].outcomes if isinstance(one, Violation)]


@pytest.mark.parametrize(
    ("leader", "follower"), [("AUTH-01", "AUTH-03"), ("AUTH-01", "AUTH-04"), ("AUTH-04", "AUTH-03")]
)
def test_the_same_question_is_not_asked_twice(leader, follower):
    ran = {leader: Ran(outcomes=(violation(),)), follower: Ran(outcomes=(violation(), violation("/others")))}
    assert [one.subject.path for one in kept(ran, follower)] == ["/others"]
    [folded] = [one for one in grouped(ran)[follower].outcomes if isinstance(one, Unproven)]
    assert folded.cause is Cause.NEEDS_ANSWER
    assert leader in folded.reason


def test_what_the_code_confirms_stays_beside_an_open_route():
    """Another cause and another repair: the guard that lets it out, and the route that is open."""
    ran = {
        "AUTH-01": Ran(outcomes=(violation(confidence=Confidence.CONFIRMED),)),
        "AUTH-04": Ran(outcomes=(violation(confidence=Confidence.CONFIRMED),)),
    }
    assert kept(ran, "AUTH-04")


def test_a_confirmed_opening_does_not_answer_the_questions_of_others():
    ran = {
        "AUTH-04": Ran(outcomes=(violation(confidence=Confidence.CONFIRMED),)),
        "AUTH-03": Ran(outcomes=(violation(),)),
    }
    assert kept(ran, "AUTH-03")
