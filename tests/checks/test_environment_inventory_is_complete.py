from dataclasses import replace

import pytest

from launchready.model.outcome import Cause, Confidence
from launchready.model.report import State
from launchready.model.source import CodePlace, Flow, HitKind, VariableUse
from tests.checks.code_facts import SKIPPED, UNRECOGNISED, code, danger, variable
from tests.checks.dangerous_lines import assert_development_settings_are_left_out
from tests.checks.facts import judged

LISTED = variable("DATABASE_URL")


def verdict(*variables, **more):
    return judged("SEC-07", code(variables=variables, **more))


def test_a_whole_list_is_half_of_the_proof():
    result = verdict(LISTED, variable("REDIS_URL"))
    assert (result.state, result.cause, result.findings) == (State.UNKNOWN, Cause.NOT_IMPLEMENTED, ())


@pytest.mark.parametrize(
    "missing",
    [
        variable("STRIPE_SECRET_KEY", VariableUse.OPTIONAL, listed=False, secret=True),
        variable("REDIS_URL", VariableUse.REQUIRED, listed=False),
    ],
)
def test_a_value_that_the_list_leaves_out_fails(missing):
    result = verdict(LISTED, missing)
    (finding,) = result.findings
    assert result.state is State.FAIL
    assert finding.message.startswith(missing.name)
    assert ".env.example does not list it" in finding.message
    assert finding.location.path == "settings.py"


def test_it_is_asked_where_a_list_may_not_have_been_read():
    result = verdict(LISTED, variable("REDIS_URL", listed=False), skipped=SKIPPED)
    assert result.findings[0].confidence is Confidence.SUSPECTED


def test_values_that_the_product_does_without_are_one_question():
    light = [variable(f"FEATURE_{at}", VariableUse.OPTIONAL, listed=False) for at in range(7)]
    result = verdict(LISTED, *light)
    (finding,) = result.findings
    assert result.cause is Cause.NEEDS_ANSWER
    assert "and 2 more" in finding.message


@pytest.mark.parametrize(
    ("path", "listing", "fails"),
    [
        ("api/settings.py", "web/.env.example", False),
        ("api/settings.py", "api/.env.example", True),
        ("api/core/settings.py", "api/.env.example", True),
        ("api/settings.py", ".env.example", True),
        ("api/settings.py", "docker/.env.example", True),
        ("settings.py", "web/template.env", False),
    ],
)
def test_the_list_of_another_folder_is_not_that_of_this_code(path, listing, fails):
    listed = replace(LISTED, listed=(CodePlace(path=listing, line=1),))
    result = verdict(listed, variable("STRIPE_SECRET_KEY", listed=False, secret=True, path=path))
    (finding,) = result.findings
    assert (finding.confidence is Confidence.CONFIRMED) is fails
    assert (finding.variant == "not listed") is fails


def test_no_list_at_all_is_one_question():
    result = verdict(*(variable(f"VALUE_{at}", listed=False, secret=True) for at in range(9)))
    assert [(one.variant, one.confidence) for one in result.findings] == [("no list", Confidence.SUSPECTED)]


@pytest.mark.parametrize(
    "name", ["NODE_ENV", "PORT", "VERCEL_URL", "CI", "DJANGO_SETTINGS_MODULE", "PYTEST_ADDOPTS"]
)
def test_what_the_platform_sets_needs_no_list(name):
    assert not verdict(LISTED, variable(name, listed=False)).findings


def test_what_only_tests_and_scripts_read_needs_no_list():
    for path in ("tests/conftest.py", "scripts/seed.py"):
        assert not verdict(LISTED, variable("OTHER_URL", listed=False, path=path)).findings


def test_a_secret_with_a_default_is_asked_about():
    result = verdict(variable("JWT_SECRET", VariableUse.DEFAULTED, secret=True))
    (finding,) = result.findings
    assert (result.cause, finding.variant) == (Cause.NEEDS_ANSWER, "secret with a default")
    assert not verdict(variable("PAGE_SIZE", VariableUse.DEFAULTED)).findings


def test_a_sample_key_that_is_used_fails_once():
    line = danger(HitKind.SAMPLE_KEY, path="settings.py", line=4, flow=Flow.NONE)
    result = verdict(variable("JWT_SECRET", VariableUse.DEFAULTED, secret=True), hits=(line,))
    assert (result.state, len(result.findings)) == (State.FAIL, 1)
    assert_development_settings_are_left_out("SEC-07", HitKind.SAMPLE_KEY)


def test_code_that_was_not_recognised_is_no_proof():
    assert judged("SEC-07", UNRECOGNISED).cause is Cause.NOTHING_TESTED
    assert verdict().cause is Cause.NOT_IMPLEMENTED
