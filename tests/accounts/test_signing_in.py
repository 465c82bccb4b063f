"""Every form of sign-up, login and credential, found without configuration."""

import pytest
from aiohttp import web

from launchready.door.messages import JsonBody, Request
from launchready.model.evidence import Accounts
from launchready.model.principal import LoginMeans
from tests.accounts.support import (
    STRING,
    Stage,
    Target,
    basic_pair,
    cookie,
    fields_of,
    header,
    refuse,
)


def both_in(evidence: Accounts) -> bool:
    names = [account.principal.name for account in evidence.accounts if account.confirmed]
    return names == ["member_a", "member_b"] and not evidence.gaps


def schemes(evidence: Accounts) -> set[str]:
    return {account.scheme for account in evidence.accounts}


async def signed_in(stage: Stage) -> Accounts:
    evidence = await stage.crew.assemble()
    assert both_in(evidence), (evidence.gaps, evidence.notes)
    return evidence


def json_target(read, reply, **options) -> Target:
    target = Target(**options)
    target.sign_up("username", "email", "password")
    target.log_in(reply=reply)
    target.me(read)
    return target


async def test_json_login_with_a_bearer_token(run):
    target = json_target(header("Authorization", "Bearer "), lambda token: {"access_token": token})
    evidence = await signed_in(await run(target))
    assert schemes(evidence) == {"bearer"}
    account = evidence.accounts[0]
    assert account.means is LoginMeans.SIGN_UP
    assert account.confirmed_at == "GET /me"
    assert dict(account.handle)["id"] == "u1000"
    assert dict(account.handle)["email"].startswith("{{email:")
    assert "access_token" in " ".join(evidence.notes)
    assert "Authorization: Bearer" in " ".join(evidence.notes)


@pytest.mark.parametrize(("prefix", "scheme"), [("Token ", "token"), ("", "raw"), ("JWT ", "jwt")])
async def test_other_words_before_the_token(run, prefix, scheme):
    def read(request):
        value = request.headers.get("Authorization", "")
        return (
            value.removeprefix(prefix)
            if value.startswith(prefix) and " " not in value.removeprefix(prefix)
            else None
        )

    evidence = await signed_in(
        await run(json_target(read, lambda token: {"data": {"session": {"accessToken": token}}}))
    )
    assert schemes(evidence) == {scheme}


async def test_a_token_in_a_response_header(run):
    def reply(token):
        return web.json_response({"ok": True}, headers={"X-Auth-Token": token})

    evidence = await signed_in(await run(json_target(header("X-Auth-Token"), reply)))
    assert schemes(evidence) == {"api_key:X-Auth-Token"}


async def test_an_api_key_header_that_the_description_names(run):
    target = json_target(header("X-Market-Key"), lambda token: {"api_key": token})
    target.schemes["key"] = {"type": "apiKey", "in": "header", "name": "X-Market-Key"}
    target.paths["/me"]["get"]["security"] = [{"key": []}]
    evidence = await signed_in(await run(target))
    assert schemes(evidence) == {"api_key:X-Market-Key"}


async def test_an_api_key_in_the_query(run):
    target = json_target(lambda request: request.query.get("api_key"), lambda token: {"token": token})
    target.schemes["key"] = {"type": "apiKey", "in": "query", "name": "api_key"}
    target.paths["/me"]["get"]["security"] = [{"key": []}]
    evidence = await signed_in(await run(target))
    assert schemes(evidence) == {"api_key_query:api_key"}


async def test_a_password_form_of_oauth2(run):
    target = Target()
    target.sign_up("email", "password", "full_name")

    async def token(request):
        form = await request.post()
        user = target.checked(form.get("username"), form.get("password"))
        if form.get("grant_type") != "password" or user is None:
            return refuse(400, error="invalid_grant")
        return web.json_response({"access_token": target.open_session(user["email"]), "token_type": "bearer"})

    grant = {"type": "string", "pattern": "^password$"}
    schema = fields_of(username=STRING, password=STRING)
    schema["properties"] |= {"grant_type": grant, "client_secret": STRING}
    target.add("POST", "/auth/token", token, **target.body(schema, "application/x-www-form-urlencoded"))
    target.schemes["oauth"] = {
        "type": "oauth2",
        "flows": {"password": {"tokenUrl": "/auth/token", "scopes": {}}},
    }
    target.me(header("Authorization", "Bearer "))
    target.paths["/me"]["get"]["security"] = [{"oauth": []}]
    evidence = await signed_in(await run(target))
    assert "Login: POST /auth/token with the e-mail" in evidence.notes


async def test_a_session_cookie_and_the_header_that_repeats_the_other_cookie(run):
    target = Target()

    def csrf_fails(request):
        sent = request.headers.get("X-CSRFToken", "")
        return not sent or sent != request.cookies.get("csrftoken")

    async def csrf(_request):
        answer = web.json_response({"detail": "set"})
        answer.set_cookie("csrftoken", "c0ffee-first-value")
        return answer

    async def register(request):
        if csrf_fails(request):
            return refuse(403, detail="CSRF Failed: CSRF token missing.")
        user = target.register(await request.json())
        return web.json_response({"id": user["id"]}, status=201) if user else refuse(400, username=["taken"])

    async def login(request):
        if csrf_fails(request):
            return refuse(403, detail="CSRF Failed: CSRF token missing.")
        sent = await request.json()
        user = target.checked(sent["username"], sent["password"])
        if user is None:
            return refuse(400, non_field_errors=["Unable to log in with provided credentials."])
        answer = web.json_response({"detail": "welcome"})
        answer.set_cookie("sessionid", target.open_session(user["username"]), httponly=True, secure=True)
        answer.set_cookie("csrftoken", "c0ffee-second-value")
        return answer

    async def note(request):
        if target.holder(request.cookies.get("sessionid")) is None or csrf_fails(request):
            return refuse(403, detail="no")
        return web.json_response({"id": 1}, status=201)

    form = fields_of(username=STRING, password=STRING)
    target.add("GET", "/auth/csrf", csrf)
    target.add("POST", "/auth/register", register, **target.body(form))
    target.add("POST", "/auth/login", login, **target.body(form))
    target.add("POST", "/notes", note, **target.body(fields_of(text=STRING)))
    target.me(cookie("sessionid"))
    stage = await run(target)
    evidence = await signed_in(stage)
    assert schemes(evidence) == {"cookie"}
    wrote = await stage.door.send(
        Request(
            method="POST",
            url="/notes",
            principal="member_a",
            body=JsonBody(value={"text": "hi"}),
            active=True,
        )
    )
    assert wrote.status == 201


async def test_basic_credentials_without_any_login(run):
    target = Target()
    target.sign_up("username", "password", path="/users")
    target.schemes["basic"] = {"type": "http", "scheme": "basic"}

    async def me(request):
        user = target.checked(*basic_pair(request))
        return web.json_response({"username": user["username"]}) if user else refuse(401)

    target.add("GET", "/me", me, security=[{"basic": []}])
    evidence = await signed_in(await run(target))
    assert schemes(evidence) == {"basic"}


async def test_fields_wrapped_in_an_object_and_a_token_from_the_sign_up_itself(run):
    target = Target()

    async def register(request):
        user = target.register((await request.json())["user"])
        if user is None:
            return refuse(422, errors={"email": ["has already been taken"]})
        return web.json_response(
            {"user": {"username": user["username"], "token": target.open_session(user["username"])}}
        )

    async def login(request):
        sent = (await request.json())["user"]
        user = target.checked(sent["email"], sent["password"])
        return (
            web.json_response({"user": {"token": target.open_session(user["username"])}})
            if user
            else refuse(401)
        )

    new = fields_of(user=fields_of(username=STRING, email=STRING, password=STRING))
    target.add("POST", "/users", register, **target.body(new))
    target.add(
        "POST", "/users/login", login, **target.body(fields_of(user=fields_of(email=STRING, password=STRING)))
    )
    target.me(header("Authorization", "Token "), path="/user")
    stage = await run(target)
    await signed_in(stage)
    assert stage.requests("/users/login") == []
    again = await run(target, url=stage.url)
    evidence = await signed_in(again)
    assert {account.means for account in evidence.accounts} == {LoginMeans.REUSED}
    assert len(target.users) == 2


async def test_a_login_without_described_fields(run):
    target = Target()
    target.sign_up("username", "email", "password")
    target.log_in(reply=lambda token: {"token": token})
    target.me(header("Authorization", "Bearer "))
    del target.paths["/login"]["post"]["requestBody"]
    await signed_in(await run(target))


async def test_credentials_in_the_query_of_a_post(run):
    target = Target()

    async def register(request):
        user = target.register(dict(request.query))
        return web.json_response({"id": user["id"]}) if user else refuse(409)

    async def login(request):
        user = target.checked(request.query.get("username"), request.query.get("password"))
        return web.json_response({"token": target.open_session(user["username"])}) if user else refuse(401)

    query = [
        {"name": name, "in": "query", "required": True, "schema": STRING} for name in ("username", "password")
    ]
    target.add("POST", "/register", register, parameters=query)
    target.add("POST", "/login", login, parameters=query)
    target.me(header("Authorization", "Bearer "))
    await signed_in(await run(target))


async def test_the_same_accounts_are_used_on_the_next_run(run):
    target = json_target(header("Authorization", "Bearer "), lambda token: {"token": token})
    first = await run(target)
    one = await signed_in(first)
    second = await run(target, url=first.url)
    two = await signed_in(second)
    assert [account.means for account in two.accounts] == [LoginMeans.REUSED] * 2
    assert [dict(a.handle)["id"] for a in one.accounts] == [dict(a.handle)["id"] for a in two.accounts]


async def test_an_account_whose_password_somebody_changed_is_left_alone(run):
    target = json_target(header("Authorization", "Bearer "), lambda token: {"token": token})
    first = await run(target)
    await signed_in(first)
    for user in target.users.values():
        user["password"] = "somebody else's"
    evidence = await signed_in(await run(target, url=first.url))
    assert [account.means for account in evidence.accounts] == [LoginMeans.SIGN_UP] * 2
    assert len(target.users) == 4


async def test_no_secret_is_in_evidence_or_exchanges(run):
    target = json_target(header("Authorization", "Bearer "), lambda token: {"access_token": token})
    stage = await run(target)
    evidence = await signed_in(stage)
    for exchange in list(stage.exchanges):
        stage.door.cite(exchange.id)
    told = repr(evidence) + repr(stage.exchanges) + repr(stage.crew.people)
    hidden = [*target.sessions, *(user["password"] for user in target.users.values())]
    hidden += [user["email"] for user in target.users.values()]
    assert len(hidden) == 6
    assert [value for value in hidden if value in told] == []


READ_BEARER = header("Authorization", "Bearer ")


def list_target(accepts) -> Target:
    """No operation tells who is signed in; a new account's list is empty."""
    target = Target()
    target.sign_up(
        "username", "email", "password", reply=lambda user: {"id": user["id"], "email": user["email"]}
    )
    target.log_in(reply=lambda token: {"access_token": token})

    async def posts(request):
        return web.json_response([]) if accepts(target, request) else refuse(401, detail="not signed in")

    target.add("GET", "/posts", posts)
    return target


async def test_an_empty_list_confirms_where_made_up_tokens_are_refused(run):
    stage = await run(list_target(lambda target, request: target.holder(READ_BEARER(request)) is not None))
    evidence = await signed_in(stage)
    assert schemes(evidence) == {"bearer"}
    assert dict(evidence.accounts[0].handle)["id"] == "u1000"


async def test_an_empty_list_confirms_nothing_where_any_token_will_do(run):
    stage = await run(list_target(lambda _target, request: READ_BEARER(request) is not None))
    evidence = await stage.crew.assemble()
    assert not both_in(evidence)
