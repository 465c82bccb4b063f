"""For each check evidence on which it passes; a loop over the registry tells when one is missing."""

from dataclasses import replace

from launchready.model.evidence import (
    AccessMatrix,
    ClientBundles,
    ExposedPaths,
    GuardSweep,
    MailRecords,
    MassAssignment,
    OriginTrials,
    RepositorySecrets,
    ResponseCredentials,
    RoleTrials,
    SessionScenarios,
    SpfRecord,
    TokenTrials,
    WriteMatrix,
)
from launchready.model.operation import ObjectClass
from tests.checks.code_facts import SECOND_USER, code
from tests.checks.facts import (
    CHANGE_ORDER,
    LIST_ORDERS,
    READ_ORDER,
    READ_PROFILE,
    READ_THREAD,
    REFUSED,
    answer,
    guard,
    listing,
    read,
    scenario,
    step,
    surface,
    trial,
    write,
)

_CLOSED = SpfRecord(
    domain="shop.example",
    records=("v=spf1 -all",),
    lookups=0,
    voids=0,
    all_qualifier="-",
    errors=(),
    warnings=(),
)
_SESSION = scenario(
    step("ask", "accepted", answer(), control=True), step("ask with the old session", "refused", REFUSED)
)
_PATHS = ("/orders/{id}", "/members/{id}", "/threads/{id}")
_KINDS = (ObjectClass.ORDER, ObjectClass.PROFILE, ObjectClass.THREAD)
_ALL = (READ_ORDER, LIST_ORDERS, CHANGE_ORDER, READ_PROFILE, READ_THREAD)

EVIDENCE = (
    surface(*_ALL),
    GuardSweep(probes=tuple(guard(path=one.path, method=one.method) for one in _ALL)),
    AccessMatrix(
        reads=(
            *(read(path=path, kind=kind) for path, kind in zip(_PATHS, _KINDS, strict=True)),
            listing(answer()),
        )
    ),
    WriteMatrix(writes=(write(),)),
    TokenTrials(trials=(trial(True),)),
    SessionScenarios(scenarios=(_SESSION,)),
    RoleTrials(trials=(trial(True, "list users", "/admin/users"),)),
    MassAssignment(trials=(trial(True, "is_admin"),)),
    OriginTrials(trials=(trial(True, "unknown origin"),)),
    ExposedPaths(trials=(trial(True, "metrics", "/metrics"),)),
    ResponseCredentials(responses=3, operations=("GET /me",), hits=()),
    RepositorySecrets(engine="engine 1", root=".", files=9, hits=()),
    # A test for each kind of object
    code(tests=tuple(replace(SECOND_USER, name=f"test_{number}") for number in range(6))),
    ClientBundles(pages=("/",), assets=("/app.js",), routes=()),
    MailRecords(spf=(_CLOSED,)),
)
