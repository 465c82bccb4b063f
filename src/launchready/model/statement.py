"""What people state: none of it changes the outcome under it."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class Attestation:
    """A person's statement that closes an `Unproven`, never a `Violation`.

    `subject` names what is stated ("github", "stripe"; empty for the whole check). A date that could not be read
    counts as expired: config then sets `expires` to `date.min`.
    """

    check: str
    subject: str
    person: str
    statement: str
    signed: date
    expires: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiver:
    """An accepted risk, for a finding's fingerprint or a whole check."""

    check: str
    fingerprint: str
    person: str
    reason: str
    signed: date
    expires: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispute:
    """For one finding: "this is not one"."""

    check: str
    fingerprint: str
    person: str
    reason: str
    signed: date
    expires: date


@dataclass(frozen=True, slots=True, kw_only=True)
class FlagAnswer:
    """A person's answer to a red flag's question: `raised` or not."""

    flag: str
    raised: bool
    person: str
    reason: str
