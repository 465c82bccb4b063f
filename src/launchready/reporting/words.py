"""The words that people read, written once for all formats."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from launchready.model.check_info import GateId, Severity
from launchready.model.exchange import Intent
from launchready.model.outcome import Cause, Confidence, Input
from launchready.model.report import (
    AccessState,
    Decision,
    FlagState,
    GateState,
    OperationState,
    OutsideUsers,
    State,
)
from launchready.reporting.text import capital, one_line, spaced


class Tone(StrEnum):
    """How a state feels, for colour; the word or sign beside it always says the same."""

    GOOD = "good"
    BAD = "bad"
    CAUTION = "caution"
    OPEN = "open"
    MUTED = "muted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """A state in words: `text`, its tone, and one sentence that explains it where there is one."""

    text: str
    tone: Tone
    meaning: str = ""


def _word(text: str, tone: Tone, meaning: str = "") -> Word:
    return Word(text=text, tone=tone, meaning=meaning)


OUTSIDE_QUESTION: Final = "Can outside users be let in?"
HANDOVER_QUESTION: Final = "Can a small team take it over?"

OUTSIDE: Final[Mapping[OutsideUsers, Word]] = {
    OutsideUsers.YES: _word("Yes", Tone.GOOD, "Outside users can be let in."),
    OutsideUsers.NO: _word("No", Tone.BAD, "Do not let outside users in yet."),
    OutsideUsers.NOT_PROVEN: _word(
        "Not proven", Tone.OPEN, "Nothing found forbids it, but too little was shown to let outside users in."
    ),
}
HANDOVER: Final[Mapping[Decision, Word]] = {
    Decision.READY: _word("Ready", Tone.GOOD, "A small team can take it over without guessing."),
    Decision.NOT_READY: _word("Not ready", Tone.BAD, "Something that was found has to be repaired first."),
    Decision.NOT_PROVEN: _word(
        "Not proven", Tone.OPEN, "Nothing found forbids it, but something has not been shown yet."
    ),
}
STATES: Final[Mapping[State, Word]] = {
    State.PASS: _word("Pass", Tone.GOOD),
    State.FAIL: _word("Fail", Tone.BAD),
    State.UNKNOWN: _word("Not proven", Tone.OPEN),
    State.NOT_APPLICABLE: _word("Does not apply", Tone.MUTED),
}
NOT_BUILT: Final = _word("Not tested by this version", Tone.MUTED, "This version has no check for it.")
GATES: Final[Mapping[GateState, Word]] = {
    GateState.PROVED: _word("Proved", Tone.GOOD),
    GateState.ATTESTED: _word("Stated by a person", Tone.GOOD),
    GateState.WAIVED: _word("Risk accepted", Tone.CAUTION),
    GateState.FAILED: _word("Failed", Tone.BAD),
    GateState.NOT_PROVEN: _word("Not proven", Tone.OPEN),
}
FLAGS: Final[Mapping[FlagState, Word]] = {
    FlagState.RAISED: _word("Raised", Tone.BAD),
    FlagState.CLEAR: _word("Clear", Tone.GOOD),
    FlagState.UNKNOWN: _word("Not known", Tone.OPEN),
}
SEVERITIES: Final[Mapping[Severity, Word]] = {
    Severity.CRITICAL: _word("Critical", Tone.BAD),
    Severity.HIGH: _word("High", Tone.CAUTION),
    Severity.MEDIUM: _word("Medium", Tone.OPEN),
    Severity.LOW: _word("Low", Tone.MUTED),
}
CONFIDENCES: Final[Mapping[Confidence, Word]] = {
    Confidence.CONFIRMED: _word("Confirmed", Tone.BAD, "Shown by the exchanges below."),
    Confidence.SUSPECTED: _word("Needs an answer", Tone.OPEN, "It depends on what is meant to be shared."),
}
ACCESS: Final[Mapping[AccessState, Word]] = {
    AccessState.ALLOWED: _word("Allowed", Tone.GOOD, "got an answer, as intended"),
    AccessState.DENIED: _word("Refused", Tone.GOOD, "was refused, as intended"),
    AccessState.LEAKS: _word("Leaks", Tone.BAD, "got or changed what is not theirs"),
    AccessState.SUSPECTED: _word("Question", Tone.CAUTION, "got it; somebody has to say if that is meant"),
    AccessState.UNPROVEN: _word("Not proven", Tone.OPEN, "tried, and nothing could be concluded"),
    AccessState.NOT_TRIED: _word("Not tried", Tone.MUTED, "no request was made"),
}
OPERATIONS: Final[Mapping[OperationState, Word]] = {
    OperationState.SAFE: _word("Safe", Tone.GOOD),
    OperationState.VIOLATED: _word("Violated", Tone.BAD),
    OperationState.SUSPECTED: _word("Needs an answer", Tone.CAUTION),
    OperationState.UNPROVEN: _word("Not proven", Tone.OPEN),
}
GATE_NAMES: Final[Mapping[GateId, str]] = {
    GateId.G1: "Gate G1",
    GateId.G2: "Gate G2",
    GateId.G3: "Gate G3",
    GateId.G4: "Gate G4",
    GateId.ROW: "Scorecard",
    GateId.ADVICE: "Advice",
}
INTENTS: Final[Mapping[Intent, str]] = {
    Intent.DISCOVER: "finding out what there is",
    Intent.SIGN_IN: "signing in",
    Intent.PLANT: "creating a test object",
    Intent.CONTROL: "the control, which shows that the request works",
    Intent.ATTEMPT: "the attempt",
    Intent.READ_BACK: "reading back what changed",
    Intent.RESTORE: "putting it back",
    Intent.CLEAN_UP: "cleaning up",
}
INPUTS: Final[Mapping[Input, str]] = {
    Input.TARGET_URL: "The address of the running API",
    Input.SPECIFICATION: "The API description",
    Input.MEMBER_LOGIN: "A member's login",
    Input.SECOND_MEMBER_LOGIN: "A second member's login",
    Input.MODERATOR_LOGIN: "A moderator's login",
    Input.ADMIN_LOGIN: "An admin's login",
    Input.REPOSITORY: "The repository",
    Input.DOMAIN: "The domain",
    Input.ATTESTATION: "A signed statement",
    Input.ANSWER: "Your answer to a question",
    Input.EXAMPLE_VALUES: "Example values",
    Input.PERMISSION: "Permission to try it",
    Input.HEALTHY_TARGET: "A target that answers reliably",
    Input.LARGER_BUDGET: "A larger budget of requests or time",
    Input.EDGE_BYPASS: "A way past the edge's wall",
    Input.NEWER_VERSION: "A newer version of launchready",
    Input.ENGINE: "A tool that is not installed",
    Input.SELECTION: "A run without --only",
}
CAUSES: Final[Mapping[Cause, str]] = {
    Cause.NOT_IMPLEMENTED: "not tested by this version",
    Cause.NOTHING_TESTED: "there was nothing to test it on",
    Cause.NOT_SELECTED: "not selected for this run",
    Cause.MISSING: "what it needs was not collected",
    Cause.PARTIAL: "only part of it could be tested",
    Cause.NEEDS_ANSWER: "a question is open",
    Cause.NEEDS_INPUT: "something is needed from you",
    Cause.NO_CONTROL: "the control request failed, so the attempt proves nothing",
    Cause.LIMITED: "the target's limits stopped it",
    Cause.EDGE_WALL: "a wall in front of the target answered",
    Cause.SESSION_LOST: "the session was lost",
    Cause.TARGET_FAILED: "the target failed",
    Cause.BUDGET: "the budget was spent",
    Cause.NOT_PERMITTED: "not permitted here",
    Cause.INTERRUPTED: "interrupted",
    Cause.NOT_ATTESTED: "nobody has stated it",
    Cause.ATTESTATION_EXPIRED: "the statement has expired",
    Cause.CHECK_BUG: "the check itself failed",
}
_PRINCIPALS: Final[Mapping[str, str]] = {"anonymous": "Not signed in"}
# The accounts in a sentence, but not where they are part of a path or a value
_MEMBER: Final = re.compile(r"(?<![\w/{.\"'`=-])member_[a-z](?![\w/}\"`=-])")
_PURPOSES: Final[Mapping[str, str]] = {
    "sign_up": "Sign up",
    "login": "Log in",
    "logout": "Log out",
    "refresh": "Renew the session",
    "me": "Read one's own account",
    "confirm": "Confirm",
    "reset": "Reset the password",
    "change_password": "Change the password",
    "create": "Create",
    "read": "Read",
    "list": "List",
    "search": "Search",
    "feed": "Read the feed of",
    "count": "Count",
    "export": "Export",
    "update": "Change",
    "delete": "Delete",
    "action": "Act on",
    "upload": "Upload",
    "admin": "Administer",
    "moderate": "Moderate",
    "webhook": "Receive a webhook for",
    "payment": "Pay",
    "health": "Health",
    "docs": "Documentation",
}
_WITHOUT_OBJECT: Final = frozenset(
    {"sign_up", "login", "logout", "refresh", "me", "confirm", "reset", "change_password", "health", "docs"}
)
_COLLECTIVE: Final = frozenset({"list", "search", "feed", "count", "export"})


def principal_name(name: str) -> str:
    """`member_a` → `Member A`, `anonymous` → `Not signed in`."""
    return _PRINCIPALS.get(name) or capital(
        " ".join(part.upper() if len(part) == 1 else part for part in spaced(name).split())
    )


def sentence(text: str, limit: int = 600) -> str:
    """A check's sentence for people: on one line, `member_a` by its human name, a capital letter in front."""
    line = _MEMBER.sub(lambda match: principal_name(match.group()), one_line(text, limit))
    first = line.partition(" ")[0]
    return capital(line) if first.isalpha() else line


def object_name(name: str) -> str:
    """`direct_message` → `Direct message`; `General` where no object is concerned."""
    return capital(spaced(name)) or "General"


def operation_name(purpose: str, method: str, object_type: str) -> str:
    """What an operation does, in plain words: `Read listing`, `List listings`."""
    verb = _PURPOSES.get(purpose) or f"Call {method}"
    noun = spaced(object_type)
    if not noun or purpose in _WITHOUT_OBJECT:
        return verb.removesuffix(" of").removesuffix(" for")
    return f"{verb} {plural(noun) if purpose in _COLLECTIVE else noun}"


def plural(noun: str) -> str:
    """English plural of a regular noun; a noun that ends in `s` is left as it is."""
    if noun.endswith("s"):
        return noun
    if noun.endswith("y") and noun[-2:-1] not in set("aeiou"):
        return noun[:-1] + "ies"
    return noun + ("es" if noun.endswith(("x", "ch", "sh")) else "s")
