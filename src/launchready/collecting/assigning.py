"""Sending fields that a request does not take: together, without those that a refusal names, then one by one.

A strict API refuses the whole body for one field that it does not know, which says nothing of the others.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from launchready.accounts.feedback import complaints_in
from launchready.collecting.privileges import Sight, admitted, alternatives
from launchready.door.messages import Reply
from launchready.door.replies import kind_of
from launchready.model.probe import AnswerKind

Send = Callable[[dict[str, Any]], Awaitable[Reply | None]]


@dataclass(slots=True)
class Assigned:
    """What became of each field: sent in an accepted request, or refused by name or alone."""

    accepted: dict[str, Any] = field(default_factory=dict)
    refused: dict[str, Reply] = field(default_factory=dict)
    last: Reply | None = None
    taken: Reply | None = None


async def assign(send: Send, wanted: Mapping[str, Any], shown: set[str], limit: int) -> Assigned:
    """Send `wanted` with at most `limit` requests; fields that are `shown` in answers matter most.

    Stops after the first request that is accepted; what stays unsent is in neither of the results.
    """
    done = Assigned()
    rounds = [dict(wanted)]
    tried: set[tuple[str, ...]] = set()
    while rounds and limit:
        sent = {name: value for name, value in rounds.pop(0).items() if name not in done.refused}
        key = tuple(sorted(f"{name}={value!r}" for name, value in sent.items()))
        if not sent or key in tried:
            continue
        tried.add(key)
        limit -= 1
        reply = await send(sent)
        if reply is None:
            break
        done.last = reply
        if reply.ok and not refuses(reply):
            done.accepted, done.taken = sent, reply
            break
        if not refuses(reply) and kind_of(reply) is not AnswerKind.ERROR:
            break
        rounds = _next(done, sent, reply, shown) + rounds
    return done


def _next(done: Assigned, sent: dict[str, Any], reply: Reply, shown: set[str]) -> list[dict[str, Any]]:
    """What to send after a refusal, or after a failure: a value that the storage does not know makes some fail."""
    complaints = complaints_in(reply.json(), tuple(sent)) if refuses(reply) else []
    named = {item.field: item.text for item in complaints if item.field in sent}
    better = {
        name: value
        for name, text in named.items()
        if (value := admitted(name, text)) is not None and value != sent[name]
    }
    for name in named:
        if name not in better:
            done.refused[name] = reply
    if better:
        return [{**sent, **better}, better]
    if named:
        return [{name: value for name, value in sent.items() if name not in named}]
    if len(sent) == 1:
        ((name, value),) = sent.items()
        others = [{name: other} for other in alternatives(name, value)]
        if refuses(reply) and not others:
            done.refused[name] = reply
        return others
    visible = {name: value for name, value in sent.items() if name in shown}
    alone = [{name: value} for name, value in visible.items()]
    return [visible, *alone] if len(visible) > 1 else alone


def refuses(reply: Reply) -> bool:
    """Whether the target answered that it does not take this."""
    return kind_of(reply) in {AnswerKind.INVALID, AnswerKind.REFUSED} and reply.status != 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A field that now holds what was sent, where another of the same making holds `was`."""

    name: str
    value: Any
    was: Any
    reader: str
    new: bool


def taken(sent: Mapping[str, Any], before: Sight, after: Sight) -> list[Taken]:
    """Fields that are read back as they were sent, and otherwise before; each once."""
    found: dict[str, Taken] = {}
    for (reader, name), value in after.values.items():
        was = before.values.get((reader, name))
        new = (reader, name) not in before.values
        if name in sent and _same(value, sent[name]) and (new or not _same(was, sent[name])):
            found.setdefault(name, Taken(name=name, value=value, was=was, reader=reader, new=new))
    return list(found.values())


def _same(one: Any, other: Any) -> bool:
    """Equal, and of one type: `1` is not `true`."""
    return type(one) is type(other) and one == other
