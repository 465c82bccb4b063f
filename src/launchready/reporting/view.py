"""One view model for every format: what is said, in which order and in which words, is decided here once."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from launchready.model.check_info import Severity
from launchready.model.outcome import Confidence, Input
from launchready.model.report import (
    CheckResult,
    FlagResult,
    GateResult,
    Report,
    RowResult,
    State,
    UnknownGroup,
)
from launchready.reporting import words
from launchready.reporting.code import CodeView, build_code
from launchready.reporting.finding import ExchangeView, FindingView, build_exchange, build_findings
from launchready.reporting.matrix import MatrixView, build_matrix
from launchready.reporting.text import capital, counted, one_line, visible
from launchready.reporting.words import Word

_SENIOR = "Two or more red flags are raised: stop repairing alone and bring in a senior engineer."


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerView:
    """One of the two questions with its plain answer."""

    question: str
    word: Word


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckView:
    """A check with its result; `note` is what it rests on or why it is open, `remedy` would prove it."""

    id: str
    name: str
    row: str
    gate: str
    severity: Severity
    state: State
    built: bool
    word: Word
    note: str
    remedy: str
    criterion: str
    findings: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckRef:
    """A check named in a list."""

    id: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldView:
    """A gate or a red flag: its state and what speaks for it, as checks and as other words."""

    id: str
    sentence: str
    word: Word
    checks: tuple[CheckRef, ...]
    because: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RowView:
    """One of the ten scorecard rows."""

    id: str
    name: str
    word: Word
    passes_when: str
    why: str
    breaks: str
    counts: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UntestedView:
    """What one input would prove."""

    input: Input
    label: str
    sentence: str
    checks: tuple[CheckRef, ...]

    @property
    def built(self) -> bool:
        """Whether something that the user does would prove it."""
        return self.input is not Input.NEWER_VERSION


@dataclass(frozen=True, slots=True, kw_only=True)
class NextStep:
    """What to do now: a sentence, a command to paste, or both."""

    sentence: str
    command: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportView:
    """All that a report says, in order."""

    title: str
    target: str
    answers: tuple[AnswerView, AnswerView]
    why: str
    coverage: str
    warnings: tuple[str, ...]
    gates: tuple[HeldView, ...]
    flags: tuple[HeldView, ...]
    worst: FindingView | None
    next_step: NextStep | None
    untested: tuple[UntestedView, ...]
    rows: tuple[RowView, ...]
    matrix: MatrixView
    findings: tuple[FindingView, ...]
    exchanges: tuple[ExchangeView, ...]
    checks: tuple[CheckView, ...]
    accepted_risks: tuple[str, ...]
    leftovers: tuple[str, ...]
    notes: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]
    code: CodeView

    def findings_in_words(self) -> str:
        """`3 confirmed, 2 that need an answer`."""
        confirmed = sum(item.confidence is Confidence.CONFIRMED for item in self.findings)
        suspected = len(self.findings) - confirmed
        if not self.findings:
            return "none"
        parts = [f"{confirmed} confirmed"] if confirmed else []
        if suspected:
            parts.append(f"{suspected} that need{'s' if suspected == 1 else ''} an answer")
        return ", ".join(parts)


def build_view(report: Report) -> ReportView:
    """What every format shows of a report."""
    names = {check.info.row.id: one_line(check.info.row.name) for check in report.checks}
    exchanges = {exchange.id: build_exchange(exchange) for exchange in report.exchanges}
    findings = build_findings(report, exchanges)
    matrix = build_matrix(report.operations, frozenset(exchanges))
    return ReportView(
        title=one_line(report.run.title, 120) or one_line(report.run.target, 120) or "This product",
        target=one_line(report.run.target, 200),
        answers=_answers(report),
        why=one_line(report.why, 600),
        coverage=_coverage(report),
        warnings=_warnings(report),
        gates=tuple(_gate(gate, names) for gate in report.gates),
        flags=tuple(_flag(flag, names) for flag in report.flags),
        worst=_worst(report, findings),
        next_step=_next_step(report.next_command),
        untested=_untested_groups(report, names),
        rows=tuple(_row(row) for row in report.rows),
        matrix=matrix,
        findings=findings,
        exchanges=_cited(exchanges, findings, matrix),
        checks=tuple(_check(check) for check in report.checks),
        accepted_risks=tuple(one_line(risk) for risk in report.accepted_risks),
        leftovers=tuple(one_line(thing) for thing in report.run.leftovers),
        notes=tuple(one_line(note) for note in report.run.notes),
        facts=_facts(report),
        code=build_code(report),
    )


def _answers(report: Report) -> tuple[AnswerView, AnswerView]:
    handover = words.HANDOVER[report.decision]
    if report.accepted_risks and handover.tone is words.Tone.GOOD:
        risks = counted(len(report.accepted_risks), "accepted risk")
        handover = Word(text=f"{handover.text} with {risks}", tone=handover.tone, meaning=handover.meaning)
    return (
        AnswerView(question=words.OUTSIDE_QUESTION, word=words.OUTSIDE[report.outside_users]),
        AnswerView(question=words.HANDOVER_QUESTION, word=handover),
    )


def _coverage(report: Report) -> str:
    """How much stands behind the answer; never a score."""
    answered = sum(check.state is not State.UNKNOWN for check in report.checks)
    parts = [f"{answered} of {counted(len(report.checks), 'check')} answered"]
    if report.operations:
        parts.append(counted(len(report.operations), "operation"))
    return ", ".join([*parts, counted(report.run.requests, "request")])


def _warnings(report: Report) -> tuple[str, ...]:
    found = []
    if report.stop_and_call:
        found.append(_SENIOR)
    if report.run.interrupted:
        found.append("The run was interrupted: what it had not reached is not proven.")
    if report.run.selected:
        selected = one_line(", ".join(report.run.selected), 200)
        found.append(f"Only a part was asked for ({selected}); everything else is not proven.")
    return tuple(found)


def _refs(ids: tuple[str, ...], names: Mapping[str, str]) -> tuple[CheckRef, ...]:
    return tuple(CheckRef(id=check, name=names[check]) for check in ids if check in names)


def _gate(gate: GateResult, names: Mapping[str, str]) -> HeldView:
    return HeldView(
        id=gate.id,
        sentence=one_line(gate.question),
        word=words.GATES[gate.state],
        checks=_refs(gate.because, names),
        because=tuple(one_line(reason) for reason in gate.because if reason not in names),
    )


def _flag(flag: FlagResult, names: Mapping[str, str]) -> HeldView:
    return HeldView(
        id=flag.id,
        sentence=one_line(flag.sentence),
        word=words.FLAGS[flag.state],
        checks=_refs(flag.because, names),
        because=tuple(one_line(reason) for reason in flag.because if reason not in names),
    )


def _worst(report: Report, findings: tuple[FindingView, ...]) -> FindingView | None:
    named = (item for item in findings if item.fingerprint == report.worst)
    confirmed = (item for item in findings if item.confidence is Confidence.CONFIRMED and not item.settled)
    return next(named, None) or next(confirmed, None)


def _next_step(text: str) -> NextStep | None:
    """The command is what starts with the program's name: in backquotes, or at the end of the sentence."""
    text = visible(text).strip()
    if not text or text.startswith("launchready "):
        return NextStep(sentence="", command=text) if text else None
    line = one_line(text, 600)
    if quoted := re.search(r"`(launchready [^`]+)`", line):
        return NextStep(sentence=line, command=quoted.group(1))
    if final := re.fullmatch(r"(.*[\s:])(launchready [^()`]+?)\.?", line):
        return NextStep(sentence=final.group(1).strip(), command=final.group(2))
    return NextStep(sentence=line, command="")


def _untested_groups(report: Report, names: Mapping[str, str]) -> tuple[UntestedView, ...]:
    """Best first as judged; what only a newer version could prove comes last, all of it."""
    groups = [_untested(one, names) for one in report.unknowns if one.input is not Input.NEWER_VERSION]
    unbuilt = tuple(check.info.row.id for check in report.checks if not _is_built(check))
    if unbuilt:
        newer = UnknownGroup(input=Input.NEWER_VERSION, sentence=words.NOT_BUILT.meaning, checks=unbuilt)
        groups.append(_untested(newer, names))
    return tuple(groups)


def _is_built(check: CheckResult) -> bool:
    """Whether this version has the check; one half of it may still be missing, which its reason then says."""
    return check.info.implemented


def _untested(group: UnknownGroup, names: Mapping[str, str]) -> UntestedView:
    return UntestedView(
        input=group.input,
        label=words.INPUTS[group.input],
        sentence=one_line(group.sentence),
        checks=_refs(group.checks, names),
    )


def _row(row: RowResult) -> RowView:
    parts = [
        f"{number} {label}"
        for number, label in (
            (row.failed, "failed"),
            (row.passed, "passed"),
            (row.unknown, "not proven"),
            (row.not_applicable, "not applicable"),
        )
        if number
    ]
    return RowView(
        id=row.id,
        name=one_line(row.name),
        word=words.STATES[row.state],
        passes_when=one_line(row.passes_when),
        why=one_line(row.why),
        breaks=one_line(row.breaks),
        counts=", ".join(parts),
    )


def _check(check: CheckResult) -> CheckView:
    row = check.info.row
    built = _is_built(check)
    return CheckView(
        id=row.id,
        name=one_line(check.info.title or row.name),
        row=row.row,
        gate=words.GATE_NAMES[row.gate],
        severity=row.severity,
        state=check.state,
        built=built,
        word=words.STATES[check.state] if built else words.NOT_BUILT,
        note=_note(check),
        remedy=one_line(check.remedy.sentence) if check.remedy and built else "",
        criterion=one_line(row.criterion),
        findings=len(check.findings),
    )


def _note(check: CheckResult) -> str:
    if check.waiver:
        return f"Risk accepted: {one_line(check.waiver)}"
    if check.attested_by:
        return f"Stated by {one_line(', '.join(check.attested_by))}"
    if check.state is State.PASS:
        return f"Proved on {counted(check.safe, 'subject')}" if check.safe else "Proved"
    if check.reason and _is_built(check):
        return one_line(check.reason)
    if check.state is State.UNKNOWN and check.cause:
        return capital(words.CAUSES[check.cause])
    return counted(len(check.findings), "finding") if check.findings else ""


def _cited(
    exchanges: Mapping[str, ExchangeView], findings: tuple[FindingView, ...], matrix: MatrixView
) -> tuple[ExchangeView, ...]:
    cited = {item.id for finding in findings for item in finding.exchanges}
    cited |= {item for row in matrix.operations for cell in row.cells for item in cell.exchanges}
    return tuple(exchange for key, exchange in exchanges.items() if key in cited)


def _facts(report: Report) -> tuple[tuple[str, str], ...]:
    run = report.run
    minutes, seconds = divmod(round(run.seconds), 60)
    facts = (
        ("Target", one_line(run.target, 200)),
        ("Run", one_line(run.id, 80)),
        ("Started", _moment(run.started_at)),
        ("Took", f"{minutes} min {seconds} s" if minutes else f"{run.seconds:.1f} s"),
        ("Requests", f"{run.requests:,}"),
        ("Profile", one_line(run.profile, 40)),
        ("Code", _code(report)),
        ("Version", f"launchready {one_line(report.tool_version, 40)}, rules {report.rules}"),
    )
    return tuple(fact for fact in facts if fact[1])


def _code(report: Report) -> str:
    """`FastAPI 0.115, Next.js 15: 14,231 lines`; empty where no code was read."""
    if report.code is None:
        return ""
    names = dict.fromkeys(f"{part.framework} {part.version}".strip() for part in report.code.stack)
    return one_line(
        f"{', '.join(names) or 'no framework recognised'}: {counted(report.code.lines, 'line')}", 200
    )


def _moment(iso: str) -> str:
    """`2026-03-01T09:30:00Z` → `2026-03-01 09:30 UTC`; other texts as they are."""
    text = one_line(iso, 40)
    is_utc = text.endswith(("Z", "+00:00"))
    return f"{text[:10]} {text[11:16]} UTC" if is_utc and text[10:11] == "T" else text
