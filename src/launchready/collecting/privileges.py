"""Fields that lift rights: their names, a raised value for each, and where an account's own can be read."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from launchready.accounts.person import Person
from launchready.collecting.asking import Asker, Question
from launchready.collecting.context import Context
from launchready.collecting.urls import path_parameters
from launchready.model.exchange import Intent
from launchready.model.operation import ObjectClass, Purpose

_RAISED: tuple[tuple[re.Pattern[str], Any], ...] = (
    (re.compile(r"^(?:is_?|has_?)?(?:admin|administrator|super_?user|staff|moderator|owner|root)$", re.IGNORECASE), True),
    (re.compile(r"^(?:is_?|e?mail_?|account_?|id_?)?(?:verified|approved|trusted|featured|premium)$", re.IGNORECASE), True),
    (re.compile(r"^(?:user_?|account_?)?roles?$", re.IGNORECASE), "admin"),
    (re.compile(r"^(?:permissions?|scopes?|groups?)$", re.IGNORECASE), ["admin"]),
    (re.compile(r"^(?:balance|credits?|wallet_?balance)$", re.IGNORECASE), 1_000_001),
    (re.compile(r"^(?:plan|tier|account_?type|user_?type|type|level)$", re.IGNORECASE), "admin"),
    (re.compile(r"^(?:tenant|organi[sz]ation|stripe_account|stripe_customer)_?id$", re.IGNORECASE), "launchready"),
)
GUESSES: Mapping[str, Any] = {
    "role": "admin",
    "admin": True,
    "is_admin": True,
    "isAdmin": True,
    "is_superuser": True,
    "is_staff": True,
    "verified": True,
}


def raised(name: str, current: Any) -> Any:
    """A raised value for a field that holds `current`, of the same JSON type; `None` if its name lifts nothing."""
    if current is None or isinstance(current, dict):
        return None
    for pattern, value in _RAISED:
        if pattern.match(name):
            return _like(current, value)
    return None


def _like(current: Any, value: Any) -> Any:
    if isinstance(current, bool):
        return not current
    if isinstance(current, list):
        return ["admin"]
    if isinstance(current, int | float):
        return 1_000_001 if isinstance(value, int) and not isinstance(value, bool) else None
    if isinstance(current, str):
        return value if isinstance(value, str) and value != current else None
    return None


def fields_of(value: Any, marks: frozenset[str], depth: int = 0) -> Iterator[tuple[str, Any]]:
    """(name, value) of every field in the objects that hold one of `marks` (an id, a name of the account)."""
    if depth > 12:  # noqa: PLR2004 - deeper nesting is an attack, not an account
        return
    if isinstance(value, dict):
        if any(isinstance(item, str | int) and str(item) in marks for item in value.values()):
            yield from ((str(name), item) for name, item in value.items())
        for item in value.values():
            yield from fields_of(item, marks, depth + 1)
    elif isinstance(value, list):
        for item in value[:500]:
            yield from fields_of(item, marks, depth + 1)


class Sightings:
    """Where an account's fields can be read back: by itself, and in the accounts that others may read."""

    def __init__(self, context: Context, asker: Asker) -> None:
        self.context, self.asker = context, asker
        self.exchange = ""

    async def of(self, person: Person) -> dict[str, Any]:
        """Fields of the account that lift rights, from the first answers that show them."""
        marks = frozenset(value for value in person.handles.values() if value)
        found: dict[str, Any] = {}
        for principal, question in self._questions(person):
            reply = await self.asker.ask(principal, question, Intent.READ_BACK)
            if not reply.ok:
                continue
            for name, value in fields_of(reply.json(), marks):
                if raised(name, value) is not None and name not in found:
                    found[name] = value
                    self.exchange = reply.exchange
            if found:
                break
        return found

    def _questions(self, person: Person) -> Iterator[tuple[str, Question]]:
        crew = self.context.crew
        for operation in self.context.operations():
            if operation.method == "GET" and operation.purpose is Purpose.ME:
                yield person.name, Question(operation=operation, values={})
        if person.canary is not None and person.canary.purpose is not Purpose.ME:
            yield person.name, Question(operation=person.canary, values={})
        reader = "admin" if crew is not None and crew.has("admin") else person.name
        for operation in self.context.operations():
            if (
                operation.method == "GET"
                and operation.object_class is ObjectClass.PROFILE
                and operation.purpose not in {Purpose.ME, Purpose.ACTION}
                and not path_parameters(operation.path)
            ):
                yield reader, Question(operation=operation, values={})
