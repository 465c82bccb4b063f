"""Twins of writes: APIs that are sound and look changed, and open ones that look sound."""

import asyncio

import pytest
from aiohttp import web

from launchready.model.report import State
from tests.collecting.market import LOGIN, NUMBER, TEXT, Market, answer, body, members, object_of, replies
from tests.collecting.stage import confirmed, judged, suspected

WRITES = "AUTH-15"
THREADS = "AUTH-12"
ANONYMOUS = "AUTH-01"
PROFILE = "/users/{user_id}"
SOON = 0.05


# ------------------------------------------------------------------------------------------- profiles


def with_moving_record(*, guarded):
    """A record of oneself that differs at every read; `guarded` profiles refuse to be written by others."""
    market = Market()
    reads = iter(range(100_000))

    async def record(request):
        user = market.users.get(market.user(request))
        if user is None:
            return answer({"detail": "log in"}, 401)
        return answer(
            {
                "id": user["id"],
                "username": user["username"],
                "bio": user.get("bio", ""),
                "requests": next(reads),
            }
        )

    async def change(request):
        caller = market.users.get(market.user(request))
        named = next(
            (one for one in market.users.values() if str(one["id"]) == request.match_info["user_id"]), None
        )
        if caller is None or named is None:
            return answer({"detail": "log in"}, 401)
        if guarded and caller is not named:
            return answer({"detail": "not yours"}, 403)
        named["bio"] = (await request.json())["bio"]
        return answer({"id": named["id"], "bio": named["bio"]})

    market.on("GET", "/me", record)
    shown = object_of({"id": NUMBER, "bio": TEXT})
    market.on("GET", PROFILE, record, security=LOGIN, **replies(shown))
    market.on(
        "PATCH", PROFILE, change, security=LOGIN, **body(object_of({"bio": TEXT}, ("bio",))), **replies(shown)
    )
    return market


async def test_a_record_that_moves_by_itself_was_not_written():
    results = await judged(with_moving_record(guarded=True), "WriteMatrix")
    assert results[WRITES].findings == ()


async def test_a_write_is_seen_in_a_record_that_moves():
    results = await judged(with_moving_record(guarded=False), "WriteMatrix")
    assert confirmed(results[WRITES]) == [f"PATCH {PROFILE}"]


# ------------------------------------------------------------------------------------- shown once only


async def test_what_is_shown_once_was_not_deleted_by_others():
    market = Market()
    market.resource("secrets", verbs="CRD")

    async def burn(request):
        thing = market.things["secrets"].get(request.match_info["secret_id"])
        if thing is None or thing["owner"] != market.user(request):
            return answer({"detail": "not found"}, 404)
        del market.things["secrets"][request.match_info["secret_id"]]
        return answer(thing)

    market.on("GET", "/secrets/{secret_id}", burn)
    results = await judged(market, "WriteMatrix", "GuardSweep")
    assert [results[check].findings for check in (WRITES, ANONYMOUS)] == [(), ()]
    assert results[WRITES].state is State.UNKNOWN


# ------------------------------------------------------------------------------------ effects that wait


def queueing(rule):
    """Writes that are accepted at once and done a little later."""
    market = Market()
    market.resource("notes", change=rule, delete=rule)

    def later(verb):
        async def put_off(request):
            thing = market.things["notes"].get(request.match_info["note_id"])
            if thing is None or not rule(market.user(request), thing):
                return answer({"detail": "not found"}, 404)
            sent = await request.json() if verb == "PATCH" else None
            act = (
                thing.update
                if sent is not None
                else lambda _: market.things["notes"].pop(str(thing["id"]), None)
            )
            asyncio.get_running_loop().call_later(SOON, act, sent)
            return answer({"queued": True}, 202)

        return put_off

    for verb in ("PATCH", "DELETE"):
        market.on(verb, "/notes/{note_id}", later(verb))
    return market


async def test_what_takes_effect_later_is_waited_for():
    results = await judged(queueing(members), "WriteMatrix")
    assert confirmed(results[WRITES]) == ["DELETE /notes/{note_id}", "PATCH /notes/{note_id}"]


async def test_a_queue_that_refuses_others_passes():
    results = await judged(queueing(lambda user, thing: thing["owner"] == user), "WriteMatrix")
    assert results[WRITES].state is State.PASS


# --------------------------------------------------------------------------------------------- threads


def forum(**messages):
    market = Market()
    market.resource("threads", fields={"subject": TEXT}, required=("subject",), verbs="LCR", **messages)
    fields = {"text": TEXT, "reply_to_id": NUMBER}
    market.resource(
        "messages", fields=fields, required=("text",), verbs="LC", parent="threads", listed=members
    )
    return market


async def test_a_reply_names_no_party_so_a_forum_is_a_question():
    market = forum(listed=members, read=members)
    results = await judged(market, "AccessMatrix", "WriteMatrix")
    assert confirmed(results[THREADS]) == []
    assert "GET /threads/{thread_id}/messages" in suspected(results[THREADS])


@pytest.mark.parametrize("guarded", [True, False])
async def test_threads_that_others_cannot_read_are_posted_into_as_well(guarded):
    market = forum()

    async def post(request):
        thread = market.things["threads"].get(request.match_info["thread_id"])
        user = market.user(request)
        if user is None or thread is None or (guarded and thread["owner"] != user):
            return answer({"detail": "not found"}, 404)
        return answer(
            market.made("messages", user, parent=thread["id"], text=(await request.json())["text"]), 201
        )

    market.on("POST", "/threads/{thread_id}/messages", post)
    results = await judged(market, "AccessMatrix", "WriteMatrix")
    assert confirmed(results[THREADS]) == ([] if guarded else ["POST /threads/{thread_id}/messages"])


# --------------------------------------------------------------------------------- good status, bad news


def coded(market, *paths):
    """Refusals with a good status, a code of the API's own and a sentence."""

    def wrap(handler):
        async def told(request):
            reply = await handler(request)
            if reply.status < 400:
                return reply
            return answer({"code": 40000 + reply.status, "msg": "please log in"})

        return told

    for key, handler in list(market.handlers.items()):
        if key[1] in paths:
            market.handlers[key] = wrap(handler)
    return market


async def test_a_coded_refusal_creates_nothing():
    market = Market()
    market.resource("notes", verbs="LCR")
    results = await judged(coded(market, "/notes", "/notes/{note_id}"), "GuardSweep")
    assert results[ANONYMOUS].findings == ()


async def test_what_is_created_without_a_login_is_found_beside_coded_refusals():
    market = Market()
    market.resource("orders", verbs="LCR")
    create = market.handlers["POST", "/orders"]

    async def careless(request):
        if market.user(request) is not None:
            return await create(request)
        return answer(market.made("orders", "nobody", **(await request.json())), 201)

    coded(market, "/orders", "/orders/{order_id}")
    market.on("POST", "/orders", careless)
    results = await judged(market, "GuardSweep")
    assert confirmed(results[ANONYMOUS]) == ["POST /orders"]


async def test_nothing_is_said_of_a_login_that_opens_no_session():
    market = Market()
    log_in = market.handlers["POST", "/login"]

    async def polite(request):
        reply = await log_in(request)
        return reply if reply.status < 400 else answer({"note": "try another password"})

    async def change(request):
        user = market.users.get(market.user(request))
        sent = await request.json()
        if user is None or user["password"] != sent["old_password"]:
            return answer({"detail": "wrong"}, 403)
        user["password"] = sent["new_password"]
        given = request.headers["Authorization"].removeprefix("Bearer ")
        for token in [
            one for one, name in market.sessions.items() if name == user["username"] and one != given
        ]:
            del market.sessions[token]
        return web.Response(status=204)

    market.on("POST", "/login", polite)
    sent = object_of({"old_password": TEXT, "new_password": TEXT}, ("old_password", "new_password"))
    market.on("POST", "/change-password", change, security=LOGIN, **body(sent))
    results = await judged(market, "SessionScenarios")
    assert confirmed(results["AUTH-28"]) == []
    assert results["AUTH-28"].safe == 1
