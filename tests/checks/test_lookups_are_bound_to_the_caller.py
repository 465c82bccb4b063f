from dataclasses import replace

import pytest

from launchready.model.evidence import AccessMatrix, WriteMatrix
from launchready.model.outcome import Cause, Confidence
from launchready.model.probe import Change, RouteForm, Signal, WriteKind
from launchready.model.report import State
from launchready.model.settings import JudgeSettings, VisibilityRule
from launchready.model.source import (
    LOOKED_FOR,
    AccessTest,
    Bound,
    DataTable,
    GuardKind,
    GuardLevel,
    LookupAction,
    RowPolicy,
    Skipped,
)
from tests.checks.code_facts import (
    CUT_OFF,
    GUARD,
    JOB,
    OPEN_ROUTE,
    SKIPPED,
    UNRECOGNISED,
    code,
    lookup,
    place,
    route,
    source_guard,
)
from tests.checks.facts import BROKEN, LIMITED, READ_ORDER, judged, read, showing, surface, write

LOOSE = lookup(Bound.NONE)


def verdict(*routes, evidence=(), settings=None, **more):
    return judged("AUTH-24", code(routes=routes, **more), *evidence, settings=settings)


def of(*lookups, name="GET /orders/{order_id}", **more):
    return route(name, lookups=lookups, **more)


def second_user(name):
    return AccessTest(name=name, kind="second user", place=place("tests/test_others.py", 9))


FOR_EACH = (second_user("test_orders"), second_user("test_messages"))


def rule(pattern, visibility):
    return JudgeSettings(visibility=(VisibilityRule(pattern=pattern, visibility=visibility),))


# -------------------------------------------------------------------------------------------- lookups


def test_lookups_that_ask_for_the_owner_pass():
    assert verdict(of(lookup())).state is State.PASS


def test_a_lookup_by_id_alone_is_asked_about_with_its_place():
    result = verdict(of(LOOSE))
    (finding,) = result.findings
    assert (result.state, result.cause) == (State.UNKNOWN, Cause.NEEDS_ANSWER)
    assert (finding.confidence, finding.probed) == (Confidence.SUSPECTED, "not probed")
    assert (finding.location.path, finding.location.line) == ("api/orders.py", 9)
    assert finding.question == "May every member read any Order through GET /orders/{order_id}?"


def test_what_may_be_bound_is_open_not_asked():
    result = verdict(of(lookup(Bound.UNCLEAR)))
    assert (result.cause, result.findings) == (Cause.NEEDS_INPUT, ())


@pytest.mark.parametrize(
    "guards",
    [
        (source_guard(GuardKind.AUTHORIZES, role="admin"),),
        (source_guard(GuardKind.AUTHORIZES, name="moderators_only"),),
        (source_guard(GuardKind.SERVICE),),
        (source_guard(GuardKind.PUBLIC, GuardLevel.ROUTE),),
    ],
)
def test_routes_that_are_not_for_members_are_other_checks(guards):
    assert verdict(of(LOOSE, guards=guards)).state is State.PASS
    assert verdict(route("GET /orders"), of(LOOSE, served=False)).state is State.PASS


@pytest.mark.parametrize("guards", [(), (source_guard(GuardKind.UNCLEAR),), (GUARD,)])
def test_routes_for_members_or_for_nobody_knows_whom_count(guards):
    assert verdict(of(LOOSE, guards=guards)).cause is Cause.NEEDS_ANSWER


def reads(*probes):
    return (AccessMatrix(reads=probes),)


def test_a_leak_confirms_it():
    result = verdict(of(LOOSE), evidence=reads(read(showing(exchange="e7"))))
    (finding,) = result.findings
    assert result.state is State.FAIL
    assert (finding.probed, finding.question) == ("confirmed by probe", "")
    assert "e7" in finding.evidence


@pytest.mark.parametrize("prefix", ["", "/api/v1"])
def test_a_refusal_refutes_it_and_is_kept_as_a_note(prefix):
    result = verdict(of(LOOSE, name=f"GET {prefix}/orders/{{order_id}}"), evidence=reads(read()))
    assert result.state is State.PASS
    assert any("refuted by probe" in note and "api/orders.py:9" in note for note in result.notes)


@pytest.mark.parametrize(
    "probe",
    [
        read(LIMITED),
        read(BROKEN),
        read(owner_control=None),
        read(principal="anonymous"),
        read(path="/drafts/{id}"),
        read(form=RouteForm.LIST),
    ],
)
def test_a_probe_that_tells_nothing_leaves_it_asked(probe):
    result = verdict(of(LOOSE), evidence=reads(probe))
    assert (result.cause, result.findings[0].probed) == (Cause.NEEDS_ANSWER, "not probed")


def test_a_probe_that_asks_is_no_answer():
    result = verdict(of(LOOSE), evidence=reads(read(showing(), signals=())))
    assert (result.cause, result.findings[0].probed) == (Cause.NEEDS_ANSWER, "confirmed by probe")


def test_writes_are_joined_too():
    change = of(lookup(Bound.NONE, LookupAction.UPDATE), name="PATCH /orders/{order_id}")
    assert verdict(change, evidence=(WriteMatrix(writes=(write(Change.NONCE),)),)).state is State.FAIL
    assert verdict(change, evidence=(WriteMatrix(writes=(write(),)),)).state is State.PASS
    delete = WriteMatrix(writes=(write(kind=WriteKind.DELETE),))
    assert verdict(change, evidence=(delete,)).cause is Cause.NEEDS_ANSWER


NESTED = "GET /threads/{thread_id}/messages/{id}"
BOTH = (
    lookup(Bound.NONE, model="Thread", key="thread_id"),
    lookup(Bound.NONE, model="Message", key="id", line=11),
)


def nested(attempt=None, kind="message", **more):
    facts = {"path": "/threads/{thread_id}/messages/{id}", "object_type": kind} | more
    return read(attempt, **facts) if attempt else read(**facts)


def test_of_several_lookups_a_leak_confirms_the_one_it_names():
    result = verdict(of(*BOTH, name=NESTED), evidence=reads(nested(showing())))
    confirmed = [one.location.line for one in result.findings if one.confidence is Confidence.CONFIRMED]
    assert (len(result.findings), confirmed) == (2, [11])


def test_of_several_lookups_one_refusal_clears_none():
    assert verdict(of(*BOTH, name=NESTED), evidence=reads(nested())).cause is Cause.NEEDS_ANSWER
    both = reads(nested(), nested(form=RouteForm.NESTED, kind="thread"))
    assert verdict(of(*BOTH, name=NESTED), evidence=both, tests=FOR_EACH).state is State.PASS


@pytest.mark.parametrize(
    ("settings", "state"),
    [
        (rule("GET /orders/*", "members"), State.PASS),
        (rule("GET /orders/{order_id}", "public"), State.PASS),
        (JudgeSettings(public_operations=("GET /orders/{order_id}",)), State.PASS),
        (rule("GET /orders/*", "owner"), State.UNKNOWN),
        (rule("GET /drafts/*", "public"), State.UNKNOWN),
    ],
)
def test_what_the_settings_share_is_explained(settings, state):
    assert verdict(of(LOOSE), settings=settings).state is state


def test_a_rule_may_name_it_as_the_specification_does():
    result = verdict(of(LOOSE), evidence=(surface(READ_ORDER),), settings=rule("GET /orders/{id}", "members"))
    assert result.state is State.PASS


def test_sharing_a_read_shares_no_change():
    change = of(lookup(Bound.NONE, LookupAction.UPDATE))
    assert verdict(change, settings=rule("*", "members")).cause is Cause.NEEDS_ANSWER


def test_a_leak_that_is_private_by_a_rule_stays_one():
    leak = read(showing(), signals=(Signal.PRIVATE_TYPE,))
    assert (
        verdict(of(LOOSE), evidence=reads(leak), settings=rule("GET /orders/*", "owner")).state is State.FAIL
    )


# ---------------------------------------------------------------------------------------------- tests


def test_no_test_and_no_pipeline_are_questions_where_everything_was_read():
    """A test may read otherwise than expected, and tests may run elsewhere: no fail, and never a pass."""
    result = verdict(of(lookup()), tests=(), jobs=())
    assert (result.state, result.cause) == (State.UNKNOWN, Cause.NEEDS_ANSWER)
    assert {one.variant for one in result.findings} == {
        "no second user in tests",
        "no test job for pull requests",
    }


@pytest.mark.parametrize("more", [{"skipped": SKIPPED}, {"gaps": (CUT_OFF,)},
                                  {"skipped": (Skipped(path="tests/test_a.py", reason="broken"),)}])  # fmt: skip
def test_they_are_open_where_something_was_not_read(more):
    result = verdict(of(lookup()), tests=(), jobs=(), **more)
    assert (result.state, result.findings) == (State.UNKNOWN, ())
    assert Cause.PARTIAL in {item.cause for item in result.open_items}


@pytest.mark.parametrize(
    ("what", "variant"), [("tests", "no second user in tests"), ("jobs", "no test job for pull requests")]
)
def test_what_was_not_looked_for_is_neither_there_nor_missing(what, variant):
    others = tuple(sorted(LOOKED_FOR - {what}))
    result = verdict(of(), tests=(), jobs=(), looked_for=others)
    assert Cause.NOT_IMPLEMENTED in {item.cause for item in result.open_items}
    assert variant not in {one.variant for one in result.findings}


def test_lookups_that_nobody_looked_for_are_no_proof():
    assert verdict(of(), looked_for=("jobs", "tests")).cause is Cause.NOT_IMPLEMENTED


def test_open_routes_hide_no_test():
    result = verdict(of(lookup()), tests=(), gaps=(OPEN_ROUTE,))
    assert [one.variant for one in result.findings] == ["no second user in tests"]


def test_other_tests_of_access_leave_a_question():
    anonymous = AccessTest(name="test_login_is_needed", kind="anonymous", place=place("tests/test_a.py"))
    assert verdict(of(lookup()), tests=(anonymous,)).cause is Cause.NEEDS_ANSWER


def test_one_test_says_nothing_of_other_kinds_of_objects():
    routes = (of(lookup()), of(lookup(model="Invoice")))
    assert verdict(*routes).cause is Cause.NEEDS_ANSWER
    assert verdict(*routes, tests=FOR_EACH).state is State.PASS


def test_a_pipeline_that_leaves_pull_requests_out_is_asked_about_at_its_place():
    result = verdict(of(lookup()), jobs=(replace(JOB, on_pull_request=False),))
    assert (result.state, result.cause) == (State.UNKNOWN, Cause.NEEDS_ANSWER)
    assert result.findings[0].location.path == ".github/workflows/ci.yml"


# --------------------------------------------------------------------------------------------- tables


def policy(using="true", command="SELECT", **more):
    facts = {"roles": ("anon", "authenticated"), "check": "", "permissive": True, "for_everyone": True} | more
    return RowPolicy(name="p", command=command, using=using, place=place("db/1.sql", 9), **facts)


def table(secured=True, policies=(), used=True, columns=("id", "user_id")):
    return DataTable(
        name="orders", secured=secured, policies=policies, place=place("db/1.sql", 3), columns=columns,
        used=(place("web/orders.ts", 4),) if used else (),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("one", "state", "cause"),
    [
        (table(), State.PASS, None),
        (table(policies=(policy("(auth.uid() = user_id)"),)), State.PASS, None),
        (table(False), State.FAIL, None),
        (table(False, used=False), State.UNKNOWN, Cause.NEEDS_ANSWER),
        (table(None), State.UNKNOWN, Cause.NEEDS_INPUT),
        (table(policies=(policy(),)), State.UNKNOWN, Cause.NEEDS_ANSWER),
        (table(policies=(policy(" ( TRUE ) "),)), State.UNKNOWN, Cause.NEEDS_ANSWER),
        (table(policies=(policy("", "INSERT", check="true"),)), State.UNKNOWN, Cause.NEEDS_ANSWER),
        (table(policies=(policy(),), columns=()), State.UNKNOWN, Cause.NEEDS_ANSWER),
        (table(policies=(policy(),), columns=("id", "name")), State.PASS, None),
        (table(policies=(policy(permissive=False),)), State.PASS, None),
        (table(policies=(policy(roles=("service_role",)),)), State.PASS, None),
    ],
)
def test_row_rules(one, state, cause):
    result = verdict(of(lookup()), tables=(one,))
    assert (result.state, result.cause) == (state, cause)
    assert all(finding.location.path.startswith("db/") for finding in result.findings)


# --------------------------------------------------------------------------------------------- hollow


def test_code_that_was_not_read_is_no_proof():
    assert judged("AUTH-24", UNRECOGNISED).cause is Cause.NOTHING_TESTED
    for more in ({"skipped": SKIPPED}, {"gaps": (OPEN_ROUTE,)}):
        assert verdict(of(lookup()), **more).cause is Cause.PARTIAL
