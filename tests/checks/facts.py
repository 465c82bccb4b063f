"""Evidence made by hand: two members and an API where all is well until a test says otherwise."""

from datetime import date

from launchready.config.catalogue import load_catalogue
from launchready.judging.engine import aggregate
from launchready.judging.registry import check_infos, registered_checks
from launchready.judging.running import ruled, run_check
from launchready.judging.statements import statements_on
from launchready.model.evidence import Collected, Gap, GuardProbe, Surface
from launchready.model.operation import (
    Consumes,
    Guard,
    HttpOperation,
    ObjectClass,
    Place,
    Purpose,
)
from launchready.model.outcome import Cause, Input, Remedy
from launchready.model.probe import (
    Answer,
    AnswerKind,
    CanaryHit,
    Change,
    Expectation,
    ReadProbe,
    RouteForm,
    Scenario,
    Signal,
    Step,
    Trial,
    WriteKind,
    WriteProbe,
)
from launchready.model.settings import JudgeSettings

DAY = date(2026, 3, 1)
INFOS = {info.row.id: info for info in check_infos(load_catalogue())}
REMEDY = Remedy(input=Input.EXAMPLE_VALUES, sentence="Give example values.")


def judged(check_id, *evidence, settings=None):
    """The verdict of one check on complete evidence."""
    settings = settings or JudgeSettings()
    slots = ruled({type(one).__name__: Collected(evidence=one) for one in evidence}, settings)
    check = registered_checks()[check_id]
    info = INFOS[check_id]
    statements = statements_on(info.row, settings, DAY, check.attested_for_days)
    return aggregate(info, run_check(info, check, slots, settings), statements)


# ---------------------------------------------------------------------------------------------- answers


def answer(kind=AnswerKind.DATA, status=200, exchange="e1", **more):
    return Answer(exchange=exchange, status=status, kind=kind, **more)


def hit(owner="member_a", object_id="7", field="title"):
    return CanaryHit(owner=owner, object_type="order", object_id=object_id, field=field, path=f"/{field}")


def showing(object_id="7", **more):
    return answer(hits=(hit(object_id=object_id),), **more)


REFUSED = answer(AnswerKind.REFUSED, 403, "e2")
NOT_FOUND = answer(AnswerKind.NOT_FOUND, 404, "e2")
LIMITED = answer(AnswerKind.LIMITED, 429, "e2")
BROKEN = answer(AnswerKind.ERROR, 500, "e2")
WALLED = answer(AnswerKind.EDGE_WALL, 403, "e2")
SILENT = answer(AnswerKind.NO_ANSWER, 0, "e2")
UNREACHED = [LIMITED, BROKEN, WALLED, SILENT]


# ----------------------------------------------------------------------------------------------- probes


def read(attempt=REFUSED, path="/orders/{id}", kind=ObjectClass.ORDER, **more):
    facts = {
        "principal": "member_b",
        "owner": "member_a",
        "object_type": "order",
        "object_id": "7",
        "form": RouteForm.PATH,
        "variant": "path",
        "signals": (Signal.PRIVATE_TYPE,),
        "owner_control": showing(exchange="e0"),
        "reproduce": "curl /orders/7",
    } | more
    return ReadProbe(
        operation=f"GET {path}", method="GET", path=path, object_class=kind.value, attempt=attempt, **facts
    )


def listing(attempt, path="/orders", **more):
    return read(attempt, path=path, **{"form": RouteForm.LIST, "variant": "list"} | more)


def write(change=Change.NONE, attempt=REFUSED, path="/orders/{id}", kind=WriteKind.UPDATE, **more):
    method = {WriteKind.DELETE: "DELETE", WriteKind.CREATE_IN: "POST"}.get(kind, "PATCH")
    worked = {WriteKind.DELETE: Change.GONE}.get(kind, Change.NONCE)
    facts = {
        "method": method,
        "principal": "member_b",
        "owner": "member_a",
        "object_type": "order",
        "object_class": ObjectClass.ORDER.value,
        "object_id": "7",
        "form": RouteForm.PATH,
        "variant": f"{kind.value}, path",
        "before": showing(exchange="e0"),
        "after": showing(exchange="e3"),
        "owner_control": answer(exchange="e4"),
        "owner_change": worked,
    } | more
    return WriteProbe(
        operation=f"{facts['method']} {path}", path=path, kind=kind, attempt=attempt, change=change, **facts
    )


def guard(attempt=REFUSED, control=None, path="/orders", **more):
    facts = {"method": "GET", "guard": Guard.PROTECTED.value, "signals": ()} | more
    control = control or answer(exchange="e0", masked="members answer")
    return GuardProbe(
        operation=f"{facts['method']} {path}", path=path, attempt=attempt, control=control, **facts
    )


def trial(held, name="garbage", path="/me", **more):
    facts = {
        "method": "GET",
        "principal": "member_a",
        "attempt": answer() if held is False else REFUSED,
        "control": answer(exchange="e0"),
    } | more
    return Trial(name=name, operation=f"{facts['method']} {path}", path=path, held=held, **facts)


def step(name, expect, reply, *, control=False):
    return Step(name=name, expect=Expectation(expect), answer=reply, control=control)


def scenario(*steps, name="log out", **more):
    return Scenario(
        name=name,
        operation="POST /logout",
        method="POST",
        path="/logout",
        principal="member_a",
        steps=steps,
        **more,
    )


def gap(operation="", cause=Cause.NO_CONTROL, **more):
    return Gap(
        what=operation or "everything",
        cause=cause,
        reason="it could not be done",
        remedy=REMEDY,
        operation=operation,
        **more,
    )


# ---------------------------------------------------------------------------------------------- surface


def operation(name, purpose=Purpose.READ, kind=ObjectClass.ORDER, **more):
    method, _, path = name.partition(" ")
    consumes = (Consumes(object_type="order", place=Place.PATH, name="id"),) if "{" in path else ()
    return HttpOperation(
        id=name,
        method=method,
        path=path,
        **{
            "purpose": purpose,
            "object_type": kind.value,
            "object_class": kind,
            "guard": Guard.PROTECTED,
            "consumes": consumes,
        }
        | more,
    )


def surface(*operations, complete=True, unusable=()):
    return Surface(
        origin="openapi", title="Shop", operations=operations, unusable=unusable, security_declared=True,
        complete=complete,
    )  # fmt: skip


READ_ORDER = operation("GET /orders/{id}")
LIST_ORDERS = operation("GET /orders", Purpose.LIST)
CHANGE_ORDER = operation("PATCH /orders/{id}", Purpose.UPDATE)
DELETE_ORDER = operation("DELETE /orders/{id}", Purpose.DELETE)
READ_PROFILE = operation("GET /members/{id}", kind=ObjectClass.PROFILE)
READ_THREAD = operation("GET /threads/{id}", kind=ObjectClass.THREAD)
