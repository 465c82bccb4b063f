import pytest

from launchready.model.source import CodePlace, VariableUse
from launchready.source.code.facts import VariableRead
from launchready.source.environment import environment
from launchready.source.environment_names import is_platform_name, is_public_name, is_secret_name


def read(name, use=VariableUse.OPTIONAL, path="app/settings.py", line=1):
    return VariableRead(name=name, use=use, place=CodePlace(path=path, line=line))


def test_the_strictest_use_counts_and_places_are_kept():
    found = environment(
        [read("A"), read("A", VariableUse.REQUIRED, line=2), read("A", VariableUse.DEFAULTED, line=3)],
        {"A": [CodePlace(path=".env.example", line=4)], "B": []},
    )
    assert [(one.name, one.use, len(one.read), len(one.listed)) for one in found] == [
        ("A", VariableUse.REQUIRED, 3, 1)
    ]


def test_tests_and_platforms_do_not_count():
    assert (
        environment([read("A", path="tests/test_a.py"), read("PORT"), read("VERCEL_URL"), read("CI")], {})
        == ()
    )


@pytest.mark.parametrize(
    "name",
    [
        "SECRET_KEY",
        "STRIPE_SECRET_KEY",
        "DB_PASSWORD",
        "GITHUB_TOKEN",
        "OPENAI_API_KEY",
        "PRIVATE_KEY",
        "JWT_SECRET",
        "STRIPE_KEY",
        "NEXT_PUBLIC_SECRET_KEY",
        "VITE_DB_PASSWORD",
        "AWS_SECRET_ACCESS_KEY",
        "SMTP_PASS",
        "SESSION_SECRET",
        "CREDENTIALS",
    ],
)
def test_secrets_by_their_names(name):
    assert is_secret_name(name)


@pytest.mark.parametrize(
    "name",
    [
        "STRIPE_PUBLISHABLE_KEY",
        "SUPABASE_ANON_KEY",
        "RECAPTCHA_SITE_KEY",
        "SENTRY_DSN",
        "PUBLIC_KEY",
        "NEXT_PUBLIC_FIREBASE_API_KEY",
        "VITE_MAPS_API_KEY",
        "TOKEN_URL",
        "ACCESS_TOKEN_EXPIRE_MINUTES",
        "PASSWORD_MIN_LENGTH",
        "DATABASE_URL",
        "AWS_ACCESS_KEY_ID",
        "JWT_ALGORITHM",
        "VAPID_PUBLIC_KEY",
        "SECRET_NAME",
        "DEBUG",
        "MAX_TOKENS",
        "KEYCLOAK_HOST",
    ],
)
def test_what_is_no_secret(name):
    assert not is_secret_name(name)


def test_prefixes_and_platforms():
    assert is_public_name("NEXT_PUBLIC_URL")
    assert not is_public_name("NEXT_URL")
    assert all(is_platform_name(one) for one in ("PATH", "NODE_ENV", "VERCEL_ENV", "LC_ALL", "FLASK_DEBUG"))
    assert not any(is_platform_name(one) for one in ("DATABASE_URL", "SECRET_KEY", "APP_PORT", "PATH_TO_KEY"))
