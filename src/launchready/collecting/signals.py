"""What speaks for an object being private, and what for its being shared by design.

Words here are the field's, never a target's. One private signal with no public one confirms a leak; without any the
finding is a question to the owner of the product.
"""

import re
from collections.abc import Iterable

from launchready.model.evidence import AccessMatrix, Planted
from launchready.model.operation import Guard, HttpOperation, ObjectClass
from launchready.model.oracle import Denied, judge_read
from launchready.model.probe import CanaryHit, Signal
from launchready.surface import schemas

_PRIVATE_TYPE = re.compile(
    r"\b(?:direct message|private message|dm|inbox|conversation|draft|invoices?|orders?|payouts?|payments?|"
    r"payment method|bank account|address|saved search(?:es)?|settings?|preferences?|api key|access key|"
    r"wallet|wish ?list|notification|medical record|prescription|bookmark)\b"
)
_PRIVATE_FIELD = re.compile(
    r"(?:^|[_./-])(?:secret|private|ssn|social_security|tax|iban|bic|bank|card_?number|salary|passport|national_id|"
    r"internal_?notes?|private_?notes?|recovery)(?:$|[_./-])",
    re.IGNORECASE,
)
_PRIVATE_OF_PERSON = re.compile(
    r"(?:^|[_./-])(?:phone|mobile|tel|birth|dob|birthday|birth_?date|street|postcode|postal|zip|address|"
    r"address_?line_?\d?|legal_?name)(?:$|[_./-])",
    re.IGNORECASE,
)
_ENOUGH_DECLARED = 3
_NAMING = re.compile(r"^(?:title|name|slug|subject|headline|.*_(?:title|name|slug))$", re.IGNORECASE)
_PARTIES = re.compile(
    # "reply_to" names a message, not a party
    r"recipient|participant|receiver|^(?:sen[dt]_|message_|mail_)?to(?:$|_(?:user|member|account|id|email|name))|"
    r"other_?(?:user|member)|with_?user|invitee",
    re.IGNORECASE,
)
_PRIVATE_CLASSES = frozenset({ObjectClass.SETTINGS.value, ObjectClass.DRAFT.value, ObjectClass.ORDER.value})


def is_private_field(name: str, *, of_person: bool = False) -> bool:
    """Whether a field's name says that it is not for others: a secret, a bank account.

    Of a person also the phone number or the address; an event's address may well be for everybody.
    """
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)
    return _PRIVATE_FIELD.search(words) is not None or (
        of_person and _PRIVATE_OF_PERSON.search(words) is not None
    )


def private_types(operations: Iterable[HttpOperation]) -> frozenset[str]:
    """Object types that are private by what they are: orders, addresses, conversations with named parties.

    A bare "thread" or "message" may be a public forum's: it counts only if its creation names the other party, or
    if it is made inside such a type.
    """
    operations = tuple(operations)
    found = {
        item.object_type
        for item in operations
        if item.object_type
        and (
            item.object_class.value in _PRIVATE_CLASSES
            or _PRIVATE_TYPE.search(item.object_type.replace("_", " "))
        )
    }
    makers = [item for item in operations if item.produces and item.method in {"POST", "PUT"}]
    found |= {
        item.object_type
        for item in makers
        if item.object_class is ObjectClass.THREAD
        and any(_PARTIES.search(name) for name in _body_names(item))
    }
    for item in makers:
        if item.object_class is ObjectClass.THREAD and any(
            link.object_type in found for link in item.consumes
        ):
            found.add(item.object_type)
    return frozenset(found)


def public_types(operations: Iterable[HttpOperation]) -> frozenset[str]:
    """Object types that the specification declares readable without credentials."""
    return frozenset(
        item.object_type
        for item in operations
        if item.object_type and item.method == "GET" and item.guard is Guard.PUBLIC
    )


def _body_names(operation: HttpOperation) -> list[str]:
    names = [link.name for link in operation.consumes]
    for body in operation.bodies:
        properties = body.schema.get("properties")
        if isinstance(properties, dict):
            names.extend(properties)
    return names


def learned(operations: Iterable[HttpOperation], matrix: AccessMatrix | None) -> "Privacy":
    """What an access matrix taught about each type, for the collectors that come after it."""
    privacy = Privacy(operations)
    for probe in matrix.reads if matrix is not None else ():
        if Signal.OWN_LIST in probe.signals:
            privacy.learn_list(probe.object_type, own_only=True)
        if Signal.LISTED_TO_ALL in probe.signals:
            privacy.learn_list(probe.object_type, own_only=False)
        if isinstance(judge_read(probe), Denied) and Signal.PLANTED_PUBLIC not in probe.signals:
            privacy.learn_refused(probe.object_type)
    return privacy


class Privacy:
    """Signals for the objects of one surface, with what the lists showed added as it is learned."""

    def __init__(self, operations: Iterable[HttpOperation]) -> None:
        operations = tuple(operations)
        self._private = private_types(operations)
        self._public = public_types(operations)
        self._own_list: set[str] = set()
        self._listed_to_all: set[str] = set()
        self._refused: set[str] = set()

    def learn_list(self, object_type: str, *, own_only: bool) -> None:
        """A list of that type showed each account its own objects only, or everybody's."""
        (self._own_list if own_only else self._listed_to_all).add(object_type)

    def learn_refused(self, object_type: str) -> None:
        """A member was refused another's object of that type."""
        self._refused.add(object_type)

    def is_private_type(self, object_type: str) -> bool:
        """Whether the type is private by what it is."""
        return object_type in self._private

    def is_closed(self, object_type: str) -> bool:
        """Whether others are kept out: by what the type is, or because they were refused or not shown any."""
        learned_so = object_type in self._refused | (self._own_list - self._listed_to_all)
        return learned_so or self.is_private_type(object_type)

    def of(
        self, planted: Planted, operation: HttpOperation, hits: Iterable[CanaryHit] = ()
    ) -> tuple[Signal, ...]:
        """All that is known about one object seen through one operation."""
        hits = tuple(hits)
        kind = planted.object_type
        signals: set[Signal] = set()
        if planted.visible == "private":
            signals.add(Signal.PLANTED_PRIVATE)
        if planted.visible == "public":
            signals.add(Signal.PLANTED_PUBLIC)
        if kind in self._private:
            signals.add(Signal.PRIVATE_TYPE)
        outer = {parent for parent, _ in planted.parents}
        if planted.visible != "public" and outer & (self._private | (self._own_list - self._listed_to_all)):
            # What lies in something private is private, unless it is shown to all by itself
            signals.add(Signal.PRIVATE_TYPE if kind not in self._listed_to_all else Signal.LISTED_TO_ALL)
        person = planted.object_class == ObjectClass.PROFILE
        if any(is_private_field(f"{hit.field}/{hit.path}", of_person=person) for hit in hits):
            signals.add(Signal.PRIVATE_FIELD)
        if kind in self._own_list and kind not in self._listed_to_all and planted.visible != "public":
            signals.add(Signal.OWN_LIST)
        if kind in self._refused and planted.visible != "public" and _whole(planted, hits):
            signals.add(Signal.DETAIL_REFUSED)
        if kind in self._listed_to_all:
            signals.add(Signal.LISTED_TO_ALL)
        strict = any(is_private_field(f"{hit.field}/{hit.path}") for hit in hits)
        undeclared = person and any(_undeclared(operation, hit.path) for hit in hits if _personal(hit))
        if undeclared:
            signals.add(Signal.UNDECLARED_FIELD)
        declared = operation.guard is Guard.PUBLIC or (kind in self._public and planted.visible != "private")
        if declared and not (strict or undeclared):
            signals.add(Signal.DECLARED_PUBLIC)
        return tuple(sorted(signals))


def _whole(planted: Planted, hits: Iterable[CanaryHit]) -> bool:
    """Whether all that was planted in the object is shown, not its name alone.

    A list of titles beside closed details is a design; a list that shows what the details refuse is a leak.
    """
    shown = {hit.field for hit in hits if hit.object_id == planted.object_id}
    names = {name for name, _ in planted.canaries}
    return bool(names) and names <= shown and any(not _NAMING.match(name) for name in names)


def _personal(hit: CanaryHit) -> bool:
    """Whether a hit shows something that a person may want to keep: the e-mail address, a private field."""
    return hit.field == "email" or is_private_field(f"{hit.field}/{hit.path}", of_person=True)


def _undeclared(operation: HttpOperation, path: str) -> bool:
    """Whether an answer's field is not among those that the operation's description lists (three at least)."""
    form = next((item for item in operation.replies if item.status.startswith("2")), None)
    if form is None or not path:
        return False
    declared = {schemas.last_name(pointer).lower() for pointer, _ in schemas.fields(form.schema)}
    return len(declared) >= _ENOUGH_DECLARED and path.rsplit("/", 1)[-1].lower() not in declared
