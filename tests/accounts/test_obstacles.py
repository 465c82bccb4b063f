"""What stands between us and an account: repaired where answers say how, else named in a sentence."""

import re

import pytest
from aiohttp import web

from launchready.door.permit import Safety
from launchready.model.outcome import Cause, Input
from launchready.model.principal import LoginMeans
from launchready.model.settings import AccountSettings, LoginRecipe, SecretSource
from tests.accounts.support import STRING, Target, fields_of, header, refuse


def bearer_target(**options) -> Target:
    target = Target(**options)
    target.log_in(reply=lambda token: {"token": token})
    target.me(header("Authorization", "Bearer "))
    return target


def with_register(check, *names, schema=None) -> Target:
    """A target whose sign-up refuses with what `check` gives for the fields sent."""
    target = bearer_target()

    async def register(request):
        sent = await request.json()
        refusal = check(sent)
        if refusal is not None:
            return refusal
        user = target.register(sent)
        return (
            web.json_response({"id": user["id"]}, status=201)
            if user
            else refuse(409, detail="already exists")
        )

    described = schema or fields_of(**dict.fromkeys(names or ("username", "email", "password"), STRING))
    target.add("POST", "/register", register, **target.body(described))
    return target


def fastapi(field, message):
    return refuse(422, detail=[{"loc": ["body", field], "msg": message, "type": "value_error"}])


def django(field, message):
    return refuse(400, **{field: [message]})


def rails(field, message):
    return refuse(422, errors={field: [message]})


def express(field, message):
    return refuse(400, errors=[{"type": "field", "path": field, "msg": message, "location": "body"}])


def nest(field, message):
    return refuse(400, statusCode=400, error="Bad Request", message=[f"{field} {message}"])


def spring(field, message):
    return refuse(400, errors=[{"field": field, "defaultMessage": message, "code": "Size"}])


def zod(field, message):
    return refuse(
        400, success=False, error={"issues": [{"code": "too_small", "path": [field], "message": message}]}
    )


def json_api(field, message):
    pointer = {"pointer": f"/data/attributes/{field}"}
    return refuse(422, errors=[{"status": "422", "source": pointer, "title": "Invalid", "detail": message}])


def problem_details(field, message):
    return refuse(
        400, **{"type": "about:blank", "title": "Bad", "invalid-params": [{"name": field, "reason": message}]}
    )


def asp_net(field, message):
    return refuse(400, title="One or more validation errors occurred.", errors={field.title(): [message]})


def own_words(field, message):
    return refuse(422, error={"code": "invalid_input", "fields": [{"field": field, "problem": message}]})


DIALECTS = (
    fastapi, django, rails, express, nest, spring, zod, json_api, problem_details, asp_net, own_words,
)  # fmt: skip


@pytest.mark.parametrize("dialect", DIALECTS)
async def test_a_password_is_made_longer_in_every_dialect(run, dialect):
    def check(sent):
        return (
            dialect("password", "must be at least 24 characters long") if len(sent["password"]) < 24 else None
        )

    evidence = await (await run(with_register(check))).crew.assemble()
    assert [account.confirmed for account in evidence.accounts] == [True, True]


@pytest.mark.parametrize(
    ("pattern", "message"),
    [
        (r"^.{8,12}$", "Password must be between 8 and 12 characters"),
        (r"^[A-Za-z0-9]+$", "Only letters and numbers, please"),
        (r"[@$%]", "Password must contain at least one special character: @$%"),
    ],
)
async def test_a_password_is_fitted_to_the_policy_that_the_refusal_states(run, pattern, message):
    def check(sent):
        return None if re.search(pattern, sent["password"]) else fastapi("password", message)

    evidence = await (await run(with_register(check))).crew.assemble()
    assert [account.confirmed for account in evidence.accounts] == [True, True]


async def test_a_user_name_is_fitted_to_the_schema(run):
    name = {"type": "string", "pattern": "^[a-z]{4,8}$", "maxLength": 8}
    seen = []

    def check(sent):
        seen.append(sent["username"])
        return None if re.fullmatch("[a-z]{4,8}", sent["username"]) else fastapi("username", "bad")

    schema = fields_of(username=name, password=STRING)
    evidence = await (await run(with_register(check, schema=schema))).crew.assemble()
    assert [account.confirmed for account in evidence.accounts] == [True, True]
    assert len(seen) == 2
    assert len(set(seen)) == 2


async def test_a_user_name_is_fitted_to_a_sentence(run):
    def check(sent):
        if not sent["username"].isalnum():
            return nest("username", "must contain only letters and numbers")
        return nest("username", "must be at most 8 characters") if len(sent["username"]) > 8 else None

    evidence = await (await run(with_register(check))).crew.assemble()
    assert [account.confirmed for account in evidence.accounts] == [True, True]


async def test_what_the_description_forgot_is_added(run):
    def check(sent):
        if sent.get("password_confirmation") != sent["password"]:
            return rails("password_confirmation", "can't be blank")
        if sent.get("terms") is not True:
            return rails("terms", "is required")
        return rails("birthday", "Field required") if "birthday" not in sent else None

    evidence = await (await run(with_register(check))).crew.assemble()
    assert [account.confirmed for account in evidence.accounts] == [True, True]


async def test_a_choice_is_made_from_what_the_refusal_lists_and_never_a_powerful_one(run):
    kinds = set()

    def check(sent):
        if sent.get("kind") not in ("admin", "buyer", "seller"):
            return fastapi("kind", "Input should be one of: 'admin', 'buyer', 'seller'")
        kinds.add(sent["kind"])
        return None

    names = ("username", "email", "password", "kind")
    evidence = await (await run(with_register(check, *names))).crew.assemble()
    assert [account.confirmed for account in evidence.accounts] == [True, True]
    assert kinds == {"buyer"}


async def test_a_sign_up_that_refuses_everything_is_left_after_a_few_attempts(run):
    stage = await run(with_register(lambda _sent: fastapi("password", "must be at least 60 characters")))
    evidence = await stage.crew.assemble()
    assert len(stage.requests("/register")) <= 10
    gap = evidence.gaps[0]
    assert gap.cause is Cause.NEEDS_INPUT
    assert "at least 60 characters" in gap.reason
    assert "launchready login member_a" in gap.remedy.sentence
    assert [item.remedy.input for item in evidence.gaps] == [Input.MEMBER_LOGIN, Input.SECOND_MEMBER_LOGIN]


@pytest.mark.parametrize(
    ("status", "body", "words"),
    [
        (400, {"detail": "hCaptcha verification failed"}, "captcha"),
        (403, {"message": "An invitation code is required"}, "invitation"),
        (403, {"error": "Registration is disabled"}, "closed"),
        (404, {"detail": "Not Found"}, "not there"),
        (401, {"detail": "Unauthorized"}, "refused to strangers"),
    ],
)
async def test_a_sentence_says_why_nobody_can_sign_up(run, status, body, words):
    stage = await run(with_register(lambda _sent: refuse(status, **body)))
    evidence = await stage.crew.assemble()
    assert evidence.accounts == ()
    assert words in evidence.gaps[0].reason
    assert "launchready login member_a" in evidence.gaps[0].remedy.sentence
    assert not stage.crew.can_sign_up
    assert await stage.crew.spare("anything") is None


async def test_a_captcha_with_its_providers_test_keys_is_passed(run):
    def check(sent):
        ok = sent.get("turnstile_token") == "XXXX.DUMMY.TOKEN.XXXX"
        return None if ok else refuse(400, detail="captcha missing")

    names = ("username", "email", "password", "turnstile_token")
    evidence = await (await run(with_register(check, *names))).crew.assemble()
    assert [account.confirmed for account in evidence.accounts] == [True, True]


async def test_a_required_invitation_code_is_not_guessed(run):
    stage = await run(with_register(lambda _sent: None, "username", "password", "invite_code"))
    evidence = await stage.crew.assemble()
    assert stage.requests("/register") == []
    assert "invitation" in evidence.gaps[0].reason


async def test_no_sign_up_in_the_description(run):
    evidence = await (await run(bearer_target())).crew.assemble()
    assert "no sign-up" in evidence.gaps[0].reason


async def test_a_200_with_an_error_body_is_a_refused_login(run):
    target = Target()
    target.sign_up("username", "email", "password")

    async def login(_request):
        return web.json_response(
            {"success": False, "token": "not-a-token-at-all", "message": "Wrong password"}
        )

    target.add("POST", "/login", login, **target.body(fields_of(username=STRING, password=STRING)))
    target.me(header("Authorization", "Bearer "))
    evidence = await (await run(target)).crew.assemble()
    assert evidence.accounts == ()
    assert "Wrong password" in evidence.gaps[0].reason


async def test_a_me_that_strangers_can_read_confirms_nothing(run):
    target = Target()
    target.sign_up("username", "email", "password")
    target.log_in(reply=lambda token: {"token": token})
    target.me(
        header("Authorization", "Bearer "),
        stranger=lambda: web.json_response({"id": "guest", "role": "guest"}),
    )
    stage = await run(target)
    evidence = await stage.crew.assemble()
    assert [account.confirmed for account in evidence.accounts] == [False, False]
    assert not stage.crew.has("member_a")
    assert [gap.cause for gap in evidence.gaps] == [Cause.NO_CONTROL] * 2


async def test_beside_a_me_that_strangers_can_read_another_operation_confirms(run):
    target = Target()
    target.sign_up("username", "email", "password")
    target.log_in(reply=lambda token: {"token": token})
    target.me(
        header("Authorization", "Bearer "),
        stranger=lambda: web.json_response({"id": "guest", "role": "guest"}),
    )

    async def orders(request):
        user = target.holder(header("Authorization", "Bearer ")(request))
        return web.json_response([{"id": 1}]) if user else refuse(401)

    target.add("GET", "/orders", orders)
    evidence = await (await run(target)).crew.assemble()
    assert {account.confirmed_at for account in evidence.accounts} == {"GET /orders"}


async def test_a_session_that_is_null_to_strangers_confirms_by_the_accounts_name(run):
    target = Target()
    target.sign_up("username", "email", "password")
    target.log_in(reply=lambda token: {"token": token})
    target.me(header("Authorization", "Bearer "), stranger=lambda: web.json_response({"user": None}))
    evidence = await (await run(target)).crew.assemble()
    assert [account.confirmed for account in evidence.accounts] == [True, True]


async def test_a_credential_that_nothing_accepts_is_no_session(run):
    target = Target()
    target.sign_up("username", "email", "password")
    target.log_in(reply=lambda _token: {"token": "forgotten-at-once-0123456789"})
    target.me(header("Authorization", "Bearer "))
    stage = await run(target)
    evidence = await stage.crew.assemble()
    assert [account.confirmed for account in evidence.accounts] in ([], [False, False])
    assert "refused it in all" in evidence.gaps[0].reason
    assert not stage.crew.has("member_a")


async def test_a_get_that_changes_things_is_never_used_to_confirm(run):
    target = bearer_target()
    target.sign_up("username", "email", "password")
    calls = []

    async def wipe(request):
        calls.append(request.path)
        return refuse(401)

    for path in ("/createdb", "/admin/reset", "/tasks/run", "/logout"):
        target.add("GET", path, wipe)
    del target.paths["/me"]
    await (await run(target)).crew.assemble()
    assert calls == []


async def test_a_429_is_waited_for_and_tried_once_more(run):
    calls = []

    def check(_sent):
        calls.append(1)
        return (
            None
            if len(calls) != 1
            else web.json_response({"detail": "slow down"}, status=429, headers={"Retry-After": "0"})
        )

    evidence = await (await run(with_register(check))).crew.assemble()
    assert [account.confirmed for account in evidence.accounts] == [True, True]
    assert len(calls) == 3


async def test_nothing_is_signed_up_where_only_looking_is_allowed(run, monkeypatch):
    stage = await run(with_register(lambda _sent: None))
    monkeypatch.setattr(stage.door.permit, "safety", Safety.PASSIVE)
    monkeypatch.setattr(stage.door.permit, "_why_not", ("it is not yours", "Run: launchready prove URL"))
    evidence = await stage.crew.assemble()
    assert stage.requests("/register") == []
    assert [gap.cause for gap in evidence.gaps] == [Cause.NOT_PERMITTED] * 2


async def test_two_logins_of_one_account_are_one_account(run):
    target = bearer_target()
    target.users["one"] = {"id": "u1", "username": "only.one", "password": "pw"}
    token = target.open_session("one")
    accounts = tuple(
        AccountSettings(name=name, bearer=SecretSource(env="T")) for name in ("member_a", "member_b")
    )
    evidence = await (
        await run(target, accounts=accounts, resolve=lambda _source, _key: token)
    ).crew.assemble()
    assert [account.principal.name for account in evidence.accounts] == ["member_a"]
    assert "same account" in evidence.gaps[0].reason


async def test_configured_accounts_of_every_kind(run):
    target = bearer_target()
    for name in ("ann", "bob", "mod", "boss"):
        target.users[f"user-{name}"] = {
            "id": f"id-{name}",
            "username": f"user-{name}",
            "password": f"pw-{name}",
        }
    values = {
        "A": target.open_session("user-ann"),
        "B": "pw-bob",
        "M": f"Bearer {target.open_session('user-mod')}",
        "X": "Bearer gone",
    }
    accounts = (
        AccountSettings(name="member_a", bearer=SecretSource(env="A")),
        AccountSettings(
            name="member_b", login=LoginRecipe(identifier="user-bob", password=SecretSource(env="B"))
        ),
        AccountSettings(
            name="moderator", role="moderator", headers=(("Authorization", SecretSource(env="M")),)
        ),
        AccountSettings(name="admin", role="admin", headers=(("Authorization", SecretSource(env="X")),)),
    )
    stage = await run(target, accounts=accounts, resolve=lambda source, _key: values[source.env])
    evidence = await stage.crew.assemble()
    confirmed = {account.principal.name: account for account in evidence.accounts if account.confirmed}
    assert set(confirmed) == {"member_a", "member_b", "moderator"}
    assert {account.means for account in confirmed.values()} == {LoginMeans.CONFIGURED}
    assert confirmed["moderator"].principal.role == "moderator"
    assert [gap.remedy.input for gap in evidence.gaps] == [Input.ADMIN_LOGIN]
    assert not stage.crew.has("admin")


async def test_a_sign_up_that_hides_that_the_account_exists_is_tried_under_another_name(run):
    target = bearer_target()

    async def register(request):
        target.register(await request.json())
        return web.json_response({"detail": "accepted"}, status=202)

    names = dict.fromkeys(("username", "email", "password"), STRING)
    target.add("POST", "/register", register, **target.body(fields_of(**names)))
    first = await run(target)
    await first.crew.assemble()
    for user in target.users.values():
        user["password"] = "somebody else's"
    evidence = await (await run(target, url=first.url)).crew.assemble()
    assert [account.confirmed for account in evidence.accounts] == [True, True]
    assert len(target.users) == 4


async def test_a_refusal_that_repeats_the_password_does_not_bring_it_into_the_evidence(run):
    sent_passwords = []

    def check(sent):
        sent_passwords.append(sent["password"])
        return fastapi("password", f"The password {sent['password']} is not liked")

    evidence = await (await run(with_register(check))).crew.assemble()
    assert "is not liked" in evidence.gaps[0].reason
    assert sent_passwords
    assert [value for value in sent_passwords if value in repr(evidence)] == []


async def test_telephone_numbers_are_fictional_and_differ(run):
    phones = []

    def check(sent):
        phones.append(sent["phone_number"])
        return (
            refuse(400, detail="phone number already registered") if len(set(phones)) < len(phones) else None
        )

    stage = await run(with_register(check, "username", "password", "phone_number"))
    evidence = await stage.crew.assemble()
    assert [account.confirmed for account in evidence.accounts] == [True, True]
    assert all(re.fullmatch(r"\+1\d{3}55501\d\d", phone) for phone in phones)


async def test_an_account_that_nobody_can_enter_is_still_told_as_made(run):
    told = []
    target = with_register(lambda _sent: None)
    target.routes = [route for route in target.routes if route[1] != "/login"]
    stage = await run(target, made=lambda person: told.append(person.name))
    evidence = await stage.crew.assemble()
    assert told == ["member_a", "member_b"]
    assert not stage.crew.has("member_a")
    assert "no login for it was accepted" in evidence.gaps[0].reason
