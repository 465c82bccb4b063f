"""Evidence in which each kind is good, bad, hollow or missing, and statements that may touch it."""

import dataclasses
from datetime import date

from hypothesis import strategies as st

from launchready.judging.registry import registered_checks
from launchready.model.evidence import Collected, Failed, Partial
from launchready.model.outcome import Cause, Input, Remedy
from launchready.model.probe import AnswerKind, Change, Signal
from launchready.model.settings import JudgeSettings, VisibilityRule
from launchready.model.source import Bound, HitKind, KeyKind
from launchready.model.statement import Attestation, Dispute, FlagAnswer, Waiver
from tests.checks.code_facts import JOB, SKIPPED, UNRECOGNISED, app, code, danger, key, lookup, route
from tests.checks.facts import answer, gap, guard, listing, read, showing, trial, write
from tests.checks.good import EVIDENCE
from tests.checks.loops import half_built
from tests.judging.support import ROWS

GOOD = {type(one).__name__: one for one in EVIDENCE}
REMEDY = Remedy(input=Input.HEALTHY_TARGET, sentence="Mend it.")
LONG_AGO, FAR_AHEAD = date(2026, 2, 1), date(2027, 1, 1)


def _more(kind, field, *additions):
    good = GOOD[kind]
    return [dataclasses.replace(good, **{field: (*getattr(good, field), one)}) for one in additions]


BAD = {
    "GuardSweep": _more(
        "GuardSweep",
        "probes",
        guard(answer(masked="members answer"), signals=(Signal.PRIVATE_TYPE.value,)),
        guard(answer(masked="members answer"), guard="unstated"),
        guard(answer(AnswerKind.LIMITED, 429)),
    ),
    "AccessMatrix": _more(
        "AccessMatrix",
        "reads",
        read(showing()),
        read(showing(), signals=()),
        read(owner_control=None),
        listing(showing()),
    ),
    "SourceReview": [
        UNRECOGNISED,
        code(routes=(route(lookups=(lookup(Bound.NONE),)),)),
        code(routes=(route(lookups=(lookup(Bound.UNCLEAR),)),)),
        code(apps=(app(guards=()),), routes=(route(guards=()), route("POST /orders", guards=(), line=30))),
        code(hits=tuple(danger(kind) for kind in HitKind)),
        code(hits=tuple(danger(kind, certain=False) for kind in HitKind)),
        code(keys=(key(KeyKind.SERVICE_ROLE, "SERVICE_KEY", "api/orders.py", 9),)),
        code(tests=(), jobs=(dataclasses.replace(JOB, on_pull_request=False),)),
        code(skipped=SKIPPED),
    ],
    "WriteMatrix": _more("WriteMatrix", "writes", write(Change.NONCE), write(owner_change=Change.NONE)),
    **{
        kind: _more(kind, "trials", trial(False, "other"), trial(None, "other"), trial(True, control=None))
        for kind in ("TokenTrials", "RoleTrials", "MassAssignment", "OriginTrials", "ExposedPaths")
    },
}
for _kind, _evidence in GOOD.items():
    if hasattr(_evidence, "gaps"):
        BAD.setdefault(_kind, []).extend(_more(_kind, "gaps", gap("GET /orders/{id}"), gap()))


def slot(kind):
    """One kind of evidence in any state."""
    evidence = st.sampled_from([GOOD[kind], GOOD[kind], GOOD[kind], *BAD.get(kind, [])])
    failed = Failed(kind=kind, cause=Cause.TARGET_FAILED, reason="it was down", remedy=REMEDY)
    return st.one_of(
        evidence.map(lambda one: Collected(evidence=one)),
        evidence.map(lambda one: Collected(evidence=one)),
        evidence.map(lambda one: Partial(evidence=one, cause=Cause.BUDGET, reason="spent", remedy=REMEDY)),
        st.just(failed),
    )


@st.composite
def _slots(draw):
    """Good evidence of every kind but for a few: with more than that nothing would ever be near a pass."""
    found = {kind: Collected(evidence=one) for kind, one in GOOD.items()}
    for kind in draw(st.sets(st.sampled_from(sorted(GOOD)), max_size=3)):
        found[kind] = draw(slot(kind))
    return found


slots = _slots()
# Those that can pass: of others a half is not built, and they say so
implemented = tuple(sorted(registered_checks().keys() - half_built()))
checks = st.sampled_from(implemented)
_dates = {"person": "Ada", "signed": LONG_AGO, "expires": FAR_AHEAD}


def _attestation(check, subject):
    return Attestation(check=check, subject=subject, statement="I saw it", **_dates)


attestations = st.builds(
    _attestation,
    checks,
    st.sampled_from(["", "GET /orders/{id}", "everything", "GET /orders", "AUTH-16", "hosting"]),
)
whole_waivers = st.sampled_from(sorted(ROWS)).map(
    lambda check: Waiver(check=check, fingerprint="", reason="known", **_dates)
)
disputes = st.builds(
    lambda check, name: Dispute(check=check, fingerprint=name, reason="no", **_dates),
    checks,
    st.text(max_size=3),
)
rules = st.builds(
    VisibilityRule,
    pattern=st.sampled_from(["GET /orders/{id}", "GET /*", "*"]),
    visibility=st.sampled_from(["public", "members", "participants", "owner"]),
)
flags = st.builds(
    FlagAnswer,
    flag=st.sampled_from(["F1", "F2", "F3", "F4", "F5"]),
    raised=st.booleans(),
    person=st.just("Ada"),
    reason=st.just("so"),
)


def _some(strategy):
    return st.lists(strategy, max_size=3).map(tuple)


SIGNED = Attestation(check="SEC-11", subject="", statement="MFA is on", **_dates)
settings = st.builds(
    JudgeSettings,
    attestations=_some(attestations).map(lambda some: (SIGNED, *some)),
    waivers=_some(whole_waivers),
    disputes=_some(disputes),
    visibility=_some(rules),
    flags=_some(flags),
    only=st.just(()),
)
