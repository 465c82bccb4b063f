"""What holds for every check of dangerous lines, to be asked with each one's kinds."""

from dataclasses import replace

from launchready.model.outcome import Cause, Confidence
from launchready.model.report import Location, State
from launchready.model.source import LOOKED_FOR, Flow, HitKind
from tests.checks.code_facts import CUT_OFF, OPEN_ROUTE, SKIPPED, UNRECOGNISED, code, danger
from tests.checks.facts import judged


def assert_certain_lines_fail_with_their_place(check, kinds):
    for kind in kinds:
        result = judged(check, code(hits=(danger(kind),)))
        (finding,) = result.findings
        assert result.state is State.FAIL
        assert finding.confidence is Confidence.CONFIRMED
        assert finding.location == Location(
            path="api/orders.py", line=8, code="line 8 of api/orders.py", where="tree"
        )
        assert "api/orders.py:8" in finding.message
        assert (finding.probed, finding.fix, finding.question) == ("not probed", "Mend it.", "")


def assert_other_lines_are_asked(check, kinds):
    for kind in kinds:
        result = judged(check, code(hits=(danger(kind, certain=False),)))
        (finding,) = result.findings
        assert (result.state, result.cause) == (State.UNKNOWN, Cause.NEEDS_ANSWER)
        assert finding.question.endswith("?")
        assert "api/orders.py:8" in finding.question


def assert_lines_of_other_checks_are_none(check, kinds):
    others = tuple(danger(kind) for kind in HitKind if kind not in kinds)
    assert not judged(check, code(hits=others)).findings


def assert_nothing_is_read_is_no_pass(check, kinds):
    assert judged(check, UNRECOGNISED).cause is Cause.NOTHING_TESTED
    assert judged(check, code(apps=(), routes=(), hits=(danger(kinds[0]),))).state is State.FAIL
    for unread in ({"skipped": SKIPPED}, {"gaps": (CUT_OFF,)}):
        result = judged(check, code(**unread))
        assert result.state is State.UNKNOWN
        assert Cause.PARTIAL in {item.cause for item in result.open_items}


def assert_what_was_not_looked_for_is_no_pass(check, kinds):
    for kind in kinds:
        others = tuple(sorted(LOOKED_FOR - {kind.value}))
        result = judged(check, code(looked_for=others))
        assert (result.state, result.cause) == (State.UNKNOWN, Cause.NOT_IMPLEMENTED)
        assert kind.value.replace("_", " ") in result.reason


def assert_lines_beside_the_product_are_left_out_and_said(check, kinds):
    for path in (
        "tests/test_orders.py",
        "web/cart.spec.ts",
        "scripts/import.py",
        "db/migrations/0001_init.py",
    ):
        line = danger(kinds[0], path=path, flow=Flow.VARIABLE)
        result = judged(check, code(hits=(line,)))
        assert not result.findings, path
        assert any("left out" in note for note in result.notes)
    reached = danger(kinds[0], path="scripts/app.py", flow=Flow.REQUEST)
    assert judged(check, code(hits=(reached,))).state is State.FAIL
    served = danger(kinds[0], path="tests/views.py", flow=Flow.VARIABLE, route="GET /tests")
    assert judged(check, code(hits=(served,))).cause is Cause.NEEDS_ANSWER


def assert_a_line_keeps_its_name_when_it_moves(check, kinds):
    def name(line, text="dangerous(x)", function="handle"):
        hit = danger(kinds[0], function=function)
        moved = replace(hit, place=replace(hit.place, line=line, code=text))
        return judged(check, code(hits=(moved,))).findings[0].fingerprint

    assert name(8) == name(80, "  dangerous(x) ")
    assert len({name(8), name(8, "dangerous(y)"), name(8, function="other")}) == 3


def assert_half_built(check):
    """Sound code alone never passes; open routes hide no line."""
    for review in (code(), code(gaps=(OPEN_ROUTE,))):
        result = judged(check, review)
        assert (result.state, result.cause) == (State.UNKNOWN, Cause.NOT_IMPLEMENTED)
        assert result.safe


def assert_dangerous_lines_are_judged(check, *kinds):
    assert_certain_lines_fail_with_their_place(check, kinds)
    assert_other_lines_are_asked(check, kinds)
    assert_lines_of_other_checks_are_none(check, kinds)
    assert_nothing_is_read_is_no_pass(check, kinds)
    assert_what_was_not_looked_for_is_no_pass(check, kinds)
    assert_lines_beside_the_product_are_left_out_and_said(check, kinds)
    assert_a_line_keeps_its_name_when_it_moves(check, kinds)


def assert_development_settings_are_left_out(check, *kinds):
    for kind in kinds:
        for path in (
            "config/settings/local.py",
            "settings_dev.py",
            ".env.development",
            "docker-compose.dev.yml",
        ):
            assert not judged(check, code(hits=(danger(kind, path=path, flow=Flow.NONE),))).findings, path
        for path in ("config/settings/production.py", "config/settings/base.py", "passport-local.js"):
            line = danger(kind, path=path, flow=Flow.NONE)
            assert judged(check, code(hits=(line,))).state is State.FAIL, path
