"""Every operation without a login, as the real check judges it."""

import pytest
from aiohttp import web

from launchready.model.report import State
from tests.collecting.market import (
    LOGIN,
    NUMBER,
    TEXT,
    Market,
    answer,
    anybody,
    body,
    object_of,
    replies,
)
from tests.collecting.stage import confirmed, judged, quiet, stage, suspected

GUARDS = "AUTH-01"


async def swept(market, **options):
    return (await judged(market, "GuardSweep", "AccessMatrix", **options))[GUARDS]


def notes(**options):
    market = Market()
    market.resource("notes", **options)
    return market


async def test_what_asks_everybody_to_log_in_is_safe():
    result = await swept(notes())
    assert result.state is State.PASS
    assert quiet(result)
    assert result.safe == 6


async def test_a_private_detail_without_a_login_leaks():
    result = await swept(notes(read=anybody))
    assert confirmed(result) == ["GET /notes/{note_id}"]


async def test_a_private_list_without_a_login_leaks():
    market = notes()

    async def everybodys(request):
        user = market.user(request)
        return answer([one for one in market.things["notes"].values() if user in (None, one["owner"])])

    market.on("GET", "/notes", everybodys)
    assert confirmed(await swept(market)) == ["GET /notes"]


async def test_a_refusal_with_the_data_leaks():
    market = notes()
    read = market.handlers["GET", "/notes/{note_id}"]

    async def careless(request):
        note = market.things["notes"].get(request.match_info["note_id"])
        if market.user(request) is None and note is not None:
            return answer({"detail": "log in", "preview": note}, 401)
        return await read(request)

    market.on("GET", "/notes/{note_id}", careless)
    assert confirmed(await swept(market)) == ["GET /notes/{note_id}"]


@pytest.mark.parametrize(
    "stranger",
    [
        {"success": False, "error": "log in"},
        {"status": "error", "message": "log in"},
        {"error": {"code": "unauthenticated"}},
    ],
)
async def test_a_refusal_with_a_good_status_is_safe(stranger):
    market = notes()

    async def polite(request):
        user = market.user(request)
        mine = [one for one in market.things["notes"].values() if one["owner"] == user]
        return answer(mine) if user else answer(stranger)

    market.on("GET", "/notes", polite)
    assert quiet(await swept(market))


async def test_a_redirect_to_the_login_is_safe():
    market = notes()
    read = market.handlers["GET", "/notes"]

    async def turned(request):
        if market.user(request) is None:
            return web.HTTPFound("/login")
        return await read(request)

    market.on("GET", "/notes", turned)
    assert quiet(await swept(market))


async def test_an_empty_answer_for_nobody_is_no_leak():
    market = notes()

    async def own(request):
        user = market.user(request)
        return answer([one for one in market.things["notes"].values() if one["owner"] == user])

    market.on("GET", "/notes", own)
    result = await swept(market)
    assert result.findings == ()


async def test_an_optional_login_declared_as_required_is_a_question():
    """Frameworks document it so; a catalogue for everybody is no leak."""
    market = Market()
    market.resource("stories", read=anybody, listed=anybody)

    async def catalogue(request):
        return answer(list(market.things["stories"].values()))

    market.on("GET", "/stories", catalogue)
    result = await swept(market)
    assert confirmed(result) == []
    assert suspected(result)
    assert result.state is State.UNKNOWN


async def test_what_is_declared_public_is_not_asked():
    market = Market()
    market.resource("stories", verbs="LR", read=anybody, listed=anybody, security=[])
    async with stage(market) as made:
        await made.collect("GuardSweep")
        asked = {probe.operation for probe in made.evidence("GuardSweep").probes}
    assert asked == {"GET /me"}


async def test_an_update_by_nobody_is_a_violation():
    assert confirmed(await swept(notes(change=anybody))) == ["PATCH /notes/{note_id}"]


async def test_a_delete_by_nobody_is_a_violation():
    assert confirmed(await swept(notes(delete=anybody))) == ["DELETE /notes/{note_id}"]


async def test_a_creation_by_nobody_is_a_violation():
    market = notes()

    async def create(request):
        sent = await request.json()
        return answer(market.made("notes", market.user(request), title=sent["title"], text=sent["text"]), 201)

    market.on("POST", "/notes", create)
    assert confirmed(await swept(market)) == ["POST /notes"]


async def test_a_success_for_nobody_without_effect_is_no_violation():
    market = notes()
    update = market.handlers["PATCH", "/notes/{note_id}"]

    async def lying(request):
        if market.user(request) is None:
            return answer({"updated": True})
        return await update(request)

    market.on("PATCH", "/notes/{note_id}", lying)
    assert confirmed(await swept(market)) == []


async def test_validation_before_the_guard_is_a_refusal():
    """Nobody is answered 422 where a member is accepted: nothing was given away."""
    market = notes()
    create = market.handlers["POST", "/notes"]

    async def strict(request):
        return await create(request) if market.user(request) else answer({"detail": "title: required"}, 422)

    market.on("POST", "/notes", strict)
    assert quiet(await swept(market))


async def test_ones_own_page_for_nobody_is_a_leak():
    market = Market()

    async def whoever(request):
        name = market.user(request) or next(iter(market.users))
        user = market.users[name]
        return answer({"id": user["id"], "username": user["username"], "email": f"{name}@example.com"})

    market.on("GET", "/account", whoever, security=LOGIN, **replies(object_of({"id": NUMBER, "email": TEXT})))
    result = await swept(market)
    assert confirmed(result) + suspected(result) == ["GET /account"]
    assert result.state is not State.PASS


async def test_a_get_that_acts_is_not_called():
    market = Market()

    async def acting(request):
        raise AssertionError("it was called")

    market.on("GET", "/me/deactivate", acting, security=LOGIN)
    async with stage(market) as made:
        await made.collect("GuardSweep")
        gaps = {gap.operation: gap.reason for gap in made.evidence("GuardSweep").gaps}
    assert "not called" in gaps["GET /me/deactivate"]


async def test_what_costs_money_is_not_called():
    market = Market()

    async def acting(request):
        raise AssertionError("it was called")

    paying = body(object_of({"amount": NUMBER}, ["amount"]))
    market.on("POST", "/payments/charge", acting, security=LOGIN, **paying)
    async with stage(market) as made:
        await made.collect("GuardSweep", "WriteMatrix")
        gaps = {gap.operation: gap.reason for gap in made.evidence("GuardSweep").gaps}
    assert "money" in gaps["POST /payments/charge"]


async def test_a_member_who_is_refused_is_no_control():
    market = notes(verbs="LC")

    async def closed(request):
        return answer({"detail": "closed"}, 403)

    market.on("GET", "/notes", closed)
    result = await swept(market)
    assert result.state is State.UNKNOWN
    assert {item.subject.path for item in result.open_items} == {"/notes"}


async def test_without_a_member_nothing_is_proven():
    market = notes()

    async def closed(request):
        return answer({"detail": "registration is closed"}, 403)

    market.on("POST", "/signup", closed)
    async with stage(market) as made:
        await made.collect("GuardSweep")
        result = made.judged()[GUARDS]
    assert result.state is State.UNKNOWN
    assert result.safe == 0
    assert result.remedy.sentence


def with_endings(guarded):
    market = Market()

    def holder(request):
        return market.user(request) or (None if guarded else "anybody")

    async def log_out(request):
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if holder(request) is None:
            return answer({"detail": "log in"}, 401)
        market.sessions.pop(token, None)
        return web.Response(status=204)

    async def change(request):
        sent, user = await request.json(), market.users.get(market.user(request))
        if user is None or user["password"] != sent.get("current_password"):
            return answer({"detail": "log in"}, 401)
        user["password"] = sent["new_password"]
        return answer({"changed": True})

    passwords = {"current_password": TEXT, "new_password": TEXT}
    market.on("POST", "/logout", log_out, security=LOGIN)
    market.on("POST", "/me/password", change, security=LOGIN, **body(object_of(passwords, passwords)))
    return market


async def test_ending_a_session_is_tried_on_a_throw_away_account():
    market = with_endings(guarded=True)
    async with stage(market) as made:
        await made.collect("GuardSweep")
        result = made.judged()[GUARDS]
        members = [made.context.crew.person(name) for name in ("member_a", "member_b")]
        names = {person.handles["username"] for person in members}
    callers = {user for _, path, user, _ in market.log if path in {"/logout", "/me/password"}}
    assert not callers & names
    assert quiet(result)
    assert {item.subject.path for item in result.open_items} == set()
