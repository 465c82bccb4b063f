import asyncio
from typing import ClassVar

import pytest

from launchready.collecting.collector import Collector, Cost, Safety
from launchready.collecting.context import MissingEvidence
from launchready.collecting.plan import planned
from launchready.collecting.runner import run_collectors
from launchready.door.budget import BudgetSpent
from launchready.door.messages import Request
from launchready.door.permit import PermitRefused
from launchready.model.event import Noted, PhaseEnded, PhaseStarted, RequestSpent
from launchready.model.evidence import (
    AccessMatrix,
    Collected,
    ExposedPaths,
    Failed,
    Gap,
    OriginTrials,
    Partial,
    WriteMatrix,
)
from launchready.model.outcome import Cause, Input, Remedy
from launchready.model.report import State
from launchready.model.settings import Budget
from tests.collecting.market import Market, members
from tests.collecting.stage import RATE, confirmed, stage

REMEDY = Remedy(input=Input.HEALTHY_TARGET, sentence="Start it.")
GAP = Gap(what="the rest", cause=Cause.NO_CONTROL, reason="not reached", remedy=REMEDY)


class Looking(Collector):
    """Brings origin trials; `body` is what its run does after the first half."""

    produces = OriginTrials
    needs: ClassVar = ()
    safety = Safety.PASSIVE
    title = "Looking"

    def __init__(self, during=None):
        super().__init__()
        self.during, self.started = during, asyncio.Event()

    def cost(self, context):
        return Cost(requests=1)

    async def run(self, context):
        self.gaps.append(GAP)
        self.started.set()
        if self.during is not None:
            await self.during(context)

    def evidence(self):
        return OriginTrials(trials=(), gaps=tuple(self.gaps))

    def summary(self):
        return "looked"


class Second(Looking):
    """Needs what nobody brought."""

    produces = ExposedPaths
    needs: ClassVar = (AccessMatrix,)

    def evidence(self):
        return ExposedPaths(trials=(), gaps=tuple(self.gaps))


def raising(error):
    async def during(context):
        raise error

    return during


async def run(made, *collectors):
    kept = []
    await run_collectors(
        made.context,
        collectors,
        stopper=made.stopper,
        keep=lambda kind, slot: kept.append((kind, slot)),
        debug=made.traces.append,
    )
    return kept


async def test_what_ends_well_is_collected_and_kept_at_once():
    async with stage(Market()) as made:
        ((kind, slot),) = await run(made, Looking())
    assert kind == "OriginTrials"
    assert slot == Collected(evidence=OriginTrials(trials=(), gaps=(GAP,)))
    assert made.context.slots == {kind: slot}
    assert [type(event) for event in made.events] == [PhaseStarted, PhaseEnded, RequestSpent]
    assert made.events[1].summary == "looked"


@pytest.mark.parametrize(
    ("error", "kind", "cause"),
    [
        (BudgetSpent("requests", 60), Partial, Cause.BUDGET),
        (PermitRefused("not this host", "Prove it"), Failed, Cause.NOT_PERMITTED),
        (
            MissingEvidence("AccessMatrix", Cause.TARGET_FAILED, "it fell over", REMEDY),
            Failed,
            Cause.TARGET_FAILED,
        ),
        (KeyError("a slip"), Failed, Cause.CHECK_BUG),
    ],
)
async def test_what_ends_badly_says_why(error, kind, cause):
    async with stage(Market()) as made:
        ((_, slot),) = await run(made, Looking(raising(error)))
    assert isinstance(slot, kind)
    assert slot.cause is cause
    assert slot.reason
    assert slot.remedy.sentence
    assert [event.warning for event in made.events if isinstance(event, Noted)] == [True]


async def test_half_of_the_evidence_is_kept_when_the_budget_ends():
    async with stage(Market()) as made:
        ((_, slot),) = await run(made, Looking(raising(BudgetSpent("requests", 60))))
    assert slot.evidence.gaps == (GAP,)


async def test_a_defect_of_ours_takes_nothing_else_away():
    async with stage(Market()) as made:
        kept = await run(made, Looking(raising(ZeroDivisionError("a slip"))), Second())
    assert [type(slot) for _, slot in kept] == [Failed, Failed]
    assert ["ZeroDivisionError" in trace for trace in made.traces] == [True]
    assert "ZeroDivisionError" in kept[0][1].reason


async def test_a_need_that_was_not_met_passes_its_reason_on():
    failed = Failed(kind="AccessMatrix", cause=Cause.TARGET_FAILED, reason="it fell over", remedy=REMEDY)
    async with stage(Market()) as made:
        made.context.slots["AccessMatrix"] = failed
        second = Second()
        ((_, slot),) = await run(made, second)
    assert (slot.cause, slot.reason, slot.remedy) == (failed.cause, failed.reason, failed.remedy)
    assert not second.started.is_set()


async def test_what_is_interrupted_is_partial_and_the_rest_is_not_started():
    async def for_ever(context):
        await asyncio.sleep(60)

    async with stage(Market()) as made:
        first, second = Looking(for_ever), Second()
        task = asyncio.ensure_future(run(made, first, second))
        await first.started.wait()
        made.stopper.stop()
        kept = dict(await asyncio.wait_for(task, 2))
    assert isinstance(kept["OriginTrials"], Partial)
    assert kept["OriginTrials"].cause is Cause.INTERRUPTED
    assert kept["OriginTrials"].evidence.gaps == (GAP,)
    assert isinstance(kept["ExposedPaths"], Failed)
    assert kept["ExposedPaths"].cause is Cause.INTERRUPTED
    assert not second.started.is_set()


async def test_a_cancellation_from_outside_is_passed_on():
    async def for_ever(context):
        await asyncio.sleep(60)

    async with stage(Market()) as made:
        first = Looking(for_ever)
        task = asyncio.ensure_future(run(made, first))
        await first.started.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task


async def test_a_request_in_flight_is_given_up_at_once():
    market, reached = Market(), asyncio.Event()

    async def stuck(request):
        reached.set()
        await asyncio.sleep(60)

    market.on("GET", "/stuck", stuck)

    async def ask(context):
        await context.door.send(Request(method="GET", url="/stuck"))

    async with stage(market) as made:
        first = Looking(ask)
        task = asyncio.ensure_future(run(made, first))
        await reached.wait()
        made.stopper.stop()
        kept = dict(await asyncio.wait_for(task, 1))
    assert kept["OriginTrials"].cause is Cause.INTERRUPTED


@pytest.mark.parametrize("requests", [20, 30, 40, 50, 60])
async def test_a_budget_that_ends_early_never_makes_a_pass(requests):
    market = Market()
    market.resource("notes")
    async with stage(market, budget=Budget(rate=RATE, requests=requests)) as made:
        await made.collect("AccessMatrix", "WriteMatrix", "GuardSweep", "TokenTrials", "SessionScenarios")
        results = made.judged()
        broken = [slot for slot in made.slots.values() if not isinstance(slot, Collected)]
    assert broken
    for check, kind in (("AUTH-16", AccessMatrix), ("AUTH-15", WriteMatrix)):
        if not isinstance(made.slots[kind.__name__], Collected):
            assert results[check].state is State.UNKNOWN


async def test_a_leak_that_was_seen_before_the_end_stands():
    market = Market()
    market.resource("notes", read=members)
    market.resource("zettels")
    async with stage(market) as made:
        await made.collect("Plantings")
        spent = made.context.door.spending.requests
    async with stage(market, budget=Budget(rate=RATE, requests=spent + 40)) as made:
        await made.collect("AccessMatrix", "WriteMatrix", "GuardSweep")
        assert any(isinstance(slot, Partial | Failed) for slot in made.slots.values())
        assert confirmed(made.judged()["AUTH-16"]) == ["GET /notes/{note_id}"]


def test_a_plan_is_what_the_wanted_kinds_need():
    async def kinds(*wanted, **options):
        async with stage(Market(), **options) as made:
            return [one.produces.__name__ for one in planned(wanted, made.context.settings)]

    reading = ["ClientBundles", "Surface", "Accounts", "Plantings", "AccessMatrix"]
    assert asyncio.run(kinds("AccessMatrix")) == reading
    assert asyncio.run(kinds("AccessMatrix", repo=".")) == ["SourceReview", *reading]
    assert asyncio.run(kinds("RepositorySecrets")) == ["RepositorySecrets"]
    everything = asyncio.run(kinds("WriteMatrix", "AccessMatrix", "SessionScenarios", "MassAssignment"))
    assert (
        everything.index("AccessMatrix")
        < everything.index("WriteMatrix")
        < everything.index("SessionScenarios")
    )
