"""Evidence that is required, wanted, or one piece of several."""

import pytest

from launchready.judging.engine import aggregate
from launchready.judging.registry import RegisteredCheck
from launchready.judging.running import run_check
from launchready.judging.statements import statements_on
from launchready.model.check_info import CheckInfo
from launchready.model.evidence import ClientBundles, Collected, Failed, GuardSweep, Partial
from launchready.model.outcome import Cause, Input, Remedy, Safe
from launchready.model.report import State
from launchready.model.settings import JudgeSettings
from launchready.model.subject import ProcessSubject
from tests.judging.support import DAY, ROWS

REMEDY = Remedy(input=Input.TARGET_URL, sentence="Name the URL.")
SWEEP = Collected(evidence=GuardSweep(probes=()))
BUNDLES = Collected(evidence=ClientBundles(pages=(), assets=(), routes=()))
CUT = Partial(evidence=SWEEP.evidence, cause=Cause.BUDGET, reason="spent", remedy=REMEDY)


def failed(kind):
    return Failed(kind=kind, cause=Cause.NEEDS_INPUT, reason="no URL of the API was named", remedy=REMEDY)


def verdict(wants, **slots):
    """Of a check that is content with whatever it is given."""
    given = []

    def content(sweep, bundles):
        given.extend((sweep, bundles))
        yield Safe(subject=ProcessSubject(name="it"))

    check = RegisteredCheck(
        id="CORS-01", function=content, needs={"sweep": GuardSweep, "bundles": ClientBundles},
        attested_for_days=0, title="t", why="w", how_to_fix="h", blind_spots="b", wants=frozenset(wants),
    )  # fmt: skip
    info = CheckInfo(row=ROWS["CORS-01"], implemented=True)
    ran = run_check(info, check, slots, JudgeSettings())
    return aggregate(info, ran, statements_on(info.row, JudgeSettings(), DAY)), given


@pytest.mark.parametrize(
    "slots", [{}, {"GuardSweep": failed("GuardSweep")}, {"GuardSweep": CUT}, {"GuardSweep": SWEEP}]
)
def test_what_only_sharpens_neither_stops_a_check_nor_keeps_it_from_passing(slots):
    result, given = verdict({"sweep"}, ClientBundles=BUNDLES, **slots)
    assert result.state is State.PASS
    assert (given[0] is None) is not any(isinstance(one, Collected | Partial) for one in slots.values())


def test_what_is_required_stops_it_beside_what_is_wanted():
    result, given = verdict({"sweep"}, GuardSweep=SWEEP)
    assert (result.cause, given) == (Cause.MISSING, [])


def test_pieces_are_judged_one_by_one_and_only_all_of_them_pass():
    wants = {"sweep", "bundles"}
    assert verdict(wants, GuardSweep=SWEEP, ClientBundles=BUNDLES)[0].state is State.PASS
    result, given = verdict(wants, ClientBundles=BUNDLES)
    assert (result.state, result.cause) == (State.UNKNOWN, Cause.MISSING)
    assert given == [None, BUNDLES.evidence]
    assert verdict(wants, GuardSweep=CUT, ClientBundles=BUNDLES)[0].cause is Cause.BUDGET


def test_without_any_piece_it_does_not_run_and_says_each_reason_once():
    result, given = verdict(
        {"sweep", "bundles"}, GuardSweep=failed("GuardSweep"), ClientBundles=failed("ClientBundles")
    )
    assert given == []
    assert [(one.cause, one.reason) for one in result.open_items] == [
        (Cause.NEEDS_INPUT, "no URL of the API was named")
    ]
