"""Writes on accounts: tried on throw-away ones, told by who can log in afterwards."""

import pytest
from aiohttp import web

from launchready.model.probe import Change
from tests.collecting.market import LOGIN, NUMBER, TEXT, Market, answer, body, object_of, replies
from tests.collecting.stage import confirmed, judged, stage

WRITES = "AUTH-15"
PASSWORD = "/users/{user_id}/password"
PROFILE = "/users/{user_id}"


def with_profiles():
    market = Market()
    shown = object_of({"id": NUMBER, "username": TEXT})

    async def profile(request):
        found = by_id(market, request)
        if market.user(request) is None or found is None:
            return answer({"detail": "log in"}, 401)
        return answer({"id": found["id"], "username": found["username"]})

    market.on("GET", PROFILE, profile, security=LOGIN, **replies(shown))
    return market


def by_id(market, request):
    wanted = request.match_info["user_id"]
    return next((user for user in market.users.values() if str(user["id"]) == wanted), None)


def changing_passwords(market, whose):
    """`whose` picks the account that is changed, of the caller and the one in the path."""

    async def change(request):
        caller, named = market.users.get(market.user(request)), by_id(market, request)
        if caller is None or named is None:
            return answer({"detail": "log in"}, 401)
        target = whose(caller, named)
        if target is None:
            return answer({"detail": "not yours"}, 403)
        target["password"] = (await request.json())["password"]
        return answer({"changed": True})

    new = object_of({"password": TEXT}, ["password"])
    market.on("PUT", PASSWORD, change, security=LOGIN, **body(new), **replies({}))
    return market


async def probe_of(market, operation):
    async with stage(market) as made:
        await made.collect("WriteMatrix")
        writes = [one for one in made.evidence("WriteMatrix").writes if one.operation == operation]
        return (writes[0] if writes else None), made.judged()[WRITES]


async def test_setting_anothers_password_is_a_violation():
    market = changing_passwords(with_profiles(), lambda caller, named: named)
    probe, result = await probe_of(market, f"PUT {PASSWORD}")
    assert probe.change is Change.NONCE
    assert confirmed(result) == [f"PUT {PASSWORD}"]


async def test_a_refusal_is_safe_when_the_owners_own_works():
    market = changing_passwords(with_profiles(), lambda caller, named: named if caller is named else None)
    probe, result = await probe_of(market, f"PUT {PASSWORD}")
    assert (probe.change, probe.owner_change) == (Change.NONE, Change.NONCE)
    assert result.findings == ()


async def test_an_api_that_changes_the_caller_instead_is_no_violation():
    market = changing_passwords(with_profiles(), lambda caller, named: caller)
    probe, result = await probe_of(market, f"PUT {PASSWORD}")
    assert probe.change is Change.NONE
    assert result.findings == ()


async def test_the_members_of_the_run_keep_their_passwords():
    market = changing_passwords(with_profiles(), lambda caller, named: named)
    async with stage(market) as made:
        await made.collect("AccessMatrix")
        before = {name: user["password"] for name, user in market.users.items()}
        known = {made.context.crew.person(name).handles["username"] for name in ("member_a", "member_b")}
        await made.collect("WriteMatrix")
        assert {
            name for name, password in before.items() if market.users[name]["password"] == password
        } >= known


def writing_profiles(market, allowed):
    async def change(request):
        caller, named = market.users.get(market.user(request)), by_id(market, request)
        if caller is None or named is None:
            return answer({"detail": "log in"}, 401)
        if not allowed(caller, named):
            return answer({"detail": "not yours"}, 403)
        named.update({key: value for key, value in (await request.json()).items() if key == "bio"})
        return answer({"id": named["id"], "bio": named["bio"]})

    market.on("PATCH", PROFILE, change, security=LOGIN, **body(object_of({"bio": TEXT})), **replies({}))
    return market


async def test_writing_into_anothers_profile_is_a_violation():
    market = writing_profiles(with_profiles(), lambda caller, named: True)
    assert confirmed((await judged(market, "WriteMatrix"))[WRITES]) == [f"PATCH {PROFILE}"]


async def test_writing_into_ones_own_profile_alone_is_safe():
    market = writing_profiles(with_profiles(), lambda caller, named: caller is named)
    probe, result = await probe_of(market, f"PATCH {PROFILE}")
    assert (probe.change, probe.owner_change) == (Change.NONE, Change.NONCE)
    assert result.findings == ()


def deleting_accounts(market, allowed):
    async def delete(request):
        caller, named = market.users.get(market.user(request)), by_id(market, request)
        if caller is None or named is None:
            return answer({"detail": "log in"}, 401)
        if not allowed(caller, named):
            return answer({"detail": "not yours"}, 403)
        del market.users[named["username"]]
        return web.Response(status=204)

    market.on("DELETE", PROFILE, delete, security=LOGIN)
    return market


async def test_deleting_anothers_account_is_a_violation():
    market = deleting_accounts(with_profiles(), lambda caller, named: True)
    assert confirmed((await judged(market, "WriteMatrix"))[WRITES]) == [f"DELETE {PROFILE}"]


@pytest.mark.parametrize("own", [True, False])
async def test_deleting_ones_own_account_alone_is_safe(own):
    market = deleting_accounts(with_profiles(), lambda caller, named: own and caller is named)
    probe, result = await probe_of(market, f"DELETE {PROFILE}")
    assert result.findings == ()
    assert (probe is not None) is own


async def test_a_deleted_account_is_not_left_behind():
    market = deleting_accounts(with_profiles(), lambda caller, named: caller is named)
    async with stage(market) as made:
        await made.collect("WriteMatrix")
        spares = {name for name in market.users if "spare" in name}
        left = [thing for thing in await made.cleaned() if "kept" not in thing]
    assert len(left) == len(spares)


async def test_the_members_of_the_run_are_never_deleted():
    market = deleting_accounts(with_profiles(), lambda caller, named: True)
    async with stage(market) as made:
        await made.collect("WriteMatrix")
        for name in ("member_a", "member_b"):
            assert made.context.crew.person(name).handles["username"] in market.users


async def test_without_throw_away_accounts_there_is_a_gap():
    market = changing_passwords(with_profiles(), lambda caller, named: named)
    signing_up = market.handlers["POST", "/signup"]

    async def two_only(request):
        return (
            answer({"detail": "registration is closed"}, 403)
            if len(market.users) > 1
            else await signing_up(request)
        )

    market.on("POST", "/signup", two_only)
    async with stage(market) as made:
        await made.collect("WriteMatrix")
        gaps = {gap.operation: gap.reason for gap in made.evidence("WriteMatrix").gaps}
        result = made.judged()[WRITES]
    assert "throw-away" in gaps[f"PUT {PASSWORD}"]
    assert result.findings == ()
