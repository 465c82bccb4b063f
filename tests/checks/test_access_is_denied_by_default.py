from dataclasses import replace

import pytest

from launchready.model.evidence import GuardSweep
from launchready.model.operation import Guard, Purpose
from launchready.model.outcome import Cause, Confidence
from launchready.model.probe import Signal
from launchready.model.report import State
from launchready.model.settings import JudgeSettings, VisibilityRule
from launchready.model.source import GuardKind, GuardLevel
from tests.checks.code_facts import (
    GUARD,
    OPEN_ROUTE,
    SKIPPED,
    UNRECOGNISED,
    app,
    code,
    route,
    source_guard,
)
from tests.checks.facts import LIMITED, answer, guard, judged, operation, surface

ROUTER = (source_guard(level=GuardLevel.GROUP, name="member_router"),)
OWN = (source_guard(level=GuardLevel.ROUTE, name="require_login"),)
OTHER = (source_guard(level=GuardLevel.ROUTE, name="check_token"),)
INSIDE = (source_guard(level=GuardLevel.INLINE, name="if not user"),)
MARKED = (source_guard(GuardKind.PUBLIC, GuardLevel.ROUTE, "public"),)
UNREADABLE = (source_guard(GuardKind.UNCLEAR, GuardLevel.ROUTE, "compose"),)
KNOWS = (source_guard(GuardKind.IDENTIFIES, GuardLevel.GLOBAL, "load_user"),)
LIST = (VisibilityRule(pattern="GET /posts*", visibility="public"),)


def verdict(*routes, guards=(), evidence=(), settings=None, **more):
    apps = more.pop("apps", (app(guards),))
    return judged("AUTH-04", code(apps=apps, routes=routes, **more), *evidence, settings=settings)


def guarded(name="GET /orders/{id}", guards=(GUARD,), **more):
    return route(name, guards=guards, **more)


def sweep(probe):
    """The probe, and the operation that it is of."""
    known = surface(operation(probe.operation, Purpose.CREATE, guard=Guard.UNSTATED))
    return GuardSweep(probes=(probe,)), known


def asked(attempt=None, path="/posts", method="POST", **more):
    facts = {"path": path, "method": method} | more
    return guard(attempt, **facts) if attempt else guard(**facts)


LEAK = {"attempt": answer(masked="members answer"), "signals": (Signal.PRIVATE_TYPE.value,)}
SAME = {"attempt": answer(masked="members answer"), "guard": "unstated"}


# ---------------------------------------------------------------------------------- a guard for all


def test_a_guard_for_all_passes():
    assert verdict(guarded(), guards=(GUARD,)).state is State.PASS


def test_it_may_be_seen_at_the_routes_alone():
    assert verdict(guarded(), apps=()).state is State.PASS


@pytest.mark.parametrize("out", [(), MARKED])
def test_what_is_let_out_and_on_no_list_is_asked_about(out):
    result = verdict(guarded(), guarded("GET /posts", out), guards=(GUARD,))
    (finding,) = result.findings
    assert (result.cause, finding.variant) == (Cause.NEEDS_ANSWER, "opt-out not listed")
    assert "1 by a guard for all, 0 by that of a group" in finding.message
    assert finding.location.path == "api/orders.py"


@pytest.mark.parametrize(
    ("name", "settings", "evidence"),
    [
        ("GET /posts", JudgeSettings(visibility=LIST), ()),
        ("GET /posts", JudgeSettings(public_operations=("GET /posts",)), ()),
        ("GET /posts", None, (surface(operation("GET /posts", guard=Guard.PUBLIC)),)),
        ("POST /api/join", None, (surface(operation("POST /join", Purpose.SIGN_UP, guard=Guard.UNSTATED)),)),
        ("POST /login", None, ()),
        ("POST /api/v1/auth/refresh", None, ()),
        ("POST /users/register", None, ()),
        ("GET /reset-password/{uid}/{token}", None, ()),
        ("GET /healthz", None, ()),
        ("GET /api/", None, ()),
        ("GET /.well-known/security.txt", None, ()),
        ("POST /v1/auth/google", None, ()),
        ("ANY /api/auth/{nextauth}", None, ()),
    ],
)
def test_what_is_on_a_list_or_open_by_nature_may_be_let_out(name, settings, evidence):
    routes = (guarded(), guarded(name, MARKED, line=60))
    assert verdict(*routes, guards=(GUARD,), settings=settings, evidence=evidence).state is State.PASS


@pytest.mark.parametrize(
    "name",
    [
        "POST /users/{id}/verify",
        "POST /devices/register",
        "GET /health/records/{id}",
        "GET /docs/{id}",
        "POST /",
        "GET /tokens",
        "POST /orders/confirm",
        "GET /login-history",
        "DELETE /users/github",
        "GET /auth/{id}",
    ],
)
def test_a_word_of_signing_in_makes_no_route_public(name):
    assert verdict(guarded(), guarded(name, (), line=60), guards=(GUARD,)).cause is Cause.NEEDS_ANSWER


def test_a_rule_for_members_puts_nothing_on_the_public_list():
    rules = JudgeSettings(visibility=(VisibilityRule(pattern="POST /login", visibility="members"),))
    result = verdict(guarded(), guarded("POST /login", (), line=60), guards=(GUARD,), settings=rules)
    assert result.cause is Cause.NEEDS_ANSWER


def test_one_that_only_knows_the_caller_is_no_guard():
    result = verdict(guarded("GET /posts/{id}", KNOWS), guards=KNOWS)
    assert {one.variant for one in result.findings} == {"handler without a guard", "no guard by default"}


# ------------------------------------------------------------------------------- no guard for all


def test_groups_that_are_guarded_are_not_ad_hoc_and_no_proof_either():
    result = verdict(
        *(guarded(f"GET /orders/{at}", ROUTER, line=at * 10) for at in range(1, 6)),
        guarded("POST /login", (), line=90),
        guarded("GET /posts", (), line=95),
    )
    assert (result.state, result.cause, result.findings) == (State.UNKNOWN, Cause.NEEDS_ANSWER, ())
    assert "0 by a guard for all, 5 by that of a group, 0 each by its own" in result.reason
    assert "1 by none" in result.reason


def test_the_same_guard_at_each_route_is_a_question():
    result = verdict(*(guarded(f"GET /orders/{at}", OWN, line=at * 10) for at in range(1, 6)))
    (finding,) = result.findings
    assert (result.cause, finding.variant) == (Cause.NEEDS_ANSWER, "no guard by default")
    assert "5 each by its own" in finding.message


SCATTERED = (
    guarded("GET /orders", OWN, line=10),
    guarded("GET /orders/{id}", INSIDE, line=20),
    guarded("PATCH /orders/{id}", OTHER, line=30),
    guarded("POST /posts", (), line=40),
)


def test_guards_here_and_there_and_a_write_without_are_asked_about():
    result = verdict(*SCATTERED)
    assert {one.variant for one in result.findings} == {
        "guards scattered over routes",
        "handler without a guard",
    }
    assert {one.confidence for one in result.findings} == {Confidence.SUSPECTED}


def test_a_probe_that_was_let_in_makes_it_a_fail():
    result = verdict(*SCATTERED, evidence=sweep(asked(**LEAK)))
    assert result.state is State.FAIL
    assert {one.probed for one in result.findings} == {"confirmed by probe"}
    assert {one.variant for one in result.findings} == {
        "guards scattered over routes",
        "handler without a guard",
    }


def test_a_probe_that_was_refused_refutes_it():
    result = verdict(*SCATTERED, evidence=sweep(asked()))
    assert [one.variant for one in result.findings] == ["no guard by default"]
    assert "1 unclear, 0 by none" in result.findings[0].message
    assert any("POST /posts has no guard in the code" in note and "refuted" in note for note in result.notes)


@pytest.mark.parametrize(
    ("probe", "probed"),
    [
        (asked(**SAME), "confirmed by probe"),
        (asked(LIMITED), "not probed"),
        (asked(path="/comments"), "not probed"),
    ],
)
def test_an_open_form_may_be_meant(probe, probed):
    result = verdict(*SCATTERED, evidence=sweep(probe))
    told = {one.variant: one.probed for one in result.findings}
    assert (result.cause, told["handler without a guard"]) == (Cause.NEEDS_ANSWER, probed)


def test_lists_that_nobody_guards_are_no_findings_of_their_own_unless_a_probe_saw_private_data():
    routes = (*SCATTERED[:3], guarded("GET /members", (), line=50))
    assert [one.variant for one in verdict(*routes).findings] == ["no guard by default"]
    leak = sweep(asked(path="/members", method="GET", **LEAK))
    assert verdict(*routes, evidence=leak).state is State.FAIL


def test_an_application_without_any_guard_never_passes():
    result = verdict(guarded("GET /members", ()), guarded("GET /stats", (), line=20))
    assert result.cause is Cause.NEEDS_ANSWER
    assert "no route is guarded by itself either" in result.findings[0].message


def test_an_application_of_public_routes_alone_has_nothing_to_show():
    result = verdict(guarded("GET /healthz", ()))
    assert (result.state, result.cause) == (State.UNKNOWN, Cause.NOTHING_TESTED)
    assert verdict(guarded("GET /healthz", ()), guards=(GUARD,)).state is State.PASS


def test_a_guard_for_administrators_beside_the_login_scatters_nothing():
    admin = (source_guard(GuardKind.AUTHORIZES, GuardLevel.ROUTE, "require_admin"),)
    routes = (guarded("GET /orders/{id}", OWN), guarded("GET /stats/{id}", admin, line=20))
    result = verdict(*routes, guarded("POST /posts", (), line=40))
    assert {one.variant for one in result.findings} == {"no guard by default", "handler without a guard"}


def test_guards_that_cannot_be_read_are_open():
    result = verdict(guarded(), guarded("GET /posts", UNREADABLE, line=20), guards=(GUARD,))
    assert (result.cause, result.findings) == (Cause.NEEDS_ANSWER, ())


def test_each_application_is_judged_by_its_own_guard():
    apps = (app((GUARD,)), app((), name="jobs"))
    other = route("POST /run", guards=(), app="jobs", line=80)
    result = verdict(guarded(), other, apps=apps)
    assert {one.variant for one in result.findings} == {"handler without a guard", "no guard by default"}
    assert all("jobs" in one.message or "POST /run" in one.message for one in result.findings)


def test_what_is_served_nowhere_is_none():
    assert verdict(guarded(), guarded("POST /old", (), served=False), guards=(GUARD,)).state is State.PASS


def test_code_that_was_not_read_is_no_proof():
    assert judged("AUTH-04", UNRECOGNISED).cause is Cause.NOTHING_TESTED
    for more in ({"skipped": SKIPPED}, {"gaps": (OPEN_ROUTE,)}):
        assert verdict(guarded(), guards=(GUARD,), **more).cause is Cause.PARTIAL


def test_a_moved_handler_keeps_its_name():
    names = {
        verdict(guarded(), route("POST /posts", guards=(), line=line, handler="h"), guards=(GUARD,))
        .findings[0]
        .fingerprint
        for line in (40, 400)
    }
    assert len(names) == 1


def test_an_application_without_routes_was_not_understood():
    result = judged("AUTH-04", code(routes=()))
    assert (result.state, result.cause) == (State.UNKNOWN, Cause.PARTIAL)
    assert "no route of the FastAPI application api was found (main.py:5)" in result.reason
    website = replace(app(name="web"), framework="Next.js")
    assert verdict(guarded(), apps=(app((GUARD,)), website)).state is State.PASS
    assert judged("AUTH-04", code(apps=(website,), routes=())).cause is Cause.PARTIAL


def test_routes_that_no_known_application_serves_are_open():
    loose = route("GET /posts", guards=(), served=False, certain=False)
    for routes, apps in (
        ((loose,), ()),
        ((replace(loose, certain=True),), ()),
        ((guarded(), loose), (app((GUARD,)),)),
    ):
        result = verdict(*routes, apps=apps)
        assert (result.state, result.cause) == (State.UNKNOWN, Cause.PARTIAL)
        assert "which application serves 1 of the code's routes" in result.reason


def test_what_services_call_is_guarded_by_itself_everywhere():
    signed = (source_guard(GuardKind.SERVICE, GuardLevel.INLINE, "check_signature"),)
    result = verdict(guarded("POST /webhooks/payments", signed), guarded("GET /healthz", (), line=20))
    assert (result.cause, result.findings) == (Cause.NOTHING_TESTED, ())
