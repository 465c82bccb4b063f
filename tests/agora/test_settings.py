import os
import subprocess
import sys

import pytest

from agora.settings import Limit, SettingsError, load_settings

COMPLETE = {
    "AGORA_SECRET_KEY": "a" * 32,
    "AGORA_WEBHOOK_SECRET": "b" * 32,
    "AGORA_DATABASE_URL": "sqlite:///agora.db",
    "AGORA_ALLOWED_ORIGINS": "https://app.example.com, https://www.example.com",
    "AGORA_PUBLIC_BASE_URL": "https://api.example.com/",
    "AGORA_SMTP_URL": "smtp://mail.example.com:25",
}


@pytest.fixture
def environment(monkeypatch):
    for name in list(os.environ):
        if name.startswith("AGORA_"):
            monkeypatch.delenv(name)
    for name, value in COMPLETE.items():
        monkeypatch.setenv(name, value)
    return monkeypatch


def test_complete_settings_load(environment):
    settings = load_settings()
    assert settings.allowed_origins == ("https://app.example.com", "https://www.example.com")
    assert settings.public_base_url == "https://api.example.com"
    assert settings.require_verified_email is True
    assert settings.limit_sign_up == Limit(40, 600)


@pytest.mark.parametrize("name", COMPLETE)
def test_each_missing_setting_is_named(name, environment):
    environment.delenv(name)
    with pytest.raises(SettingsError, match=f"{name}: must be set"):
        load_settings()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("AGORA_SECRET_KEY", "short"),
        ("AGORA_WEBHOOK_SECRET", "short"),
        ("AGORA_WEBHOOK_SECRET", "a" * 32),
        ("AGORA_DATABASE_URL", "mysql://localhost/agora"),
        ("AGORA_ALLOWED_ORIGINS", "*"),
        ("AGORA_ALLOWED_ORIGINS", "https://*.example.com"),
        ("AGORA_ALLOWED_ORIGINS", "https://app.example.com/path"),
        ("AGORA_PUBLIC_BASE_URL", "api.example.com"),
        ("AGORA_SMTP_URL", "http://mail"),
        ("AGORA_SMTP_URL", "none"),
        ("AGORA_LIMIT_WRITES", "many"),
        ("AGORA_ENVIRONMENT", "laptop"),
        ("AGORA_ADMIN_EMAIL", "admin@example.com"),
        ("AGORA_SENTRY_DSN", "file:///etc/passwd"),
    ],
)
def test_unsafe_values_are_refused(name, value, environment):
    environment.setenv(name, value)
    with pytest.raises(SettingsError) as caught:
        load_settings()
    assert "AGORA_" in str(caught.value)


def test_secrets_are_not_in_messages_or_reprs(environment):
    assert "a" * 32 not in repr(load_settings())
    environment.setenv("AGORA_SECRET_KEY", "short-and-private")
    with pytest.raises(SettingsError) as caught:
        load_settings()
    assert "short-and-private" not in str(caught.value)


def test_serve_refuses_to_start_without_settings():
    bare = {name: value for name, value in os.environ.items() if not name.startswith("AGORA_")}
    ended = subprocess.run(
        [sys.executable, "-m", "agora", "serve", "--port", "0"],
        env=bare,
        capture_output=True,
        check=False,
        text=True,
        timeout=30,
    )
    assert ended.returncode == 2
    assert "AGORA_SECRET_KEY: must be set" in ended.stderr
    assert ended.stdout == ""
