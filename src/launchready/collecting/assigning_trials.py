"""From what became of privileged fields to trials, a field each."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from launchready.collecting.assigning import Assigned, Taken
from launchready.collecting.context import Context
from launchready.collecting.privileges import Sight
from launchready.collecting.reproduce import curl
from launchready.door.messages import Reply
from launchready.model.evidence import Gap
from launchready.model.operation import HttpOperation
from launchready.model.outcome import Cause, Input, Remedy
from launchready.model.probe import Trial

A = "member_a"
_SPARE = Remedy(
    input=Input.MEMBER_LOGIN,
    sentence="Let the audit sign up accounts of its own (a sink for their mails helps).",
)


def gap_of(what: str, reason: str) -> Gap:
    """What could not be tried for want of accounts."""
    return Gap(what=what, cause=Cause.NEEDS_INPUT, reason=reason, remedy=_SPARE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One write and what was tried with it; `control` is the answer to the same write without extra fields.

    A `part` of an account (its address, its picture) has a request of its own, and what cannot be told of it leaves the
    account's own write proved.
    """

    context: Context
    operation: HttpOperation
    name: str
    who: str
    wanted: dict[str, Any]
    shown: set[str]
    control: Reply | None
    part: bool = False


def trials_of(
    case: Case, done: Assigned, found: Iterable[Taken], after: Sight, *, extra: str = ""
) -> list[Trial]:
    """A trial for each field that took its value, and for each that is shown and did not.

    `extra` is the value of a field that nobody knows: where it is stored, too, an unknown name stands for nothing.
    """
    took = list(found)
    anything = bool(extra) and after.holds(extra)
    made = [_took(case, done, item, after, asks=item.new and anything) for item in took]
    names = {item.name for item in took}
    made += [_kept(case, done, name, after) for name in sorted((case.shown & case.wanted.keys()) - names)]
    if not made and done.last is not None:
        made = [_unseen(case, done, after)]
    return made


def _took(case: Case, done: Assigned, item: Taken, after: Sight, *, asks: bool) -> Trial:
    reply = done.taken or done.last
    back = after.replies.get(item.reader)
    was = (
        f", where another account has {json.dumps(item.was)}"
        if not item.new
        else ", which no other account shows"
    )
    reason = f"read back by {item.reader}{was if case.name == 'sign-up' else ''}"
    question = f"Does {item.name} lift rights? The API keeps every field that it is sent." if asks else ""
    if not asks:
        case.context.cite([one.exchange for one in (reply, back) if one is not None])
        value = json.dumps(item.value)
        case.context.found("ROLE-04", f"{case.who} could set {item.name} to {value} at {case.operation.id}")
    return _trial(case, item.name, None if asks else False, reason, reply, back, item.value, question)


def _kept(case: Case, done: Assigned, name: str, after: Sight) -> Trial:
    value = case.wanted[name]
    refusal = done.refused.get(name)
    if refusal is not None:
        works = case.control is not None and case.control.ok
        reason = f"{name} was refused with {refusal.status}"
        if not works:
            reason += ", but so is the same write without it" if case.control is not None else ""
        return _trial(case, name, True if works else None, reason, refusal, case.control, value)
    if name in done.accepted:
        back = next((after.replies[reader] for reader, shown in after.values if shown == name), None)
        reason = (
            f"{name} did not take the value that was sent" if back else f"{name} was not shown afterwards"
        )
        return _trial(case, name, None if back is None else True, reason, done.taken, back, value)
    status = done.last.status if done.last is not None else 0
    told = (
        f"the target failed with {status} when {name} was sent"
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR
        else f"{name} was only refused together with other fields"
    )
    return _trial(case, name, None, told, done.last, None, value)


def _unseen(case: Case, done: Assigned, after: Sight) -> Trial:
    """No field that lifts rights is shown anywhere: only a refusal of every one of them says something."""
    if done.accepted or done.taken is not None:
        back = next(iter(after.replies.values()), None)
        reason = "no answer shows a field that lifts rights, so it cannot be read back"
        return _trial(case, case.name, None, reason, done.taken, back, None)
    works = case.control is not None and case.control.ok
    every = set(case.wanted) <= set(done.refused)
    status = done.last.status if done.last is not None else 0
    reason = f"refused with {status}"
    return _trial(case, case.name, True if works and every else None, reason, done.last, case.control, None)


def _trial(  # noqa: PLR0913, PLR0917 - one trial has these parts
    case: Case,
    name: str,
    held: bool | None,  # noqa: FBT001 - it is the outcome
    reason: str,
    reply: Reply | None,
    back: Reply | None,
    value: Any,
    question: str = "",
) -> Trial:
    context, answer = case.context, case.context.garden.answer
    details = [("field", name), ("value", json.dumps(value)), ("who", case.who)] if value is not None else []
    if question:
        details.append(("question", question))
    return Trial(
        name=f"{case.name}: {name}" if name != case.name else name,
        operation=case.operation.id,
        method=case.operation.method,
        path=case.operation.path,
        principal=A,
        held=held,
        reason=reason,
        attempt=None if reply is None else answer(reply),
        control=None if back is None else answer(back),
        if_available=case.part,
        details=tuple(details),
        reproduce="" if reply is None else _curl(context, reply),
    )


def _curl(context: Context, reply: Reply) -> str:
    request = reply.request
    bare = request.bare or request.intent.value == "sign_in"
    credential = () if bare else context.door.wallet_of(request.principal).templates()
    return curl(request, base=context.settings.url, credential=credential)
