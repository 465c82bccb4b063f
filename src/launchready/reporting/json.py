"""report.json: the published contract (`report.schema.json`), the same bytes for the same report."""

import json
import re
from dataclasses import asdict
from typing import Any, Final

from launchready.model.exchange import Exchange
from launchready.model.report import (
    AccessState,
    CheckResult,
    CodeRead,
    Finding,
    InventoryRow,
    OpenItem,
    OperationResult,
    Report,
    RouteCard,
    RowResult,
)
from launchready.reporting.finding import location_of

SCHEMA: Final = 1

# The contract's four words for a cell; the finer state stands under `cells`.
_ACCESS: Final = {
    AccessState.ALLOWED: "allowed",
    AccessState.DENIED: "denied",
    AccessState.LEAKS: "leaks",
    AccessState.SUSPECTED: "unproven",
    AccessState.UNPROVEN: "unproven",
    AccessState.NOT_TRIED: "unproven",
}
# Raw in JSON strings they could steer a terminal or the reading direction; escaped they are the same value.
_STEERING = re.compile("[\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]")


def to_json(report: Report) -> str:
    """The report as schema 1, with a newline at the end; equal reports give equal text."""
    text = json.dumps(to_document(report), ensure_ascii=False, indent=2)
    text = text.encode("utf-8", "replace").decode()
    return _STEERING.sub(lambda match: f"\\u{ord(match.group()):04x}", text) + "\n"


def to_document(report: Report) -> dict[str, Any]:
    """The report as plain JSON values."""
    rows = {row.name: row.id for row in report.rows}
    return {
        "schema": SCHEMA,
        "tool": {"version": report.tool_version, "rules": report.rules},
        "run": _run(report),
        "decision": report.decision.value,
        "outside_users": report.outside_users.value,
        "why": report.why,
        "worst": report.worst,
        "next": report.next_command,
        "stop_and_call": report.stop_and_call,
        "accepted_risks": list(report.accepted_risks),
        "gates": [
            {"id": it.id, "question": it.question, "state": it.state.value, "because": list(it.because)}
            for it in report.gates
        ],
        "red_flags": [
            {"id": it.id, "sentence": it.sentence, "state": it.state.value, "because": list(it.because)}
            for it in report.flags
        ],
        "rows": [_row(row) for row in report.rows],
        "checks": [_check(check, rows) for check in report.checks],
        "operations": [_operation(operation) for operation in report.operations],
        "unknowns": [
            {"input": group.input.value, "sentence": group.sentence, "checks": list(group.checks)}
            for group in report.unknowns
        ],
        "code": _code(report.code) if report.code is not None else None,
        "five_routes": [_card(card) for card in report.five_routes],
        "inventory": [_route(row) for row in report.inventory],
        "exchanges": [_exchange(exchange) for exchange in _cited(report)],
    }


def _code(code: CodeRead) -> dict[str, Any]:
    return {
        "files": code.files,
        "lines": code.lines,
        "stack": [
            {
                "framework": part.framework,
                "version": part.version,
                "root": part.root,
                "location": asdict(part.location),
                "routes": dict(part.routes),
            }
            for part in code.stack
        ],
        "skipped": [{"path": path, "reason": reason} for path, reason in code.skipped],
        "open": list(code.open),
    }


def _route(row: InventoryRow) -> dict[str, Any]:
    return {
        "method": row.method,
        "path": row.path,
        "access": row.access,
        "named_by": list(row.named_by),
        "location": asdict(row.location) if row.location else None,
    }


def _card(card: RouteCard) -> dict[str, Any]:
    ticks = {"login": card.login, "ownership": card.ownership, "input": card.input, "errors": card.errors}
    return {
        "method": card.method,
        "path": card.path,
        "access": card.access,
        "risk": list(card.risk),
        **{
            name: {"state": tick.state.value, "reason": tick.reason, "evidence": list(tick.evidence)}
            for name, tick in ticks.items()
        },
        "location": asdict(card.location) if card.location else None,
    }


def _run(report: Report) -> dict[str, Any]:
    run = report.run
    return {
        "id": run.id,
        "started_at": run.started_at,
        "ended_at": run.ended_at,
        "seconds": run.seconds,
        "requests": run.requests,
        "profile": run.profile,
        "target": run.target,
        "title": run.title,
        "leftovers": list(run.leftovers),
        "interrupted": run.interrupted,
        "selected": list(run.selected),
        "notes": list(run.notes),
    }


def _row(row: RowResult) -> dict[str, Any]:
    return {
        "id": row.id,
        "name": row.name,
        "state": row.state.value,
        "pass": row.passed,
        "fail": row.failed,
        "unknown": row.unknown,
        "not_applicable": row.not_applicable,
        "passes_when": row.passes_when,
        "why": row.why,
        "breaks": row.breaks,
    }


def _check(check: CheckResult, rows: dict[str, str]) -> dict[str, Any]:
    row = check.info.row
    return {
        "id": row.id,
        "name": row.name,
        "row": rows.get(row.row) or row.id.partition("-")[0],
        "gate": row.gate.value,
        "severity": row.severity.value,
        "verdict": check.state.value,
        "basis": check.basis.value,
        "cause": check.cause.value if check.cause else None,
        "reason": check.reason,
        "remedy": check.remedy.sentence if check.remedy else "",
        "needs": check.remedy.input.value if check.remedy else None,
        "fix": check.info.how_to_fix or row.fix,
        "implemented": check.info.implemented,
        "safe": check.safe,
        "findings": [_finding(finding) for finding in _sorted(check)],
        "open": [_open_item(item) for item in check.open_items],
        "evidence": list(check.evidence),
        "waiver": check.waiver,
        "attested_by": list(check.attested_by),
        "notes": list(check.notes),
    }


def _sorted(check: CheckResult) -> list[Finding]:
    return sorted(check.findings, key=lambda it: (it.confidence.value, it.subject.key, it.fingerprint))


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "fingerprint": finding.fingerprint,
        "confidence": finding.confidence.value,
        "subject": asdict(finding.subject),
        "variant": finding.variant,
        "message": finding.message,
        "impact": finding.impact,
        "question": finding.question,
        "evidence": list(finding.evidence),
        "reproduce": finding.reproduce,
        "recheck": f"launchready recheck {finding.fingerprint}",
        "location": _location(finding),
        "waived_by": finding.waived_by,
        "disputed_by": finding.disputed_by,
        "probed": finding.probed,
        "fix": finding.fix,
    }


def _location(finding: Finding) -> dict[str, Any] | None:
    location = finding.location or location_of(finding.subject)
    return asdict(location) if location else None


def _open_item(item: OpenItem) -> dict[str, Any]:
    return {
        "subject": asdict(item.subject),
        "cause": item.cause.value,
        "reason": item.reason,
        "needs": item.remedy.input.value,
        "remedy": item.remedy.sentence,
    }


def _operation(operation: OperationResult) -> dict[str, Any]:
    cells = sorted(operation.cells, key=lambda cell: cell.principal)
    return {
        "id": operation.id,
        "method": operation.method,
        "path": operation.path,
        "purpose": operation.purpose,
        "object": operation.object,
        "access": {cell.principal: _ACCESS[cell.state] for cell in cells},
        "state": operation.state.value,
        "reason": operation.reason,
        "cells": {
            cell.principal: {
                "state": cell.state.value,
                "reason": cell.reason,
                "evidence": list(cell.evidence),
            }
            for cell in cells
        },
    }


def _cited(report: Report) -> list[Exchange]:
    """The exchanges that something in the report names; the rest is in the evidence file."""
    cited = {item for check in report.checks for item in check.evidence}
    cited |= {item for check in report.checks for finding in check.findings for item in finding.evidence}
    cited |= {item for row in report.operations for cell in row.cells for item in cell.evidence}
    for card in report.five_routes:
        cited.update(*(tick.evidence for tick in (card.login, card.ownership, card.input, card.errors)))
    return [exchange for exchange in report.exchanges if exchange.id in cited]


def _exchange(exchange: Exchange) -> dict[str, Any]:
    return {
        "id": exchange.id,
        "principal": exchange.principal,
        "operation": exchange.operation,
        "intent": exchange.intent.value,
        "method": exchange.method,
        "url": exchange.url,
        "status": exchange.status,
        "failure": exchange.failure,
        "offset": exchange.offset,
        "seconds": exchange.seconds,
        "request_headers": [list(pair) for pair in exchange.request_headers],
        "request_body": exchange.request_body,
        "response_headers": [list(pair) for pair in exchange.response_headers],
        "response_body": exchange.response_body,
        "response_bytes": exchange.response_bytes,
    }
