"""Commands that a person pastes."""

import shlex

from launchready.collecting.reproduce import curl
from launchready.door.messages import JsonBody, Request
from launchready.door.vault import Vault

BASE = "http://127.0.0.1:8000"
BEARER = (("Authorization", "Bearer {}"),)


def test_a_command_names_the_member_and_no_secret():
    secret = Vault(b"k" * 32).put("password", "quite a secret thing")
    request = Request(
        method="PUT",
        url="/users/x/password",
        principal="spare_3",
        body=JsonBody(value={"password": secret.ref}),
    )
    command = curl(request, base=BASE, credential=BEARER)
    assert "launchready token member_b" in command
    assert secret.ref not in command
    assert "Chosen-Passw0rd-1" in command


def test_a_vault_value_given_as_it_is_is_a_sample_too():
    secret = Vault(b"k" * 32).put("password", "quite a secret thing")
    command = curl(Request(method="POST", url="/x", bare=True, body=JsonBody(value={"p": secret})), base=BASE)
    assert secret.ref not in command
    assert "quite a secret thing" not in command


def test_a_command_without_a_login_asks_for_no_token():
    command = curl(
        Request(method="GET", url="/x", bare=True, query=(("q", "a b&c"),)), base=BASE, credential=BEARER
    )
    assert command == f'curl -sS -i "{BASE}/x?q=a+b%26c"'


def test_hostile_text_stays_inside_its_quotes():
    body = JsonBody(value={"title": "'; rm -rf / #$(id)"})
    words = shlex.split(curl(Request(method="POST", url="/x", bare=True, body=body), base=BASE))
    assert '{"title": "\'; rm -rf / #$(id)"}' in words
