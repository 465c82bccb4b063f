"""What people stated: attestations, disputes, waivers; which are in force, and what each may touch."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import assert_never

from launchready.model.check_info import CatalogueRow, GateId, Severity
from launchready.model.outcome import Confidence
from launchready.model.report import Finding
from launchready.model.settings import JudgeSettings
from launchready.model.statement import Attestation, Dispute, Waiver
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

NO_WAIVER = ("AUTH-", "ROLE-", "SEC-")
HARD_GATES = frozenset({GateId.G1, GateId.G2})
ATTESTED = "attestation"


@dataclass(frozen=True, slots=True, kw_only=True)
class Statements:
    """Statements about one check. `as_of` is the day on which they must be in force."""

    row: CatalogueRow
    as_of: date
    attested_for_days: int
    attestations: tuple[Attestation, ...]
    disputes: tuple[Dispute, ...]
    waivers: tuple[Waiver, ...]

    def attestation(self, subject: Subject) -> Attestation | None:
        """The attestation in force for a subject."""
        return next((one for one in self._about(subject) if self._attests(one)), None)

    def expired_attestation(self, subject: Subject) -> Attestation | None:
        """An attestation that is not in force: expired, of a later day, or without person or text."""
        return next((one for one in self._about(subject) if not self._attests(one)), None)

    def dispute(self, finding: Finding) -> Dispute | None:
        """The dispute in force for a finding, where one may take it out of the verdict.

        A confirmed finding of authentication or roles cannot be talked away: who may see what is said by a
        visibility rule. What is only suspected is a question, and a dispute is an answer.
        """
        if finding.confidence is Confidence.CONFIRMED and not (
            self.row.id.startswith("SEC-") or may_be_waived(self.row)
        ):
            return None
        return next(
            (one for one in self._disputes_in_force() if one.fingerprint == finding.fingerprint), None
        )

    def waiver(self, findings: Sequence[Finding]) -> str:
        """Who accepts the risk of all of `findings` (of the whole check, if there are none), until when."""
        if not may_be_waived(self.row):
            return ""
        live = [one for one in self.waivers if _in_force(one, self.as_of)]
        whole = [one for one in live if not one.fingerprint]
        if whole:
            return _told(whole[0])
        names = {one.fingerprint: one for one in live}
        if findings and all(finding.fingerprint in names for finding in findings):
            return "; ".join(sorted({_told(names[finding.fingerprint]) for finding in findings}))
        return ""

    def _about(self, subject: Subject) -> list[Attestation]:
        # What stops the whole check takes a statement only where a statement is all the proof there is
        whole = subject == ProcessSubject(name=self.row.id)
        names = frozenset() if whole else names_of(subject)
        by_statement = self.row.proof_strength == ATTESTED
        return [
            one
            for one in self.attestations
            if (one.subject and one.subject.casefold() in names) or (not one.subject and by_statement)
        ]

    def _attests(self, one: Attestation) -> bool:
        fresh = not self.attested_for_days or (self.as_of - one.signed).days <= self.attested_for_days
        return fresh and _in_force(one, self.as_of) and bool(one.person.strip() and one.statement.strip())

    def _disputes_in_force(self) -> list[Dispute]:
        return [one for one in self.disputes if _in_force(one, self.as_of) and one.person.strip()]


def statements_on(
    row: CatalogueRow, settings: JudgeSettings, as_of: date, attested_for_days: int = 0
) -> Statements:
    """The statements of the settings that name this check."""
    return Statements(
        row=row,
        as_of=as_of,
        attested_for_days=attested_for_days,
        attestations=tuple(one for one in settings.attestations if one.check == row.id),
        disputes=tuple(one for one in settings.disputes if one.check == row.id),
        waivers=tuple(one for one in settings.waivers if one.check == row.id),
    )


def may_be_waived(row: CatalogueRow) -> bool:
    """Whether a person may accept the risk of this check for the decision."""
    return (
        row.gate not in HARD_GATES
        and not row.id.startswith(NO_WAIVER)
        and row.severity is not Severity.CRITICAL
    )


def names_of(subject: Subject) -> frozenset[str]:
    """Names by which a statement may call a subject, lower case; its full key is one of them."""
    match subject:
        case OperationSubject(method=method, path=path):
            plain = {f"{method} {path}"}
        case FileSubject(path=path, mark=mark):
            plain = {path, mark} - {""}
        case HostSubject(host=host):
            plain = {host}
        case (
            DnsSubject(name=name)
            | AlertSubject(name=name)
            | ProcessSubject(name=name)
            | PersonSubject(name=name)
        ):
            plain = {name}
        case _:
            assert_never(subject)
    return frozenset(name.casefold() for name in (*plain, subject.key))


def _in_force(statement: Attestation | Dispute | Waiver, as_of: date) -> bool:
    return statement.signed <= as_of <= statement.expires


def _told(waiver: Waiver) -> str:
    return f"{waiver.person}: {waiver.reason} (until {waiver.expires.isoformat()})"
