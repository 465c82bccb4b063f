import pytest

from launchready.model.outcome import Cause, Confidence
from launchready.model.report import State
from launchready.model.source import Flow, HitKind
from tests.checks.code_facts import code, danger, variable
from tests.checks.dangerous_lines import assert_dangerous_lines_are_judged
from tests.checks.facts import judged

SECRET = {"public": True, "secret": True, "path": "web/config.ts"}


def verdict(*variables, **more):
    return judged("SEC-04", code(variables=variables, **more))


def test_dangerous_lines():
    assert_dangerous_lines_are_judged("SEC-04", HitKind.PUBLIC_SECRET)


@pytest.mark.parametrize(
    "name",
    [
        "NEXT_PUBLIC_STRIPE_PUBLISHABLE_KEY",
        "NEXT_PUBLIC_SUPABASE_ANON_KEY",
        "VITE_FIREBASE_API_KEY",
        "NEXT_PUBLIC_SENTRY_DSN",
        "VITE_RECAPTCHA_SITE_KEY",
    ],
)
def test_what_is_made_for_browsers_passes(name):
    assert verdict(variable(name, public=True)).state is State.PASS


def test_secrets_of_the_server_pass():
    assert verdict(variable("STRIPE_SECRET_KEY", secret=True)).state is State.PASS


@pytest.mark.parametrize(
    "name",
    [
        "NEXT_PUBLIC_SUPABASE_SERVICE_ROLE_KEY",
        "VITE_STRIPE_SECRET_KEY",
        "REACT_APP_DATABASE_URL",
        "EXPO_PUBLIC_DB_PASSWORD",
        "NEXT_PUBLIC_API_SECRET",
    ],
)
def test_a_secret_with_a_public_name_fails(name):
    result = verdict(variable(name, **SECRET))
    assert result.state is State.FAIL
    (finding,) = result.findings
    assert (finding.location.path, finding.location.line) == ("web/config.ts", 4)
    assert name in finding.message


@pytest.mark.parametrize("name", ["NEXT_PUBLIC_MAPBOX_TOKEN", "VITE_SEARCH_KEY", "NEXT_PUBLIC_SECRET_SANTA"])
def test_a_name_that_leaves_doubt_is_asked_about(name):
    result = verdict(variable(name, **SECRET))
    assert result.cause is Cause.NEEDS_ANSWER
    assert result.findings[0].confidence is Confidence.SUSPECTED
    assert name in result.findings[0].question


def test_the_same_line_is_one_finding():
    line = danger(HitKind.PUBLIC_SECRET, path="web/config.ts", line=4, flow=Flow.NONE)
    result = verdict(variable("VITE_API_SECRET", **SECRET), hits=(line,))
    assert [finding.variant for finding in result.findings] == ["public_secret"]


def test_the_name_is_kept_when_the_line_changes():
    names = {
        verdict(variable("VITE_API_SECRET", line=line, **SECRET)).findings[0].fingerprint for line in (4, 40)
    }
    assert len(names) == 1


def test_a_variable_of_tests_is_none():
    assert verdict(variable("VITE_API_SECRET", **SECRET | {"path": "tests/setup.ts"})).state is State.PASS
