"""What a check concludes about one subject."""

import hashlib
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from launchready.model.source import CodePlace
from launchready.model.subject import Subject


class Confidence(StrEnum):
    """`confirmed` carries its own proof; `suspected` carries a question."""

    CONFIRMED = "confirmed"
    SUSPECTED = "suspected"


class Cause(StrEnum):
    """Why something is not proven."""

    NOT_IMPLEMENTED = "not_implemented"
    NOTHING_TESTED = "nothing_tested"
    NOT_SELECTED = "not_selected"
    MISSING = "missing"
    PARTIAL = "partial"
    NEEDS_ANSWER = "needs_answer"
    NEEDS_INPUT = "needs_input"
    NO_CONTROL = "no_control"
    LIMITED = "limited"
    EDGE_WALL = "edge_wall"
    SESSION_LOST = "session_lost"
    TARGET_FAILED = "target_failed"
    BUDGET = "budget"
    NOT_PERMITTED = "not_permitted"
    INTERRUPTED = "interrupted"
    NOT_ATTESTED = "not_attested"
    ATTESTATION_EXPIRED = "attestation_expired"
    CHECK_BUG = "check_bug"


class Input(StrEnum):
    """The one thing that would prove what is not proven; unknowns are grouped by it."""

    TARGET_URL = "target_url"
    SPECIFICATION = "specification"
    MEMBER_LOGIN = "member_login"
    SECOND_MEMBER_LOGIN = "second_member_login"
    MODERATOR_LOGIN = "moderator_login"
    ADMIN_LOGIN = "admin_login"
    REPOSITORY = "repository"
    DOMAIN = "domain"
    ATTESTATION = "attestation"
    ANSWER = "answer"
    EXAMPLE_VALUES = "example_values"
    PERMISSION = "permission"
    HEALTHY_TARGET = "healthy_target"
    LARGER_BUDGET = "larger_budget"
    EDGE_BYPASS = "edge_bypass"
    NEWER_VERSION = "newer_version"
    ENGINE = "engine"
    SELECTION = "selection"


@dataclass(frozen=True, slots=True, kw_only=True)
class Remedy:
    """The next step that would prove it: which input, and one plain sentence (with the command, if there is one)."""

    input: Input
    sentence: str


class Probed(StrEnum):
    """What the running product said about what the code shows."""

    CONFIRMED = "confirmed by probe"
    REFUTED = "refuted by probe"
    NOT_PROBED = "not probed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Safe:
    """Tried, with a control that succeeded, and held. `evidence` are exchange ids or file places.

    `note` is a sentence to keep: what the code seemed to show and the running product refuted.
    """

    subject: Subject
    evidence: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """Shown to be wrong. `variant` is stable over runs and holds no nonce.

    What the code shows has its `place`, and `probed` says what the running product said about it; None for what was
    seen at the running product alone. `fix` is the smallest right change at that place, where there is one.
    """

    subject: Subject
    variant: str
    message: str
    impact: str
    confidence: Confidence = Confidence.CONFIRMED
    evidence: tuple[str, ...] = ()
    reproduce: str = ""
    question: str = ""
    place: CodePlace | None = None
    probed: Probed | None = None
    fix: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unproven:
    """Could not be shown either way. `if_available` marks a variant that never blocks a pass."""

    subject: Subject
    cause: Cause
    reason: str
    remedy: Remedy
    if_available: bool = False
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NotApplicable:
    """The product has no such thing; needs complete surface evidence or a signed line."""

    reason: str


Outcome: TypeAlias = Safe | Violation | Unproven | NotApplicable


def fingerprint(check_id: str, variant: str, subject: Subject) -> str:
    """Stable name of a finding: check + variant + subject, no nonces; 16 hexadecimal digits."""
    text = f"{check_id}\x1f{variant}\x1f{subject.key}"
    return hashlib.sha256(text.encode()).hexdigest()[:16]
