"""The collecting stage on a small target: what it brought, and what the real checks make of it."""

from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from launchready.app.opening import opened
from launchready.collecting.cleanup import clean_up
from launchready.collecting.context import Context
from launchready.collecting.plan import planned
from launchready.collecting.runner import Stopper, run_collectors
from launchready.config.catalogue import load_catalogue
from launchready.judging.report import judge
from launchready.model.event import FindingSeen
from launchready.model.evidence import Collected, Partial, Slot
from launchready.model.exchange import Exchange
from launchready.model.outcome import Confidence
from launchready.model.report import CheckResult, RunInfo, State
from launchready.model.run import Run, UndoEntry
from launchready.model.settings import Budget, CollectSettings, Environment, JudgeSettings

RATE = 5000.0


@dataclass
class Journal:
    """A recorder that keeps everything in order, together with what had reached the target by then."""

    market: Any
    exchanges: dict[str, Exchange] = field(default_factory=dict)
    entries: list[UndoEntry] = field(default_factory=list)
    reached: list[int] = field(default_factory=list)
    closed: list[str] = field(default_factory=list)

    def attach(self, recorder):
        raise AssertionError("nothing is attached in these tests")

    def exchange(self, exchange):
        self.exchanges[exchange.id] = exchange

    def undo(self, entry):
        self.entries.append(entry)
        self.reached.append(len(self.market.log))

    def undone(self, entry_id):
        self.closed.append(entry_id)


@dataclass
class Stage:
    """A context with its journal, and what was told meanwhile."""

    market: Any
    context: Context
    journal: Journal
    events: list[Any]
    traces: list[str] = field(default_factory=list)
    stopper: Stopper = field(default_factory=Stopper)

    @property
    def slots(self) -> dict[str, Slot]:
        return self.context.slots

    def evidence(self, kind):
        slot = self.context.slots[kind]
        assert isinstance(slot, Collected | Partial), slot
        return slot.evidence

    async def collect(self, *kinds, collectors=None):
        """Run what brings these kinds of evidence."""
        todo = collectors if collectors is not None else planned(kinds, self.context.settings)
        await run_collectors(
            self.context, todo, stopper=self.stopper, keep=lambda *_: None, debug=self.traces.append
        )
        assert not self.traces, self.traces[0]
        return self

    async def cleaned(self, seconds=20.0):
        return await clean_up(self.context, seconds)

    def judged(self, **judge_settings) -> dict[str, CheckResult]:
        info = RunInfo(
            id="run", started_at="2026-01-01T00:00:00+00:00", ended_at="2026-01-01T00:00:09+00:00",
            seconds=9.0, requests=1, profile="standard", target=self.market.url,
        )  # fmt: skip
        run = Run(
            info=info,
            rules=1,
            collect=self.context.settings,
            judge=JudgeSettings(**judge_settings),
            slots=self.context.slots,
            exchanges=tuple(self.journal.exchanges.values()),
        )
        return {one.info.row.id: one for one in judge(run, load_catalogue(), tool_version="0").checks}

    def seen(self, check):
        return [event for event in self.events if isinstance(event, FindingSeen) and event.check == check]


@asynccontextmanager
async def stage(market, **options):
    """The market served, and a context for it."""
    async with AsyncExitStack() as stack:
        url = await stack.enter_async_context(market.served())
        budget = options.pop("budget", Budget(rate=RATE, requests=8000))
        settings = CollectSettings(url=url, environment=Environment.STAGING, budget=budget, **options)
        journal, events = Journal(market), []
        context = await stack.enter_async_context(
            opened(settings, emit=events.append, run_id="a1b2c3", recorder=journal)
        )
        yield Stage(market=market, context=context, journal=journal, events=events)


async def judged(market, *kinds, **options):
    """Checks' results after collecting these kinds."""
    async with stage(market, **options) as made:
        await made.collect(*kinds)
        return made.judged()


def confirmed(result):
    return sorted(
        f"{finding.subject.method} {finding.subject.path}"
        for finding in result.findings
        if finding.confidence is Confidence.CONFIRMED
    )


def suspected(result):
    return sorted(
        f"{finding.subject.method} {finding.subject.path}"
        for finding in result.findings
        if finding.confidence is Confidence.SUSPECTED
    )


def quiet(result):
    """Whether nothing was found, and something was shown to be safe."""
    return not result.findings and result.safe > 0 and result.state is not State.FAIL
