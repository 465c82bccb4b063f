"""`launchready login`: a pasted curl command becomes credentials that are kept for their owner alone."""

import os
import stat
from datetime import UTC, datetime, timedelta

import jwt
import pytest

from launchready.accounts.curl import CurlError, parse_curl
from launchready.accounts.recordings import (
    RecordingError,
    forget_recording,
    load_recordings,
    save_recording,
)
from launchready.model.outcome import Cause
from launchready.model.principal import LoginMeans
from tests.accounts.support import Target, cookie, header

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)

BASH = r"""curl 'https://api.example.com:8443/v1/me?x=1' \
  -X 'GET' \
  -H 'accept: application/json' \
  -H 'authorization: Bearer TOKEN' \
  -H 'user-agent: Mozilla/5.0 (X11; Linux)' \
  -H 'sec-fetch-mode: cors' \
  -b 'session=abc%3D; theme=dark' \
  --data-raw $'{"note":"it\'s"}' \
  --compressed ;
"""
CMD = (
    'curl ^"https://api.example.com:8443/v1/me?x=1^&y=2^" ^\r\n'
    '  -H ^"accept: application/json^" ^\r\n'
    '  -H ^"authorization: Bearer TOKEN^" ^\r\n'
    '  -b ^"session=abc^%^3D; theme=dark^" ^\r\n'
    '  --data-raw ^"^{^\\^"note^\\^":^\\^"it\'s^\\^"^}^"'
)


@pytest.mark.parametrize("text", [BASH, BASH.replace("\n", "\r\n"), CMD])
def test_both_forms_of_copy_as_curl(text):
    login = parse_curl(text)
    assert login.origin == "https://api.example.com:8443"
    assert login.path == "/v1/me"
    assert dict(login.headers) == {"authorization": "Bearer TOKEN"}
    assert dict(login.cookies) == {"session": "abc%3D", "theme": "dark"}


def test_cookies_in_a_header_and_a_password_on_the_command_line():
    login = parse_curl(
        "curl -sS -u ann:secret-word -H 'Cookie: a=1; b=2=3' -H 'X-CSRFToken: t' http://127.0.0.1:1/x"
    )
    assert login.cookies == (("a", "1"), ("b", "2=3"))
    assert login.basic == ("ann", "secret-word")
    assert dict(login.headers) == {"X-CSRFToken": "t"}
    assert "secret-word" not in repr(login)


def test_escapes_of_dollar_quotes():
    login = parse_curl(r"curl 'http://127.0.0.1/x' -H $'x-api-key: it\'s\u0021 \x41'")
    assert dict(login.headers) == {"x-api-key": "it's! A"}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "Copy as cURL"),
        ("fetch('https://api.example.com')", "Copy as cURL"),
        ("curl 'https://api.example.com/", "cut off"),
        ("curl https://api.example.com/ -H 'accept: */*'", "no credential"),
        ("curl -H 'authorization: Bearer TOKEN'", "no address"),
    ],
)
def test_what_is_no_login_is_refused_with_the_next_step(text, words):
    with pytest.raises(CurlError, match=words):
        parse_curl(text)


def token(until: datetime) -> str:
    return jwt.encode({"sub": "ann", "exp": until}, "k" * 32, algorithm="HS256")


def curl_for(url: str, value: str) -> str:
    return f"curl '{url}/me' -H 'Authorization: Bearer {value}'"


def test_a_recording_is_for_its_owner_alone_and_comes_back_whole(tmp_path):
    end = NOW + timedelta(hours=2)
    login = parse_curl(curl_for("http://127.0.0.1:9", token(end)))
    saved = save_recording(tmp_path / "state", "member_a", login, NOW)
    save_recording(tmp_path / "state", "admin", login, NOW)
    assert saved.expires_at == end
    kept = load_recordings(tmp_path / "state")
    assert kept == {"member_a": saved, "admin": saved}
    if os.name == "posix":
        file = next((tmp_path / "state").iterdir())
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert forget_recording(tmp_path / "state", "admin")
    assert not forget_recording(tmp_path / "state", "admin")
    assert set(load_recordings(tmp_path / "state")) == {"member_a"}
    if os.name == "posix":
        assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_no_recordings_are_none_and_a_broken_file_says_what_to_do(tmp_path):
    assert load_recordings(tmp_path) == {}
    (tmp_path / "logins.json").write_text("{")
    with pytest.raises(RecordingError, match="delete it and record"):
        load_recordings(tmp_path)
    with pytest.raises(RecordingError, match="member_a"):
        save_recording(tmp_path / "new", "../x", parse_curl(curl_for("http://127.0.0.1", "TOKEN")), NOW)


def recorded(tmp_path, url, value, names=("member_a",)):
    for name in names:
        save_recording(tmp_path, name, parse_curl(curl_for(url, value)), NOW)
    return load_recordings(tmp_path)


async def test_a_recorded_login_is_used(run, tmp_path):
    target = Target()
    target.users["ann"] = {"id": "id-ann", "username": "user-ann"}
    target.me(header("Authorization", "Bearer "))
    stage = await run(target)
    recordings = recorded(tmp_path, stage.url.replace("127.0.0.1", "localhost"), target.open_session("ann"))
    second = await run(target, url=stage.url, recordings=recordings, now=lambda: NOW)
    evidence = await second.crew.assemble()
    assert [(a.principal.name, a.means, a.scheme, a.confirmed) for a in evidence.accounts] == [
        ("member_a", LoginMeans.RECORDED, "bearer", True)
    ]
    assert [gap.principal for gap in evidence.gaps] == ["member_b"]


async def test_recorded_cookies_are_used(run, tmp_path):
    target = Target()
    target.users["ann"] = {"id": "id-ann", "username": "user-ann"}
    target.me(cookie("sid"))
    stage = await run(target)
    text = f"curl {stage.url}/me -b 'sid={target.open_session('ann')}'"
    save_recording(tmp_path, "member_a", parse_curl(text), NOW)
    second = await run(target, url=stage.url, recordings=load_recordings(tmp_path), now=lambda: NOW)
    evidence = await second.crew.assemble()
    assert [(account.scheme, account.confirmed) for account in evidence.accounts] == [("cookie", True)]


async def test_a_recording_that_ended_or_is_of_another_place_is_not_sent(run, tmp_path):
    target = Target()
    target.me(header("Authorization", "Bearer "))
    stage = await run(target)
    over = recorded(tmp_path / "a", stage.url, token(NOW - timedelta(minutes=1)))
    elsewhere = recorded(
        tmp_path / "b", "https://other.example.com", token(NOW + timedelta(hours=1)), ("member_b",)
    )
    second = await run(target, url=stage.url, recordings=over | elsewhere, now=lambda: NOW)
    evidence = await second.crew.assemble()
    reasons = {gap.principal: gap.reason for gap in evidence.gaps}
    assert "ended on 2026-11-24 11:59 UTC" in reasons["member_a"]
    assert "other.example.com" in reasons["member_b"]
    assert [gap.cause for gap in evidence.gaps] == [Cause.NEEDS_INPUT] * 2
    assert "launchready login member_a" in evidence.gaps[0].remedy.sentence
    assert target.log == []
