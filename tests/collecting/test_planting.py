import pytest

from launchready.collecting.answers import CANARY
from launchready.model.evidence import Planted
from tests.collecting.market import (
    LOGIN,
    NUMBER,
    TEXT,
    Market,
    answer,
    anybody,
    body,
    members,
    object_of,
    replies,
)
from tests.collecting.stage import stage

VISIBILITY = {"type": "string", "enum": ["public", "private"]}


async def planted_in(market, **options):
    async with stage(market, **options) as made:
        await made.collect("Plantings")
        return made, made.evidence("Plantings")


def of(plantings, owner, kind):
    return [one for one in plantings.objects if (one.owner, one.object_type) == (owner, kind)]


async def test_everybody_plants_with_own_words():
    market = Market()
    market.resource("notes")
    _, plantings = await planted_in(market)
    (mine,), (theirs,) = of(plantings, "member_a", "note"), of(plantings, "member_b", "note")
    assert isinstance(mine, Planted)
    assert mine.object_id != theirs.object_id
    assert (
        market.things["notes"][mine.object_id]["owner"] != market.things["notes"][theirs.object_id]["owner"]
    )
    words = [word for one in (mine, theirs) for _, word in one.canaries]
    assert len(set(words)) == 4
    for one in (mine, theirs):
        for name, word in one.canaries:
            assert CANARY.search(market.things["notes"][one.object_id][name])[0] == word


async def test_children_are_made_in_own_parents():
    market = Market()
    market.resource("threads")
    market.resource("messages", parent="threads")
    _, plantings = await planted_in(market)
    for owner in ("member_a", "member_b"):
        (thread,), (message,) = of(plantings, owner, "thread"), of(plantings, owner, "message")
        assert message.parents == (("thread", thread.object_id),)
        assert str(market.things["messages"][message.object_id]["parent"]) == thread.object_id


async def test_where_there_is_a_choice_a_private_and_a_public_one_are_made():
    market = Market()
    market.resource("notes", fields={"title": TEXT, "visibility": VISIBILITY}, required=("title",))
    _, plantings = await planted_in(market)
    assert [one.visible for one in of(plantings, "member_a", "note")] == ["private", "public"]
    assert [one.visible for one in of(plantings, "member_b", "note")] == ["private"]
    for one in of(plantings, "member_a", "note"):
        assert market.things["notes"][one.object_id]["visibility"] == one.visible


async def test_nobody_buys_his_own_listing_so_the_counterparts_is_bought():
    market = Market()
    market.resource("listings", read=members, listed=anybody)

    async def buy(request):
        user, sent = market.user(request), await request.json()
        listing = market.things["listings"].get(str(sent.get("listing_id")))
        if listing is None or listing["owner"] == user:
            return answer({"detail": "you cannot buy this"}, 400)
        return answer(market.made("orders", user, listing_id=listing["id"], note=sent.get("note")), 201)

    market.things["orders"] = {}
    order = object_of({"listing_id": NUMBER, "note": TEXT}, ["listing_id", "note"])
    market.on(
        "POST", "/orders", buy, security=LOGIN, **body(order), **replies(object_of({"id": NUMBER}), "201")
    )
    _, plantings = await planted_in(market)
    (listing,) = of(plantings, "counterpart", "listing")
    for owner in ("member_a", "member_b"):
        (order,) = of(plantings, owner, "order")
        assert str(market.things["orders"][order.object_id]["listing_id"]) == listing.object_id


async def test_a_body_is_repaired_by_what_the_target_says():
    market = Market()
    market.resource("notes", fields={"title": TEXT, "text": TEXT, "color": TEXT}, required=("title", "text"))
    create = market.handlers["POST", "/notes"]

    async def picky(request):
        if "color" in await request.json():
            return answer({"detail": [{"loc": ["body", "color"], "msg": "unknown field"}]}, 422)
        return await create(request)

    market.on("POST", "/notes", picky)
    _, plantings = await planted_in(market)
    (note,) = of(plantings, "member_a", "note")
    assert {name for name, _ in note.canaries} == {"title", "text"}
    assert plantings.gaps == ()


async def test_what_could_not_be_planted_is_a_gap_with_the_targets_words():
    market = Market()
    market.resource("notes")

    async def never(request):
        return answer({"detail": "only on Mondays"}, 403)

    market.on("POST", "/notes", never)
    made, plantings = await planted_in(market)
    (gap,) = plantings.gaps
    assert gap.operation == "POST /notes"
    assert "only on Mondays" in gap.reason
    assert gap.remedy.sentence
    assert of(plantings, "member_a", "note") == []
    assert [entry for entry in made.context.undo_open.values() if "note" in entry.what] == []


async def test_a_success_that_says_no_plants_nothing():
    market = Market()
    market.resource("notes")

    async def polite(request):
        return answer({"success": False, "error": "quota", "id": 5})

    market.on("POST", "/notes", polite)
    _, plantings = await planted_in(market)
    assert of(plantings, "member_a", "note") == []


async def test_an_answer_without_an_id_is_a_gap():
    market = Market()
    market.resource("notes")
    create = market.handlers["POST", "/notes"]

    async def silent(request):
        await create(request)
        return answer({"message": "made"}, 201)

    market.on("POST", "/notes", silent)
    _, plantings = await planted_in(market)
    assert [gap.reason for gap in plantings.gaps] == ["POST /notes: the answer names no id of the new object"]


async def test_what_needs_a_missing_parent_is_a_gap():
    market = Market()
    market.resource("threads", verbs="LR")
    market.resource("messages", parent="threads")
    _, plantings = await planted_in(market)
    assert ["thread" in gap.reason for gap in plantings.gaps] == [True]


async def test_the_journal_is_written_before_the_target_hears_of_it():
    market = Market()
    market.resource("notes")
    made, _ = await planted_in(market)
    notes = [
        (entry, reached)
        for entry, reached in zip(made.journal.entries, made.journal.reached, strict=True)
        if "note" in entry.what
    ]
    posts = [number for number, entry in enumerate(market.log) if entry[:2] == ("POST", "/notes")]
    opened = [reached for entry, reached in notes if not entry.url]
    assert len(opened) == len(posts) == 2
    assert all(before <= after for before, after in zip(opened, posts, strict=True))
    closed = {entry.url for entry, _ in notes if entry.url}
    assert closed == {f"/notes/{number}" for number in market.things["notes"]}


async def test_no_credential_is_in_the_journal():
    market = Market()
    market.resource("notes")
    made, _ = await planted_in(market)
    passwords = [user["password"] for user in market.users.values()]
    told = [f"{entry.url}{entry.body}{entry.what}{entry.method}" for entry in made.journal.entries]
    assert told
    assert not [text for text in told for secret in (*passwords, *market.sessions) if secret in text]


async def test_profiles_are_filled_with_words():
    market = Market()

    async def update(request):
        user = market.users[market.user(request)]
        user.update(await request.json())
        return answer({key: value for key, value in user.items() if key != "password"})

    profile = object_of({"bio": TEXT, "phone": TEXT})
    market.on("PATCH", "/me", update, security=LOGIN, **body(profile), **replies(profile))
    shown = object_of({"id": NUMBER, "username": TEXT, "bio": TEXT})
    market.on("GET", "/users/{user_id}", update, security=LOGIN, **replies(shown))
    _, plantings = await planted_in(market)
    mine = [one for one in plantings.objects if one.owner == "member_a" and one.created_by == "sign-up"]
    assert mine
    assert "bio" in dict(mine[0].canaries)
    assert dict(mine[0].canaries)["bio"] in str(market.users)


@pytest.mark.parametrize("known", [True, False])
async def test_an_object_that_cannot_be_deleted_is_still_in_the_journal(known):
    market = Market()
    market.resource("notes", verbs="LCRUD" if known else "LCR")
    made, plantings = await planted_in(market)
    entries = [entry for entry in made.context.undo_open.values() if entry.what.startswith("note")]
    assert len(entries) == 2
    assert {bool(entry.url) for entry in entries} == {known}
    assert {entry.what for entry in entries} == {
        f"note {one.object_id}" for owner in ("member_a", "member_b") for one in of(plantings, owner, "note")
    }
