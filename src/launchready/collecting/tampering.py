"""One write on somebody's object, told by what the owner reads before and after; never by the status."""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from launchready.collecting.answers import flat, steady
from launchready.collecting.asking import Asker, Question
from launchready.collecting.bodies import Draft
from launchready.collecting.collections_read import page_of
from launchready.collecting.context import Context
from launchready.collecting.holdings import ends_with_parameter, last_path_type
from launchready.collecting.planting import Planter
from launchready.collecting.urls import path_parameters
from launchready.door.messages import FormBody, JsonBody, MultipartBody, Reply
from launchready.door.replies import kind_of
from launchready.model.evidence import Planted
from launchready.model.exchange import Intent
from launchready.model.operation import HttpOperation, Purpose
from launchready.model.probe import AnswerKind, Change

UPDATING = frozenset({Purpose.UPDATE, Purpose.ME})
# Queues and replicas show an accepted change a moment later
_SETTLING = (0.15, 0.85)


@dataclass(slots=True, kw_only=True)
class Effect:
    """What one write did: its reply, what the owner read before and after, and what that means."""

    attempt: Reply
    before: Reply | None
    after: Reply | None
    change: Change


class Tamper:
    """Makes victims, writes to them, reads back."""

    def __init__(self, context: Context, asker: Asker, planter: Planter) -> None:
        self.context, self.asker, self.planter = context, asker, planter
        self._readers: dict[tuple[str, str], HttpOperation] = {}
        self._lasting: dict[tuple[str, str], bool] = {}

    def readers_of(self, planted: Planted) -> list[HttpOperation]:
        """Operations by which an owner may read one object of the type: details, then lists that can show it."""
        kind = planted.object_type
        details = [
            item
            for item in self.planter.operations
            if item.method == "GET"
            and ends_with_parameter(item)
            and last_path_type(item) == kind
            and item.purpose not in {Purpose.ADMIN, Purpose.MODERATE}
        ]
        lists = [
            item
            for item in self.planter.operations
            if item.method == "GET"
            and item.object_type == kind
            and not ends_with_parameter(item)
            and item.purpose in {Purpose.LIST, Purpose.READ, Purpose.ME, Purpose.FEED}
        ]
        known = self._readers.get((planted.object_type, planted.visible))
        found = [*sorted(details, key=lambda item: len(item.path)), *lists]
        return [known] if known is not None else found

    async def read(self, owner: str, planted: Planted) -> Reply | None:
        """The owner reads its object, by the first operation that shows it; `None` if no operation can be asked."""
        last: Reply | None = None
        for operation in self.readers_of(planted):
            values = self.planter.holdings.values(operation, owner, planted)
            if any(name not in values for name in path_parameters(operation.path)):
                continue
            question = Question(operation=operation, values=values, query=page_of(operation))
            last = await self.asker.ask(owner, question, Intent.READ_BACK)
            if shows(last, planted):
                self._readers[planted.object_type, planted.visible] = operation
                return last
        return last

    async def victim(self, owner: str, object_type: str, like: Planted | None = None) -> Planted | None:
        """A fresh object of the owner; below the same parents as `like`."""
        creator = self.planter.creator_of(object_type)
        if creator is None:
            return None
        parents = {}
        if like is not None:
            for kind, _ in like.parents:
                parent = self.planter.holdings.parent(like, kind)
                if parent is not None:
                    parents[kind] = parent
        return await self.planter.plant(
            owner, creator, visible=like.visible if like is not None else "", parents=parents
        )

    async def write(
        self, principal: str, question: Question, owner: str, planted: Planted, sent: Draft | None
    ) -> Effect:
        """The write between two reads of the owner, and more of them where two do not tell."""
        before = await self.read(owner, planted)
        attempt = await self.asker.ask(principal, question, Intent.ATTEMPT)
        after = await self.read(owner, planted)
        change = change_of(planted, before, after, sent)
        for pause in _SETTLING if attempt.ok and kind_of(attempt) in _DONE else ():
            if change is not Change.NONE:
                break
            await asyncio.sleep(pause)
            after = await self.read(owner, planted)
            change = change_of(planted, before, after, sent)
        if change is Change.OTHER and before is not None and after is not None:
            idle = await self.read(owner, planted)
            change = Change.NONE if idle is None or _moves(planted, before, after, idle) else change
        if change is Change.GONE and not await self._lasts(owner, planted):
            change = Change.UNREADABLE
        return Effect(attempt=attempt, before=before, after=after, change=change)

    async def touched(self, owner: str, planted: Planted, before: Reply | None, after: Reply | None) -> bool:
        """Whether the object changed or went between two reads, other than by being read."""
        change = change_of(planted, before, after, None)
        if change is Change.OTHER and before is not None and after is not None:
            idle = await self.read(owner, planted)
            return idle is not None and not _moves(planted, before, after, idle)
        return change is Change.GONE and await self._lasts(owner, planted)

    async def _lasts(self, owner: str, planted: Planted) -> bool:
        """Whether an object of the type is there still after it was read: some are shown once only."""
        key = (planted.object_type, planted.visible)
        if key not in self._lasting:
            fresh = await self.victim(owner, planted.object_type, planted)
            first = await self.read(owner, fresh) if fresh is not None else None
            again = await self.read(owner, fresh) if fresh is not None else None
            seen = first is not None and fresh is not None and shows(first, fresh)
            gone = seen and again is not None and fresh is not None and not shows(again, fresh)
            self._lasting[key] = not gone
        return self._lasting[key]


def change_of(planted: Planted, before: Reply | None, after: Reply | None, sent: Draft | None) -> Change:
    """What the two reads say. The owner must have seen the object before; else nothing can be told."""
    if before is None or after is None or not shows(before, planted):
        return Change.UNREADABLE
    if kind_of(after) in {AnswerKind.NO_ANSWER, AnswerKind.LIMITED, AnswerKind.EDGE_WALL, AnswerKind.ERROR}:
        return Change.UNREADABLE
    if not shows(after, planted):
        return Change.GONE if kind_of(after) in _GONE_KINDS or after.ok else Change.UNREADABLE
    if sent is not None:
        old, new = before.text(), after.text()
        if any(word in new and word not in old for word in sent.canaries.values()):
            return Change.NONCE
        if took(sent, before.json(), after.json()):
            return Change.NONCE
    return Change.NONE if _same_object(before, after, planted) else Change.OTHER


_GONE_KINDS = frozenset({AnswerKind.NOT_FOUND, AnswerKind.EMPTY})
_DONE = frozenset({AnswerKind.DATA, AnswerKind.EMPTY})


def _moves(planted: Planted, before: Reply, after: Reply, idle: Reply) -> bool:
    """Whether what differs is what differs between two reads with nothing between them: counters of views."""
    values = (before.json(), after.json(), idle.json())
    if any(value is None for value in values):
        return False
    old, new, now = (_own_part(value, planted) for value in values)
    return differing(old, new) <= differing(new, now)


def differing(one: Mapping[str, Any], other: Mapping[str, Any]) -> set[str]:
    """Paths at which two objects differ."""
    return {path for path in one.keys() | other.keys() if one.get(path) != other.get(path)}


def shows(reply: Reply, planted: Planted) -> bool:
    """Whether the reply shows the object: its id, what identifies it, or one of its words."""
    if not reply.ok or kind_of(reply) not in {AnswerKind.DATA, AnswerKind.PAGE}:
        return False
    text = reply.text()
    marks = [planted.object_id, *(word for _, word in planted.canaries)]
    return any(mark and mark in text for mark in marks)


def _same_object(before: Reply, after: Reply, planted: Planted) -> bool:
    left, right = before.json(), after.json()
    if left is None or right is None:
        return before.body == after.body
    return _own_part(left, planted) == _own_part(right, planted)


def _own_part(value: Any, planted: Planted) -> dict[str, Any]:
    """The object's own leaves; in a list only the element that holds its id."""
    for items in _lists(value):
        for item in items:
            if planted.object_id in {str(leaf) for leaf in flat(item).values()}:
                return dict(steady(item))
    return dict(steady(value))


def _lists(value: Any) -> Iterable[list[Any]]:
    if isinstance(value, list):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            if isinstance(item, list):
                yield item


def took(sent: Draft, before: Any, after: Any) -> bool:
    """Whether a field that was sent now has the sent value and had another one before."""
    values = dict(_leaf_names(_sent_value(sent)))
    old, new = dict(_leaf_names(before)), dict(_leaf_names(after))
    return any(
        name in new and name in old and new[name] == value != old[name]
        for name, value in values.items()
        if value not in (None, "")
    )


def _leaf_names(value: Any) -> list[tuple[str, Any]]:
    return [(path.rsplit("/", 1)[-1], leaf) for path, leaf in flat(value).items()]


def _sent_value(draft: Draft) -> Any:
    match draft.body:
        case JsonBody(value=value):
            return value
        case FormBody(fields=fields) | MultipartBody(fields=fields):
            return dict(fields)
        case _:
            return {}
