"""The five-route card: which routes come first, and what each tick rests on."""

from types import SimpleNamespace

import pytest

from launchready.judging.five_routes import five_routes
from launchready.model.evidence import SourceReview
from launchready.model.exchange import Exchange, Intent
from launchready.model.outcome import Confidence, fingerprint
from launchready.model.report import (
    AccessCell,
    AccessState,
    Finding,
    Location,
    OperationResult,
    OperationState,
    TickState,
)
from launchready.model.source import (
    Bound,
    CodePlace,
    GuardKind,
    GuardLevel,
    HitKind,
    LookupAction,
    SourceGuard,
    SourceHit,
    SourceLookup,
    SourceRoute,
    Validation,
)
from launchready.model.subject import FileSubject
from tests.checks.facts import operation, surface

MEMBER = SourceGuard(
    name="current_user",
    kind=GuardKind.AUTHENTICATES,
    level=GuardLevel.ROUTE,
    place=CodePlace(path="a.py", line=1),
)


def lookup(bound):
    place = CodePlace(path="a.py", line=12, code="session.get(Order, id)")
    return SourceLookup(model="Order", key="id", action=LookupAction.READ, bound=bound, place=place)


def route(name, line=10, guards=(MEMBER,), **more):
    method, _, path = name.partition(" ")
    facts = {"validation": Validation.NO_BODY} | more
    return SourceRoute(
        method=method, path=path, framework="FastAPI", handler="f", guards=guards,
        place=CodePlace(path="a.py", line=line, code=f"@app.{method.lower()}"), end_line=line + 9, **facts,
    )  # fmt: skip


def review(*routes, hits=()):
    return SourceReview(root="r", files=1, lines=1, apps=(), routes=routes, hits=hits)


def cards(*routes, hits=(), seen=(), operations=(), results=(), exchanges=()):
    api = surface(*operations) if operations else None
    return five_routes(review(*routes, hits=hits), api, seen, results, exchanges)


def seen(name, **cells):
    made = tuple(AccessCell(principal=who, state=state, evidence=("e1",)) for who, state in cells.items())
    method, _, path = name.partition(" ")
    return OperationResult(
        id=name,
        method=method,
        path=path,
        purpose="read",
        object="order",
        cells=made,
        state=OperationState.SAFE,
    )


def exchange(status, name="e9"):
    return Exchange(
        id=name, principal="member_a", operation="GET /orders/{id}", intent=Intent.CONTROL, method="GET",
        url="/orders/1", status=status, offset=0.0, seconds=0.1,
    )  # fmt: skip


def test_the_riskiest_five_come_first_in_order_of_their_reasons():
    routes = [
        route("GET /public", guards=()),
        route("GET /me"),
        route("DELETE /orders/{id}", guards=(), lookups=(lookup(Bound.NONE),)),
        route("PATCH /orders/{id}", lookups=(lookup(Bound.NONE),)),
        route("GET /orders/{id}", lookups=(lookup(Bound.OWNER),)),
        route("POST /orders", validation=Validation.RAW),
        route("POST /listings", validation=Validation.SCHEMA),
    ]
    names = [f"{card.method} {card.path}" for card in cards(*routes)]
    assert names[:3] == ["DELETE /orders/{id}", "GET /public", "PATCH /orders/{id}"]
    assert len(names) == 5
    assert "GET /me" not in names


def test_the_order_does_not_depend_on_the_order_of_the_evidence():
    routes = [route(f"POST /things{number}", line=number * 20) for number in range(8)]
    assert cards(*routes) == cards(*reversed(routes))


def test_a_standing_finding_outweighs_what_the_code_shows():
    quiet = route("GET /quiet", line=100)
    loud = route("POST /loud/{id}", line=10, guards=(), validation=Validation.RAW)
    subject = FileSubject(path="a.py", line=105)
    found = Finding(
        fingerprint=fingerprint("INP-05", "sql", subject), check="INP-05", confidence=Confidence.CONFIRMED,
        subject=subject, variant="sql", message="m", impact="i", evidence=(), reproduce="",
        location=Location(path="a.py", line=105),
    )  # fmt: skip

    assert cards(quiet, loud, results=(SimpleNamespace(findings=(found,)),))[0].path == "/quiet"


@pytest.mark.parametrize(
    ("state", "expected"), [(AccessState.DENIED, TickState.YES), (AccessState.LEAKS, TickState.NO)]
)
def test_what_the_running_product_showed_counts_before_the_code(state, expected):
    api = operation("GET /orders/{id}")
    [card] = cards(
        route("GET /orders/{id}", lookups=(lookup(Bound.NONE),)),
        operations=(api,),
        seen=(seen("GET /orders/{id}", anonymous=state, member_b=state),),
    )
    assert card.login.state is expected
    assert card.ownership.state is expected
    assert card.ownership.evidence == ("e1",)


def test_ticks_by_the_code_alone_say_where():
    [card] = cards(route("PATCH /orders/{id}", lookups=(lookup(Bound.NONE),), validation=Validation.SCHEMA))
    assert (card.login.state, card.ownership.state, card.input.state, card.errors.state) == (
        TickState.YES, TickState.NO, TickState.YES, TickState.UNKNOWN,
    )  # fmt: skip
    assert card.ownership.evidence == ("a.py:12",)
    assert card.location.line == 10


def test_a_dangerous_line_is_no_good_input():
    hit = SourceHit(
        kind=HitKind.SQL, rule="sql", message="a query is put together from text",
        place=CodePlace(path="a.py", line=14), route="GET /search",
    )  # fmt: skip
    [card] = cards(route("GET /search"), hits=(hit,))
    assert card.input.state is TickState.NO
    assert card.input.evidence == ("a.py:14",)


@pytest.mark.parametrize(
    ("statuses", "expected"),
    [
        ((200,), TickState.UNKNOWN),
        ((200, 422), TickState.YES),
        ((200, 404, 500), TickState.NO),
        ((), TickState.UNKNOWN),
    ],
)
def test_errors_are_known_only_from_answers(statuses, expected):
    [card] = cards(
        route("GET /orders/{id}"),
        operations=(operation("GET /orders/{id}"),),
        exchanges=[exchange(status, f"e{number}") for number, status in enumerate(statuses)],
    )
    assert card.errors.state is expected


def test_without_any_route_there_is_no_card():
    assert cards() == ()
    assert five_routes(None, None, (), (), ()) == ()
