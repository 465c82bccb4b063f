"""Credentials in answers, as the real check judges them. What looks like one is made at run time."""

import secrets

import pytest

from launchready.model.outcome import Confidence
from launchready.model.report import State
from tests.collecting.market import LOGIN, TEXT, Market, answer, body, object_of, replies
from tests.collecting.stage import judged

CHECK = "SEC-13"
ADDRESS = object_of({"email": TEXT}, ("email",))


class Reset(Market):
    """A market with e-mail addresses and a password reset. `gives` makes the answer to who asks out of the token."""

    def __init__(self, gives=lambda token: {}, *, code=False):
        self.gives, self.code, self.tokens, self.asked_for = gives, code, {}, []
        super().__init__()
        credentials = object_of(
            {"email": TEXT, "username": TEXT, "password": TEXT}, ("email", "username", "password")
        )
        self.on("POST", "/signup", self._sign_up, **body(credentials), security=[])
        self.on("POST", "/password-reset", self._ask, security=[], **body(ADDRESS))
        fields = {"token": TEXT, "new_password": TEXT}
        self.on("POST", "/password-reset/confirm", self._set, security=[], **body(object_of(fields, fields)))

    async def _sign_up(self, request):
        sent = await request.json()
        reply = await super()._sign_up(request)
        if reply.status == 201:
            self.users[sent["username"]]["email"] = sent["email"]
        return reply

    async def _ask(self, request):
        address = (await request.json()).get("email")
        self.asked_for.append(address)
        name = next((name for name, user in self.users.items() if user["email"] == address), None)
        token = secrets.token_urlsafe(24)
        if name is not None:
            self.tokens[token] = name
        return answer({"message": "We have sent you a mail."} | self.gives(token))

    async def _set(self, request):
        sent = await request.json()
        name = self.tokens.pop(sent.get("token"), None)
        if name is None or self.code:  # the code from the mail is missing
            return answer({"detail": "not valid"}, 400)
        self.users[name]["password"] = sent["new_password"]
        return answer({"message": "done"})


async def verdict(market):
    return (await judged(market, "ResponseCredentials"))[CHECK]


def found(result, confidence=Confidence.CONFIRMED):
    return [
        f"{one.subject.method} {one.subject.path}" for one in result.findings if one.confidence is confidence
    ]


async def test_a_reset_that_only_sends_a_mail_passes():
    market = Reset()
    assert (await verdict(market)).state is State.PASS
    assert market.asked_for


@pytest.mark.parametrize(
    "gives",
    [
        lambda token: {"reset_token": token},
        lambda token: {"token": token},
        lambda token: {"reset_link": f"https://shop.example/reset?token={token}"},
    ],
)
async def test_a_reset_token_that_sets_a_new_password_is_confirmed(gives):
    result = await verdict(Reset(gives))
    assert found(result) == ["POST /password-reset"]
    assert "curl" in result.findings[0].reproduce


async def test_a_handle_that_needs_the_mailed_code_is_only_a_question():
    result = await verdict(Reset(lambda token: {"reset_token": token}, code=True))
    assert found(result) == []
    assert found(result, Confidence.SUSPECTED) == ["POST /password-reset"]


def profiles(**fields):
    """A market whose accounts show more fields; those named `own` come from the account."""
    market = Market()

    async def me(request):
        user = market.users.get(market.user(request))
        if user is None:
            return answer({"detail": "log in"}, 401)
        more = {name: value(user) if callable(value) else value for name, value in fields.items()}
        return answer({"id": user["id"], "username": user["username"], **more})

    market.on("GET", "/me", me, security=LOGIN, **replies(object_of({"id": TEXT, "username": TEXT})))
    return market


async def test_a_password_in_clear_is_told_once():
    result = await verdict(profiles(password=lambda user: user["password"]))
    assert found(result) == ["GET /me"]
    assert len(result.findings) == 1


async def test_a_hash_of_a_password_is_confirmed():
    digest = "$2b$12$" + "".join(secrets.choice("abcdefghij") for _ in range(53))
    assert found(await verdict(profiles(password_hash=digest))) == ["GET /me"]


@pytest.mark.parametrize(
    "fields",
    [
        {"password": "********"},
        {"password": "•••••"},
        {"api_key": "ak_1…9f"},
        {"has_password": True},
        {"password_changed_at": "2026-01-01"},
        {"secret": "a text that the member wrote"},
    ],
)
async def test_masked_and_unrelated_values_are_none(fields):
    assert not (await verdict(profiles(**fields))).findings


async def test_a_key_shown_at_its_creation_only_is_none_and_in_lists_a_question():
    async def create(request):
        user = market.user(request)
        if user is None:
            return answer({"detail": "log in"}, 401)
        key = secrets.token_urlsafe(20)
        made = market.made("keys", user, **(await request.json()), **({"api_key": key} if shown else {}))
        return answer({**made, "api_key": key}, 201)

    for shown in (False, True):
        market = Market()
        market.resource("keys")
        market.on("POST", "/keys", create)
        result = await verdict(market)
        assert found(result) == []
        assert bool(found(result, Confidence.SUSPECTED)) is shown


async def test_a_secret_that_the_member_stored_is_none():
    market = Market()
    market.resource(
        "books", fields={"title": TEXT, "client_secret": TEXT}, required=("title", "client_secret")
    )
    assert not (await verdict(market)).findings
