from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from launchready.config.load import load_settings
from launchready.config.write import render_settings
from launchready.model.settings import (
    AccountSettings,
    Budget,
    CollectSettings,
    Environment,
    JudgeSettings,
    LoginRecipe,
    MailSettings,
    Profile,
    SecretSource,
    Settings,
    VisibilityRule,
)
from launchready.model.statement import Attestation, Dispute, FlagAnswer, Waiver

FULL = Settings(
    collect=CollectSettings(
        url="https://shop.test/api",
        spec="https://shop.test/openapi.json",
        environment=Environment.STAGING,
        profile=Profile.FULL,
        never_touch=("POST /payments/*", "DELETE /account"),
        headers=(("X-Preview", SecretSource(env="PREVIEW")),),
        accounts=(
            AccountSettings(name="member_a", bearer=SecretSource(env="A")),
            AccountSettings(
                name="the admin",
                role="admin",
                login=LoginRecipe(identifier='a"b', password=SecretSource(command=("pass", "x"))),
            ),
            AccountSettings(name="c", headers=(("X-Key", SecretSource(env="K")),)),
        ),
        mail=MailSettings(catcher="http://127.0.0.1:8025", domains=("shop.test",), nameserver="127.0.0.1:53"),
        budget=Budget(requests=10, rate=2.5),
        authorized_by="Ada",
        origins=("https://app.shop.test",),
    ),
    judge=JudgeSettings(
        visibility=(VisibilityRule(pattern="GET /a/{id}", visibility="public"),),
        thresholds=(("p95_ms", 500.0),),
        waivers=(
            Waiver(
                check="CORS-01", fingerprint="", person="Ada", reason="r", signed=date.min, expires=date.max
            ),
        ),
        disputes=(
            Dispute(
                check="SEC-01",
                fingerprint="0123456789abcdef",
                person="Ada",
                reason="r",
                signed=date(2026, 1, 1),
                expires=date(2026, 2, 1),
            ),
        ),
        attestations=(
            Attestation(
                check="SEC-11",
                subject="github",
                person="Ada",
                statement="yes",
                signed=date(2026, 1, 1),
                expires=date(2026, 2, 1),
            ),
        ),
        flags=(FlagAnswer(flag="F4", raised=False, person="Ada", reason="drilled"),),
        mfa_accounts=("github",),
        as_of="2026-01-15",
    ),
)


def read_back(text, directory):
    (directory / "launchready.toml").write_text(text, encoding="utf-8")
    settings = load_settings(directory / "launchready.toml")
    return settings.collect, settings.judge


def test_what_is_written_is_read_back(tmp_path):
    assert read_back(render_settings(FULL), tmp_path) == (FULL.collect, FULL.judge)


def test_defaults_write_next_to_nothing():
    lines = [line for line in render_settings(Settings()).splitlines() if line and not line.startswith("#")]
    assert lines == []


def test_inferences_are_shown_behind_their_values(tmp_path):
    text = render_settings(
        FULL, {"target.spec": "linked\nfrom /docs", "accounts.member_a.bearer": "POST /login gave it"}
    )
    assert 'spec = "https://shop.test/openapi.json" # linked from /docs' in text
    assert "# POST /login gave it" in text
    assert read_back(text, tmp_path) == (FULL.collect, FULL.judge)


@given(
    name=st.text(st.characters(codec="utf-8"), min_size=1, max_size=10),
    text=st.text(st.characters(codec="utf-8"), max_size=20),
)
def test_hostile_texts_stay_values(tmp_path_factory, name, text):
    settings = Settings(
        collect=CollectSettings(
            url="http://127.0.0.1",
            environment=Environment.STAGING,
            authorized_by=text,
            accounts=(AccountSettings(name=name, bearer=SecretSource(env="A")),),
        )
    )
    rendered = render_settings(settings, {"target.authorized_by": text})
    collect, _ = read_back(rendered, tmp_path_factory.mktemp("x"))
    assert collect == settings.collect
