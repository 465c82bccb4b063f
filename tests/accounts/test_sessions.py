"""Keeping people signed in, signing them in twice, spares and removal."""

import asyncio

from aiohttp import web

from launchready.accounts.crew import MOST_SPARES
from launchready.door.messages import Request
from launchready.model.outcome import Cause
from launchready.model.settings import AccountSettings, SecretSource
from tests.accounts.support import STRING, Target, fields_of, header, refuse


def bearer_target(**options) -> Target:
    target = Target(**options)
    target.sign_up("username", "email", "password")
    target.log_in(reply=lambda token: {"access_token": token, "expires_in": target.life})
    target.me(header("Authorization", "Bearer "))
    return target


async def test_a_session_that_ended_is_opened_again(run):
    target = bearer_target()
    stage = await run(target)
    await stage.crew.assemble()
    target.sessions.clear()
    assert await stage.crew.ensure("member_a")
    reply = await stage.door.send(Request(method="GET", url="/me", principal="member_a"))
    assert reply.json()["username"] == stage.crew.person("member_a").handles["username"]


async def test_a_short_lived_token_is_renewed_before_it_ends(run):
    target = bearer_target(life=0.6)
    stage = await run(target)
    await stage.crew.assemble()
    opened = len(target.sessions)
    assert await stage.crew.keep_fresh("member_b")
    await asyncio.sleep(0.45)
    assert await stage.crew.keep_fresh("member_b")
    assert len(target.sessions) == opened + 1
    await asyncio.sleep(0.3)
    assert (await stage.door.send(Request(method="GET", url="/me", principal="member_b"))).status == 200


async def test_a_refresh_token_is_used_and_kept_apart(run):
    target = Target()
    refreshed = []
    target.sign_up("username", "email", "password")
    target.log_in(
        reply=lambda token: {"tokens": {"access": {"token": token}, "refresh": {"token": f"refresh-{token}"}}}
    )
    target.me(header("Authorization", "Bearer "))

    async def refresh(request):
        token = (await request.json())["refresh_token"]
        refreshed.append(token)
        holder = target.holder(token.removeprefix("refresh-"))
        return (
            web.json_response({"access_token": target.open_session(holder["username"])})
            if holder
            else refuse(401)
        )

    target.add("POST", "/auth/refresh", refresh, **target.body(fields_of(refresh_token=STRING)))
    stage = await run(target)
    await stage.crew.assemble()
    logins = len(stage.requests("/login"))
    person = stage.crew.person("member_a")
    person.expires_at, person.life = stage.crew.desk.clock(), 10.0
    assert await stage.crew.keep_fresh("member_a")
    assert len(refreshed) == 1
    assert refreshed[0].startswith("refresh-")
    assert len(stage.requests("/login")) == logins


async def test_a_session_that_cannot_be_had_again_is_lost_and_said_so(run):
    target = bearer_target()
    stage = await run(target)
    await stage.crew.assemble()
    target.sessions.clear()
    for user in target.users.values():
        user["password"] = "changed by somebody"
    assert not await stage.crew.ensure("member_a")
    assert not stage.crew.has("member_a")
    assert stage.crew.gap("member_a").cause is Cause.SESSION_LOST


async def test_a_given_token_that_ends_is_lost(run):
    target = bearer_target()
    target.users["ann"] = {"id": "id-ann", "username": "user-ann", "password": "pw"}
    token = target.open_session("ann")
    accounts = (AccountSettings(name="member_a", bearer=SecretSource(env="T")),)
    stage = await run(target, accounts=accounts, resolve=lambda _source, _key: token)
    await stage.crew.assemble()
    assert await stage.crew.ensure("member_a")
    target.sessions.clear()
    assert not await stage.crew.ensure("member_a")
    assert await stage.crew.login_again("member_a") is None


async def test_a_second_session_leaves_the_first_alone(run):
    target = bearer_target()
    stage = await run(target)
    await stage.crew.assemble()
    first = dict(stage.door.wallet_of("member_a").secrets())
    session = await stage.crew.login_again("member_a")
    assert dict(stage.door.wallet_of("member_a").secrets()) == first
    assert dict(session.wallet.secrets()) != first
    replies = [
        await stage.door.send(Request(method="GET", url="/me", principal=name))
        for name in ("member_a", session.principal)
    ]
    assert replies[0].json() == replies[1].json()


async def test_spares_are_new_in_every_run_and_few(run):
    target = bearer_target()
    stage = await run(target)
    await stage.crew.assemble()
    people = [await stage.crew.spare("trial") for _ in range(MOST_SPARES + 2)]
    names = [person.handles["username"] for person in people if person]
    assert len(set(names)) == MOST_SPARES
    assert people[MOST_SPARES:] == [None, None]
    other = await run(target, url=stage.url)
    await other.crew.assemble()
    spare = await other.crew.spare("trial")
    assert spare.handles["username"] not in names


async def test_a_member_may_join_and_is_the_same_on_the_next_run(run):
    target = bearer_target()
    stage = await run(target)
    await stage.crew.assemble()
    assert await stage.crew.join("counterpart")
    assert stage.crew.has("counterpart")
    assert len(target.users) == 3
    other = await run(target, url=stage.url)
    await other.crew.assemble()
    assert await other.crew.join("counterpart")
    assert len(target.users) == 3


async def test_fields_of_ones_choice_go_into_the_sign_up_beside_the_password(run):
    target = Target()
    sent = []

    async def register(request):
        body = (await request.json())["user"]
        sent.append(body)
        user = target.register(body)
        return web.json_response({"id": user["id"], "role": body.get("role", "member")}, status=201)

    form = fields_of(user=fields_of(username=STRING, password=STRING))
    target.add("POST", "/register", register, **target.body(form))
    target.log_in(reply=lambda token: {"token": token})
    target.me(header("Authorization", "Bearer "))
    stage = await run(target)
    await stage.crew.assemble()
    result = await stage.crew.sign_up_with({"role": "admin"})
    assert sent[-1]["role"] == "admin"
    assert result.reply.json()["role"] == "admin"
    assert result.person.confirmed
    assert stage.crew.has(result.person.name)


async def test_a_sign_up_that_refuses_extra_fields_gives_its_answer(run):
    target = bearer_target()

    async def register(request):
        body = await request.json()
        if "role" in body:
            return refuse(422, detail=[{"loc": ["body", "role"], "msg": "Extra inputs are not permitted"}])
        user = target.register(body)
        return web.json_response({"id": user["id"]}, status=201)

    target.routes[0] = ("POST", "/register", register)
    stage = await run(target)
    await stage.crew.assemble()
    result = await stage.crew.sign_up_with({"role": "admin"})
    assert result.reply.status == 422
    assert result.person is None
    assert stage.crew.can_sign_up


async def test_an_account_of_ours_is_deleted_with_its_password(run):
    target = bearer_target()
    gone = []

    async def delete(request):
        user = target.holder(header("Authorization", "Bearer ")(request))
        sent = await request.json()
        if user is None or sent["password"] != user["password"]:
            return refuse(403)
        gone.append(user["username"])
        return web.Response(status=204)

    target.add("DELETE", "/me", delete, **target.body(fields_of(password=STRING)))
    stage = await run(target)
    await stage.crew.assemble()
    person = stage.crew.person("member_a")
    reply = await stage.crew.delete_account(person)
    assert reply.status == 204
    assert gone == [person.handles["username"]]


async def test_an_account_that_was_given_is_never_deleted(run):
    target = bearer_target()
    gone = []

    async def delete(_request):
        gone.append(1)
        return web.Response(status=204)

    target.add("DELETE", "/me", delete)
    target.users["ann"] = {"id": "id-ann", "username": "user-ann", "password": "pw"}
    token = target.open_session("ann")
    accounts = (AccountSettings(name="member_a", bearer=SecretSource(env="T")),)
    stage = await run(target, accounts=accounts, resolve=lambda _source, _key: token)
    await stage.crew.assemble()
    assert await stage.crew.delete_account(stage.crew.person("member_a")) is None
    assert gone == []


async def test_whoever_is_made_is_told(run):
    told = []
    target = bearer_target()
    stage = await run(target, made=lambda person: told.append(person.name))
    await stage.crew.assemble()
    again = await run(target, url=stage.url, made=lambda person: told.append(person.name))
    await again.crew.assemble()
    assert told == ["member_a", "member_b"]


async def test_no_request_goes_without_credentials_while_a_session_is_renewed(run):
    target = bearer_target(life=0.5)
    stage = await run(target)
    await stage.crew.assemble()
    logins = len(stage.requests("/login"))
    target.log.clear()
    statuses = []

    async def work():
        for _ in range(12):
            assert await stage.crew.keep_fresh("member_a")
            reply = await stage.door.send(Request(method="GET", url="/me", principal="member_a"))
            statuses.append(reply.status)
            await asyncio.sleep(0.05)

    await asyncio.gather(*(work() for _ in range(4)))
    mine = [headers for _, path, headers in target.log if path == "/me"]
    assert [headers for headers in mine if "Authorization" not in headers] == []
    assert set(statuses) == {200}
    assert 1 <= len(stage.requests("/login")) - logins <= 5


async def test_a_session_that_was_lost_for_a_moment_is_found_again(run):
    target = bearer_target()
    stage = await run(target)
    await stage.crew.assemble()
    kept = dict(target.sessions)
    passwords = {name: user["password"] for name, user in target.users.items()}
    target.sessions.clear()
    for user in target.users.values():
        user["password"] = "changed"
    assert not await stage.crew.ensure("member_a")
    target.sessions.update(kept)
    for name, password in passwords.items():
        target.users[name]["password"] = password
    assert await stage.crew.ensure("member_a")
    assert stage.crew.has("member_a")
    assert stage.crew.gap("member_a") is None
