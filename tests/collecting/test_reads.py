"""Reads of each other's objects, as the real checks judge them."""

import pytest

from launchready.model.report import State
from launchready.model.settings import VisibilityRule
from tests.collecting.market import (
    LOGIN,
    NUMBER,
    TEXT,
    Market,
    answer,
    anybody,
    body,
    careless,
    forbidden,
    hidden,
    members,
    nobody,
    object_of,
    owner,
    owner_or_published,
    polite,
    replies,
)
from tests.collecting.stage import confirmed, judged, quiet, stage, suspected

VISIBILITY = {"type": "string", "enum": ["public", "private"]}
DETAIL, LISTED = "AUTH-16", "AUTH-21"


# ----------------------------------------------------------------------------------------------- details


@pytest.mark.parametrize("denied", [hidden, forbidden, polite])
async def test_a_refusal_in_any_dress_is_safe(denied):
    market = Market()
    market.resource("notes", denied=denied)
    results = await judged(market, "AccessMatrix")
    assert results[DETAIL].state is State.PASS
    assert quiet(results[DETAIL])


async def test_what_every_member_reads_by_id_leaks():
    market = Market()
    market.resource("notes", read=members)
    results = await judged(market, "AccessMatrix")
    assert confirmed(results[DETAIL]) == ["GET /notes/{note_id}"]
    assert results[DETAIL].state is State.FAIL


async def test_a_refusal_with_the_data_leaks():
    market = Market()
    market.resource("notes", denied=careless)
    assert confirmed((await judged(market, "AccessMatrix"))[DETAIL]) == ["GET /notes/{note_id}"]


async def test_a_refusal_that_repeats_the_id_does_not():
    market = Market()
    market.resource("notes", denied=lambda thing: answer({"detail": f"note {thing['id']} is not yours"}, 403))
    assert quiet((await judged(market, "AccessMatrix"))[DETAIL])


async def test_an_orders_leak_is_told_without_words():
    """Nothing could be planted in it: its values speak."""
    market = Market()
    market.resource("orders", fields={"amount": NUMBER, "currency": TEXT}, required=("amount",), read=members)
    create = market.handlers["POST", "/orders"]

    async def numbers_only(request):
        reply = await create(request)
        for order in market.things["orders"].values():
            order["currency"], order["reference"] = "EUR", f"ref-{order['id'] * 7919}"
        return reply

    market.on("POST", "/orders", numbers_only)
    async with stage(market) as made:
        await made.collect("AccessMatrix")
        results = made.judged()
    assert results[DETAIL].state is State.FAIL


async def test_the_same_answer_for_every_id_is_no_leak():
    market = Market()
    market.resource("notes")

    async def mine(request):
        user = market.user(request)
        own = [one for one in market.things["notes"].values() if one["owner"] == user]
        return answer(own[0]) if own else answer({"detail": "log in"}, 401)

    market.on("GET", "/notes/{note_id}", mine)
    result = (await judged(market, "AccessMatrix"))[DETAIL]
    assert result.findings == ()
    assert result.state is not State.FAIL


async def test_a_soft_not_found_is_no_leak():
    market = Market()
    market.resource("notes", denied=lambda thing: answer({"message": "Nothing here", "items": []}))
    assert (await judged(market, "AccessMatrix"))[DETAIL].findings == ()


async def test_objects_that_were_published_are_silent():
    market = Market()
    fields = {"title": TEXT, "text": TEXT, "visibility": VISIBILITY}
    market.resource("notes", fields=fields, read=owner_or_published, listed=owner_or_published)
    results = await judged(market, "AccessMatrix")
    assert results[DETAIL].findings == results[LISTED].findings == ()
    assert results[DETAIL].safe


async def test_a_private_one_among_published_leaks():
    market = Market()
    fields = {"title": TEXT, "text": TEXT, "visibility": VISIBILITY}
    market.resource("notes", fields=fields, read=members, listed=owner_or_published)
    results = await judged(market, "AccessMatrix")
    assert confirmed(results[DETAIL]) == ["GET /notes/{note_id}"]
    assert results[LISTED].findings == ()


async def test_what_is_listed_to_all_and_nowhere_private_is_a_question():
    market = Market()
    market.resource("stories", read=members, listed=members)
    results = await judged(market, "AccessMatrix")
    assert confirmed(results[DETAIL]) == confirmed(results[LISTED]) == []
    assert DETAIL in results
    assert results[DETAIL].state is not State.FAIL


async def test_a_declared_public_resource_is_silent():
    market = Market()
    market.resource("stories", read=anybody, listed=anybody, security=[])
    results = await judged(market, "AccessMatrix")
    assert confirmed(results[DETAIL]) == suspected(results[DETAIL]) == []


async def test_a_rule_settles_what_is_private():
    market = Market()
    market.resource("stories", read=members, listed=members)
    async with stage(market) as made:
        await made.collect("AccessMatrix")
        private = made.judged(visibility=(VisibilityRule(pattern="GET /stories/*", visibility="owner"),))
        shared = made.judged(visibility=(VisibilityRule(pattern="GET /stories*", visibility="members"),))
    assert confirmed(private[DETAIL]) == ["GET /stories/{storie_id}"]
    assert shared[DETAIL].findings == ()


async def test_a_read_that_fails_is_not_proven():
    market = Market()
    market.resource("notes")

    async def broken(request):
        return answer({"detail": "oops"}, 500)

    market.on("GET", "/notes/{note_id}", broken)
    result = (await judged(market, "AccessMatrix"))[DETAIL]
    assert result.state is State.UNKNOWN
    assert result.findings == ()


async def test_an_owner_who_cannot_read_proves_nothing():
    market = Market()
    market.resource("notes", read=nobody)
    result = (await judged(market, "AccessMatrix"))[DETAIL]
    assert result.state is State.UNKNOWN
    assert result.safe == 0


# ------------------------------------------------------------------------------------------------ nested


def conversation(**options):
    market = Market()
    market.resource("threads")
    market.resource("messages", parent="threads", **options)
    return market


async def test_nested_objects_of_others_are_refused():
    results = await judged(conversation(), "AccessMatrix", "WriteMatrix")
    for check in ("AUTH-12", DETAIL, LISTED):
        assert results[check].findings == ()
    assert results["AUTH-12"].safe


async def test_a_foreign_child_below_an_own_parent_leaks():
    """The parent is checked, the child is not looked for inside it."""
    market = conversation(linked=False)

    async def by_parent_alone(request):
        message = market.things["messages"].get(request.match_info["message_id"])
        parent = market.parent(market.resources["messages"], request)
        return answer({"detail": "no"}, 404) if None in (message, parent) else answer(message)

    market.on("GET", "/threads/{thread_id}/messages/{message_id}", by_parent_alone)
    results = await judged(market, "AccessMatrix", "WriteMatrix")
    assert confirmed(results["AUTH-12"]) == ["GET /threads/{thread_id}/messages/{message_id}"]


async def test_a_foreign_childs_parent_is_checked_too():
    results = await judged(conversation(linked=False, read=members), "AccessMatrix", "WriteMatrix")
    assert results["AUTH-12"].state is State.FAIL


# -------------------------------------------------------------------------------------------- query, body


async def test_an_id_in_the_query_is_tried():
    market = Market()
    market.resource("notes")
    shown = object_of({"id": NUMBER, "title": TEXT, "text": TEXT})

    async def rendered(request):
        note = market.things["notes"].get(request.query.get("note_id", ""))
        return answer(note) if note and market.user(request) else answer({"detail": "no"}, 404)

    parameter = {"name": "note_id", "in": "query", "required": True, "schema": NUMBER}
    market.on("GET", "/label", rendered, security=LOGIN, parameters=[parameter], **replies(shown))
    assert confirmed((await judged(market, "AccessMatrix"))[DETAIL]) == ["GET /label"]


async def test_an_id_in_the_body_is_tried():
    market = Market()
    market.resource("notes")
    notes = object_of({"items": {"type": "array", "items": object_of({"id": NUMBER, "text": TEXT})}})

    async def looked_up(request):
        ids = (await request.json()).get("note_ids", [])
        found = [market.things["notes"].get(str(number)) for number in ids]
        return answer({"items": found}) if market.user(request) else answer({"detail": "log in"}, 401)

    asked = object_of({"note_ids": {"type": "array", "items": NUMBER}}, ["note_ids"])
    market.on("POST", "/notes/lookup", looked_up, security=LOGIN, **body(asked), **replies(notes))
    assert confirmed((await judged(market, "AccessMatrix"))[DETAIL]) == ["POST /notes/lookup"]


# ------------------------------------------------------------------------------------------- collections


async def test_a_list_of_everybodys_orders_leaks():
    market = Market()
    market.resource("orders", listed=members)
    results = await judged(market, "AccessMatrix")
    assert confirmed(results[LISTED]) == ["GET /orders"]
    assert results[DETAIL].findings == ()


async def test_a_leaking_list_excuses_no_leaking_detail():
    market = Market()
    market.resource("orders", listed=members, read=members)
    results = await judged(market, "AccessMatrix")
    assert confirmed(results[LISTED]) == ["GET /orders"]
    assert confirmed(results[DETAIL]) == ["GET /orders/{order_id}"]


async def test_titles_beside_closed_details_are_a_design():
    market = Market()
    market.resource("books")

    async def catalogue(request):
        if market.user(request) is None:
            return answer({"detail": "log in"}, 401)
        return answer(
            [{"id": book["id"], "title": book["title"]} for book in market.things["books"].values()]
        )

    market.on("GET", "/books", catalogue)
    results = await judged(market, "AccessMatrix")
    assert confirmed(results[LISTED]) == confirmed(results[DETAIL]) == []
    assert results[LISTED].state is not State.FAIL


def searching(market, *, everything, path="/search"):
    async def search(request):
        user, word = market.user(request), request.query.get("q", "")
        if user is None:
            return answer({"detail": "log in"}, 401)
        drafts = market.things["drafts"].values()
        found = [one for one in drafts if word in str(one) and (everything or owner(user, one))]
        return answer({"asked": word, "results": found})

    parameter = {"name": "q", "in": "query", "required": True, "schema": TEXT}
    found = object_of({"results": {"type": "array", "items": object_of({"id": NUMBER, "text": TEXT})}})
    market.on("GET", path, search, security=LOGIN, parameters=[parameter], **replies(found))


async def test_a_search_that_finds_others_drafts_leaks():
    market = Market()
    market.resource("drafts")
    searching(market, everything=True)
    assert confirmed((await judged(market, "AccessMatrix"))[LISTED]) == ["GET /search"]


async def test_a_search_that_repeats_the_question_does_not():
    market = Market()
    market.resource("drafts")
    searching(market, everything=False)
    result = (await judged(market, "AccessMatrix"))[LISTED]
    assert quiet(result)


@pytest.mark.parametrize(
    ("path", "key"), [("/feed", "items"), ("/export", "notes"), ("/drafts/export", "rows")]
)
async def test_feeds_and_exports_are_looked_through(path, key):
    market = Market()
    market.resource("drafts")
    shown = {"open": True}

    async def everything(request):
        user = market.user(request)
        found = [one for one in market.things["drafts"].values() if shown["open"] or owner(user, one)]
        return answer({key: found}) if user else answer({"detail": "log in"}, 401)

    market.on("GET", path, everything, security=LOGIN, **replies(object_of({key: {"type": "array"}})))
    assert confirmed((await judged(market, "AccessMatrix"))[LISTED]) == [f"GET {path}"]
    shown["open"] = False
    assert (await judged(market, "AccessMatrix"))[LISTED].findings == ()


# ----------------------------------------------------------------------------------------- what it needs


async def test_one_account_alone_proves_nothing():
    market = Market()
    market.resource("notes", read=members)
    signing_up = market.handlers["POST", "/signup"]

    async def one_only(request):
        full = len(market.users) >= 1
        return answer({"detail": "registration is closed"}, 403) if full else await signing_up(request)

    market.on("POST", "/signup", one_only)
    async with stage(market) as made:
        await made.collect("AccessMatrix")
        (gap,) = made.evidence("AccessMatrix").gaps
        results = made.judged()
    assert "two member accounts" in gap.reason
    assert "member_b" in gap.remedy.sentence
    assert results[DETAIL].state is State.UNKNOWN


async def test_a_leak_is_told_at_once_and_cited():
    market = Market()
    market.resource("notes", read=members)
    async with stage(market) as made:
        await made.collect("AccessMatrix")
        told = [event.message for event in made.seen(DETAIL)]
        finding = made.judged()[DETAIL].findings[0]
        cited = [made.journal.exchanges[one] for one in finding.evidence]
    assert told == ["member_b reads member_a's note by GET /notes/{note_id}"]
    assert any("lr" in one.response_body for one in cited)
    texts = [f"{one.request_headers}{one.response_body}" for one in cited]
    assert not [text for text in texts for token in market.sessions if token in text]


@pytest.mark.parametrize(
    ("outer", "inner"),
    [("threads", "messages"), ("topics", "replies"), ("threads", "posts"), ("posts", "comments")],
)
async def test_a_forum_is_a_question_at_most(outer, inner):
    market = Market()
    market.resource(outer, read=members, listed=members)
    market.resource(inner, parent=outer, read=members, listed=members)
    results = await judged(market, "AccessMatrix", "WriteMatrix")
    assert [check for check, result in results.items() if confirmed(result)] == []
