"""How a check says which catalogue row it stands for."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeAlias, TypeVar

from launchready.model.outcome import Outcome

CheckFunction: TypeAlias = Callable[..., Iterator[Outcome]]
Function = TypeVar("Function", bound=CheckFunction)

ATTRIBUTE = "__launchready_check__"


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """Metadata of a check. `attested_for_days` bounds an attestation's age; 0: its expiry alone counts."""

    id: str
    attested_for_days: int = 0


def check(check_id: str, *, attested_for_days: int = 0) -> Callable[[Function], Function]:
    """Mark a function as the check of a catalogue row; looking through the package finds it, not this."""

    def mark(function: Function) -> Function:
        setattr(function, ATTRIBUTE, Registration(id=check_id, attested_for_days=attested_for_days))
        return function

    return mark
