"""Whether a session is accepted: an operation that refuses strangers answers this account."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from launchready.accounts.fields import plain
from launchready.door.http import Door
from launchready.door.messages import Reply, Request
from launchready.door.replies import is_hollow, kind_of
from launchready.model.exchange import Intent
from launchready.model.operation import HttpOperation, Purpose
from launchready.model.probe import AnswerKind

_DENIED = frozenset({AnswerKind.REFUSED, AnswerKind.NOT_FOUND, AnswerKind.INVALID, AnswerKind.EMPTY})
_MADE_UP = "lr-not-a-credential"
_FIRM_STATUS = frozenset({401, 403})
_DEEPEST = 5
_ID_NAMES = ("id", "userid", "uuid", "uid", "memberid", "accountid", "profileid", "pk", "sub", "customerid")
_NAME_NAMES = ("username", "handle", "login", "nickname", "slug", "screenname", "name")
_SHORTEST_HANDLE = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmation:
    """An operation that told the account from a stranger; `handles` is what it said about the account.

    `named` if the account's own handle was in the answer; `exchanges` are the ids of stranger's and
    account's.
    """

    operation: HttpOperation
    handles: dict[str, str]
    named: bool
    unverified: bool
    exchanges: tuple[str, str]


@dataclass(slots=True, kw_only=True)
class Confirmer:
    """Asks the candidate operations; the stranger's answers are asked for once and kept."""

    door: Door
    operations: tuple[HttpOperation, ...]
    _strangers: dict[str, Reply] = field(default_factory=dict)
    readable_by_all: set[str] = field(default_factory=set)

    async def usable(self) -> tuple[HttpOperation, ...]:
        """Candidates that refuse strangers, `me` first. One that a stranger can read confirms nothing."""
        found = []
        for operation in self.operations:
            reply = await self._stranger(operation)
            kind = AnswerKind.EMPTY if is_hollow(reply.json()) and reply.ok else kind_of(reply)
            if kind in _DENIED:
                found.append(operation)
            elif kind in {AnswerKind.DATA, AnswerKind.PAGE}:
                self.readable_by_all.add(operation.id)
            if len(found) >= 3 or (found and found[0].purpose is Purpose.ME):  # noqa: PLR2004 - enough to tell
                break
        return tuple(found)

    async def ask(self, principal: str, known: dict[str, str]) -> Confirmation | None:
        """The first operation that accepts `principal` and refuses strangers, `None` if there is none.

        A stranger's 401 or 403 is firm; where it is any other refusal, one of the `known` handles must be in the
        account's answer. An empty good answer (a new account has nothing yet) counts where a made-up credential is
        refused as firmly.
        """
        for operation in await self.usable():
            found = await self.accepted(operation, principal, known)
            if found is not None:
                return found
        return None

    async def accepted(
        self, operation: HttpOperation, principal: str, known: dict[str, str]
    ) -> Confirmation | None:
        """Whether `operation` accepts `principal` now."""
        stranger = await self._stranger(operation)
        reply = await self.door.send(request_for(operation, principal))
        body = reply.json()
        firm = stranger.status in _FIRM_STATUS
        if not reply.ok or kind_of(reply) not in {AnswerKind.DATA, AnswerKind.EMPTY}:
            return None
        if is_hollow(body) and not (firm and await self._refuses_made_up(operation, principal)):
            return None
        handles = own_handles(body, known)
        if handles is None and not firm:
            return None
        if handles is None and operation.purpose is Purpose.ME:
            handles = first_handles(body)
        return Confirmation(
            operation=operation,
            handles=handles or {},
            named=own_handles(body, known) is not None,
            unverified=says_unverified(body),
            exchanges=(stranger.exchange, reply.exchange),
        )

    async def _refuses_made_up(self, operation: HttpOperation, principal: str) -> bool:
        """Whether a credential that nobody was given is refused where the account's own travels."""
        carried = self.door.wallet_of(principal).templates()
        if not carried:
            return False
        request = request_for(operation, principal)
        headers = tuple((name, template.replace("{}", _MADE_UP)) for name, template in carried)
        reply = await self.door.send(replace(request, bare=True, headers=(*request.headers, *headers)))
        return reply.status in _FIRM_STATUS

    async def _stranger(self, operation: HttpOperation) -> Reply:
        if operation.id not in self._strangers:
            self._strangers[operation.id] = await self.door.send(request_for(operation, "anonymous"))
        return self._strangers[operation.id]


def request_for(operation: HttpOperation, principal: str, intent: Intent = Intent.SIGN_IN) -> Request:
    """A request without inputs."""
    return Request(
        method=operation.method,
        url=url_of(operation),
        principal=principal,
        operation=operation.id,
        intent=intent,
        headers=(("Accept", "application/json"),),
    )


def url_of(operation: HttpOperation) -> str:
    """Where an operation is, below the target."""
    return f"{operation.base_path.rstrip('/')}{operation.path}"


def own_handles(body: Any, known: dict[str, str]) -> dict[str, str] | None:
    """Id, user name and e-mail of the object in which one of the `known` handles stands; `None` if none does.

    Handles shorter than four characters are not looked for: they stand anywhere by chance.
    """
    wanted = {value.lower() for value in known.values() if len(value) >= _SHORTEST_HANDLE}
    for holder in _objects(body, 0):
        values = {str(value).lower() for value in holder.values() if isinstance(value, str | int)}
        if values & wanted:
            return _handles(holder, wanted)
    return None


_VERIFIED = re.compile(r"^(?:is)?(?:e?mail|account)?(?:is)?(?:verified|confirmed|activated)(?:at|on)?$")


def says_unverified(body: Any) -> bool:
    """Whether an answer about the account says that its address is not verified yet."""
    return any(
        _VERIFIED.match(plain(str(key))) and (value is False or value is None)
        for holder in _objects(body, _DEEPEST - 1)
        for key, value in holder.items()
    )


def first_handles(body: Any) -> dict[str, str]:
    """Id, user name and e-mail of the outermost object that has an id."""
    return next((found for holder in _objects(body, 0) if (found := _handles(holder, set())).get("id")), {})


def _objects(value: Any, depth: int) -> Iterator[dict[str, Any]]:
    if depth > _DEEPEST:
        return
    if isinstance(value, dict):
        yield value
        for inner in value.values():
            yield from _objects(inner, depth + 1)
    elif isinstance(value, list):
        for inner in value[:50]:
            yield from _objects(inner, depth + 1)


def _handles(holder: dict[str, Any], wanted: set[str]) -> dict[str, str]:
    names = {plain(str(key)): value for key, value in holder.items() if isinstance(value, str | int)}
    found: dict[str, str] = {}
    for kind, aliases in (("id", _ID_NAMES), ("username", _NAME_NAMES)):
        value = next(
            (names[alias] for alias in aliases if names.get(alias) not in (None, "", True, False)), None
        )
        if value is not None:
            found[kind] = str(value)
    email = next((str(value) for key, value in names.items() if "mail" in key and "@" in str(value)), "")
    if email:
        found["email"] = email
    if (
        "name" in names
        and "username" in found
        and found["username"].lower() not in wanted
        and names.get("username") is None
    ):
        # A display name is no handle
        found.pop("username")
    return found
