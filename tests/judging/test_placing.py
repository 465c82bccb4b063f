"""Findings of the running audit point at the handler."""

from dataclasses import replace

import pytest

from launchready.judging.placing import placed
from launchready.judging.report import judge
from launchready.model.evidence import Collected, GuardProbe, GuardSweep, SourceReview, Surface
from launchready.model.operation import HttpOperation
from launchready.model.probe import Answer, AnswerKind, Signal
from launchready.model.report import Location, State
from launchready.model.source import CodePlace, SourceRoute
from launchready.model.subject import FileSubject, OperationSubject
from tests.judging.support import CATALOGUE, finding, result, run

HERE = Location(path="api/orders.py", line=7, code='@router.get("/{id}")', where="tree")


def route(method="GET", path="/orders/{order_id}", app="api", line=7, **more):
    place = CodePlace(path="api/orders.py", line=line, code='@router.get("/{id}")')
    return SourceRoute(
        method=method, path=path, framework="FastAPI", handler="read", place=place, end_line=line + 3, app=app, **more
    )  # fmt: skip


def review(*routes):
    return SourceReview(root=".", files=3, lines=90, apps=(), routes=routes)


def surface(base=""):
    operation = HttpOperation(id="GET /orders/{id}", method="GET", path="/orders/{id}", base_path=base)
    return Surface(
        origin="openapi", title="Shop", operations=(operation,), unusable=(), security_declared=False, complete=True
    )  # fmt: skip


def location(code, description=None, **more):
    facts = {"subject": OperationSubject(method="GET", path="/orders/{id}", principal="member_b")} | more
    bad = result("AUTH-16", State.FAIL, findings=(finding("AUTH-16"),))
    (one,) = placed([_with(bad, **facts)], code, description)
    return one.findings[0].location


def _with(bad, subject, location=None):
    changed = replace(bad.findings[0], subject=subject, location=location)
    return replace(bad, findings=(changed,))


def test_a_finding_about_an_operation_gets_the_handlers_line():
    assert location(review(route())) == HERE
    assert location(review(route(method="ANY"))) == HERE


@pytest.mark.parametrize("prefix", ["/api/v1", "/shop"])
def test_the_code_may_say_the_base_path_too(prefix):
    assert location(review(route(path=f"{prefix}/orders/{{id}}")), surface(base=prefix)) == HERE


@pytest.mark.parametrize(
    "routes",
    [
        (),
        (route(method="DELETE"),),
        (route(path="/orders"),),
        (route(path="/drafts/orders/{id}"),),
        (route(served=False),),
        (route(certain=False),),
        (route(), route(app="other", line=90)),
    ],
)
def test_what_cannot_be_told_gets_no_line(routes):
    assert location(review(*routes), surface()) is None


def test_of_two_routes_of_one_application_the_first_serves():
    assert location(review(route(), route(line=90))) == HERE


def test_without_code_and_for_other_subjects_all_stays():
    assert location(None) is None
    assert location(review(route()), subject=FileSubject(path="a.py", line=1)) is None
    known = Location(path="b.py", line=2)
    assert location(review(route()), location=known) == known


def test_the_report_has_it():
    leak = Answer(exchange="e1", status=200, kind=AnswerKind.DATA, masked="same")
    probe = GuardProbe(
        operation="GET /orders/{id}", method="GET", path="/orders/{id}", guard="protected",
        signals=(Signal.PRIVATE_TYPE.value,), attempt=leak, control=leak,
    )  # fmt: skip
    evidence = (surface(), review(route()), GuardSweep(probes=(probe,)))
    slots = {type(one).__name__: Collected(evidence=one) for one in evidence}
    report = judge(run(slots), CATALOGUE, tool_version="1.0")
    found = {one.check: one.location for check in report.checks for one in check.findings}
    assert found["AUTH-01"] == HERE
