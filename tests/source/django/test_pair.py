"""A small marketplace, once with holes and once without, route by route."""

from pathlib import Path

import pytest

from launchready.source.code.files import code_files
from launchready.source.review import review_files

APPS = Path(__file__).parents[1] / "apps"


@pytest.fixture(scope="module")
def pair():
    return {name: reviewed(APPS / f"django_{name}") for name in ("vulnerable", "fixed")}


def reviewed(root):
    texts = {str(path.relative_to(root).as_posix()): path.read_text() for path in sorted(root.rglob("*.py"))}
    return {one.id: one for one in review_files(code_files(texts)).routes}


ROUTES = {
    # route: (access of the one with holes, of the fixed one)
    "GET /admin/": ("admin", "admin"),
    "ANY /admin/{rest}": ("admin", "admin"),
    "GET /api/": ("none", "member"),
    "GET /api/listings/": ("none", "public"),
    "POST /api/listings/": ("none", "member"),
    "GET /api/listings/{pk}/": ("none", "public"),
    "PUT /api/listings/{pk}/": ("none", "owner"),
    "PATCH /api/listings/{pk}/": ("none", "owner"),
    "DELETE /api/listings/{pk}/": ("none", "owner"),
    "POST /api/listings/{pk}/feature/": ("none", "admin"),
    "GET /api/threads/": ("none", "member"),
    "GET /api/threads/{pk}/": ("none", "owner"),
    "POST /accounts/signup/": ("none", "public"),
    "GET /accounts/profile/{pk}/": ("none", "owner"),
    "POST /accounts/profile/{pk}/": ("none", "owner"),
    "GET /reports/{pk}/": ("none", "owner"),
    "GET /staff/members/": ("none", "admin"),
}


@pytest.mark.parametrize("route", ROUTES)
def test_who_each_route_is_for(pair, route):
    found = tuple(pair[name][route].access.value for name in ("vulnerable", "fixed"))
    assert found == ROUTES[route]


@pytest.mark.parametrize("name", ["vulnerable", "fixed"])
def test_no_route_is_missing_or_made_up(pair, name):
    assert set(pair[name]) == set(ROUTES)


@pytest.mark.parametrize(
    ("route", "holes", "mended"),
    [
        ("DELETE /api/listings/{pk}/", "none", "owner"),
        ("GET /api/threads/{pk}/", "none", "owner"),
        ("POST /accounts/profile/{pk}/", "none", "owner"),
        ("GET /reports/{pk}/", "none", "owner"),
    ],
)
def test_lookups(pair, route, holes, mended):
    assert {one.bound.value for one in pair["vulnerable"][route].lookups} == {holes}
    assert {one.bound.value for one in pair["fixed"][route].lookups} == {mended}


@pytest.mark.parametrize(
    ("route", "holes", "mended"),
    [
        ("POST /accounts/signup/", "raw", "schema"),
        ("POST /api/listings/{pk}/feature/", "raw", "schema"),
        ("POST /api/listings/", "schema", "schema"),
        ("GET /api/listings/", "no_body", "no_body"),
    ],
)
def test_validation(pair, route, holes, mended):
    assert (pair["vulnerable"][route].validation.value, pair["fixed"][route].validation.value) == (
        holes,
        mended,
    )


def test_what_sign_up_takes(pair):
    for name in ("vulnerable", "fixed"):
        (body,) = pair[name]["POST /accounts/signup/"].bodies
        assert set(body.schema["properties"]) == {"username", "email", "password"}


def test_fields_that_nobody_may_set(pair):
    def fields(name):
        (body,) = pair[name]["PUT /api/listings/{pk}/"].bodies
        return set(body.schema["properties"])

    assert fields("vulnerable") == {"owner", "title", "price", "featured"}
    assert fields("fixed") == {"title", "price"}
