"""SARIF 2.1.0 (OASIS): findings for code hosts and editors.

A finding whose handler or line is known points there; one that was seen at the running product alone has the
operation as its logical location. What needs an answer is of the kind `review`, never an error.
"""

import json
from typing import Any, Final
from urllib.parse import quote

from launchready.model.check_info import CheckInfo, Severity
from launchready.model.outcome import Confidence
from launchready.model.report import CheckResult, Finding, Location, Report
from launchready.reporting.finding import location_of, subject_name
from launchready.reporting.text import one_line

VERSION: Final = "2.1.0"
_LEVELS: Final = {Severity.CRITICAL: "error", Severity.HIGH: "error", Severity.MEDIUM: "warning"}
# What GitHub shows and sorts by (its documentation of SARIF support: 9.0 and more is critical)
_SCORES: Final = {Severity.CRITICAL: "9.5", Severity.HIGH: "8.0", Severity.MEDIUM: "5.5"}


def to_sarif(report: Report) -> str:
    """The findings as one SARIF run; equal reports give equal text."""
    return json.dumps(to_sarif_document(report), ensure_ascii=True, indent=2) + "\n"


def to_sarif_document(report: Report) -> dict[str, Any]:
    """The same as plain JSON values."""
    held = [check for check in report.checks if check.findings]
    indices = {check.info.row.id: number for number, check in enumerate(held)}
    results = [
        _result(check, finding, indices[check.info.row.id]) for check in held for finding in check.findings
    ]
    driver = {
        "name": "launchready",
        "version": report.tool_version,
        "rules": [_rule(check.info) for check in held],
    }
    return {
        "version": VERSION,
        "runs": [{"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}],
    }


def _rule(info: CheckInfo) -> dict[str, Any]:
    row = info.row
    help_text = "\n\n".join(part for part in (info.why, info.how_to_fix or row.fix) if part)
    return {
        "id": row.id,
        "name": row.name,
        "shortDescription": {"text": info.title or row.name},
        "fullDescription": {"text": info.why or row.name},
        "help": {"text": help_text or row.fix or row.name},
        "defaultConfiguration": {"level": _LEVELS.get(row.severity, "note")},
        "properties": {"security-severity": _SCORES.get(row.severity, "3.0"), "tags": ["security", row.row]},
    }


def _result(check: CheckResult, finding: Finding, index: int) -> dict[str, Any]:
    row = check.info.row
    confirmed = finding.confidence is Confidence.CONFIRMED
    text = finding.message if confirmed else f"{finding.message}. {finding.question}".strip()
    result: dict[str, Any] = {
        "ruleId": row.id,
        "ruleIndex": index,
        # SARIF section 3.27.10: any kind but "fail" goes with the level "none"
        "level": _LEVELS.get(row.severity, "note") if confirmed else "none",
        "kind": "fail" if confirmed else "review",
        "message": {"text": one_line(text, 1000)},
        "partialFingerprints": {"launchready/v1": finding.fingerprint},
        "locations": [_location(finding)],
        "properties": {
            "confidence": finding.confidence.value,
            "probed": finding.probed,
            "impact": finding.impact,
        },
    }
    settled = finding.disputed_by or finding.waived_by
    if settled:
        result["suppressions"] = [{"kind": "external", "justification": one_line(settled, 400)}]
    return result


def _location(finding: Finding) -> dict[str, Any]:
    place = finding.location or location_of(finding.subject)
    logical = [{"fullyQualifiedName": subject_name(finding.subject), "kind": finding.subject.kind}]
    if place is None or not place.path:
        return {"logicalLocations": logical}
    return {"physicalLocation": _physical(place), "logicalLocations": logical}


def _physical(place: Location) -> dict[str, Any]:
    physical: dict[str, Any] = {"artifactLocation": {"uri": _uri(place.path), "uriBaseId": "%SRCROOT%"}}
    if place.line > 0:
        region: dict[str, Any] = {"startLine": place.line}
        if place.code:
            region["snippet"] = {"text": place.code}
        physical["region"] = region
    return physical


def _uri(path: str) -> str:
    """A relative reference (RFC 3986 section 4.2)."""
    return quote(path)
