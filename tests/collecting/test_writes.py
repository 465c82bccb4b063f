"""Writes on each other's objects, as the real checks judge them."""

import json

import pytest
from aiohttp import web

from launchready.model.probe import Change
from launchready.model.report import State
from tests.collecting.market import (
    LOGIN,
    NUMBER,
    TEXT,
    Market,
    answer,
    body,
    careless,
    forbidden,
    hidden,
    members,
    object_of,
    owner,
    polite,
    replies,
)
from tests.collecting.stage import confirmed, judged, quiet, stage, suspected

WRITES = "AUTH-15"
UPDATE, DELETE = "PATCH /notes/{note_id}", "DELETE /notes/{note_id}"
ONE = "/notes/{note_id}"


def notes(**options):
    market = Market()
    market.resource("notes", **options)
    return market


async def changes(market):
    """What each write probe changed: (operation, variant) → (by the other, by the owner)."""
    async with stage(market) as made:
        await made.collect("WriteMatrix")
        writes = made.evidence("WriteMatrix").writes
    return {(one.operation, one.variant): (one.change, one.owner_change) for one in writes}


@pytest.mark.parametrize("denied", [hidden, forbidden, polite, careless])
async def test_a_refused_write_is_safe_when_the_owners_works(denied):
    market = notes(denied=denied)
    assert await changes(market) == {
        (UPDATE, "update, path"): (Change.NONE, Change.NONCE),
        (DELETE, "delete, path"): (Change.NONE, Change.GONE),
    }
    assert quiet((await judged(notes(denied=denied), "WriteMatrix"))[WRITES])


async def test_an_update_that_the_owner_reads_back_is_a_violation():
    result = (await judged(notes(change=members), "WriteMatrix"))[WRITES]
    assert confirmed(result) == [UPDATE]


async def test_a_delete_that_the_owner_misses_is_a_violation():
    result = (await judged(notes(delete=members), "WriteMatrix"))[WRITES]
    assert confirmed(result) == [DELETE]


async def test_a_refusal_that_changed_all_the_same_is_a_violation():
    market = notes()

    async def late(request):
        note = market.things["notes"].get(request.match_info["note_id"])
        if note is None or market.user(request) is None:
            return answer({"detail": "no"}, 404)
        note.update(await request.json())
        return answer(note) if owner(market.user(request), note) else answer({"detail": "not yours"}, 403)

    market.on("PATCH", ONE, late)
    assert confirmed((await judged(market, "WriteMatrix"))[WRITES]) == [UPDATE]


async def test_a_success_without_effect_is_silent():
    market = notes()

    async def lying(request):
        note = market.things["notes"].get(request.match_info["note_id"])
        if note is None or market.user(request) is None:
            return answer({"detail": "no"}, 404)
        if owner(market.user(request), note):
            note.update(await request.json())
        return answer({"updated": True})

    async def pretending(request):
        note = market.things["notes"].get(request.match_info["note_id"])
        if note is not None and owner(market.user(request), note):
            del market.things["notes"][str(note["id"])]
        return web.Response(status=204)

    market.on("PATCH", ONE, lying)
    market.on("DELETE", ONE, pretending)
    result = (await judged(market, "WriteMatrix"))[WRITES]
    assert result.findings == ()
    assert result.safe


async def test_a_counter_of_views_is_no_change():
    market = notes()
    read = market.handlers["GET", ONE]

    async def counted(request):
        note = market.things["notes"].get(request.match_info["note_id"])
        if note is not None:
            note["views"] = note.get("views", 0) + 1
        return await read(request)

    market.on("GET", ONE, counted)
    result = (await judged(market, "WriteMatrix"))[WRITES]
    assert result.findings == ()
    assert result.safe


async def test_times_that_move_are_no_change():
    market = notes()
    read, moment = market.handlers["GET", ONE], iter(range(10_000))

    async def stamped(request):
        note = market.things["notes"].get(request.match_info["note_id"])
        if note is not None:
            note["last_seen"] = f"2026-01-01T00:00:{next(moment)}"
        return await read(request)

    market.on("GET", ONE, stamped)
    assert quiet((await judged(market, "WriteMatrix"))[WRITES])


def softly(market, rule):
    """Deleting marks; its owner still sees it."""

    async def mark(request):
        note = market.things["notes"].get(request.match_info["note_id"])
        if note is None or not rule(market.user(request), note):
            return answer({"detail": "no"}, 404)
        note["deleted"] = True
        return web.Response(status=204)

    market.on("DELETE", ONE, mark)
    return market


async def test_a_soft_delete_counts_as_the_owners_own():
    result = (await judged(softly(notes(), owner), "WriteMatrix"))[WRITES]
    assert result.findings == ()
    assert result.state is State.PASS


async def test_a_soft_delete_by_another_is_told():
    result = (await judged(softly(notes(), members), "WriteMatrix"))[WRITES]
    assert DELETE in confirmed(result) + suspected(result)
    assert result.state is not State.PASS


async def test_every_delete_has_a_victim_of_its_own():
    market = notes()
    async with stage(market) as made:
        await made.collect("WriteMatrix")
        planted = {one.object_id for one in made.evidence("Plantings").objects}
    gone = {path.rpartition("/")[2] for _, path, _, _ in market.asked("DELETE", "/notes/")}
    assert gone
    assert not gone & planted
    assert planted & set(market.things["notes"])


async def test_both_sides_write_other_words():
    market = notes(change=members)
    async with stage(market) as made:
        await made.collect("WriteMatrix")
    texts = [json.loads(sent)["text"] for _, _, _, sent in market.asked("PATCH", "/notes/")]
    assert len(texts) == len(set(texts)) == 2


async def test_a_slug_that_moves_on_retitling_is_not_lost():
    """The page's address is made of its title: an update must leave that alone, or the page would seem deleted."""
    market = Market()
    fields = {"title": TEXT, "text": TEXT}
    page = object_of({"slug": TEXT, **fields})
    pages = {}

    async def create(request):
        user, sent = market.user(request), await request.json()
        if user is None:
            return answer({"detail": "log in"}, 401)
        made = {**sent, "slug": sent["title"].lower().replace(" ", "-"), "owner": user}
        pages[made["slug"]] = made
        return answer(made, 201)

    async def one(request):
        found = pages.get(request.match_info["slug"])
        if found is None or not owner(market.user(request), found):
            return answer({"detail": "not found"}, 404)
        if request.method == "PATCH":
            del pages[found["slug"]]
            found.update(await request.json())
            found["slug"] = found["title"].lower().replace(" ", "-")
            pages[found["slug"]] = found
        return answer(found)

    market.on(
        "POST", "/pages", create, security=LOGIN, **body(object_of(fields, fields)), **replies(page, "201")
    )
    market.on("GET", "/pages/{slug}", one, security=LOGIN, **replies(page))
    market.on("PATCH", "/pages/{slug}", one, security=LOGIN, **body(object_of(fields)), **replies(page))
    result = (await judged(market, "WriteMatrix"))[WRITES]
    assert result.findings == ()
    assert result.state is State.PASS


async def test_an_owner_who_cannot_write_proves_nothing():
    market = notes(verbs="LCRU")

    async def closed(request):
        return answer({"detail": "title: not allowed"}, 422)

    market.on("PATCH", ONE, closed)
    result = (await judged(market, "WriteMatrix"))[WRITES]
    assert result.state is State.UNKNOWN
    assert result.safe == 0


async def test_an_object_that_nobody_reads_back_proves_nothing():
    result = (await judged(notes(verbs="CUD"), "WriteMatrix"))[WRITES]
    assert result.findings == ()
    assert result.state is State.UNKNOWN


async def test_without_a_fresh_victim_there_is_a_gap():
    market = notes()
    create, made = market.handlers["POST", "/notes"], []

    async def once(request):
        if market.user(request) in made:
            return answer({"detail": "one note each"}, 403)
        made.append(market.user(request))
        return await create(request)

    market.on("POST", "/notes", once)
    async with stage(market) as one:
        await one.collect("WriteMatrix")
        gaps = one.evidence("WriteMatrix").gaps
        result = one.judged()[WRITES]
    assert {gap.operation for gap in gaps} == {UPDATE, DELETE}
    assert all("one note each" in gap.reason for gap in gaps)
    assert result.state is State.UNKNOWN


# ------------------------------------------------------------------------------------------------ nested


def conversation():
    market = Market()
    market.resource("collections")
    market.resource("items", parent="collections")
    return market


async def test_a_foreign_child_below_an_own_parent_is_changed():
    market = conversation()

    async def by_parent_alone(request):
        item = market.things["items"].get(request.match_info["item_id"])
        parent = market.parent(market.resources["items"], request)
        if None in (item, parent):
            return answer({"detail": "no"}, 404)
        item.update(await request.json())
        return answer(item)

    path = "/collections/{collection_id}/items/{item_id}"
    market.on("PATCH", path, by_parent_alone)
    results = await judged(market, "WriteMatrix")
    assert confirmed(results[WRITES]) == [f"PATCH {path}"]


async def test_nested_writes_that_hold_are_safe():
    result = (await judged(conversation(), "WriteMatrix"))[WRITES]
    assert quiet(result)
    assert result.safe >= 4


def threads(**options):
    market = Market()
    fields = {"recipient_id": NUMBER, "subject": TEXT}
    market.resource("threads", fields=fields, required=("subject",))
    market.resource(
        "messages", fields={"text": TEXT}, required=("text",), verbs="LC", parent="threads", **options
    )
    return market


async def test_posting_into_a_foreign_thread_is_a_violation():
    market = threads()

    async def anywhere(request):
        user, sent = market.user(request), await request.json()
        inside = int(request.match_info["thread_id"])
        if user is None:
            return answer({"detail": "log in"}, 401)
        return answer(market.made("messages", user, parent=inside, text=sent.get("text")), 201)

    async def read(request):
        inside = market.parent(market.resources["messages"], request)
        if inside is None:
            return answer({"detail": "not found"}, 404)
        return answer([one for one in market.things["messages"].values() if one["parent"] == inside["id"]])

    market.on("POST", "/threads/{thread_id}/messages", anywhere)
    market.on("GET", "/threads/{thread_id}/messages", read)
    results = await judged(market, "AccessMatrix", "WriteMatrix")
    assert confirmed(results["AUTH-12"]) == ["POST /threads/{thread_id}/messages"]


async def test_posting_into_ones_own_thread_alone_is_safe():
    results = await judged(threads(), "AccessMatrix", "WriteMatrix")
    assert results["AUTH-12"].findings == ()
    assert results["AUTH-12"].safe
