"""Fields that lift rights: their names, a raised value for each, and where an account's own can be read."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any

from launchready.accounts.person import Person
from launchready.collecting.asking import Asker, Question
from launchready.collecting.context import Context
from launchready.collecting.planting import with_aliases
from launchready.collecting.urls import path_parameters
from launchready.door.messages import Reply
from launchready.door.replies import says_error
from launchready.model.exchange import Intent
from launchready.model.operation import HttpOperation, ObjectClass, Purpose, Schema
from launchready.surface import schemas
from launchready.surface.examples import preferred_form


class Lift(Enum):
    """What a field lifts. A `CHOICE` that the request declares (a plan, a group) is the member's to make."""

    FLAG = auto()
    ROLE = auto()
    VERIFIED = auto()
    MONEY = auto()
    CHOICE = auto()


_NAMES: tuple[tuple[Lift, re.Pattern[str]], ...] = (
    (Lift.FLAG, re.compile(
        r"^(?:is_|has_)?(?:admin|administrator|super_?user|super_?admin|staff|moderator|root)(?:_access|_rights)?$")),
    (Lift.ROLE, re.compile(r"^(?:user_?|account_?|member_?|system_?)?roles?$|^(?:user|account|member)_?type$")),
    (Lift.ROLE, re.compile(r"^(?:permissions?|scopes?|privileges?|authorities)$")),
    (Lift.VERIFIED, re.compile(
        r"^(?:is_)?(?:e?_?mail_?|account_?|phone_?|kyc_?|id_?|identity_?)?(?:is_)?(?:verified|confirmed|approved|trusted)$")),
    (Lift.VERIFIED, re.compile(r"^(?:is_)?(?:featured|premium)$")),
    (Lift.MONEY, re.compile(
        r"^(?:account_?|wallet_?)?(?:balance|credits?|wallet_balance)(?:_(?:in_)?(?:cents?|minor|amount))?$")),
    (Lift.CHOICE, re.compile(r"^(?:plan|tier|subscription|groups?)$")),
    (Lift.CHOICE, re.compile(r"^(?:tenant|organi[sz]ation|stripe_account|stripe_customer)_?id$")),
)  # fmt: skip
_HIGH = re.compile(r"admin|super_?user|root|owner|staff|moderator", re.IGNORECASE)
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_STAFF = ("admin", "moderator", "manager", "staff", "employee")
_MUCH = 1_000_001
GUESSES: Mapping[str, Any] = {
    "role": "admin",
    "admin": True,
    "is_admin": True,
    "isAdmin": True,
    "is_superuser": True,
    "is_staff": True,
    "verified": True,
}
_MOST_GUESSES = 14
_DEEPEST = 12


def lift_of(name: str) -> Lift | None:
    """What a field of that name lifts, `None` if nothing."""
    snake = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|-", "_", name).lower()
    return next((lift for lift, pattern in _NAMES if pattern.match(snake)), None)


def raised(name: str, current: Any, allowed: tuple[Any, ...] = ()) -> Any:
    """A raised value for a field that holds `current`, of the same JSON type; `None` if there is nothing to raise.

    `allowed` are values that a schema lists.
    """
    lift = lift_of(name)
    if lift is None or isinstance(current, dict):
        return None
    if isinstance(current, bool):
        return True if current is False and lift in {Lift.FLAG, Lift.VERIFIED} else None
    if isinstance(current, list):
        return [*current, "admin"] if "admin" not in current and lift in {Lift.ROLE, Lift.CHOICE} else None
    if isinstance(current, int | float):
        return _number(lift, current)
    if current is None:
        return {Lift.FLAG: True, Lift.VERIFIED: True, Lift.MONEY: _MUCH}.get(lift, _word(lift, "", allowed))
    return _word(lift, current, allowed) if isinstance(current, str) else None


def _number(lift: Lift, current: float) -> Any:
    if lift is Lift.MONEY:
        return _MUCH if current != _MUCH else None
    if lift in {Lift.FLAG, Lift.VERIFIED}:
        return 1 if current == 0 else None
    return (1 if current != 1 else 2) if lift is Lift.ROLE else None


def _word(lift: Lift, current: str, allowed: tuple[Any, ...]) -> Any:
    if lift is Lift.MONEY:
        return f"{_MUCH}.00" if _NUMBER.fullmatch(current) else None
    if lift is Lift.CHOICE:
        others = [item for item in allowed if isinstance(item, str) and item != current]
        return others[-1] if others else "premium"
    if lift is not Lift.ROLE:
        return None
    listed = [item for item in allowed if isinstance(item, str) and _HIGH.search(item)]
    wanted = next((item for item in listed if "admin" in item.lower()), listed[0] if listed else "admin")
    wanted = wanted if listed else _cased(wanted, current)
    return wanted if wanted != current else None


def _cased(word: str, like: str) -> str:
    return word.upper() if like.isupper() else word.title() if like.istitle() else word


def alternatives(name: str, value: Any) -> list[str]:
    """Other words for staff, one after the other, where a role was not known to the target."""
    if lift_of(name) is not Lift.ROLE or not isinstance(value, str):
        return []
    words = [_cased(word, value) for word in _STAFF]
    return words[words.index(value) + 1 :][:1] if value in words else []


def admitted(name: str, text: str) -> Any:
    """A higher value that a refusal lists ("must be one of USER, ADMIN"), `None` if it lists none."""
    if lift_of(name) is not Lift.ROLE:
        return None
    words = re.findall(r"[\w.:-]*(?:admin|superuser|staff|moderator)[\w.:-]*", text, re.IGNORECASE)
    return next((word for word in words if word.lower() != name.lower()), None)


def allowed_values(operations: Iterable[HttpOperation], name: str) -> tuple[Any, ...]:
    """Values that the description lists for a field of that name anywhere."""
    for operation in operations:
        for schema in (
            *(form.schema for form in operation.bodies),
            *(form.schema for form in operation.replies),
        ):
            for pointer, part in schemas.fields(schema):
                listed = schemas.branch(part).get("enum")
                if schemas.last_name(pointer) == name and isinstance(listed, list):
                    return tuple(listed)
    return ()


def declared(operation: HttpOperation) -> dict[str, Schema]:
    """Fields of an operation's request body by name."""
    form = preferred_form(operation)
    if form is None:
        return {}
    return {schemas.last_name(pointer): part for pointer, part in schemas.fields(form.schema, arrays=False)}


def guesses(operations: Iterable[HttpOperation]) -> dict[str, Any]:
    """Usual names, and those that the description shows in accounts or takes from administrators."""
    operations = tuple(operations)
    found = dict(GUESSES)
    for operation in operations:
        about = operation.object_class is ObjectClass.PROFILE or operation.purpose in {
            Purpose.ME,
            Purpose.ADMIN,
        }
        shown = [form.schema for form in operation.replies if form.status.startswith("2")]
        for schema in [*(form.schema for form in operation.bodies), *shown] if about else ():
            for pointer, part in schemas.fields(schema):
                name = schemas.last_name(pointer)
                value = _of_type(
                    name, schemas.type_of(schemas.branch(part)), allowed_values(operations, name)
                )
                if value is not None and len(found) < _MOST_GUESSES:
                    found.setdefault(name, value)
    return found


def _of_type(name: str, kind: str, allowed: tuple[Any, ...]) -> Any:
    current: Any = {"boolean": False, "integer": 0, "number": 0, "array": []}.get(
        kind, "" if kind == "string" else {}
    )
    lift = lift_of(name)
    return None if lift in {None, Lift.CHOICE} else raised(name, current, allowed)


def fields_of(value: Any, marks: frozenset[str], depth: int = 0) -> Iterator[tuple[str, Any]]:
    """(name, value) of every field in the objects that hold one of `marks` (an id, a name of the account)."""
    if depth > _DEEPEST:
        return
    if isinstance(value, dict):
        if any(isinstance(item, str | int) and str(item) in marks for item in value.values()):
            yield from ((str(name), item) for name, item in value.items())
        for item in value.values():
            yield from fields_of(item, marks, depth + 1)
    elif isinstance(value, list):
        for item in value[:500]:
            yield from fields_of(item, marks, depth + 1)


@dataclass(slots=True)
class Sight:
    """Fields that lift rights as they were read: by (operation that showed it, field), with the replies."""

    values: dict[tuple[str, str], Any] = field(default_factory=dict)
    replies: dict[str, Reply] = field(default_factory=dict)

    def take(self, operation: str, reply: Reply, marks: frozenset[str]) -> bool:
        """Add what a reply shows of the object with these marks; whether it showed any."""
        found: dict[tuple[str, str], Any] = {}
        for name, value in fields_of(reply.json(), marks):
            if lift_of(name) is not None and not isinstance(value, dict):
                found.setdefault((operation, name), value)
        self.values |= found
        if found:
            self.replies[operation] = reply
        return bool(found)

    @property
    def names(self) -> set[str]:
        """Fields that were shown."""
        return {name for _, name in self.values}

    def current(self, name: str) -> Any:
        """The value of a field where it was shown first."""
        return next((value for (_, shown), value in self.values.items() if shown == name), None)

    def holds(self, word: str) -> bool:
        """Whether a word stands anywhere in the replies."""
        return any(word in reply.text() for reply in self.replies.values())


def marks_of(person: Person) -> frozenset[str]:
    """What names an account in answers."""
    return frozenset(value for value in person.handles.values() if value)


class FirstSights:
    """A tap for the door: each account as it was first shown, before any mail confirmed its address."""

    def __init__(self) -> None:
        self._first: dict[tuple[str, str], Reply] = {}

    def __call__(self, reply: Reply) -> None:
        """Look at one reply."""
        request = reply.request
        if request.intent is Intent.SIGN_IN and reply.status and not request.bare:
            self._first.setdefault((request.principal, request.operation), reply)

    def of(self, person: Person) -> Sight:
        """The first sight of a person."""
        for (principal, operation), reply in self._first.items():
            sight = Sight()
            read = principal == person.name and reply.request.method == "GET" and reply.ok
            if read and sight.take(operation, reply, marks_of(person)):
                return sight
        return Sight()

    def let_in_at_once(self, person: Person, log_ins: Iterable[HttpOperation]) -> bool | None:
        """Whether the first login of a person was accepted; `None` if there was none."""
        wanted = {operation.id for operation in log_ins}
        replies = (reply for (name, at), reply in self._first.items() if name == person.name and at in wanted)
        first = next(replies, None)
        return None if first is None else first.ok and not says_error(first.json())


class Sightings:
    """Where an account's fields can be read back: by itself, and in the accounts that others may read."""

    def __init__(self, context: Context, asker: Asker) -> None:
        self.context, self.asker = context, asker
        self._telling: set[str] = set()

    async def of(self, person: Person) -> Sight:
        """Fields of the account that lift rights; after the first time only from answers that showed some."""
        sight = Sight()
        telling = set(self._telling)
        for principal, question in self._questions(person):
            operation = question.operation.id
            if telling and operation not in telling:
                continue
            reply = await self.asker.ask(principal, question, Intent.READ_BACK)
            if reply.ok and sight.take(operation, reply, marks_of(person)):
                self._telling.add(operation)
        return sight

    def _questions(self, person: Person) -> Iterator[tuple[str, Question]]:
        """Its own account, and, as an admin if there is one, the accounts."""
        crew = self.context.crew
        own = [
            item
            for item in self.context.operations(Purpose.ME)
            if item.method == "GET" and "{" not in item.path
        ]
        if person.canary is not None and person.canary not in own:
            own.append(person.canary)
        yield from ((person.name, Question(operation=item, values={})) for item in own[:3])
        admin = crew is not None and crew.has("admin")
        handles = with_aliases(person.handles)
        asked = 0
        for operation in self.context.operations():
            names = path_parameters(operation.path)
            values = {name: _handle(name, handles) for name in names}
            if (
                operation.method != "GET"
                or operation in own
                or not _shows_accounts(operation)
                or len(names) > 1
            ):
                continue
            if operation.purpose in {Purpose.ADMIN, Purpose.MODERATE} and not admin:
                continue
            if all(values.values()) and asked < 4:  # noqa: PLR2004 - each costs a request at every look
                asked += 1
                yield "admin" if admin else person.name, Question(operation=operation, values=values)


def _handle(parameter: str, handles: Mapping[str, str]) -> str:
    """The account's own value for a path parameter."""
    lower = parameter.lower()
    if lower in handles:
        return handles[lower]
    return (
        handles.get("id", "")
        if lower.endswith("id")
        else handles.get("username", "")
        if "name" in lower
        else ""
    )


def _shows_accounts(operation: HttpOperation) -> bool:
    return operation.object_class is ObjectClass.PROFILE and operation.purpose not in {
        Purpose.ACTION,
        Purpose.EXPORT,
    }
