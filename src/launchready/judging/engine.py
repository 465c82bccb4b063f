"""From a check's outcomes to its verdict. No control, no pass; no number anywhere."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from launchready.judging.running import Ran
from launchready.judging.statements import Statements
from launchready.model.check_info import CheckInfo
from launchready.model.outcome import (
    Cause,
    Confidence,
    Input,
    NotApplicable,
    Remedy,
    Safe,
    Unproven,
    Violation,
    fingerprint,
)
from launchready.model.report import Basis, CheckResult, Finding, Location, OpenItem, State
from launchready.model.source import CodePlace
from launchready.model.statement import Attestation
from launchready.model.subject import FileSubject, Subject

NOTHING = Remedy(
    input=Input.SPECIFICATION,
    sentence="Give the specification and two logins, so that there is something to test.",
)
ANSWER = Remedy(
    input=Input.ANSWER,
    sentence='Answer under [visibility] in launchready.toml ("GET /path" = "public", "members", "participants" or '
    '"owner"), or dispute the finding; then: launchready rejudge',
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sorted:
    """A check's outcomes after people's statements: what is left open, and what was closed by a statement."""

    findings: tuple[Finding, ...]
    open_items: tuple[OpenItem, ...]
    closed_by: tuple[str, ...]
    safe: int
    evidence: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def standing(self) -> tuple[Finding, ...]:
        return tuple(one for one in self.findings if not one.disputed_by)

    @property
    def confirmed(self) -> tuple[Finding, ...]:
        return tuple(one for one in self.standing if one.confidence is Confidence.CONFIRMED)


def aggregate(info: CheckInfo, ran: Ran, statements: Statements) -> CheckResult:
    """The verdict of one check.

    A confirmed violation fails it, whatever else there is. Short of that anything suspected or unproven keeps
    it unknown, and at least one subject must have been shown safe, or closed by a statement, for a pass.
    """
    alone = _only_not_applicable(ran)
    if alone is not None:
        return CheckResult(info=info, state=State.NOT_APPLICABLE, basis=Basis.PROVED, reason=alone)
    parts = _sort(info.row.id, ran, statements)
    state, cause, reason, remedy = _verdict(parts)
    by_statement = state is State.PASS and (parts.closed_by or len(parts.standing) < len(parts.findings))
    bad = state in {State.FAIL, State.UNKNOWN}
    waived = _waived(parts, statements, state) if bad else ""
    return CheckResult(
        info=info,
        state=state,
        basis=Basis.ATTESTED if by_statement else Basis.PROVED,
        safe=parts.safe,
        findings=_with_waivers(parts.findings, statements),
        open_items=parts.open_items,
        cause=cause,
        reason=reason,
        remedy=remedy,
        evidence=parts.evidence,
        waiver=waived,
        attested_by=parts.closed_by,
        notes=parts.notes,
    )


def not_selected(info: CheckInfo) -> CheckResult:
    """The verdict of a check that the run was told to leave out."""
    remedy = Remedy(input=Input.SELECTION, sentence="Run the audit again without --only.")
    return CheckResult(
        info=info,
        state=State.UNKNOWN,
        basis=Basis.PROVED,
        cause=Cause.NOT_SELECTED,
        reason="this run was limited to other checks",
        remedy=remedy,
    )


def _only_not_applicable(ran: Ran) -> str | None:
    reasons = [one.reason for one in ran.outcomes if isinstance(one, NotApplicable)]
    if not reasons or len(reasons) < len(ran.outcomes) or ran.whole:
        return None
    return reasons[0]


def _verdict(parts: _Sorted) -> tuple[State, Cause | None, str, Remedy | None]:
    if parts.confirmed:
        return State.FAIL, None, "", None
    if parts.standing:
        return State.UNKNOWN, Cause.NEEDS_ANSWER, _questions(parts.standing), ANSWER
    if parts.open_items:
        first = parts.open_items[0]
        more = len(parts.open_items) - 1
        reason = f"{first.reason} (and {more} more not proven)" if more else first.reason
        return State.UNKNOWN, first.cause, reason, first.remedy
    if parts.safe or parts.closed_by or parts.findings:
        return State.PASS, None, "", None
    return State.UNKNOWN, Cause.NOTHING_TESTED, "there was nothing to test it on", NOTHING


def _questions(findings: Sequence[Finding]) -> str:
    first = findings[0].question or findings[0].message
    return f"{first} (and {len(findings) - 1} more questions)" if len(findings) > 1 else first


def _sort(check_id: str, ran: Ran, statements: Statements) -> _Sorted:
    unproven = [one for one in ran.outcomes if isinstance(one, Unproven) and not one.if_available]
    violations = [one for one in ran.outcomes if isinstance(one, Violation)]
    safe = [one for one in ran.outcomes if isinstance(one, Safe)]
    open_items: list[OpenItem] = []
    closed_by: list[str] = []
    for one in (*ran.whole, *_deduplicated(unproven)):
        attested = statements.attestation(one.subject) if one.cause is not Cause.CHECK_BUG else None
        if attested is not None:
            closed_by.append(_signature(attested))
        else:
            open_items.append(_open_item(one, statements))
    findings = (_disputed(finding, statements) for finding in _findings(check_id, violations))
    return _Sorted(
        findings=tuple(findings),
        open_items=tuple(open_items),
        closed_by=tuple(dict.fromkeys(closed_by)),
        safe=len({one.subject.key for one in safe}),
        evidence=tuple(dict.fromkeys(name for one in safe for name in one.evidence)),
        notes=tuple(dict.fromkeys(one.note for one in safe if one.note)),
    )


def _deduplicated(unproven: Iterable[Unproven]) -> list[Unproven]:
    """One a subject and cause, ordered by subject."""
    kept = {(one.subject.key, one.cause, one.reason): one for one in unproven}
    return [kept[key] for key in sorted(kept)]


def _open_item(one: Unproven, statements: Statements) -> OpenItem:
    expired = statements.expired_attestation(one.subject)
    if expired is None or one.cause is Cause.CHECK_BUG:
        return OpenItem(subject=one.subject, cause=one.cause, reason=one.reason, remedy=one.remedy)
    return OpenItem(
        subject=one.subject,
        cause=Cause.ATTESTATION_EXPIRED,
        reason=f"{one.reason}; the statement by {expired.person or 'nobody'} is out of force or incomplete",
        remedy=one.remedy,
    )


def _signature(attestation: Attestation) -> str:
    return f"{attestation.person}, {attestation.signed.isoformat()}: {attestation.statement}"


def _findings(check_id: str, violations: Iterable[Violation]) -> list[Finding]:
    """One a fingerprint; what is confirmed anywhere is confirmed."""
    found: dict[str, Finding] = {}
    for one in violations:
        finding = _finding(check_id, one)
        earlier = found.get(finding.fingerprint)
        if earlier is None:
            found[finding.fingerprint] = finding
            continue
        stronger = finding if earlier.confidence is Confidence.SUSPECTED else earlier
        evidence = tuple(dict.fromkeys((*earlier.evidence, *finding.evidence)))
        found[finding.fingerprint] = replace(stronger, evidence=evidence)
    return sorted(
        found.values(),
        key=lambda one: (one.confidence is not Confidence.CONFIRMED, one.subject.key, one.fingerprint),
    )


def _finding(check_id: str, one: Violation) -> Finding:
    return Finding(
        fingerprint=fingerprint(check_id, one.variant, one.subject),
        check=check_id,
        confidence=one.confidence,
        subject=one.subject,
        variant=one.variant,
        message=one.message,
        impact=one.impact,
        evidence=one.evidence,
        reproduce=one.reproduce,
        question=one.question,
        location=_location(one.subject, one.place),
        probed=one.probed.value if one.probed else "",
        fix=one.fix,
    )


def _location(subject: Subject, place: CodePlace | None) -> Location | None:
    if place is not None:
        return Location(path=place.path, line=place.line, code=place.code, where="tree")
    if not isinstance(subject, FileSubject):
        return None
    return Location(path=subject.path, line=subject.line, commit=subject.commit, where=subject.where)


def _disputed(finding: Finding, statements: Statements) -> Finding:
    dispute = statements.dispute(finding)
    return finding if dispute is None else replace(finding, disputed_by=f"{dispute.person}: {dispute.reason}")


def _with_waivers(findings: tuple[Finding, ...], statements: Statements) -> tuple[Finding, ...]:
    return tuple(replace(finding, waived_by=statements.waiver((finding,))) for finding in findings)


def _waived(parts: _Sorted, statements: Statements, state: State) -> str:
    """Waivers of single findings cover a fail with nothing else in it; what is unknown takes a whole one."""
    named = parts.standing if state is State.FAIL and not parts.open_items else ()
    return statements.waiver(named)
