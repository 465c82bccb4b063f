"""What a run would do, in numbers, before it does it."""

from collections.abc import Iterable
from dataclasses import dataclass

from launchready.collecting.collector import Collector, Cost, Safety
from launchready.collecting.context import Context, MissingEvidence
from launchready.door.permit import Safety as Permitted
from launchready.door.resolving import Nearness


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedStep:
    """A collector with its estimate; `refused` says why it may not do its work, empty if it may."""

    title: str
    safety: Safety
    cost: Cost
    refused: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunPlan:
    """The steps after discovery. `budget` is how many requests the run may send at most."""

    target: str
    steps: tuple[PlannedStep, ...]
    budget: int
    on_loopback: bool

    @property
    def total(self) -> Cost:
        """Sum of what is permitted."""
        total = Cost()
        for step in self.steps:
            if not step.refused:
                total += step.cost
        return total

    @property
    def writes(self) -> bool:
        """Whether anything is written to the target."""
        return any(step.safety >= Safety.ACTIVE and not step.refused for step in self.steps)

    def in_words(self) -> str:
        """One line."""
        total = self.total
        parts = [f"about {min(total.requests, self.budget)} requests"]
        parts += [
            f"{number} {noun if number == 1 else noun + 's'}"
            for number, noun in (
                (total.accounts, "account"),
                (total.objects, "object"),
                (total.mails, "mail"),
            )
            if number
        ]
        return f"{self.target or 'No target'}: {', '.join(parts)}" + (
            "" if self.writes else "; nothing is written"
        )


def plan_of(context: Context, collectors: Iterable[Collector]) -> RunPlan:
    """Estimates of all steps, as far as the surface tells."""
    permit = context.door.permit
    return RunPlan(
        target=permit.origin,
        steps=tuple(_step(context, collector) for collector in collectors),
        budget=context.settings.budget.requests,
        on_loopback=permit.nearness is Nearness.LOOPBACK,
    )


def _step(context: Context, collector: Collector) -> PlannedStep:
    refused = ""
    if collector.safety >= Safety.ACTIVE and not context.door.permit.permits(
        Permitted(int(collector.safety))
    ):
        refused = "writing to this target is not permitted (launchready prove URL)"
    try:
        cost = collector.cost(context)
    except MissingEvidence as missing:
        cost, refused = Cost(), refused or str(missing)
    return PlannedStep(title=collector.title, safety=collector.safety, cost=cost, refused=refused)
