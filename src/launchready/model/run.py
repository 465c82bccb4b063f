"""A finished or torn run as it is read back from its evidence file."""

from collections.abc import Mapping
from dataclasses import dataclass

from launchready.model.evidence import Slot
from launchready.model.exchange import Exchange
from launchready.model.report import RunInfo
from launchready.model.settings import CollectSettings, JudgeSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoEntry:
    """One thing created or changed at the target and how to undo it, without any credential."""

    id: str
    principal: str
    method: str
    url: str
    body: str
    what: str
    done: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """Everything judging needs. `slots` is by evidence kind (class name)."""

    info: RunInfo
    rules: int
    collect: CollectSettings
    judge: JudgeSettings
    slots: Mapping[str, Slot]
    exchanges: tuple[Exchange, ...]
    undo: tuple[UndoEntry, ...] = ()
