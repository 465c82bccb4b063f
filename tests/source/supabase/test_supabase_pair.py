"""A small marketplace on Supabase, once with holes and once without."""

from pathlib import Path

import pytest

from launchready.source.code.files import code_files
from launchready.source.review import review_files

APPS = Path(__file__).parents[1] / "apps"
READ = {".ts", ".tsx", ".json", ".sql"}


@pytest.fixture(scope="module")
def pair():
    found = {}
    for name in ("vulnerable", "fixed"):
        root = APPS / f"supabase_{name}"
        paths = sorted(path for path in root.rglob("*") if path.suffix in READ)
        found[name] = review_files(
            code_files({path.relative_to(root).as_posix(): path.read_text() for path in paths})
        )
    return found


def tables(review):
    return {one.name: one for one in review.tables}


def test_row_level_security_after_all_migrations(pair):
    weak, strong = tables(pair["vulnerable"]), tables(pair["fixed"])
    assert {name: one.secured for name, one in weak.items()} == {"messages": True, "profiles": False}
    assert all(one.secured for one in strong.values())
    assert [str(one) for one in weak["profiles"].used] == ["components/admin.tsx:11"]


def test_what_policies_let_through(pair):
    def bounds(review):
        return {one.name: one.bound.value for table in review.tables for one in table.policies}

    assert bounds(pair["vulnerable"]) == {"Members read messages": "none", "Senders delete messages": "none"}
    assert set(bounds(pair["fixed"]).values()) == {"owner"}


def test_lookups_are_as_bound_as_the_policies(pair):
    def bounds(review):
        return {route.id: tuple(one.bound.value for one in route.lookups) for route in review.routes}

    ids = ("GET /api/messages/{id}", "DELETE /api/messages/{id}")
    assert bounds(pair["vulnerable"]) == dict.fromkeys(ids, ("none",))
    assert bounds(pair["fixed"]) == dict.fromkeys(ids, ("owner",))


def test_middleware_that_refreshes_a_session_refuses_nobody(pair):
    assert {one.access.value for one in pair["vulnerable"].routes} == {"none"}
    assert {one.access.value for one in pair["fixed"].routes} == {"owner"}


def test_keys(pair):
    def keys(review):
        return {(one.kind.value, one.name, one.in_browser) for one in review.keys}

    weak = ("service_role", "NEXT_PUBLIC_SUPABASE_SERVICE_ROLE_KEY", True)
    assert weak in keys(pair["vulnerable"])
    assert ("service_role", "SUPABASE_SERVICE_ROLE_KEY", False) in keys(pair["fixed"])
    secrets = {
        name: [hit for hit in review.hits if hit.rule.startswith("supabase")] for name, review in pair.items()
    }
    assert {(hit.kind.value, hit.certain) for hit in secrets["vulnerable"]} == {
        ("public_secret", True),
        ("super_key", False),
    }
    assert secrets["fixed"] == []
