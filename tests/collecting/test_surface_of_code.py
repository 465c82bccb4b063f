import pytest
from aiohttp import web

from launchready.model.evidence import ClientBundles, ClientRoute, Collected, Failed, Gap
from launchready.model.operation import Guard, Purpose
from launchready.model.outcome import Cause, Input, Remedy
from launchready.model.report import State
from launchready.model.source import CodePlace, GuardKind, GuardLevel, Skipped, SourceGuard
from tests.collecting.code import LOGIN, PUBLIC, read_by, review, route, routes_of
from tests.collecting.market import Market, answer, members
from tests.collecting.stage import confirmed, stage, suspected

ADMINS = SourceGuard(
    name="admin_only",
    kind=GuardKind.AUTHORIZES,
    level=GuardLevel.ROUTE,
    place=CodePlace(path="main/main.py", line=1),
    role="admin",
)


def undescribed(**options):
    market = Market(**options)
    market.document = lambda: {"nothing": "here"}
    return market


def ids(surface):
    return {each.id for each in surface.operations}


def page(text):
    async def shown(request):
        return web.Response(
            text=f"<!doctype html><title>Shop</title>{text} {request.path}", content_type="text/html"
        )

    return shown


async def surfaced(market, found, **options):
    async with stage(market, **options) as made:
        read_by(made, found)
        await made.collect("Surface")
        slot = made.slots["Surface"]
        assert isinstance(slot, Collected), slot
        return slot.evidence


async def test_without_a_document_the_code_is_audited():
    market = undescribed()
    market.resource("notes", read=members)
    market.resource("orders")
    async with stage(market) as made:
        read_by(made, review(*routes_of(market)))
        await made.collect("AccessMatrix", "WriteMatrix", "GuardSweep")
        surface, results = made.evidence("Surface"), made.judged()
    assert surface.origin == "the source code (FastAPI)"
    assert surface.complete
    assert ids(surface) == {f"{method} {path}" for method, path in market.handlers}
    assert {each.source for each in surface.operations} == {"source"}
    assert confirmed(results["AUTH-16"]) == ["GET /notes/{note_id}"]
    assert results["AUTH-15"].state is State.PASS
    assert results["AUTH-01"].state is State.PASS


async def test_what_only_the_code_names_is_probed_besides_the_document():
    market = Market()
    market.resource("orders")
    notes = market.resource("notes", read=members)
    whole = routes_of(market)
    for path in [path for path in market.paths if notes.name in path]:
        del market.paths[path]
    async with stage(market) as made:
        read_by(made, review(*whole))
        await made.collect("AccessMatrix")
        surface, results = made.evidence("Surface"), made.judged()
    added = {each.id for each in surface.operations if each.source == "source"}
    assert added == {f"{method} {path}" for method, path in market.handlers if notes.name in path}
    assert "from the source code (FastAPI)" in surface.notes[-1]
    assert confirmed(results["AUTH-16"]) == ["GET /notes/{note_id}"]


async def test_what_the_document_describes_keeps_its_words():
    market = Market()
    market.resource("notes")
    other = tuple(
        route(one.method, one.path.replace("note_id", "pk"), guards=one.guards)
        for one in routes_of(market)
    )  # fmt: skip
    surface = await surfaced(market, review(*other))
    assert "GET /notes/{note_id}" in ids(surface)
    assert {each.source for each in surface.operations} == {"openapi"}
    assert not any("more from" in note for note in surface.notes)


async def test_routes_that_are_not_served_are_left_out_and_told():
    market = undescribed()
    market.resource("notes")
    gone = (route("GET", "/reports", guards=(LOGIN,)), route("POST", "/reports", fields=("title",)))
    surface = await surfaced(market, review(*routes_of(market), *gone))
    assert not {"GET /reports", "POST /reports"} & ids(surface)
    assert any(
        "2 of 10 routes of the code are not served at this address: GET /reports, POST /reports" in note
        for note in surface.notes
    )
    assert not surface.complete, "a route that is there may hide"


async def test_an_application_that_is_served_elsewhere_is_left_out_whole():
    market = undescribed()
    market.resource("notes")
    other = [
        route("GET", "/metrics/daily", app="worker"),
        route("GET", "/tasks/{task_id}", app="worker"),
        route("POST", "/tasks", app="worker", fields=("name",)),
    ]
    surface = await surfaced(market, review(*routes_of(market), *other))
    assert ids(surface) == {f"{method} {path}" for method, path in market.handlers}
    assert surface.complete


async def test_the_same_route_of_two_applications_is_taken_from_the_one_that_is_served():
    market = undescribed()
    market.resource("notes")
    other = [route("GET", "/notes", app="a"), route("GET", "/nowhere", app="a")]
    surface = await surfaced(market, review(*other, *routes_of(market)))
    assert "GET /notes" in ids(surface)
    assert "GET /nowhere" not in ids(surface)


async def test_a_mount_that_the_code_does_not_tell_is_found_by_asking():
    market = undescribed(prefix="/api")
    market.resource("notes", read=members)
    async with stage(market) as made:
        read_by(made, review(*routes_of(market)))
        await made.collect("AccessMatrix")
        assert confirmed(made.judged()["AUTH-16"]) == ["GET /notes/{note_id}"]


async def test_a_route_that_hides_from_strangers_is_kept_where_options_tell():
    market = undescribed()
    market.resource("notes")

    async def hidden(request):
        return (
            answer({"users": 3}) if market.user(request) else web.Response(status=404, text="404: Not Found")
        )

    market.on("GET", "/hidden", hidden, security=[])
    surface = await surfaced(market, review(*routes_of(market)))
    assert "GET /hidden" in ids(surface)


async def test_pages_for_people_are_told_and_left_out():
    market = undescribed()
    market.resource("notes")
    market.on("GET", "/", page("Welcome"), security=[])
    market.on("GET", "/about", page("About us"), security=[])
    surface = await surfaced(market, review(*routes_of(market)))
    assert not {"GET /", "GET /about"} & ids(surface)
    assert "2 pages for people are no part of the API: GET /, GET /about" in surface.notes
    assert surface.complete


async def test_a_page_about_what_members_own_keeps_the_surface_open():
    market = undescribed()
    market.resource("notes")
    market.on("GET", "/messages", page("Inbox"), security=[])
    surface = await surfaced(market, review(*routes_of(market)))
    assert not surface.complete


async def test_one_page_for_every_path_is_no_route():
    market = undescribed()
    market.resource("notes")
    routes = routes_of(market)
    market.on("GET", "/{rest:.*}", page("App"), security=[])
    surface = await surfaced(
        market, review(*routes, route("GET", "/{rest}"), route("GET", "/reports"), route("POST", "/reports"))
    )
    assert ids(surface) == {one.id for one in routes} | {"POST /reports"}


async def test_a_guard_in_front_of_everything_leaves_the_routes_as_they_are():
    market = undescribed()
    market.resource("notes")

    async def closed(request):
        return answer({"detail": "log in"}, 401)

    routes = routes_of(market)
    for method in ("GET", "OPTIONS", "POST"):
        market.handlers[method, "/v1/{rest:.*}"] = closed
    more = [route("GET", "/v1/reports", guards=(LOGIN,), app="v1"), route("POST", "/v1/reports", app="v1")]
    surface = await surfaced(market, review(*routes, *more))
    assert {"GET /v1/reports", "POST /v1/reports"} <= ids(surface)


@pytest.mark.parametrize(
    "open_end",
    [
        {"skipped": (Skipped(path="main/urls.py", reason="it is no Python"),)},
        {
            "gaps": (
                Gap(
                    what="routes",
                    cause=Cause.PARTIAL,
                    reason="a router is made by a function",
                    remedy=Remedy(input=Input.SPECIFICATION, sentence="Give the document."),
                ),
            )
        },
        {"uncertain": True},
    ],
    ids=["skipped", "gap", "uncertain"],
)
async def test_a_surface_of_code_with_an_open_end_is_not_complete(open_end):
    market = undescribed()
    market.resource("notes")
    routes = routes_of(market)
    if open_end.pop("uncertain", False):
        routes = (*routes, route("GET", "/x/{y}", certain=False, note="the prefix is computed"))
    surface = await surfaced(market, review(*routes, **open_end))
    assert not surface.complete


async def test_with_nothing_known_the_ways_are_told():
    market = undescribed()
    async with stage(market) as made:
        await made.collect("Surface")
        slot = made.slots["Surface"]
    assert isinstance(slot, Failed)
    assert slot.cause is Cause.NEEDS_INPUT
    assert {"--spec", "--repo", "--har"} <= set(slot.remedy.sentence.replace(",", " ").split())


async def test_code_that_is_not_served_at_all_is_no_surface():
    market = undescribed()
    async with stage(market) as made:
        read_by(made, review(route("GET", "/reports"), route("GET", "/charts")))
        await made.collect("Surface")
        slot = made.slots["Surface"]
    assert isinstance(slot, Failed)
    assert "2 of 2 routes of the code are not served at this address" in slot.reason


async def test_finding_out_sends_nothing_that_changes_anything():
    market = undescribed()
    market.resource("notes")
    await surfaced(market, review(*routes_of(market)))
    assert {entry[0] for entry in market.log} <= {"GET", "OPTIONS"}
    assert {entry[2] for entry in market.log} == {None}


async def test_what_must_not_be_touched_is_not_asked_for():
    market = undescribed()
    market.resource("notes")
    market.on("GET", "/reset-database", page("gone"), security=[])
    surface = await surfaced(
        market, review(*routes_of(market)), never_touch=("* /notes/*",)
    )  # fmt: skip
    assert "GET /reset-database" in ids(surface)
    assert not market.asked(path="/reset-database")
    assert not market.asked(path="/notes/")


# ----------------------------------------------------------------------------------- what the code hints


async def test_a_guard_in_the_code_is_a_hint_and_confirms_nothing():
    market = undescribed()
    market.resource("notes")

    async def shared(request):
        return answer([{"id": 1, "title": "News"}])

    market.on("GET", "/news", shared)
    async with stage(market) as made:
        read_by(made, review(*routes_of(market), route("GET", "/notices", guards=(PUBLIC,))))
        await made.collect("GuardSweep")
        result = made.judged()["AUTH-01"]
    assert confirmed(result) == []
    assert suspected(result) == ["GET /news"]


async def test_what_the_code_says_everybody_may_is_not_asked_about():
    market = undescribed()
    market.resource("notes")

    async def shared(request):
        return answer([{"id": 1, "title": "News"}])

    market.on("GET", "/news", shared)
    routes = [
        one if one.id != "GET /news" else route("GET", "/news", guards=(PUBLIC,)) for one in routes_of(market)
    ]
    async with stage(market) as made:
        read_by(made, review(*routes))
        await made.collect("GuardSweep")
        assert made.judged()["AUTH-01"].state is State.PASS


async def test_the_access_class_becomes_a_guard_and_the_handler_a_name():
    market = undescribed()
    market.resource("notes")

    async def admin(request):
        return answer({"detail": "no"}, 403)

    market.on("GET", "/overview", admin)
    found = review(
        *routes_of(market, without=("GET /overview",)), route("GET", "/overview", guards=(ADMINS,))
    )
    surface = await surfaced(market, found)
    by_id = {each.id: each for each in surface.operations}
    assert by_id["GET /overview"].guard is Guard.PROTECTED
    assert by_id["POST /signup"].guard is Guard.UNSTATED
    assert by_id["POST /signup"].purpose is Purpose.SIGN_UP


# ------------------------------------------------------------------------------------ the client's scripts


def bundles(*routes):
    return Collected(
        evidence=ClientBundles(
            pages=("/",),
            assets=("/app.js",),
            routes=tuple(
                ClientRoute(method=text.split()[0].strip("?"), path=text.split()[1], asset="/app.js")
                for text in routes
            ),
        )
    )


async def surfaced_by_client(market, *routes, found=None):
    from launchready.collecting.surfacing import SurfaceCollector  # noqa: PLC0415

    async with stage(market) as made:
        if found is not None:
            read_by(made, found)
        made.slots["ClientBundles"] = bundles(*routes)
        await made.collect(collectors=[SurfaceCollector()])
        slot = made.slots["Surface"]
        return slot.evidence if isinstance(slot, Collected) else slot


async def test_the_clients_scripts_alone_make_a_surface():
    market = undescribed()
    market.resource("notes")
    surface = await surfaced_by_client(
        market,
        "GET /notes",
        "POST /notes",
        "GET /notes/{note_id}",
        "POST /signup",
        "POST /login",
        "GET /gone",
    )
    assert ids(surface) == {
        "GET /notes", "POST /notes", "GET /notes/{note_id}", "POST /signup", "POST /login",
    }  # fmt: skip
    assert surface.origin == "the client's scripts"
    assert "1 of 6 paths that the client's scripts name are not served here: GET /gone" in surface.notes
    assert not surface.complete


async def test_what_the_client_names_and_the_document_does_not_is_added():
    market = Market()
    market.resource("notes")
    market.on("GET", "/export", market._me, security=[])
    del market.paths["/export"]
    surface = await surfaced_by_client(market, "GET /notes/{id}", "GET /export")
    assert {each.id: each.source for each in surface.operations}["GET /export"] == "bundle"
    assert "GET /notes/{id}" not in ids(surface)
    assert not surface.complete, "the document was shown not to list everything"


async def test_a_path_whose_method_is_not_told_must_answer_to_be_believed():
    market = undescribed()
    market.resource("notes")
    surface = await surfaced_by_client(market, "? /notes", "? /signup", "? /nothing", "GET /me")
    assert ids(surface) == {"GET /notes", "GET /me"}


async def test_the_clients_scripts_add_to_the_code():
    market = undescribed()
    market.resource("notes")
    whole = routes_of(market, without=("GET /me",))
    surface = await surfaced_by_client(market, "GET /me", "GET /notes", found=review(*whole))
    assert {each.id for each in surface.operations if each.source == "bundle"} == {"GET /me"}
    assert surface.origin == "the source code (FastAPI)"
    assert not surface.complete
