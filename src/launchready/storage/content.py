"""What an evidence file holds, in either of its forms: the journal's records, and the run that they make."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from launchready.model.exchange import Exchange
from launchready.model.report import RunInfo
from launchready.model.run import Run, UndoEntry
from launchready.model.settings import CollectSettings, JudgeSettings
from launchready.storage.codec import Json, from_json, slot_from_json, to_json
from launchready.storage.errors import EvidenceDamaged, EvidenceTooNew

FORMAT = 1
BODIES = ("request_body", "response_body")


@dataclass(slots=True, kw_only=True)
class Content:
    """An evidence file's parts, still as JSON. `info` is empty until the run has ended."""

    header: Json
    info: Json = field(default_factory=dict)
    slots: dict[str, Json] = field(default_factory=dict)
    exchanges: dict[str, Json] = field(default_factory=dict)
    bodies: dict[str, str] = field(default_factory=dict)
    undo: dict[str, Json] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunStart:
    """What is known when a run begins; `info` has no end yet. `tool` is launchready's version."""

    info: RunInfo
    tool: str
    rules: int
    collect: CollectSettings
    judge: JudgeSettings


def header_of(start: RunStart) -> Json:
    """The first record of a file."""
    return {
        "format": FORMAT,
        "tool": start.tool,
        "rules": start.rules,
        "info": to_json(start.info),
        "collect": to_json(start.collect),
        "judge": to_json(start.judge),
    }


def body_name(text: str) -> str:
    """Name by which a body is stored."""
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def split_exchange(exchange: Exchange) -> tuple[Json, dict[str, str]]:
    """An exchange with names in the place of its bodies, and the bodies by name."""
    document: Json = to_json(exchange)
    bodies = {body_name(document[part]): document[part] for part in BODIES if document[part]}
    for part in BODIES:
        document[part] = body_name(document[part]) if document[part] else ""
    return document, bodies


def gather(records: Iterable[Any]) -> Content:
    """Content from a journal's records; of records about the same thing the last one counts.

    Raises:
        EvidenceDamaged: no header, or a record without its parts.
        EvidenceTooNew: a record or format that this launchready does not know.
    """
    content = None
    for record in records:
        try:
            if content is None:
                content = Content(header=checked_header(record["header"]))
            else:
                _take(content, record)
        except (KeyError, TypeError) as error:
            raise EvidenceDamaged(
                f"The evidence journal is damaged: a record lacks {error}. Run the audit again."
            ) from error
    if content is None:
        raise EvidenceDamaged("The evidence journal is empty: the audit ended before it began. Run it again.")
    return content


def checked_header(header: Any) -> Json:
    """`header`, if this launchready can read files of its format.

    Raises:
        EvidenceTooNew: the format is newer.
        EvidenceDamaged: it is no header.
    """
    if not isinstance(header, dict) or not isinstance(header.get("format"), int):
        raise EvidenceDamaged("This is no evidence file of launchready. Name the run.lrz of an audit.")
    if header["format"] > FORMAT:
        raise EvidenceTooNew(
            f"launchready {header.get('tool', 'of a later version')} wrote this file in a newer format. "
            "Update launchready to read it."
        )
    return header


def _take(content: Content, record: Json) -> None:
    match record["record"]:
        case "info":
            content.info = record["info"]
        case "slot":
            content.slots[record["kind"]] = record["slot"]
        case "body":
            content.bodies[record["name"]] = record["text"]
        case "exchange":
            content.exchanges[record["exchange"]["id"]] = record["exchange"]
        case "undo":
            content.undo[record["undo"]["id"]] = record["undo"]
        case "undone":
            if record["id"] in content.undo:
                content.undo[record["id"]]["done"] = True
        case "note":
            content.notes.append(record["text"])
        case other:
            raise EvidenceTooNew(
                f'The evidence journal holds a record "{other}" that this launchready does not know. '
                "Update launchready."
            )


def to_run(content: Content) -> Run:
    """The run; one that never ended counts as interrupted at its last exchange.

    Raises:
        EvidenceDamaged: a part does not have the form it should.
        EvidenceTooNew: evidence in a newer version.
    """
    header = content.header
    exchanges = tuple(_exchange(content, document) for document in content.exchanges.values())
    undo = tuple(from_json(UndoEntry, document) for document in content.undo.values())
    if content.info:
        info = from_json(RunInfo, content.info)
    else:
        info = _interrupted(from_json(RunInfo, header.get("info")), exchanges)
    rules = header.get("rules")
    if not isinstance(rules, int):
        raise EvidenceDamaged("The evidence file is damaged: its header names no rules. Run the audit again.")
    return Run(
        info=replace(info, notes=(*info.notes, *content.notes)),
        rules=rules,
        collect=from_json(CollectSettings, header.get("collect")),
        judge=from_json(JudgeSettings, header.get("judge")),
        slots={kind: slot_from_json(content.slots[kind]) for kind in sorted(content.slots)},
        exchanges=exchanges,
        undo=undo,
    )


def _exchange(content: Content, document: Json) -> Exchange:
    filled = dict(document)
    for part in BODIES:
        name = filled.get(part)
        if name:
            if name not in content.bodies:
                raise EvidenceDamaged(
                    f"The evidence file is damaged: the body of {filled.get('id')} is missing. "
                    "Run the audit again."
                )
            filled[part] = content.bodies[name]
    return from_json(Exchange, filled)


def _interrupted(info: RunInfo, exchanges: tuple[Exchange, ...]) -> RunInfo:
    seconds = max((one.offset + one.seconds for one in exchanges), default=0.0)
    try:
        ended = (datetime.fromisoformat(info.started_at) + timedelta(seconds=seconds)).isoformat()
    except ValueError as error:
        raise EvidenceDamaged(
            f'The evidence file is damaged: "{info.started_at}" is no time. Run the audit again.'
        ) from error
    return replace(info, ended_at=ended, seconds=seconds, requests=len(exchanges), interrupted=True)
