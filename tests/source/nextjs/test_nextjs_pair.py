"""A small marketplace made with Next.js, once with holes and once without, route by route."""

from pathlib import Path

import pytest

from launchready.model.source import Bound, Validation
from launchready.source.code.files import code_files
from launchready.source.review import review_files

APPS = Path(__file__).parents[1] / "apps"


def reviewed(root):
    paths = sorted(path for path in root.rglob("*") if path.suffix in {".ts", ".tsx", ".json"})
    return review_files(code_files({path.relative_to(root).as_posix(): path.read_text() for path in paths}))


@pytest.fixture(scope="module")
def pair():
    return {name: reviewed(APPS / f"nextjs_{name}") for name in ("vulnerable", "fixed")}


def routes(review):
    return {one.id: one for one in review.routes}


ROUTES = {
    # route: (access of the one with holes, of the fixed one)
    "GET /api/auth/{nextauth}": ("public", "public"),
    "POST /api/auth/{nextauth}": ("public", "public"),
    "GET /api/listings": ("none", "none"),
    "POST /api/listings": ("none", "member"),
    "GET /api/listings/{id}": ("none", "owner"),
    "PATCH /api/listings/{id}": ("member", "owner"),
    # Prisma leaves out a condition that is undefined: nobody is no owner, and deletes all the same
    "DELETE /api/listings/{id}": ("none", "owner"),
    # A cookie that merely has to be there
    "GET /api/staff/members": ("unclear", "admin"),
    "POST /api/jobs/digest": ("none", "service"),
    "GET /api/orders/{id}": ("none", "owner"),
    # The answer is written, and the order cancelled
    "DELETE /api/orders/{id}": ("none", "owner"),
    "POST app/listings/actions.ts#publish": ("unclear", "owner"),
}


@pytest.mark.parametrize("route", ROUTES)
def test_who_each_route_is_for(pair, route):
    found = tuple(routes(pair[name])[route].access.value for name in ("vulnerable", "fixed"))
    assert found == ROUTES[route]


def test_no_route_is_missing_and_none_is_made_up(pair):
    assert {name: set(routes(review)) for name, review in pair.items()} == {
        "vulnerable": set(ROUTES),
        "fixed": set(ROUTES),
    }


def test_bodies_are_checked_where_they_are(pair):
    weak, strong = routes(pair["vulnerable"]), routes(pair["fixed"])
    for route in ("POST /api/listings", "PATCH /api/listings/{id}"):
        assert weak[route].validation is Validation.RAW
        assert strong[route].validation is Validation.SCHEMA
    (form,) = strong["POST /api/listings"].bodies
    assert form.schema["properties"]["title"] == {"type": "string", "minLength": 3, "maxLength": 80}
    assert set(weak["PATCH /api/listings/{id}"].bodies[0].schema["properties"]) == {"title", "price"}


def test_lookups_by_id_alone(pair):
    def unbound(review):
        return {one.id for one in review.routes if any(held.bound is Bound.NONE for held in one.lookups)}

    assert unbound(pair["fixed"]) == set()
    assert unbound(pair["vulnerable"]) >= {
        "GET /api/listings/{id}",
        "PATCH /api/listings/{id}",
        "GET /api/orders/{id}",
    }


def test_new_routes_are_guarded_by_themselves_where_the_proxy_covers_the_api(pair):
    weak, strong = (pair[name].apps[0] for name in ("vulnerable", "fixed"))
    assert weak.guards == ()
    assert [(one.name, one.kind.value, one.place.line) for one in strong.guards] == [
        ("proxy", "authenticates", 6)
    ]
    assert (strong.framework, strong.version) == ("Next.js", "15.1.0")
