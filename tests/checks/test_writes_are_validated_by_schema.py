import pytest

from launchready.model.outcome import Cause, Confidence
from launchready.model.report import State
from launchready.model.source import GuardKind, GuardLevel, Validation
from tests.checks.code_facts import OPEN_ROUTE, SKIPPED, UNRECOGNISED, code, route, source_guard
from tests.checks.facts import judged


def verdict(*routes, **more):
    return judged("INP-01", code(routes=routes, **more))


def write(validation, name="POST /orders", **more):
    return route(name, validation=validation, **more)


def test_a_schema_is_half_of_the_proof():
    result = verdict(write(Validation.SCHEMA))
    assert (result.state, result.cause) == (State.UNKNOWN, Cause.NOT_IMPLEMENTED)
    assert result.safe == 2


@pytest.mark.parametrize("name", ["POST /orders", "PATCH /orders/{id}", "PUT /orders/{id}", "ANY /orders"])
def test_a_raw_body_is_asked_about(name):
    result = verdict(write(Validation.RAW, name))
    (finding,) = result.findings
    assert result.cause is Cause.NEEDS_ANSWER
    assert finding.confidence is Confidence.SUSPECTED
    assert (finding.location.path, finding.location.line, finding.probed) == (
        "api/orders.py",
        7,
        "not probed",
    )
    assert f"{name} uses its body as it came (api/orders.py:7)" == finding.message


def test_what_cannot_be_read_is_no_pass():
    result = verdict(write(Validation.UNCLEAR))
    assert (result.state, result.cause) == (State.UNKNOWN, Cause.NEEDS_INPUT)


SIGNED = (source_guard(GuardKind.SERVICE, GuardLevel.ROUTE, "check_signature"),)


@pytest.mark.parametrize(
    "harmless",
    [
        write(Validation.RAW, "GET /orders"),
        write(Validation.RAW, served=False),
        write(Validation.RAW, "POST /webhooks/payments", guards=SIGNED),
        write(Validation.NO_BODY, "POST /orders/{id}/cancel"),
        write(Validation.NO_BODY, "DELETE /orders/{id}"),
    ],
)
def test_what_takes_no_body_of_a_member_is_none(harmless):
    result = verdict(route("GET /orders"), harmless)
    assert (result.cause, result.findings, result.safe) == (Cause.NOT_IMPLEMENTED, (), 1)


def test_a_moved_line_keeps_its_name():
    names = {
        verdict(write(Validation.RAW, line=line, handler="h")).findings[0].fingerprint for line in (7, 70)
    }
    assert len(names) == 1


def test_code_that_was_not_read_is_no_proof():
    assert judged("INP-01", UNRECOGNISED).cause is Cause.NOTHING_TESTED
    for more in ({"skipped": SKIPPED}, {"gaps": (OPEN_ROUTE,)}):
        assert Cause.PARTIAL in {item.cause for item in verdict(write(Validation.SCHEMA), **more).open_items}
