"""A small marketplace, once with holes and once without, route by route."""

from pathlib import Path

import pytest

from launchready.model.source import Validation
from launchready.source.code.files import code_files
from launchready.source.review import review_files

APPS = Path(__file__).parents[1] / "apps"


def reviewed(root):
    paths = sorted(path for path in root.rglob("*") if path.suffix in {".js", ".json"})
    texts = {str(path.relative_to(root).as_posix()): path.read_text() for path in paths}
    return {one.id: one for one in review_files(code_files(texts)).routes}


@pytest.fixture(scope="module")
def pair():
    return {name: reviewed(APPS / f"express_{name}") for name in ("vulnerable", "fixed")}


ROUTES = {
    # route: (access of the one with holes, of the fixed one)
    "POST /api/auth/signup": ("none", "none"),
    "POST /api/auth/login": ("none", "none"),
    "GET /api/listings/{id}": ("none", "none"),
    "POST /api/listings": ("none", "member"),
    "DELETE /api/listings/{id}": ("none", "owner"),
    "GET /api/staff/members": ("none", "admin"),
}


@pytest.mark.parametrize("route", ROUTES)
def test_who_each_route_is_for(pair, route):
    found = tuple(pair[name][route].access.value for name in ("vulnerable", "fixed"))
    assert found == ROUTES[route]


@pytest.mark.parametrize("name", ["vulnerable", "fixed"])
def test_no_route_is_missing_or_made_up(pair, name):
    assert set(pair[name]) == set(ROUTES)


def test_what_is_taken(pair):
    created = [pair[name]["POST /api/listings"].validation for name in ("vulnerable", "fixed")]
    assert created == [Validation.RAW, Validation.SCHEMA]
    assert pair["fixed"]["POST /api/auth/signup"].bodies[0].schema["required"] == ["email", "password"]
    assert set(pair["vulnerable"]["POST /api/auth/login"].bodies[0].schema["properties"]) == {
        "email",
        "password",
    }
