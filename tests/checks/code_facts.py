"""Code made by hand: an application with a guard for all, where all is well until a test says otherwise."""

from launchready.model.evidence import Gap, SourceReview
from launchready.model.outcome import Cause, Input, Remedy
from launchready.model.source import (
    LOOKED_FOR,
    OPEN_ROUTES,
    AccessTest,
    Bound,
    CodePlace,
    DataKey,
    EnvironmentVariable,
    Flow,
    GuardKind,
    GuardLevel,
    KeyKind,
    LookupAction,
    Skipped,
    SourceApp,
    SourceGuard,
    SourceHit,
    SourceLookup,
    SourceRoute,
    TestJob,
    Validation,
    VariableUse,
)


def place(path="api/orders.py", line=7, code=""):
    return CodePlace(path=path, line=line, code=code or f"line {line} of {path}")


def source_guard(kind=GuardKind.AUTHENTICATES, level=GuardLevel.GLOBAL, name="require_login", role=""):
    return SourceGuard(name=name, kind=kind, level=level, place=place("api/guards.py", 3), role=role)


GUARD = source_guard()


def lookup(bound=Bound.OWNER, action=LookupAction.READ, model="Order", key="id", line=9):
    return SourceLookup(model=model, key=key, action=action, bound=bound, place=place(line=line))


def route(name="GET /orders/{order_id}", guards=(GUARD,), lookups=(), line=7, app="api", **more):
    method, _, path = name.partition(" ")
    facts = {
        "handler": f"handle_{line}",
        "place": place(line=line, code=f"@route({name!r})"),
        "end_line": line + 5,
        "validation": Validation.SCHEMA if method in {"POST", "PUT", "PATCH"} else Validation.NO_BODY,
    } | more
    return SourceRoute(
        method=method, path=path, framework="FastAPI", guards=guards, lookups=lookups, app=app, **facts
    )


def app(guards=(GUARD,), name="api", root=""):
    return SourceApp(name=name, framework="FastAPI", root=root, entry=place("main.py", 5), guards=guards)


def danger(kind, certain=True, path="api/orders.py", line=8, flow=Flow.REQUEST, **more):
    facts = {
        "rule": kind.value,
        "message": "It is dangerous",
        "function": "handle_7",
        "fix": "Mend it.",
    } | more
    return SourceHit(kind=kind, place=place(path, line), certain=certain, flow=flow, **facts)


def variable(name="DATABASE_URL", use=VariableUse.REQUIRED, listed=True, path="settings.py", line=4, **more):
    return EnvironmentVariable(
        name=name,
        use=use,
        read=(place(path, line),),
        listed=(place(".env.example", 2),) if listed else (),
        **more,
    )


def key(kind=KeyKind.ANON, name="NEXT_PUBLIC_SUPABASE_ANON_KEY", path="web/client.ts", line=2, **more):
    return DataKey(kind=kind, name=name, place=place(path, line), **more)


SECOND_USER = AccessTest(
    name="test_others_are_refused", kind="second user", place=place("tests/test_orders.py", 9)
)
JOB = TestJob(
    name="tests", command="pytest", place=place(".github/workflows/ci.yml", 12), on_pull_request=True
)
ROUTES = (
    route("GET /orders/{order_id}", lookups=(lookup(),)),
    route("GET /orders", line=20),
    route("PATCH /orders/{order_id}", lookups=(lookup(action=LookupAction.UPDATE, line=33),), line=30),
    route("GET /members/{member_id}", lookups=(lookup(model="Member", line=43),), line=40),
    route("GET /threads/{thread_id}", lookups=(lookup(model="Thread", line=53),), line=50),
)


def code(**more):
    """A review of all that is well, with what a test changes."""
    facts = {
        "apps": (app(),),
        "routes": ROUTES,
        "variables": (variable(),),
        "keys": (key(in_browser=True),),
        "tests": (SECOND_USER,),
        "jobs": (JOB,),
        "looked_for": tuple(sorted(LOOKED_FOR)),
    } | more
    return SourceReview(root="shop", files=12, lines=900, **facts)


UNRECOGNISED = code(apps=(), routes=())
SKIPPED = (Skipped(path="api/broken.py", reason="it cannot be parsed"),)
_REMEDY = Remedy(input=Input.SPECIFICATION, sentence="Give the specification.")
OPEN_ROUTE = Gap(what=OPEN_ROUTES, cause=Cause.PARTIAL, reason="a prefix is computed", remedy=_REMEDY)
CUT_OFF = Gap(what="the rest of the repository", cause=Cause.PARTIAL, reason="too many files", remedy=_REMEDY)
