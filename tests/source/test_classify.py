import base64
import json

import pytest
import yaml

from launchready.source.classify import SecretClass, Sighting, classify
from launchready.source.engine import RULES
from tests.source.planting import SIGNS, Mint

MINT = Mint(5)
GENERATED = MINT.word(20)
LIVE, REVIEW, TEST, EXAMPLE, PUBLIC = SecretClass


def seen(
    value,
    *,
    rule="launchready.setting",
    path="app.env",
    before="DB_PASSWORD=",
    after="",
    confidence="low",
    around="",
):
    return Sighting(
        rule=rule,
        confidence=confidence,
        value=value,
        path=path,
        line=before + value + after,
        before=before,
        around=around,
    )


def class_of(*arguments, **more):
    classed = classify(seen(*arguments, **more))
    return classed.classed if classed else None


@pytest.mark.parametrize(
    "value",
    [
        "${DB_PASSWORD}",
        "$DB_PASSWORD",
        "process.env.X",
        "os.environ['X']",
        "{{ vault.password }}",
        "%(password)s",
        "settings.PASSWORD",
        "vault:secret/data/app",
        "true",
        "string",
        "ops@example.com",
        "None",
    ],
)
def test_what_is_no_literal_is_no_hit(value):
    assert class_of(value) is None


@pytest.mark.parametrize(
    "value",
    [
        "YOUR_API_KEY",
        "changeme",
        "change-me-please",
        "xxxxxxxxxxxx",
        "<password>",
        "replace_with_token",
        "AK" + "IAIOSFODNN7EXAMPLE",
        "************",
        "aaaaaaaaaaaa",
        "example-password",
    ],
)
def test_placeholders_are_examples(value):
    assert class_of(value) is EXAMPLE


@pytest.mark.parametrize("value", ["postgres", "password123", "secret", "admin", "12345678"])
def test_well_known_defaults_are_no_secrets(value):
    assert class_of(value, path="docker-compose.yml") is TEST


def test_a_well_known_default_for_production_is_a_question():
    assert class_of("postgres", path="deploy/production.env") is REVIEW


def test_a_signing_key_that_can_be_guessed_is_a_question():
    value = "rand" + "om"
    assert class_of(value, rule="launchready.literal", path="config.py", before="SECRET_KEY = '") is REVIEW


@pytest.mark.parametrize(
    "path", [".env", "app.env", "compose.yml", "config/prod.yaml", "src/db.py", "Dockerfile", "infra/main.tf"]
)
def test_a_generated_value_is_live(path):
    before = "password = '" if path.endswith("py") else "password: "
    assert class_of(GENERATED, path=path, before=before) is LIVE


@pytest.mark.parametrize(
    ("path", "classed"),
    [("tests/conftest.py", TEST), ("README.md", REVIEW), (".env.example", REVIEW), ("requests.http", REVIEW)],
)
def test_a_generated_value_is_judged_by_its_place(path, classed):
    assert class_of(GENERATED, path=path, before="password: '") is classed


def test_a_fallback_is_a_question():
    before = "KEY = os.environ.get('SECRET_KEY', '"
    assert class_of(GENERATED, rule="launchready.literal", path="a.py", before=before) is REVIEW


def test_an_expression_in_a_program_is_no_literal():
    assert class_of("compute_password9x", path="a.py", before="password = ") is None


def test_the_value_is_taken_where_it_stands_not_where_its_name_does():
    assert class_of("password", path="a.py", before='"password": ', after=",") is None


@pytest.mark.parametrize("path", ["tests/test_x.py", "docs/setup.md", ".env.example", "examples/a.py"])
def test_a_providers_format_is_never_silent(path):
    value = "gh" + "p_" + MINT.word(36)
    assert class_of(value, rule="betterleaks.github-pat", path=path, confidence="high") is REVIEW


def test_a_providers_format_in_code_is_live():
    value = "gh" + "p_" + MINT.word(36)
    assert class_of(value, rule="betterleaks.github-pat", path="src/a.py", confidence="high") is LIVE


def test_a_loose_match_of_a_provider_that_does_not_look_generated_is_a_question():
    assert (
        class_of("some-client-library", rule="betterleaks.datadog-api-key", path="a.py", confidence="medium")
        is REVIEW
    )


@pytest.mark.parametrize(
    ("value", "classed"),
    [
        ("pk_" + "live_" + MINT.word(24), PUBLIC),
        ("phc_" + MINT.word(43), PUBLIC),
        ("sk_" + "test_" + MINT.word(24), TEST),
        ("sk_" + "live_" + MINT.word(24), LIVE),
        (MINT.jwt({"role": "anon", "iss": "supabase"}), PUBLIC),
        (MINT.jwt({"role": "service_role", "iss": "supabase"}), LIVE),
        (MINT.jwt({"sub": "1234567890", "name": "John Doe"}), EXAMPLE),
        (MINT.jwt({"sub": "42"}), REVIEW),
        (MINT.key_block(), LIVE),
        (f"-----BEGIN {'PRIVATE'} KEY-----\n...\n-----END {'PRIVATE'} KEY-----", EXAMPLE),
    ],
)
def test_keys_are_told_apart_by_what_they_say(value, classed):
    assert (
        class_of(value, rule="betterleaks.any", path="src/a.ts", before="x('", confidence="high") is classed
    )


def test_a_google_key_is_public_in_a_firebase_configuration_and_a_question_elsewhere():
    value = "AI" + "za" + MINT.word(35)
    rule = {"rule": "betterleaks.gcp-api-key", "path": "src/a.ts", "confidence": "high"}
    assert class_of(value, around="authDomain: 'x'", **rule) is PUBLIC
    assert class_of(value, around="maps.googleapis.com/maps/api/js", **rule) is REVIEW
    assert class_of(value, **rule) is REVIEW


@pytest.mark.parametrize(
    ("password", "host", "classed"),
    [
        ("postgres", "localhost:5432/app", TEST),
        ("postgres", "db:5432/app", TEST),
        ("password", "127.0.0.1/app", TEST),
        (GENERATED, "localhost/app", REVIEW),
        (GENERATED, "db.acme-shop.io/app", LIVE),
        (GENERATED, "db/app", LIVE),
        ("password", "db.acme-shop.io/app", REVIEW),
        ("blueberry22", "db.acme-shop.io/app", LIVE),
        (GENERATED, "db.example.com/app", EXAMPLE),
        ("PASSWORD", "db.acme-shop.io/app", EXAMPLE),
    ],
)
def test_connection_urls(password, host, classed):
    found = class_of(
        password,
        rule="launchready.url-password",
        path="src/a.py",
        before="'postgresql://app:",
        after=f"@{host}'",
    )
    assert found is classed


def test_an_identifier_of_a_provider_is_public_but_not_its_secret():
    more = {"path": "src/a.py", "confidence": "high"}
    assert class_of(GENERATED, rule="betterleaks.auth0-client-id.1", **more) is PUBLIC
    assert class_of(GENERATED, rule="betterleaks.auth0-client-secret.1", **more) is LIVE


def test_a_name_cannot_make_a_providers_secret_public():
    value = "sk_" + "live_" + MINT.word(24)
    assert (
        class_of(value, rule="betterleaks.stripe-access-token", before="PUBLIC_KEY=", confidence="high")
        is LIVE
    )


def test_basic_credentials_are_judged_by_the_password():
    def basic(pair):
        value = base64.b64encode(pair.encode()).decode()
        return class_of(value, rule="launchready.basic", path="src/a.py", before="Authorization: Basic ")

    assert basic(f"bot:{GENERATED}") is LIVE
    assert basic("bot:password") is TEST
    assert class_of("bm8gY29sb24", rule="launchready.basic", path="src/a.py") is None


@pytest.mark.parametrize("value", [MINT.word(50, SIGNS), "$2b$12$" + MINT.word(53)])
def test_reasons_hold_no_value(value):
    classed = classify(seen(value))
    assert classed is not None
    assert value not in classed.reason
    assert json.dumps(classed.reason)


def test_every_rule_of_ours_is_judged_by_its_name_or_its_form():
    rules = yaml.safe_load(RULES.read_text(encoding="utf-8"))["rules"]
    for rule in rules:
        wordy = class_of("some-client-library", rule=rule["id"], path="src/a.py", before="x = '")
        assert wordy is None or rule["id"] in {
            "launchready.cloudinary-url",
            "launchready.telegram-bot-token",
            "launchready.mailgun-key",
            "launchready.url-password",
        }


def test_a_sentence_with_a_password_is_a_question():
    more = {"rule": "launchready.note", "path": "notes.txt", "before": "The password is "}
    assert class_of(GENERATED, **more) is REVIEW
    assert class_of("required", **more) is None
