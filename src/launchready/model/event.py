"""What happens during a run, as typed events for the live view; never evidence."""

from dataclasses import dataclass
from typing import TypeAlias

from launchready.model.outcome import Confidence


@dataclass(frozen=True, slots=True, kw_only=True)
class PhaseStarted:
    """A stage began; `number` of `total`."""

    name: str
    number: int
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PhaseEnded:
    """A stage ended; `seconds` it took; `summary` in a few words."""

    name: str
    seconds: float
    summary: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestSpent:
    """The request counter moved."""

    spent: int
    budget: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingSeen:
    """A finding was confirmed (or suspected) while collecting; the judged report decides."""

    check: str
    confidence: Confidence
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    """An inference or a difficulty that the user should see; `warning` if something could not be done."""

    text: str
    warning: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """The run ended with a decision."""

    decision: str
    out: str


Event: TypeAlias = PhaseStarted | PhaseEnded | RequestSpent | FindingSeen | Noted | Decided
