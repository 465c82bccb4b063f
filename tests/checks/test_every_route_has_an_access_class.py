from dataclasses import replace

import pytest

from launchready.judging.root_causes import grouped
from launchready.judging.running import Ran
from launchready.model.evidence import ClientBundles, GuardSweep
from launchready.model.operation import GraphQlField, Guard, Purpose, UnusableOperation
from launchready.model.outcome import Cause, Confidence, Unproven, Violation
from launchready.model.probe import Signal
from launchready.model.report import State
from launchready.model.settings import JudgeSettings, VisibilityRule
from launchready.model.source import GuardKind, GuardLevel
from launchready.model.subject import OperationSubject
from tests.checks.code_facts import OPEN_ROUTE, SKIPPED, UNRECOGNISED, code, route, source_guard
from tests.checks.facts import LIMITED, NOT_FOUND, answer, gap, guard, judged, operation, surface

BUNDLES = ClientBundles(pages=("/",), assets=("/app.js",), routes=())
NAME = "GET /posts"
OPEN_READ = guard(answer(masked="members answer"), path="/posts", guard="unstated")
OPEN_WRITE = guard(
    answer(), path="/posts", method="POST", guard="unstated", change="created",
)  # fmt: skip
LEAK = replace(OPEN_READ, signals=(Signal.PRIVATE_TYPE.value,))
REFUSED = guard(path="/posts", guard="unstated")
UNREADABLE = (source_guard(GuardKind.UNCLEAR, GuardLevel.ROUTE, "compose"),)


def unstated(name=NAME, source="openapi", purpose=Purpose.LIST, **more):
    return operation(name, purpose, guard=Guard.UNSTATED, source=source, **more)


DOCUMENTED = operation("GET /orders")


ORDERS = (route("GET /orders"),)


def verdict(*operations, routes=ORDERS, probes=(), settings=None, **more):
    return judged(
        "AUTH-03",
        more.pop("source", None) or code(routes=routes, **more.pop("code", {})),
        more.pop("surface", None) or surface(*operations),
        more.pop("bundles", BUNDLES),
        GuardSweep(probes=probes),
        settings=settings,
    )


def bare(name=NAME, **more):
    return route(name, guards=(), line=60, **more)


def ruled(visibility):
    return JudgeSettings(visibility=(VisibilityRule(pattern=NAME, visibility=visibility),))


# --------------------------------------------------------------------------------------------- classes


def test_routes_that_all_have_a_class_pass():
    assert verdict(DOCUMENTED).state is State.PASS


@pytest.mark.parametrize("visibility", ["public", "members", "participants", "owner"])
def test_the_settings_give_a_class(visibility):
    assert verdict(unstated(), routes=(bare(),), settings=ruled(visibility)).state is State.PASS


@pytest.mark.parametrize("declared", [Guard.PUBLIC, Guard.PROTECTED])
def test_the_specification_gives_a_class(declared):
    assert verdict(operation(NAME, guard=declared), routes=(bare(),)).state is State.PASS


def test_the_running_product_gives_a_class():
    result = verdict(unstated(), routes=(bare(),), probes=(REFUSED,))
    assert result.state is State.PASS
    assert "e2" in result.evidence


@pytest.mark.parametrize("name", ["POST /login", "GET /health", "POST /api/auth/refresh"])
def test_what_is_open_by_nature_has_one(name):
    assert verdict(unstated(name), routes=(bare(name),)).state is State.PASS


# ------------------------------------------------------------------------------------ without a class


def test_a_documented_read_that_answers_anybody_is_a_question():
    result = verdict(unstated(), routes=(bare(),), probes=(OPEN_READ,))
    (finding,) = result.findings
    assert (result.cause, finding.confidence) == (Cause.NEEDS_ANSWER, Confidence.SUSPECTED)
    assert finding.message == (
        "GET /posts answers without a login, and neither the code, the specification nor the settings say "
        "whom it is for (api/orders.py:60)"
    )
    assert (finding.location.path, finding.location.line) == ("api/orders.py", 60)


def test_a_write_that_did_something_for_anybody_fails():
    name = "POST /posts"
    result = verdict(unstated(name), routes=(bare(name),), probes=(OPEN_WRITE,))
    assert (result.state, result.findings[0].variant) == (State.FAIL, "no access class")


@pytest.mark.parametrize("source", ["source", "bundle"])
def test_a_shadow_route_that_answers_anybody_fails(source):
    routes = (route("GET /orders"), bare()) if source == "source" else (route("GET /orders"),)
    result = verdict(DOCUMENTED, unstated(source=source), routes=routes, probes=(OPEN_READ,))
    (finding,) = result.findings
    assert (result.state, finding.variant) == (State.FAIL, "shadow route without access class")
    assert "the specification leaves it out" in finding.message


def test_without_the_code_nothing_is_sure_of_a_shadow_route():
    result = judged(
        "AUTH-03", surface(DOCUMENTED, unstated(source="bundle")), BUNDLES, GuardSweep(probes=(OPEN_READ,))
    )
    assert result.findings[0].confidence is Confidence.SUSPECTED
    unread = {"gaps": (OPEN_ROUTE,)}
    result = verdict(DOCUMENTED, unstated(source="bundle"), probes=(OPEN_READ,), code=unread)
    assert result.findings[0].confidence is Confidence.SUSPECTED


def test_a_shadow_route_with_a_class_is_a_note():
    result = verdict(
        DOCUMENTED, unstated(source="source"), routes=(route("GET /orders"), route(NAME, line=60))
    )
    assert result.state is State.PASS
    assert result.notes == (
        "GET /posts is served and in the code at api/orders.py:60, and the specification leaves it out",
    )


def test_without_a_specification_nothing_is_a_shadow():
    result = verdict(unstated(source="source"), routes=(bare(),), probes=(OPEN_READ,))
    assert (result.cause, result.findings[0].variant) == (Cause.NEEDS_ANSWER, "no access class")


def test_a_dead_route_is_a_note():
    probe = guard(NOT_FOUND, path="/posts", control=NOT_FOUND, guard="unstated")
    result = verdict(DOCUMENTED, unstated(), probes=(probe,))
    assert result.state is State.PASS
    assert result.notes == ("GET /posts is in the specification, and neither in the code nor served",)


def test_a_route_of_the_code_alone_is_a_question_at_most():
    result = verdict(DOCUMENTED, routes=(route("GET /orders"), bare()))
    (finding,) = result.findings
    assert (result.cause, finding.probed) == (Cause.NEEDS_ANSWER, "not probed")
    assert finding.question.startswith("Whom is GET /posts for")


@pytest.mark.parametrize("probe", [None, guard(LIMITED, path="/posts", guard="unstated")])
def test_what_was_not_told_is_open(probe):
    result = verdict(unstated(), routes=(bare(),), probes=(probe,) if probe else ())
    assert (result.state, result.findings) == (State.UNKNOWN, ())


def test_guards_that_cannot_be_read_and_paths_that_cannot_are_open():
    result = verdict(DOCUMENTED, routes=(route("GET /orders"), route(NAME, guards=UNREADABLE, line=60)))
    assert (result.cause, result.findings) == (Cause.NEEDS_ANSWER, ())
    half = route(NAME, certain=False, note="PREFIX is computed")
    assert verdict(DOCUMENTED, routes=(route("GET /orders"), half)).cause is Cause.PARTIAL


def test_what_is_served_nowhere_or_hidden_by_an_earlier_route_is_none():
    assert verdict(DOCUMENTED, routes=(route("GET /orders"), bare(served=False))).state is State.PASS
    hidden = route("GET /orders/", guards=(), line=90)
    assert verdict(DOCUMENTED, routes=(route("GET /orders"), hidden)).state is State.PASS


# ------------------------------------------------------------------------------------ halves, gaps


def test_what_is_described_and_not_in_the_code_shows_that_the_code_has_more():
    result = verdict(DOCUMENTED, operation("GET /invoices"))
    assert (result.state, result.cause, result.findings) == (State.UNKNOWN, Cause.PARTIAL, ())
    assert "1 of the 2 operations" in result.reason
    assert "GET /invoices" in result.reason


def test_an_application_without_routes_was_not_understood():
    for routes in ((), (bare(served=False),)):
        assert verdict(DOCUMENTED, routes=routes).cause is Cause.PARTIAL


def test_the_code_alone_says_what_it_can_and_never_passes():
    result = judged("AUTH-03", code())
    assert (result.state, result.cause, result.findings) == (State.UNKNOWN, Cause.MISSING, ())
    assert result.safe == 5
    result = judged("AUTH-03", code(routes=(bare(),)))
    assert result.findings[0].confidence is Confidence.SUSPECTED


def test_the_running_product_alone_says_what_it_can_and_never_passes():
    result = judged("AUTH-03", surface(DOCUMENTED), BUNDLES, GuardSweep(probes=()))
    assert (result.state, result.cause, result.findings) == (State.UNKNOWN, Cause.MISSING, ())
    assert "SourceReview" in result.reason


def test_code_that_was_not_recognised_is_no_proof():
    assert verdict(DOCUMENTED, source=UNRECOGNISED).cause is Cause.NOTHING_TESTED


@pytest.mark.parametrize("more", [{"skipped": SKIPPED}, {"gaps": (OPEN_ROUTE,)}])
def test_code_that_was_not_read_whole_is_no_proof(more):
    assert verdict(DOCUMENTED, code=more).cause is Cause.PARTIAL


def test_scripts_that_were_not_read_are_no_proof():
    assert verdict(DOCUMENTED, bundles=replace(BUNDLES, gaps=(gap(),))).state is State.UNKNOWN


def test_what_is_no_method_on_a_path_is_open():
    field = GraphQlField(id="query posts", kind="query", field="posts", endpoint="/graphql")
    assert verdict(surface=surface(DOCUMENTED, field)).cause is Cause.NOTHING_TESTED
    broken = UnusableOperation(id="GET /old", reason="no path")
    assert verdict(surface=surface(DOCUMENTED, unusable=(broken,))).cause is Cause.NEEDS_INPUT


# ------------------------------------------------------------------------------------- root causes


def test_what_is_open_to_anybody_is_one_finding():
    subject = OperationSubject(method="GET", path="/posts", principal="anonymous")
    mine = Violation(
        subject=OperationSubject(method="GET", path="/posts"), variant="v", message="m", impact="i"
    )
    ran = grouped({
        "AUTH-01": Ran(outcomes=(replace(mine, subject=subject),)), "AUTH-03": Ran(outcomes=(mine,))
    })  # fmt: skip
    assert isinstance(ran["AUTH-03"].outcomes[0], Unproven)
    asked = replace(mine, subject=subject, confidence=Confidence.SUSPECTED)
    ran = grouped({"AUTH-01": Ran(outcomes=(asked,)), "AUTH-03": Ran(outcomes=(mine,))})
    assert ran["AUTH-03"].outcomes == (mine,)
