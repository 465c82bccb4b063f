"""Foreign origins on small targets with rules of all kinds, as the real check judges them."""

from contextlib import asynccontextmanager

import pytest
from aiohttp import web

from launchready.collecting.approved_origins import candidates
from launchready.collecting.origins import hostile_origins
from launchready.model.outcome import Cause, Confidence, Input
from launchready.model.report import State
from tests.collecting.market import Market
from tests.collecting.stage import judged

CHECK = "CORS-01"
OWN = "https://shop.example"


class Crossing(Market):
    """A market with a rule for origins: what it says to an origin, `None` for nothing. Preflights are answered."""

    def __init__(self, rule=None, *, credentials=True, names=""):
        self.rule, self.credentials, self.names = rule, credentials, names
        super().__init__()

    def headers(self, origin):
        allowed = self.rule(origin) if self.rule and origin else None
        made = {"Vary": "Origin"} if self.rule else {}
        if allowed:
            made["Access-Control-Allow-Origin"] = allowed
            if self.credentials:
                made["Access-Control-Allow-Credentials"] = "true"
        return made | ({"Content-Security-Policy": f"connect-src {self.names}"} if self.names else {})

    @asynccontextmanager
    async def served(self):
        @web.middleware
        async def cross(request, handler):
            origin = request.headers.get("Origin", "")
            if (
                self.rule
                and request.method == "OPTIONS"
                and "Access-Control-Request-Method" in request.headers
            ):
                return web.Response(status=204, headers=self.headers(origin))
            try:
                reply = await handler(request)
            except web.HTTPException as error:
                error.headers.update(self.headers(origin))
                raise
            reply.headers.update(self.headers(origin))
            return reply

        app = web.Application(middlewares=[cross])
        app.router.add_get("/openapi.json", self._describe)
        for (method, path), handler in self.handlers.items():
            app.router.add_route(method, path, handler)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        try:
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            self.url = "http://{}:{}".format(*runner.addresses[0][:2])
            yield self.url
        finally:
            await runner.cleanup()

    async def _describe(self, request):
        return web.json_response(self.document())


def exactly(origin):
    return origin if origin == OWN else None


def ends_alike(origin):
    return origin if origin.endswith("shop.example") else None


def begins_alike(origin):
    return origin if origin.startswith(OWN) else None


def null_too(origin):
    return origin if origin in {OWN, "null"} else None


def subdomains(origin):
    return origin if origin == OWN or origin.endswith(".shop.example") else None


def anybody(origin):
    return origin


def star(origin):
    return "*"


async def verdict(rule=None, *, origins=(), **options):
    market = Crossing(rule, **options)
    return (await judged(market, "OriginTrials", "Accounts", origins=tuple(origins)))[CHECK]


@pytest.mark.parametrize("origins", [(), (OWN,)])
async def test_an_api_that_never_speaks_of_origins_passes(origins):
    assert (await verdict(origins=origins)).state is State.PASS


async def test_an_exact_list_passes_where_what_it_approves_is_known():
    assert (await verdict(exactly, origins=[OWN])).state is State.PASS


@pytest.mark.parametrize("rule", [exactly, ends_alike, begins_alike])
async def test_where_no_approved_origin_is_known_the_look_alikes_stay_open(rule):
    result = await verdict(rule)
    assert (result.state, result.cause) == (State.UNKNOWN, Cause.NEEDS_INPUT)
    assert result.open_items[0].remedy.input is Input.ANSWER
    assert "origins = [" in result.open_items[0].remedy.sentence


async def test_a_declared_origin_that_is_not_allowed_is_no_model():
    result = await verdict(exactly, origins=["https://another.example"])
    assert result.cause is Cause.NEEDS_INPUT
    assert "https://another.example" in result.open_items[0].reason


@pytest.mark.parametrize(
    ("rule", "how"),
    [
        (ends_alike, "approved host as a suffix"),
        (begins_alike, "approved host as a prefix"),
        (null_too, "null origin"),
    ],
)
async def test_a_careless_comparison_fails(rule, how):
    result = await verdict(rule, origins=[OWN])
    assert result.state is State.FAIL
    found = [finding for finding in result.findings if finding.confidence is Confidence.CONFIRMED]
    assert any(how in finding.message for finding in found)
    assert all("Origin: " in finding.reproduce for finding in found)


async def test_an_origin_that_the_target_names_itself_is_tried():
    assert (await verdict(ends_alike, names=f"'self' {OWN}")).state is State.FAIL
    assert (await verdict(exactly, names=f"'self' {OWN}")).state is State.PASS


async def test_an_origin_that_servers_use_in_development_is_tried():
    assert (
        await verdict(lambda origin: origin if origin == "http://localhost:5173" else None)
    ).state is State.PASS


async def test_who_lets_everybody_in_is_told_once():
    result = await verdict(anybody)
    assert (result.state, len(result.findings)) == (State.FAIL, 1)


async def test_a_star_is_one_question():
    result = await verdict(star, credentials=False)
    assert (result.state, result.cause, len(result.findings)) == (State.UNKNOWN, Cause.NEEDS_ANSWER, 1)
    assert result.findings[0].confidence is Confidence.SUSPECTED


async def test_all_subdomains_are_a_question():
    result = await verdict(subdomains, origins=[OWN])
    assert [finding.confidence for finding in result.findings] == [Confidence.SUSPECTED]
    assert OWN in result.findings[0].question


def test_no_hostile_origin_is_an_approved_one():
    approved = ("https://shop.example", "https://shopxexample", "http://shop.example")
    values = [item.value for item in hostile_origins("https://api.shop.example/v1", approved)]
    assert not set(values) & {*approved, "https://api.shop.example"}
    assert len(values) == len(set(values))
    assert "https://launchready-strangershop.example" in values


def test_candidates_of_a_name_and_of_an_address():
    named = candidates("https://api.shop.example", ["https://Declared.example/"], ["https://noticed.example"])
    assert named[:2] == ("https://declared.example", "https://noticed.example")
    assert {"https://shop.example", "https://www.shop.example", "http://localhost:3000"} <= set(named)
    assert "https://api.shop.example" not in named
    assert all("127.0.0.1:8" not in item for item in candidates("http://127.0.0.1:8000", [], []))
