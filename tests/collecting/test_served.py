import pytest
from aiohttp import web

from launchready.collecting.served import Scout, Standing, known_to_target
from launchready.model.operation import HttpOperation
from launchready.model.settings import Budget
from launchready.surface.from_source import CodeOperation
from tests.collecting.market import Market, answer
from tests.collecting.stage import RATE, stage


def operation(text, base=""):
    method, path = text.split()
    return HttpOperation(id=text, method=method, path=path, base_path=base, source="source")


def plain():
    market = Market()
    market.resource("notes")
    return market


async def standings(market, *texts, **options):
    async with stage(market, **options) as made:
        scout = Scout(made.context)
        found = await scout.standings([operation(text) for text in texts])
        return dict(zip(texts, found, strict=True))


def always(status, body="", media="application/json"):
    async def sent(request):
        return web.Response(status=status, text=body.replace("PATH", request.path), content_type=media)

    return sent


async def test_known_routes_are_told_from_unknown_ones():
    found = await standings(
        plain(), "GET /notes", "POST /notes", "GET /notes/{id}", "DELETE /notes/{id}", "POST /login",
        "GET /nowhere", "POST /nowhere", "GET /nowhere/{id}", "GET /login",
    )  # fmt: skip
    assert {text for text, one in found.items() if one is Standing.SERVED} == {
        "GET /notes", "POST /notes", "GET /notes/{id}", "DELETE /notes/{id}", "POST /login",
    }  # fmt: skip
    assert {one for one in found.values() if one is not Standing.SERVED} == {Standing.ABSENT}


async def test_where_options_tell_nothing_a_write_cannot_be_told_from_nothing():
    market = plain()
    market.handlers["OPTIONS", "/{rest:.*}"] = always(404, '{"detail": "not found"}')
    found = await standings(market, "GET /notes", "POST /signup", "POST /nowhere", "GET /nowhere")
    assert found == {
        "GET /notes": Standing.SERVED,
        "POST /signup": Standing.LIKE_ABSENT,
        "POST /nowhere": Standing.LIKE_ABSENT,
        "GET /nowhere": Standing.ABSENT,
    }


async def test_an_answer_to_every_options_tells_nothing():
    market = plain()
    market.handlers["OPTIONS", "/{rest:.*}"] = always(204)
    found = await standings(market, "POST /signup", "GET /nowhere/{id}", "GET /nowhere")
    assert list(found.values()) == [Standing.UNTOLD, Standing.LIKE_ABSENT, Standing.ABSENT]


@pytest.mark.parametrize(
    "body", ['{"error": "no PATH", "id": "PATH"}', "Cannot GET PATH", "<pre>Cannot GET PATH</pre>"]
)
async def test_a_not_found_that_repeats_the_path_is_the_same_for_all(body):
    market = plain()
    market.handlers["GET", "/{rest:.*}"] = always(404, body, "text/plain")
    assert (await standings(market, "GET /me/too"))["GET /me/too"] is Standing.ABSENT


async def test_a_not_found_that_is_never_the_same_tells_nothing():
    market = plain()
    market.handlers["GET", "/{rest:.*}"] = _random(404)
    found = await standings(market, "GET /nowhere", "GET /notes")
    assert found == {"GET /nowhere": Standing.ABSENT, "GET /notes": Standing.SERVED}


def _random(status):
    words = iter(["alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa"] * 9)

    async def sent(request):
        return answer({"detail": next(words)}, status)

    return sent


async def test_a_handler_that_finds_nothing_differs_from_no_route():
    market = plain()
    market.handlers["GET", "/items/{id}"] = always(404, '{"detail": "no such item"}')
    assert (await standings(market, "GET /items/{id}"))["GET /items/{id}"] is Standing.SERVED


async def test_a_route_of_values_alone_is_compared_with_a_longer_path():
    market = Market()
    market.handlers["GET", "/{name}"] = always(404, '{"detail": "no such member"}')
    assert (await standings(market, "GET /{name}"))["GET /{name}"] is Standing.SERVED


async def test_a_wall_in_front_of_a_folder_is_no_not_found():
    market = plain()
    market.handlers["GET", "/v1/{rest:.*}"] = always(401, '{"detail": "log in"}')
    assert (await standings(market, "GET /v1/items"))["GET /v1/items"] is Standing.GUARDED


async def test_questions_are_bounded():
    market = plain()
    many = [f"GET /things{number}x" for number in range(400)]
    found = await standings(market, *many, budget=Budget(rate=RATE, requests=200))
    assert len(market.log) <= 50
    assert found[many[-1]] is Standing.UNTOLD


async def test_values_of_the_declared_kind_are_made_up():
    market = plain()
    async with stage(market) as made:
        await Scout(made.context).standings([operation("GET /notes/{note_id}")])
    assert market.asked("GET", "/notes/790001337")


@pytest.mark.parametrize(
    "kind", [r"\d+", r"[0-9a-f]{8}-[0-9a-f-]{27}", "[a-z-]+"], ids=["number", "uuid", "word"]
)
async def test_a_route_that_takes_ids_of_one_kind_is_known_whatever_the_code_tells(kind):
    market = plain()
    market.handlers["GET", f"/things/{{id:{kind}}}"] = always(404, '{"detail": "not found"}')
    market.handlers["DELETE", f"/things/{{id:{kind}}}"] = always(204)
    market.handlers["POST", f"/stores/{{id:{kind}}}/open"] = always(204)
    found = await standings(
        market,
        "GET /things/{id}",
        "DELETE /things/{id}",
        "POST /stores/{id}/open",
        "GET /notes",
        "GET /no/{id}",
    )
    assert [one is Standing.SERVED for one in found.values()] == [True, True, True, True, False]


async def test_an_application_without_any_answer_is_not_here():
    named = [CodeOperation(operation=operation(text), app="x") for text in ("GET /a", "POST /b")]
    async with stage(plain()) as made:
        known = await known_to_target(made.context, named, ("", "/api"))
    assert (known.operations, known.apps) == ((), ())
    assert [each.id for each in known.absent] == ["GET /a", "POST /b"]


async def test_a_guard_that_answers_options_does_not_make_them_tell():
    market = plain()
    market.handlers["OPTIONS", "/notes"] = always(401, '{"detail": "log in"}')
    market.handlers["OPTIONS", "/me"] = always(401, '{"detail": "log in"}')
    market.handlers["OPTIONS", "/{rest:.*}"] = always(404, '{"detail": "not found"}')
    found = await standings(market, "GET /notes", "GET /me", "POST /signup")
    assert found["POST /signup"] is Standing.LIKE_ABSENT


async def test_a_target_that_slows_us_down_is_asked_no_more():
    market = plain()
    market.handlers["GET", "/first"] = always(429)
    found = await standings(market, "GET /first", "GET /notes", "POST /notes")
    assert set(found.values()) == {Standing.UNTOLD}
    assert len(market.log) == 1
