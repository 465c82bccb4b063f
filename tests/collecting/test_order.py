from dataclasses import replace

from launchready.collecting.order import riskiest_first
from launchready.model.source import Bound
from tests.collecting.code import BY_ID, LOGIN, read_by, review, route, routes_of
from tests.collecting.market import Market
from tests.collecting.stage import stage


async def ordered(*routes):
    market = Market()
    market.resource("notes")
    market.resource("orders")
    market.resource("drafts")
    async with stage(market) as made:
        await made.collect("Surface")
        before = [each.id for each in made.context.operations()]
        if routes:
            read_by(made, review(*routes))
        return before, [each.id for each in riskiest_first(made.context, made.context.operations())]


async def test_what_the_code_leaves_unguarded_comes_first():
    before, after = await ordered(
        route("GET", "/drafts/{draft_id}", guards=(LOGIN,), lookups=(BY_ID,)),
        route("DELETE", "/orders/{id}"),
        route("POST", "/notes"),
        route("GET", "/notes", guards=(LOGIN,)),
    )
    assert after[:3] == ["POST /notes", "DELETE /orders/{order_id}", "GET /drafts/{draft_id}"]
    rest = [each for each in before if each not in after[:3]]
    assert after[3:] == rest, "the rest keeps its order"


async def test_a_plain_read_without_a_guard_stays_where_it_is():
    before, after = await ordered(route("GET", "/drafts"))
    assert after == before


async def test_a_lookup_that_is_bound_to_the_owner_stays_where_it_is():
    bound = replace(BY_ID, bound=Bound.OWNER)
    before, after = await ordered(route("GET", "/drafts/{draft_id}", guards=(LOGIN,), lookups=(bound,)))
    assert after == before


async def test_without_code_the_order_is_the_documents():
    before, after = await ordered()
    assert after == before


async def test_guarded_code_changes_nothing():
    market = Market()
    market.resource("notes")
    before, after = await ordered(*(one for one in routes_of(market) if one.guards))
    assert after == before
