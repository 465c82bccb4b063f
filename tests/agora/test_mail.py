"""Confirmation, reset and invitation through a real SMTP server on loopback."""

import email
import re
import time
from urllib.parse import parse_qs, urlsplit

import pytest
from aiosmtpd.controller import Controller

from tests.agora import support
from tests.agora.support import PASSWORD


class Sink:
    def __init__(self):
        self.mails = []

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 - the library's name
        self.mails.append((envelope.rcpt_tos[0], email.message_from_bytes(envelope.content)))
        return "250 OK"

    def link(self, to, subject):
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            for recipient, message in self.mails:
                if recipient == to and subject in message["Subject"]:
                    return re.search(r"https?://\S+", message.get_payload()).group()
            time.sleep(0.02)
        raise AssertionError(f"no mail {subject!r} for {to}")

    def token(self, to, subject):
        return parse_qs(urlsplit(self.link(to, subject)).query)["token"][0]


@pytest.fixture
def sink():
    handler = Sink()
    controller = Controller(handler, hostname="127.0.0.1", port=support.free_port())
    controller.start()
    handler.port = controller.port
    yield handler
    controller.stop()


@pytest.fixture
def api(sink, database):
    changes = {"smtp_url": f"smtp://127.0.0.1:{sink.port}", "require_verified_email": True,
               "public_base_url": "https://api.example.com"}  # fmt: skip
    with support.serve(database, **changes) as server:
        yield server.api


def test_unverified_members_log_in_but_create_nothing_until_they_confirm(api, sink):
    a = api.member()
    refused = api.post("/collections", {"name": "x"}, by=a)
    assert refused.status == 403
    assert "verify your e-mail" in refused.json["error"]["message"]
    assert api.get("/collections", by=a).status == 200
    link = sink.link(a.email, "confirm")
    assert link.startswith("https://api.example.com/auth/verify-email?token=")
    path = link.removeprefix("https://api.example.com")
    assert api.get(path).status == 200
    assert api.get(path).status == 400
    assert api.post("/collections", {"name": "x"}, by=a).status == 201
    assert api.get("/members/me", by=a).json["email_verified"] is True


def test_password_reset_works_once_and_ends_sessions(api, sink):
    a = api.member()
    known = api.post("/auth/password-reset", {"email": a.email})
    unknown = api.post("/auth/password-reset", {"email": "nobody@example.com"})
    assert (known.status, known.text) == (unknown.status, unknown.text)
    token = sink.token(a.email, "new password")
    assert api.get(f"/auth/password-reset/confirm?token={token}").status == 200
    body = {"token": token, "new_password": "Another-horse-9"}
    assert api.post("/auth/password-reset/confirm", body).status == 200
    assert api.post("/auth/password-reset/confirm", body).status == 400
    assert api.get("/members/me", by=a).status == 401
    assert api.post("/auth/login", {"email": a.email, "password": PASSWORD}).status == 401
    api.log_in(a, "Another-horse-9")


def test_a_confirmation_token_does_not_reset_a_password(api, sink):
    a = api.member()
    body = {"token": sink.token(a.email, "confirm"), "new_password": "Another-horse-9"}
    assert api.post("/auth/password-reset/confirm", body).status == 400


def test_invitations_work_for_the_invited_address_only_and_once(api, sink):
    admin, a, b = api.staff(support.ADMIN), api.member(), api.member()
    group = api.made("/groups", {"name": "Secret", "visibility": "private"}, admin)["id"]
    invite = api.made("/invites", {"email": a.email, "group_id": group}, admin)
    token = sink.token(a.email, "invites you")
    assert token not in str(invite)
    assert api.get(f"/groups/{group}", by=a).status == 404
    assert api.post("/invites/accept", {"token": token}, by=b).status == 400
    assert api.post("/invites/accept", {"token": token}, by=a).status == 200
    assert api.post("/invites/accept", {"token": token}, by=a).status == 400
    assert api.get(f"/groups/{group}", by=a).status == 200


def test_a_known_address_gets_a_mail_of_its_own_at_sign_up(api, sink):
    a = api.member()
    body = {"email": a.email, "password": PASSWORD, "handle": "another1", "display_name": "B"}
    assert api.post("/auth/sign-up", body).status == 202
    deadline = time.monotonic() + 10
    while not any("already" in message["Subject"] for _, message in sink.mails):
        assert time.monotonic() < deadline
        time.sleep(0.02)
