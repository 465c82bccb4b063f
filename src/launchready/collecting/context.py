"""What collectors work with: the door, the crew, what was collected so far, the undo journal."""

import fnmatch
import hashlib
import hmac
import string
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from launchready.accounts.crew import Crew
from launchready.accounts.recordings import Recording
from launchready.collecting.answers import Garden
from launchready.door.http import Door
from launchready.door.vault import Vault
from launchready.model.event import Event, FindingSeen
from launchready.model.evidence import Collected, Evidence, Failed, Partial, Plantings, Slot, Surface
from launchready.model.exchange import Exchange
from launchready.model.operation import HttpOperation, Purpose
from launchready.model.outcome import Cause, Confidence, Input, Remedy
from launchready.model.run import UndoEntry
from launchready.model.settings import CollectSettings
from launchready.surface.purpose import changes_by_get

# Ending one's own session and following a link from a mail, which is done for that very effect
_MEANT_TO_CHANGE = frozenset({Purpose.LOG_OUT, Purpose.CONFIRM})
E = TypeVar("E", bound=Evidence)


class Recorder(Protocol):
    """Where what must survive a crash is written at once."""

    def exchange(self, exchange: Exchange) -> None:
        """Keep an exchange; the later record of an id wins."""

    def undo(self, entry: UndoEntry) -> None:
        """Keep what is about to be created or changed, before the request is sent."""

    def undone(self, entry_id: str) -> None:
        """Mark an entry as undone."""


class MissingEvidence(Exception):  # noqa: N818 - it is a state that the plan reports, not an error of ours
    """What a collector needs was not brought by an earlier one."""

    def __init__(self, kind: str, cause: Cause, reason: str, remedy: Remedy) -> None:
        super().__init__(reason)
        self.kind, self.cause, self.reason, self.remedy = kind, cause, reason, remedy


@dataclass(slots=True, kw_only=True)
class Context:
    """One run's working state; collectors get nothing else."""

    settings: CollectSettings
    door: Door
    vault: Vault
    recorder: Recorder
    emit: Callable[[Event], None]
    run_id: str
    slots: dict[str, Slot] = field(default_factory=dict)
    garden: Garden = field(default_factory=Garden)
    crew: Crew | None = None
    recordings: dict[str, Recording] = field(default_factory=dict)
    undo_count: int = 0
    undo_open: dict[str, UndoEntry] = field(default_factory=dict)
    word_count: int = 0
    planted_by: dict[str, str] = field(default_factory=dict)
    canary_at: int = 0
    _withheld: dict[str, str] = field(default_factory=dict, repr=False)

    def has(self, kind: type[Evidence]) -> bool:
        """Whether that kind was collected, whole or in part."""
        return isinstance(self.slots.get(kind.__name__), Collected | Partial)

    def get(self, kind: type[E]) -> E:
        """Evidence of an earlier collector; raises `MissingEvidence` with that collector's own reason."""
        slot = self.slots.get(kind.__name__)
        if isinstance(slot, Collected | Partial) and isinstance(slot.evidence, kind):
            return slot.evidence
        if isinstance(slot, Failed):
            raise MissingEvidence(kind.__name__, slot.cause, slot.reason, slot.remedy)
        raise MissingEvidence(
            kind.__name__,
            Cause.MISSING,
            f"{kind.__name__} was not collected in this run",
            Remedy(input=Input.SELECTION, sentence="Run the audit without --only."),
        )

    def find(self, kind: type[E]) -> E | None:
        """Evidence of an earlier collector, `None` if there is none."""
        slot = self.slots.get(kind.__name__)
        if isinstance(slot, Collected | Partial) and isinstance(slot.evidence, kind):
            return slot.evidence
        return None

    def has_plantings(self) -> bool:
        """Whether objects were planted in this run."""
        return self.has(Plantings)

    @property
    def surface(self) -> Surface:
        """The API's operations."""
        return self.get(Surface)

    @property
    def plantings(self) -> Plantings:
        """What each account owns."""
        return self.get(Plantings)

    def operations(self, *purposes: Purpose) -> list[HttpOperation]:
        """HTTP operations that may be touched, in the document's order; all purposes when none is named."""
        return [
            operation
            for operation in self.surface.operations
            if isinstance(operation, HttpOperation)
            and (not purposes or operation.purpose in purposes)
            and not self.untouchable(operation)
        ]

    def untouchable(self, operation: HttpOperation) -> bool:
        """Whether the operation must never be called."""
        return bool(self.withheld(operation))

    def withheld(self, operation: HttpOperation) -> str:
        """Why an operation is never called, empty if it may be.

        The user forbade it (`never_touch`, `--exclude`), or it is a read that changes something: a reset of
        the database takes other people's data and our accounts with it.
        """
        known = self._withheld.get(operation.id)
        if known is None:
            known = self._withheld[operation.id] = self._why_withheld(operation)
        return known

    def _why_withheld(self, operation: HttpOperation) -> str:
        if _matches(operation, (*self.settings.never_touch, *self.settings.exclude)):
            return "it is excluded by the settings"
        effect = "" if operation.purpose in _MEANT_TO_CHANGE else changes_by_get(operation)
        return f"it was not called: its name ({effect}) says that asking changes something" if effect else ""

    def in_focus(self, operation: HttpOperation) -> bool:
        """Whether the operation is to be probed: `--include` narrows probing, not planting."""
        return not self.settings.include or _matches(operation, self.settings.include)

    def new_word(self, purpose: str = "") -> str:
        """A unique random-looking word, letters only (it survives slugs and lower-casing), found by `CANARY`."""
        self.word_count += 1
        key = f"{self.run_id}\x1f{self.word_count}\x1f{purpose}".encode()
        digest = hmac.new(self.run_id.encode(), key, hashlib.sha256).digest()
        return "lr" + "".join(string.ascii_lowercase[byte % 26] for byte in digest[:14]) + "x"

    def will_create(self, principal: str, method: str, url: str, what: str, body: str = "") -> str:
        """Write an undo entry before the request that makes it necessary; returns its id."""
        self.undo_count += 1
        entry = UndoEntry(
            id=f"u{self.undo_count}", principal=principal, method=method, url=url, body=body, what=what
        )
        self.undo_open[entry.id] = entry
        self.recorder.undo(entry)
        return entry.id

    def now_undo(self, entry_id: str, *, method: str, url: str, body: str = "", what: str = "") -> None:
        """Complete an entry with what the answer told (the id of the new object)."""
        old = self.undo_open[entry_id]
        entry = UndoEntry(
            id=entry_id, principal=old.principal, method=method, url=url, body=body, what=what or old.what
        )
        self.undo_open[entry_id] = entry
        self.recorder.undo(entry)

    def undone(self, entry_id: str) -> None:
        """Nothing is left to undo for this entry."""
        if self.undo_open.pop(entry_id, None) is not None:
            self.recorder.undone(entry_id)

    def account_gone(self, name: str) -> None:
        """A probe deleted an account of ours: it is not left behind."""
        for entry in tuple(self.undo_open.values()):
            if entry.what == f"account {name}":
                self.undone(entry.id)

    def cite(self, exchanges: Iterable[str]) -> tuple[str, ...]:
        """Keep these exchanges with their redacted bodies, as proof; returns their ids."""
        ids = tuple(dict.fromkeys(item for item in exchanges if item))
        for exchange in ids:
            self.door.cite(exchange)
        return ids

    def found(self, check: str, message: str, *, confirmed: bool = True) -> None:
        """Tell the live view."""
        confidence = Confidence.CONFIRMED if confirmed else Confidence.SUSPECTED
        self.emit(FindingSeen(check=check, confidence=confidence, message=message))


def _matches(operation: HttpOperation, patterns: tuple[str, ...]) -> bool:
    return any(matches(operation.method, operation.path, pattern) for pattern in patterns)


def matches(method: str, path: str, pattern: str) -> bool:
    """Whether `METHOD /path` (the method may be left out, `*` stands for anything) covers an operation."""
    wanted_method, _, wanted_path = pattern.strip().rpartition(" ")
    if wanted_method and wanted_method.upper() not in {method, "*"}:
        return False
    literal = wanted_path.replace("[", "[[]")
    return fnmatch.fnmatchcase(path, literal)
