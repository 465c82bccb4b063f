"""Internal paths, open, refused and looking like it, as the real check judges them."""

import pytest
from aiohttp import web

from launchready.model.report import State
from tests.collecting.market import Market, answer
from tests.collecting.stage import judged

CHECK = "AUTH-35"
TABLE = "<table><tr><th>Name</th></tr><tr><td>ada</td></tr></table>"


async def verdict(**pages):
    """What the check says of a market with pages by path (`admin` is `/admin`)."""
    market = Market()
    for path, (text, status, media) in pages.items():

        async def page(request, text=text, status=status, media=media):
            return web.Response(text=text, status=status, content_type=media)

        market.handlers["GET", "/" + path.replace("__", "/")] = page
    return (await judged(market, "ExposedPaths"))[CHECK]


def html(text, status=200):
    return (f"<!doctype html>{text}", status, "text/html")


async def test_a_target_without_such_paths_passes():
    assert (await verdict()).state is State.PASS


@pytest.mark.parametrize(
    "page",
    [
        f"<title>Shop administration</title><h1>Site administration</h1>{TABLE}",
        "<title>x</title><h1>Admin dashboard</h1><form method='post' action='/admin/jobs'><button>Run</button></form>",
        f"<title>Admin console</title><table><tr><th>Last login</th></tr><tr><td>today</td></tr></table>{TABLE}",
    ],
)
async def test_an_open_console_is_found(page):
    result = await verdict(admin=html(page))
    assert [finding.message for finding in result.findings] == [
        "admin console is open to everybody at /admin"
    ]


@pytest.mark.parametrize(
    "page",
    [
        html(
            "<title>Administration</title><h1>Log in</h1><form><input type='password'><button>Go</button></form>"
        ),
        html("<title>Admin sign in</title><form><input name='email'><button>Mail me a link</button></form>"),
        html("<title>Administration</title><p>Please log in.</p>", 401),
        html("<title>Admin dashboard</title><div id='root'></div><script src='/app.js'></script>"),
        html(
            "<title>Our team</title><h1>Who we are</h1><p>Our admins answer users.</p><nav><a href='/x'>x</a></nav>"
        ),
        ("gone", 404, "text/plain"),
    ],
)
async def test_a_login_a_shell_and_a_page_about_people_are_none(page):
    assert (await verdict(admin=page)).state is State.PASS


async def test_debug_data_and_metrics_are_found():
    result = await verdict(
        debug=('{"env_vars": {"HOME": "/"}}', 200, "application/json"),
        metrics=("# HELP a b\na 1\n", 200, "text/plain"),
    )
    assert sorted(finding.subject.path for finding in result.findings) == ["/debug", "/metrics"]


async def test_a_page_for_whatever_is_asked_is_none():
    market = Market()

    async def anything(request):
        page = f"<title>Admin dashboard</title><h1>Nothing here</h1>{TABLE}<p>{request.path}</p>"
        return web.Response(text=page, content_type="text/html")

    for depth in ("/{a}", "/{a}/{b}", "/{a}/{b}/{c}"):
        market.handlers["GET", depth] = anything
    assert (await judged(market, "ExposedPaths"))[CHECK].state is State.PASS


async def test_documentation_may_be_open():
    assert (
        await verdict(docs=html("<title>Swagger UI</title><div id='swagger-ui'></div>"))
    ).state is State.PASS


async def test_a_documented_internal_operation_is_asked():
    market = Market()

    async def stats(request):
        return answer({"queue": 3})

    market.on("GET", "/internal/stats", stats)
    result = (await judged(market, "ExposedPaths"))[CHECK]
    assert [finding.subject.path for finding in result.findings] == ["/internal/stats"]
