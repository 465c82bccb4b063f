import pytest

from launchready.model.outcome import Cause
from launchready.model.report import State
from launchready.model.source import Flow, GuardKind, GuardLevel, HitKind, KeyKind
from tests.checks.code_facts import (
    GUARD,
    OPEN_ROUTE,
    SKIPPED,
    UNRECOGNISED,
    code,
    danger,
    key,
    route,
    source_guard,
)
from tests.checks.facts import judged

NAME = "GET /orders/{order_id}"
ADMIN = (source_guard(GuardKind.AUTHORIZES, GuardLevel.ROUTE, "require_admin", "admin"),)
SIGNED = (source_guard(GuardKind.SERVICE, GuardLevel.ROUTE, "check_signature"),)
UNREADABLE = (source_guard(GuardKind.UNCLEAR, GuardLevel.ROUTE, "compose"),)
MODERATOR = (source_guard(GuardKind.AUTHORIZES, GuardLevel.ROUTE, "moderators_only"),)


def line(name=NAME, path="api/orders.py", **more):
    return danger(HitKind.SUPER_KEY, route=name, path=path, flow=Flow.NONE, **more)


def verdict(*hits, name=NAME, guards=(GUARD,), **more):
    return judged("ROLE-10", code(hits=hits, routes=(route(name, guards=guards),), **more))


def test_code_without_the_key_passes():
    assert verdict().state is State.PASS


@pytest.mark.parametrize("guards", [(GUARD,), (), (source_guard(GuardKind.PUBLIC),)])
def test_the_key_in_a_members_handler_fails(guards):
    result = verdict(line(), guards=guards)
    (finding,) = result.findings
    assert result.state is State.FAIL
    assert (finding.location.path, finding.location.line) == ("api/orders.py", 8)
    assert NAME in finding.message


@pytest.mark.parametrize("guards", [ADMIN, SIGNED])
def test_handlers_for_administrators_and_services_may_use_it(guards):
    assert verdict(line(), guards=guards).state is State.PASS


@pytest.mark.parametrize(
    "path",
    [
        "jobs/cleanup.py",
        "workers/mail.ts",
        "scripts/import.py",
        "supabase/seed.ts",
        "db/migrations/1.py",
        "tests/db.py",
    ],
)
def test_jobs_scripts_and_tests_may_use_it(path):
    assert verdict(line(name="", path=path)).state is State.PASS


@pytest.mark.parametrize(
    ("hit", "name", "guards"),
    [
        (line(certain=False), NAME, (GUARD,)),
        (line(), NAME, UNREADABLE),
        (line(), NAME, MODERATOR),
        (line(name="POST /api/cron/cleanup"), "POST /api/cron/cleanup", ()),
        (line(name="POST /webhooks/stripe"), "POST /webhooks/stripe", ()),
        (line(name="GET /admin/users"), "GET /admin/users", (GUARD,)),
        (line(name="", path="lib/supabase/admin.ts"), NAME, (GUARD,)),
    ],
)
def test_where_it_cannot_be_told_who_calls_it_is_asked(hit, name, guards):
    result = verdict(hit, name=name, guards=guards)
    assert (result.state, result.cause) == (State.UNKNOWN, Cause.NEEDS_ANSWER)
    assert result.findings[0].question.endswith("?")


def secret(**more):
    return key(**{"kind": KeyKind.SERVICE_ROLE, "name": "SUPABASE_SERVICE_ROLE_KEY"} | more)


@pytest.mark.parametrize("name", ["NEXT_PUBLIC_SERVICE_ROLE_KEY", "sb_secret_Ab…", "eyJhbGci…"])
def test_the_key_in_what_browsers_get_fails(name):
    result = verdict(keys=(secret(name=name, in_browser=True),))
    assert result.state is State.FAIL
    assert "web/client.ts:2" in result.findings[0].message


def test_a_name_that_is_empty_in_browsers_is_asked_about():
    assert verdict(keys=(secret(in_browser=True),)).cause is Cause.NEEDS_ANSWER


def test_the_key_itself_in_a_handler_counts_like_its_client():
    inside = secret(path="api/orders.py", line=9)
    assert verdict(keys=(inside,)).state is State.FAIL
    assert verdict(keys=(inside,), guards=ADMIN).state is State.PASS
    assert len(verdict(line(line=9), keys=(inside,)).findings) == 1


@pytest.mark.parametrize(
    "harmless",
    [
        key(KeyKind.PUBLISHABLE, in_browser=True),
        key(KeyKind.ANON, path="api/orders.py", line=9),
        secret(path="settings.py"),
        secret(path="tests/client.ts", in_browser=True),
    ],
)
def test_other_keys_and_places_are_none(harmless):
    assert verdict(keys=(harmless,)).state is State.PASS


def test_code_that_was_not_read_is_no_proof():
    assert judged("ROLE-10", UNRECOGNISED).cause is Cause.NOTHING_TESTED
    for more in ({"skipped": SKIPPED}, {"gaps": (OPEN_ROUTE,)}):
        assert verdict(**more).cause is Cause.PARTIAL


def test_what_was_not_looked_for_is_no_proof():
    assert verdict(looked_for=()).cause is Cause.NOT_IMPLEMENTED


def test_code_without_such_a_store_needs_no_proof_if_it_was_read_whole():
    assert verdict(keys=()).state is State.NOT_APPLICABLE
    for more in ({"skipped": SKIPPED}, {"gaps": (OPEN_ROUTE,)}, {"looked_for": ()}):
        assert verdict(keys=(), **more).state is State.UNKNOWN
