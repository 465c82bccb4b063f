from aiohttp import web

from launchready.collecting.client_bundles import MOST_REQUESTS
from launchready.model.evidence import Collected
from launchready.model.outcome import Cause
from tests.collecting.market import Market
from tests.collecting.stage import stage

HTML = "text/html"
SCRIPT = "text/javascript"


def text(body, media=SCRIPT, status=200):
    async def sent(request):
        return web.Response(text=body, content_type=media, status=status)

    return sent


def site(files, **options):
    """A market whose other paths are these files."""
    market = Market(**options)
    for path, (body, media) in files.items():
        market.handlers["GET", path] = text(body, media)
    return market


async def bundles(market, **options):
    async with stage(market, **options) as made:
        await made.collect("ClientBundles")
        slot = made.slots["ClientBundles"]
        assert isinstance(slot, Collected), slot
        return slot.evidence


def told(evidence):
    return [f"{route.method or '?'} {route.path} {route.asset}" for route in evidence.routes]


async def test_scripts_of_a_page_and_what_they_import_are_read():
    files = {
        "/": (
            (
                '<!doctype html><link rel="modulepreload" href="/assets/vendor-1.js">'
                '<script type=module src="/assets/index-1.js"></script>'
                '<script src="https://cdn.example.com/far.js"></script>'
            ),
            HTML,
        ),
        "/assets/index-1.js": (
            'const m=["assets/item-1.js"];import"./shared-1.js";import("../assets/late-1.js");fetch("/items")',
            SCRIPT,
        ),
        "/assets/vendor-1.js": ("var a=1", SCRIPT),
        "/assets/item-1.js": ('fetch(`/items/${e.id}`,{method:"DELETE"})', SCRIPT),
        "/assets/shared-1.js": ('axios.post("/orders")', SCRIPT),
        "/assets/late-1.js": ('fetch("/late/things")', SCRIPT),
    }
    found = await bundles(site(files))
    assert found.pages == ("/",)
    assert set(found.assets) == set(files) - {"/"}
    assert told(found) == [
        "GET /items /assets/index-1.js",
        "DELETE /items/{item_id} /assets/item-1.js",
        "GET /late/things /assets/late-1.js",
        "POST /orders /assets/shared-1.js",
    ]
    assert not found.gaps


async def test_chunks_of_a_build_manifest_and_of_the_app_router_are_read():
    files = {
        "/": (
            (
                '<html><script src="/_next/static/b1/_buildManifest.js" defer></script>'
                '<script>self.__next_f.push([1,"static/chunks/app/orders/page-9f.js"])</script></html>'
            ),
            HTML,
        ),
        "/_next/static/b1/_buildManifest.js": (
            'self.__BUILD_MANIFEST={"/items/[id]":["static/chunks/pages/items/[id]-1.js"]}',
            SCRIPT,
        ),
        "/_next/static/chunks/app/orders/page-9f.js": ('fetch("/api/orders",{method:"POST"})', SCRIPT),
    }
    market = site(files)
    market.handlers["GET", "/_next/static/chunks/pages/items/{name}"] = text('fetch("/api/items")')
    found = await bundles(market)
    assert {route.path for route in found.routes} == {"/api/orders", "/api/items"}
    assert len(found.assets) == 3


async def test_code_in_the_page_itself_is_read():
    found = await bundles(site({"/": ('<html><script>fetch("/items")</script></html>', HTML)}))
    assert told(found) == ["GET /items /"]


async def test_an_api_without_pages_has_no_bundle_and_that_is_no_gap():
    market = Market()
    market.resource("notes")
    found = await bundles(market)
    assert (found.pages, found.assets, found.routes, found.gaps) == ((), (), (), ())
    assert len(market.log) <= 2, "the knock at the door and the first page"


async def test_one_page_for_every_path_is_no_script():
    shell = '<html><script src="/app.js"></script></html>'
    files = {
        "/": (shell, HTML),
        "/app": (shell, HTML),
        "/app.js": ('import"./gone.js";fetch("/items")', SCRIPT),
    }
    market = site(files)
    market.handlers["GET", "/{rest:.*}"] = text(shell, HTML)
    found = await bundles(market)
    assert found.pages == ("/",)
    assert found.assets == ("/app.js",)


async def test_reading_is_bounded_and_says_what_was_left():
    many = "".join(f'<script src="/s{number}.js"></script>' for number in range(100))
    files = {"/": (f"<html>{many}</html>", HTML)}
    files |= {f"/s{number}.js": (f'fetch("/things{number}x")', SCRIPT) for number in range(100)}
    market = site(files)
    found = await bundles(market)
    assert len(market.log) <= MOST_REQUESTS + 1
    assert [gap.cause for gap in found.gaps] == [Cause.BUDGET]
    assert "more were not read" in found.gaps[0].reason
    assert found.routes


async def test_nothing_outside_the_target_is_asked_and_nothing_is_sent_that_changes_anything():
    files = {
        "/": (('<html><base href="https://evil.example.com/"><script src="a.js"></script>'
              '<script src="//other.example.com/b.js"></script><script src="http://["></script></html>'), HTML),
    }  # fmt: skip
    market = site(files)
    found = await bundles(market)
    assert found.assets == ()
    assert {entry[0] for entry in market.log} == {"GET"}


async def test_the_paths_reach_the_surface():
    files = {"/": ('<html><script>fetch("/hidden/export")</script></html>', HTML)}
    market = site(files)
    market.resource("notes")
    market.handlers["GET", "/hidden/export"] = market._me
    async with stage(market) as made:
        await made.collect("Surface")
        operations = made.evidence("Surface").operations
    assert [each.id for each in operations if each.source == "bundle"] == ["GET /hidden/export"]


async def test_a_target_that_slows_us_down_is_not_asked_for_more():
    files = {"/": ('<html><script src="/a.js"></script><script src="/b.js"></script></html>', HTML)}
    market = site(files)
    market.handlers["GET", "/app"] = text("slow down", "text/plain", 429)
    found = await bundles(market)
    assert found.pages == ("/",)
    assert found.assets == ()
    assert [gap.cause for gap in found.gaps] == [Cause.TARGET_FAILED]
    assert not market.asked(path="/login")
