"""Findings as people read them: sorted by gravity, with their proof resolved."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import assert_never

from launchready.model.check_info import GateId, Severity
from launchready.model.exchange import Exchange, Intent
from launchready.model.outcome import Confidence
from launchready.model.report import CheckResult, Finding, Location, Report
from launchready.model.subject import (
    AlertSubject,
    DnsSubject,
    FileSubject,
    HostSubject,
    OperationSubject,
    PersonSubject,
    ProcessSubject,
    Subject,
)
from launchready.reporting import words
from launchready.reporting.text import clipped, one_line, pretty_body, visible
from launchready.reporting.words import Word, principal_name, sentence

_LONGEST_BODY = 4_000
_LONGEST_TITLE = 180
_LONGEST_SENTENCE = 600
_LONGEST_COMMAND = 20_000
_SEVERITIES = tuple(Severity)
_GATES = tuple(GateId)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExchangeView:
    """A request and its answer as texts; both are cut to what can be read, and say by how much."""

    id: str
    who: str
    purpose: str
    intent: Intent
    line: str
    answer: str
    milliseconds: int
    request: str
    response: str

    @property
    def sentence(self) -> str:
        """`Member B: GET /threads/7 → 200 OK`."""
        return f"{self.who}: {self.line} → {self.answer}"


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingView:
    """A finding with everything that stands beside it. `settled` says who accepted or disputed it.

    `title` is `message`, cut to what can stand in a heading.
    """

    fingerprint: str
    check: str
    check_name: str
    row: str
    gate: str
    severity: Severity
    severity_word: Word
    confidence: Confidence
    confidence_word: Word
    title: str
    message: str
    impact: str
    question: str
    where: str
    place: str
    code: str
    probed: str
    exchanges: tuple[ExchangeView, ...]
    other_evidence: tuple[str, ...]
    reproduce: str
    fix: str
    how_to_fix: str
    why: str
    settled: str

    @property
    def is_question(self) -> bool:
        """Whether a person has to answer before it is a finding."""
        return self.confidence is Confidence.SUSPECTED

    @property
    def heading(self) -> str:
        """What it is called at the top: a question is not a finding yet."""
        return "First question to answer" if self.is_question else "Worst finding"

    @property
    def mark(self) -> Word:
        """The word beside it: how grave, or that it needs an answer."""
        return self.confidence_word if self.is_question else self.severity_word

    @property
    def proof_exchange(self) -> ExchangeView | None:
        """The exchange that shows it best: the attempt."""
        attempts = (item for item in self.exchanges if item.intent is Intent.ATTEMPT)
        return next(attempts, None) or next(iter(self.exchanges), None)

    @property
    def proof(self) -> str:
        """The one line that shows it: the attempt and its answer, or the place in the code."""
        exchange = self.proof_exchange
        if exchange is not None:
            return exchange.sentence
        return self.place or next(iter(self.other_evidence), "")

    @property
    def recheck(self) -> str:
        """The command that tries this one again."""
        return f"launchready recheck {self.fingerprint}"


def build_findings(report: Report, exchanges: Mapping[str, ExchangeView]) -> tuple[FindingView, ...]:
    """All findings, gravest first; what was accepted or disputed comes last."""
    pairs = sorted(_pairs(report), key=lambda pair: _gravity(*pair))
    return tuple(_finding(check, finding, exchanges) for check, finding in pairs)


def _pairs(report: Report) -> Iterator[tuple[CheckResult, Finding]]:
    for check in report.checks:
        for finding in check.findings:
            yield check, finding


def _gravity(check: CheckResult, finding: Finding) -> tuple[bool, bool, int, int, str, str, str]:
    row = check.info.row
    return (
        bool(finding.waived_by or finding.disputed_by),
        finding.confidence is not Confidence.CONFIRMED,
        _SEVERITIES.index(row.severity),
        _GATES.index(row.gate),
        row.id,
        finding.subject.key,
        finding.fingerprint,
    )


def _finding(check: CheckResult, finding: Finding, exchanges: Mapping[str, ExchangeView]) -> FindingView:
    row = check.info.row
    return FindingView(
        fingerprint=one_line(finding.fingerprint, 64),
        check=row.id,
        check_name=one_line(row.name),
        row=row.row,
        gate=words.GATE_NAMES[row.gate],
        severity=row.severity,
        severity_word=words.SEVERITIES[row.severity],
        confidence=finding.confidence,
        confidence_word=words.CONFIDENCES[finding.confidence],
        title=sentence(finding.message, _LONGEST_TITLE),
        message=sentence(finding.message, _LONGEST_SENTENCE),
        impact=sentence(finding.impact, _LONGEST_SENTENCE),
        question=sentence(finding.question, _LONGEST_SENTENCE),
        where=subject_name(finding.subject),
        place=place_name(finding.location or location_of(finding.subject)),
        code=one_line(finding.location.code, 200) if finding.location else "",
        probed=one_line(finding.probed, 60),
        exchanges=tuple(exchanges[item] for item in finding.evidence if item in exchanges),
        other_evidence=tuple(one_line(item, 200) for item in finding.evidence if item not in exchanges),
        reproduce=_command(finding.reproduce.strip()),
        fix=one_line(finding.fix or row.fix, _LONGEST_SENTENCE),
        how_to_fix=visible(check.info.how_to_fix),
        why=visible(check.info.why),
        settled=_settled(finding),
    )


def _command(text: str) -> str:
    """The whole command or none of it: half of one does something else when pasted."""
    return visible(text) if len(text) <= _LONGEST_COMMAND else "# too long for here: see it in report.json"


def _settled(finding: Finding) -> str:
    if finding.disputed_by:
        return f"Disputed by {one_line(finding.disputed_by, 120)}"
    return f"Risk accepted by {one_line(finding.waived_by, 120)}" if finding.waived_by else ""


def subject_name(subject: Subject) -> str:
    """What a finding is about, in a few words."""
    match subject:
        case OperationSubject():
            who = f" · {principal_name(subject.principal)}" if subject.principal else ""
            text = f"{subject.method} {subject.path}{who}"
        case FileSubject():
            text = place_name(location_of(subject))
        case HostSubject():
            text = f"{subject.host}{f':{subject.port}' if subject.port else ''}{subject.path}"
        case DnsSubject():
            text = f"{subject.record} record of {subject.name}"
        case AlertSubject(name=name) | ProcessSubject(name=name) | PersonSubject(name=name):
            text = name
        case _:
            assert_never(subject)
    return one_line(text, 200)


def location_of(subject: Subject) -> Location | None:
    """The place in the code that a subject is, if it is one."""
    match subject:
        case FileSubject(path=path, line=line, commit=commit, where=where):
            return Location(path=path, line=line, commit=commit, where=where)
        case _:
            return None


def place_name(location: Location | None) -> str:
    """`api/items.py:41`, with commit and kind of place where they are known."""
    if location is None:
        return ""
    line = f":{location.line}" if location.line else ""
    commit = f" in commit {location.commit[:12]}" if location.commit else ""
    where = f" ({location.where})" if location.where and location.where != "tree" else ""
    return one_line(f"{location.path}{line}{commit}{where}", 240)


def build_exchange(exchange: Exchange) -> ExchangeView:
    """An exchange as two texts."""
    first = f"{exchange.method} {exchange.url}"
    answer = _status(exchange.status) if exchange.status else f"no answer: {one_line(exchange.failure, 120)}"
    return ExchangeView(
        id=one_line(exchange.id, 80),
        who=principal_name(exchange.principal),
        purpose=words.INTENTS[exchange.intent],
        intent=exchange.intent,
        line=one_line(first, 200),
        answer=answer,
        milliseconds=round(exchange.seconds * 1000),
        request=_message(first, exchange.request_headers, exchange.request_body),
        response=_message(answer, exchange.response_headers, _answer_body(exchange)),
    )


def _answer_body(exchange: Exchange) -> str:
    if exchange.response_body or not exchange.response_bytes:
        return exchange.response_body
    return f"[{exchange.response_bytes:,} bytes, not kept]"


def _message(first: str, headers: tuple[tuple[str, str], ...], body: str) -> str:
    fields = (f"{one_line(key, 100)}: {one_line(value, 400)}" for key, value in headers)
    lines = [one_line(first, 1000), *fields]
    if body:
        text, omitted = clipped(pretty_body(body), _LONGEST_BODY)
        lines += ["", text]
        if omitted:
            lines.append(f"[{omitted:,} more characters]")
    return "\n".join(lines)


def _status(status: int) -> str:
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)
