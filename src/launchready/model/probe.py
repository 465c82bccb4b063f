"""Controls, attempts and their answers: the facts that oracles judge.

A probe is controls + attempt + proof. Comparisons that need raw values are made at collection; what is kept here
are their results, so that judging needs no secret and can run again.
"""

from dataclasses import dataclass, field
from enum import StrEnum


class AnswerKind(StrEnum):
    """What an answer is, whatever its status says (a 200 with an error body is `refused`)."""

    DATA = "data"
    EMPTY = "empty"
    REFUSED = "refused"
    NOT_FOUND = "not_found"
    INVALID = "invalid"
    LIMITED = "limited"
    EDGE_WALL = "edge_wall"
    ERROR = "error"
    PAGE = "page"
    REDIRECT = "redirect"
    NO_ANSWER = "no_answer"


@dataclass(frozen=True, slots=True, kw_only=True)
class CanaryHit:
    """A planted word seen in an answer: whose, in which object, at which JSON path, in which planted field."""

    owner: str
    object_type: str
    object_id: str
    field: str
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What one exchange showed.

    `masked` is a digest of the body with ids, times and canaries masked: equal digests mean equal answers.
    `hits` are planted canaries of anybody; `matched` are JSON paths at which the value equals what the owner saw
    (the probed id and at least one more field, volatile fields left out), empty when fewer than two are equal.
    """

    exchange: str
    status: int
    kind: AnswerKind
    masked: str = ""
    hits: tuple[CanaryHit, ...] = ()
    matched: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    length: int = 0

    def shows(self, owner: str, object_id: str = "") -> bool:
        """Whether a canary of `owner` (in the given object, if named) is in the answer."""
        return any(hit.owner == owner and (not object_id or hit.object_id == object_id) for hit in self.hits)


class RouteForm(StrEnum):
    """Through which form of its id, or which collection, an object was asked for."""

    PATH = "path"
    NESTED = "nested"
    QUERY = "query"
    BODY = "body"
    LIST = "list"
    SEARCH = "search"
    FEED = "feed"
    COUNT = "count"
    EXPORT = "export"
    RENDERED = "rendered"


COLLECTION_FORMS = frozenset(
    {RouteForm.LIST, RouteForm.SEARCH, RouteForm.FEED, RouteForm.COUNT, RouteForm.EXPORT}
)


class Signal(StrEnum):
    """Why an object is taken for private or for shared."""

    RULE_PRIVATE = "rule_private"
    RULE_PUBLIC = "rule_public"
    RULE_MEMBERS = "rule_members"
    PLANTED_PRIVATE = "planted_private"
    PLANTED_PUBLIC = "planted_public"
    PRIVATE_TYPE = "private_type"
    PRIVATE_FIELD = "private_field"
    OWN_LIST = "own_list"
    DETAIL_REFUSED = "detail_refused"
    CALLERS_OWN = "callers_own"
    OWN_RECORD = "own_record"
    UNDECLARED_FIELD = "undeclared_field"
    DECLARED_PROTECTED = "declared_protected"
    FOR_STAFF = "for_staff"
    DECLARED_PUBLIC = "declared_public"
    LISTED_TO_ALL = "listed_to_all"
    ACCEPTED_MATRIX = "accepted_matrix"


PRIVATE_SIGNALS = frozenset(
    {
        Signal.RULE_PRIVATE,
        Signal.PLANTED_PRIVATE,
        Signal.PRIVATE_TYPE,
        Signal.PRIVATE_FIELD,
        Signal.OWN_LIST,
        Signal.DETAIL_REFUSED,
        Signal.CALLERS_OWN,
        Signal.OWN_RECORD,
        Signal.UNDECLARED_FIELD,
        Signal.DECLARED_PROTECTED,
        Signal.FOR_STAFF,
    }
)
PUBLIC_SIGNALS = frozenset(
    {
        Signal.RULE_PUBLIC,
        Signal.RULE_MEMBERS,
        Signal.PLANTED_PUBLIC,
        Signal.DECLARED_PUBLIC,
        Signal.ACCEPTED_MATRIX,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadProbe:
    """Somebody (`principal`) asks for an object of `owner`, or for a collection where it could appear.

    `owner_control`: the owner made the same request and saw the object. `peer_control`: the peer asked for its own
    copy. `absent_control`: the peer asked for an id that does not exist. A `None` control was not possible.
    `signals` say what speaks for private and what for shared. `variant` names the form for the fingerprint.
    """

    operation: str
    method: str
    path: str
    principal: str
    owner: str
    object_type: str
    object_class: str
    object_id: str
    form: RouteForm
    variant: str
    signals: tuple[Signal, ...]
    attempt: Answer
    owner_control: Answer | None = None
    peer_control: Answer | None = None
    absent_control: Answer | None = None
    reproduce: str = ""


class WriteKind(StrEnum):
    """What a write tries to do to a foreign object."""

    UPDATE = "update"
    DELETE = "delete"
    CREATE_IN = "create_in"
    CREDENTIAL = "credential"


class Change(StrEnum):
    """What the owner's read-back showed."""

    NONE = "none"
    NONCE = "nonce"
    OTHER = "other"
    GONE = "gone"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteProbe:
    """Somebody tries to change an object of `owner`; the owner reads back.

    `owner_control` is the owner's own write of the same kind on an object of its own, `owner_change` what that
    changed: without a change there the probe proves nothing. `change` is what the attempt changed.
    `restored` is `None` where there was nothing to restore.
    """

    operation: str
    method: str
    path: str
    principal: str
    owner: str
    object_type: str
    object_class: str
    object_id: str
    kind: WriteKind
    form: RouteForm
    variant: str
    attempt: Answer
    change: Change
    before: Answer | None = None
    after: Answer | None = None
    owner_control: Answer | None = None
    owner_change: Change | None = None
    restored: bool | None = None
    signals: tuple[Signal, ...] = ()
    reproduce: str = ""


class Expectation(StrEnum):
    """What a scenario step should see if all is well."""

    ACCEPTED = "accepted"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of a scenario: what was done, what was expected, what came."""

    name: str
    expect: Expectation
    answer: Answer
    control: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """A probe with several steps (log in, log out, replay). `problem` says why it could not be run to its end."""

    name: str
    operation: str
    method: str
    path: str
    principal: str
    steps: tuple[Step, ...]
    problem: str = ""
    if_available: bool = False
    reproduce: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One variant of a simple probe with a control: a bad token, a foreign origin, a privileged call.

    `held` is what the collector's comparison showed: `True` the variant was refused or had no effect, `False` it was
    accepted or took effect, `None` it could not be told (`reason` says why).
    """

    name: str
    operation: str
    method: str
    path: str
    principal: str
    held: bool | None
    reason: str = ""
    attempt: Answer | None = None
    control: Answer | None = None
    if_available: bool = False
    details: tuple[tuple[str, str], ...] = field(default=())
    reproduce: str = ""
