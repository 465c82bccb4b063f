"""Evidence, exchanges and settings as JSON and back.

Evidence is tagged with its kind and version, so that an old file can be migrated and a newer one be refused.
Text that is no valid Unicode (a lone surrogate in an answer of the target) is stored with `?` in its place.
"""

import json
from collections.abc import Callable, Hashable, Mapping
from functools import cache
from typing import Any, TypeAlias, TypeVar, cast

from pydantic import TypeAdapter, ValidationError

from launchready.model.evidence import EVIDENCE_KINDS, Collected, Evidence, Failed, Partial, Slot
from launchready.model.outcome import Cause, Remedy
from launchready.storage.errors import EvidenceDamaged, EvidenceTooNew

T = TypeVar("T")
Json: TypeAlias = dict[str, Any]
Migration: TypeAlias = Callable[[Json], Json]

KINDS: Mapping[str, type[Evidence]] = {kind.__name__: kind for kind in EVIDENCE_KINDS}

# (kind, version it migrates from) → data of the next version
MIGRATIONS: Mapping[tuple[str, int], Migration] = {}


@cache
def _adapter(kind: Hashable) -> TypeAdapter[Any]:
    return TypeAdapter(cast("type[Any]", kind))


def to_json(value: object) -> Any:
    """`value` (a dataclass of `model`) in terms of dicts, lists, text and numbers."""
    return _adapter(cast("Hashable", type(value))).dump_python(
        value, mode="json", fallback=str, warnings="error"
    )


def from_json(kind: type[T], data: Any) -> T:
    """The inverse of `to_json`. Fields that are not known are left out.

    Raises:
        EvidenceDamaged: `data` is not a `kind`.
    """
    try:
        value: T = _adapter(cast("Hashable", kind)).validate_python(data)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        raise EvidenceDamaged(
            f"The evidence file is damaged: {kind.__name__} {place}: {first['msg']}. Run the audit again."
        ) from error
    return value


def dump_line(value: Any) -> bytes:
    """JSON on one line, UTF-8, keys sorted: equal values give equal bytes."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode("utf-8", "replace")


def load_line(line: bytes) -> Any:
    """The inverse of `dump_line`.

    Raises:
        EvidenceDamaged: not JSON.
    """
    try:
        return json.loads(line)
    except (ValueError, RecursionError) as error:
        raise EvidenceDamaged(
            "The evidence file is damaged: no valid JSON in it. Run the audit again."
        ) from error


# -------------------------------------------------------------------------------------------- evidence


def evidence_to_json(evidence: Evidence) -> Json:
    """Evidence with its tag."""
    return {
        "kind": type(evidence).__name__,
        "version": type(evidence).version,
        "data": to_json(evidence),
    }


def evidence_from_json(
    document: Json, migrations: Mapping[tuple[str, int], Migration] | None = None
) -> Evidence:
    """The inverse of `evidence_to_json`; older versions are migrated step by step.

    Raises:
        EvidenceTooNew: a kind or version that this launchready does not know.
        EvidenceDamaged: not in the form that its tag says.
    """
    steps = MIGRATIONS if migrations is None else migrations
    name, version = _member(document, "kind", str), _member(document, "version", int)
    data = document.get("data")
    kind = KINDS.get(name)
    if kind is None or version > kind.version:
        raise EvidenceTooNew(
            f"The evidence file holds {name} in version {version}, which this launchready does not know. "
            "Update launchready, or run the audit again with this version."
        )
    while version < kind.version:
        step = steps.get((name, version))
        if step is None or not isinstance(data, dict):
            raise EvidenceDamaged(
                f"The evidence file holds {name} in version {version}, which can no longer be read. "
                "Run the audit again."
            )
        data, version = step(data), version + 1
    return from_json(kind, data)


def slot_to_json(slot: Slot) -> Json:
    """A slot with the tag of its state."""
    match slot:
        case Collected(evidence=evidence):
            return {"state": "collected", "evidence": evidence_to_json(evidence)}
        case Partial(evidence=evidence, cause=cause, reason=reason, remedy=remedy):
            return {
                "state": "partial",
                "evidence": evidence_to_json(evidence),
                "cause": cause.value,
                "reason": reason,
                "remedy": to_json(remedy),
            }
        case Failed():
            return {"state": "failed", "failed": to_json(slot)}


def slot_from_json(document: Json) -> Slot:
    """The inverse of `slot_to_json`.

    Raises:
        EvidenceTooNew: as `evidence_from_json`.
        EvidenceDamaged: as `evidence_from_json`.
    """
    match _member(document, "state", str):
        case "collected":
            return Collected(evidence=evidence_from_json(_member(document, "evidence", dict)))
        case "partial":
            return Partial(
                evidence=evidence_from_json(_member(document, "evidence", dict)),
                cause=from_json(Cause, document.get("cause")),
                reason=_member(document, "reason", str),
                remedy=from_json(Remedy, document.get("remedy")),
            )
        case "failed":
            return from_json(Failed, document.get("failed"))
        case other:
            raise EvidenceTooNew(
                f'The evidence file holds a slot in state "{other}", which this launchready does not know. '
                "Update launchready."
            )


def slot_kind(slot: Slot) -> str:
    """Name of the kind of evidence that a slot is for."""
    return slot.kind if isinstance(slot, Failed) else type(slot.evidence).__name__


def _member(document: Any, name: str, kind: type[T]) -> T:
    value = document.get(name) if isinstance(document, dict) else None
    if not isinstance(value, kind):
        raise EvidenceDamaged(f'The evidence file is damaged: "{name}" is missing. Run the audit again.')
    return value
