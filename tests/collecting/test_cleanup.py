import asyncio

from aiohttp import web

from launchready.model.settings import Budget
from tests.collecting.market import LOGIN, Market, answer
from tests.collecting.stage import RATE, stage

KEPT = {"account member_a (kept for the next run)", "account member_b (kept for the next run)"}


def conversation():
    market = Market()
    market.resource("threads")
    market.resource("messages", parent="threads")
    return market


async def test_everything_goes_children_before_parents():
    market = conversation()
    async with stage(market) as made:
        await made.collect("AccessMatrix", "WriteMatrix", "GuardSweep")
        before = len(market.log)
        left = set(await made.cleaned())
        deleted = [path for method, path, _, _ in market.log[before:] if method == "DELETE"]
    assert left == {*KEPT, "account counterpart (kept for the next run)"}
    assert market.things == {"threads": {}, "messages": {}}
    inside = [path for path in deleted if "messages" in path]
    for path in inside:
        thread = path.split("/messages")[0]
        assert deleted.index(path) < deleted.index(thread)


async def test_the_order_is_the_reverse_of_making():
    market = Market()
    market.resource("notes")
    async with stage(market) as made:
        await made.collect("Plantings")
        numbers = sorted(int(number) for number in market.things["notes"])
        await made.cleaned()
    deleted = [int(path.rpartition("/")[2]) for _, path, _, _ in market.asked("DELETE", "/notes/")]
    assert deleted == numbers[::-1]


async def test_everybody_deletes_his_own():
    market = Market()
    market.resource("notes")
    owners = {}
    async with stage(market) as made:
        await made.collect("Plantings")
        owners = {number: note["owner"] for number, note in market.things["notes"].items()}
        await made.cleaned()
    assert owners == {path.rpartition("/")[2]: user for _, path, user, _ in market.asked("DELETE", "/notes/")}


async def test_what_is_gone_already_is_done():
    market = Market()
    market.resource("notes")
    async with stage(market) as made:
        await made.collect("Plantings")
        market.things["notes"].clear()
        assert set(await made.cleaned()) == KEPT


async def test_what_cannot_be_deleted_is_listed():
    market = Market()
    market.resource("notes", verbs="LCR")
    async with stage(market) as made:
        await made.collect("Plantings")
        left = set(await made.cleaned())
    assert left - KEPT == {f"note {number}" for number in market.things["notes"]}


async def test_what_refuses_to_go_is_listed():
    market = Market()
    market.resource("notes")

    async def never(request):
        return answer({"success": False, "error": "notes are for ever"})

    market.on("DELETE", "/notes/{note_id}", never)
    async with stage(market) as made:
        await made.collect("Plantings")
        left = set(await made.cleaned())
    assert left - KEPT == {f"note {number}" for number in market.things["notes"]}


async def test_throw_away_accounts_go_where_they_can():
    market = Market()

    async def leave(request):
        name = market.user(request)
        if name is None:
            return answer({"detail": "log in"}, 401)
        del market.users[name]
        return web.Response(status=204)

    market.on("DELETE", "/me", leave, security=LOGIN)
    async with stage(market) as made:
        await made.collect("AccessMatrix")
        await made.context.crew.spare("a test")
        members = {made.context.crew.person(name).handles["username"] for name in ("member_a", "member_b")}
        left = set(await made.cleaned())
    assert left == KEPT
    assert set(market.users) == members


async def test_throw_away_accounts_that_stay_are_listed():
    async with stage(Market()) as made:
        await made.collect("AccessMatrix")
        person = await made.context.crew.spare("a test")
        left = set(await made.cleaned())
    assert left == {*KEPT, f"account {person.name}"}


async def test_throw_away_accounts_that_a_probe_deleted_are_gone():
    market = Market()

    async def leave(request):
        name = market.user(request)
        if name is None:
            return answer({"detail": "log in"}, 401)
        del market.users[name]
        return web.Response(status=204)

    market.on("DELETE", "/me", leave, security=LOGIN)
    async with stage(market) as made:
        await made.collect("GuardSweep")
        assert market.asked("DELETE", "/me")
        left = set(await made.cleaned())
    assert left == KEPT
    assert len(market.users) == 2


async def test_it_stops_after_its_time():
    market = Market()
    market.resource("notes")

    async def slow(request):
        await asyncio.sleep(30)
        return web.Response(status=204)

    market.on("DELETE", "/notes/{note_id}", slow)
    async with stage(market) as made:
        await made.collect("Plantings")
        left = set(await made.cleaned(seconds=0.2))
    assert left - KEPT == {f"note {number}" for number in market.things["notes"]}


async def test_what_may_have_been_made_is_listed():
    """The target took the request and never answered."""
    market = Market()
    market.resource("notes")
    create = market.handlers["POST", "/notes"]

    async def silent(request):
        await create(request)
        await asyncio.sleep(30)
        return web.Response(status=500)

    market.on("POST", "/notes", silent)
    async with stage(market, budget=Budget(rate=RATE, timeout=0.5)) as made:
        await made.collect("Plantings")
        left = set(await made.cleaned())
    assert left - KEPT == {"note by POST /notes"}


async def test_what_strangers_could_make_is_listed():
    market = Market()
    market.resource("notes")
    create = market.handlers["POST", "/notes"]

    async def open_to_all(request):
        if market.user(request) is None:
            return answer(market.made("notes", None, **await request.json()), 201)
        return await create(request)

    market.on("POST", "/notes", open_to_all)
    async with stage(market) as made:
        await made.collect("GuardSweep")
        left = set(await made.cleaned())
    assert left - KEPT == {"note made without a login by POST /notes"}
    assert [note["owner"] for note in market.things["notes"].values()] == [None]


async def test_cleaning_up_has_requests_left_when_all_were_spent():
    market = Market()
    market.resource("notes")
    async with stage(market, budget=Budget(rate=RATE, requests=40)) as made:
        await made.collect("AccessMatrix", "WriteMatrix", "GuardSweep")
        left = set(await made.cleaned())
    assert "budget" in {getattr(slot, "cause", "") for slot in made.slots.values()}
    assert left == KEPT
    assert market.things["notes"] == {}
