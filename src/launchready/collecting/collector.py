"""What a collector is: what it brings, what it needs first, how safe it is, what it costs."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, ClassVar

from launchready.model.evidence import Evidence, Gap

if TYPE_CHECKING:
    from launchready.collecting.context import Context


class Safety(IntEnum):
    """What a collector may do to the target (DESIGN: Safety)."""

    OFFLINE = 0
    PASSIVE = 1
    ACTIVE = 2
    DESTRUCTIVE = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """An estimate, shown before the first write: requests, accounts, objects, and mails that the target may send."""

    requests: int = 0
    accounts: int = 0
    objects: int = 0
    mails: int = 0

    def __add__(self, other: "Cost") -> "Cost":
        """Sum of two estimates."""
        return Cost(
            requests=self.requests + other.requests,
            accounts=self.accounts + other.accounts,
            objects=self.objects + other.objects,
            mails=self.mails + other.mails,
        )


class Collector(ABC):
    """Brings one kind of evidence. What was gathered so far can be asked for at any time, for a run may be stopped.

    Without what it `needs` it is not run; what it `wants` is collected before it, and it does without if that failed.
    """

    produces: ClassVar[type[Evidence]]
    needs: ClassVar[tuple[type[Evidence], ...]] = ()
    wants: ClassVar[tuple[type[Evidence], ...]] = ()
    safety: ClassVar[Safety] = Safety.PASSIVE
    title: ClassVar[str]

    def __init__(self) -> None:
        self.gaps: list[Gap] = []

    @abstractmethod
    def cost(self, context: "Context") -> Cost:
        """How much it would take, from the surface alone."""

    def attach(self, context: "Context") -> None:  # noqa: B027 - most have nothing to watch
        """Called once before the first collector of a run starts: for those that watch what others receive."""

    @abstractmethod
    async def run(self, context: "Context") -> None:
        """Gather. May be cancelled at any await; raises what the door raises."""

    @abstractmethod
    def evidence(self) -> Evidence:
        """What was gathered so far."""

    def summary(self) -> str:
        """What was gathered, in a few words for the live view."""
        return ""
