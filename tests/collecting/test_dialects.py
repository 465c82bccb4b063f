"""The same good and bad behaviour in the dialects of different APIs: the verdicts are the same."""

import json
import uuid

import pytest
from aiohttp import web

from launchready.model.report import State
from tests.collecting.market import Market, answer, members
from tests.collecting.stage import confirmed, stage

CHECKS = ("AUTH-01", "AUTH-15", "AUTH-16", "AUTH-21")
OPEN = {"read": members, "change": members, "delete": members, "listed": members}
FOUND = {
    "AUTH-01": [],
    "AUTH-15": ["DELETE /orders/{order_id}", "PATCH /orders/{order_id}"],
    "AUTH-16": ["GET /orders/{order_id}"],
    "AUTH-21": ["GET /orders"],
}


def plain(market):
    """As it is."""


def small_ids(market):
    """Numbers that stand in many other texts, too."""
    market.count = 0


def long_ids(market):
    """UUIDs in place of numbers."""
    make = market.made

    def made(name, user, **fields):
        thing = make(name, user, **fields)
        del market.things[name][str(thing["id"])]
        thing["id"] = str(uuid.uuid4())
        market.things[name][thing["id"]] = thing
        return thing

    market.made = made
    for methods in market.paths.values():
        for operation in methods.values():
            for parameter in operation["parameters"]:
                parameter["schema"] = {"type": "string", "format": "uuid"}


def rewritten(market, change):
    for key, handler in list(market.handlers.items()):

        async def changed(request, handler=handler):
            return change(request, await handler(request))

        market.handlers[key] = changed


def wrapped(market):
    """Everything inside an envelope."""

    def change(request, reply):
        if reply.status >= 300 or not reply.body or request.path == "/login":
            return reply
        return answer({"success": True, "data": json.loads(reply.body), "meta": {"at": 1}}, reply.status)

    rewritten(market, change)


def always_good(market):
    """Status 200 for everything; the body says what happened."""

    def change(request, reply):
        if reply.status < 400 or request.path in {"/login", "/signup"}:
            return reply
        return answer({"success": False, "code": reply.status, "message": json.loads(reply.body)["detail"]})

    rewritten(market, change)


def turned_away(market):
    """Strangers are sent to a login page."""

    def change(request, reply):
        away = reply.status == 401 and request.path != "/login"
        return web.Response(status=302, headers={"Location": "/login"}) if away else reply

    rewritten(market, change)


def single_page(market):
    """Strangers get the page of the app, with a good status."""

    def change(request, reply):
        away = reply.status == 401 and request.path != "/login"
        page = "<!doctype html><html><body><div id=app></div></body></html>"
        return web.Response(text=page, content_type="text/html") if away else reply

    rewritten(market, change)


def moody(market):
    """Every answer has something new in it."""
    count = iter(range(100_000))

    def change(request, reply):
        value = json.loads(reply.body) if reply.body and reply.status < 300 else None
        if isinstance(value, dict):
            value |= {
                "request_id": str(uuid.uuid4()),
                "views": next(count),
                "served_at": f"2026-01-01T00:00:{next(count)}",
            }
            return answer(value, reply.status)
        return reply

    rewritten(market, change)


DIALECTS = [plain, small_ids, long_ids, wrapped, always_good, turned_away, single_page, moody]


async def results_of(market):
    async with stage(market) as made:
        await made.collect("AccessMatrix", "WriteMatrix", "GuardSweep")
        results = made.judged()
        left = await made.cleaned()
    return {check: results[check] for check in CHECKS}, [thing for thing in left if "kept" not in thing]


@pytest.mark.parametrize("dialect", DIALECTS)
async def test_what_holds_is_safe(dialect):
    market = Market()
    market.resource("orders")
    dialect(market)
    results, left = await results_of(market)
    assert [finding.message for result in results.values() for finding in result.findings] == []
    assert {check: result.state for check, result in results.items()} == dict.fromkeys(CHECKS, State.PASS)
    assert left == []
    assert market.things["orders"] == {}


@pytest.mark.parametrize("dialect", DIALECTS)
async def test_what_is_open_is_found(dialect):
    market = Market()
    market.resource("orders", **OPEN)
    dialect(market)
    results, left = await results_of(market)
    assert {check: confirmed(result) for check, result in results.items()} == FOUND
    assert left == []
