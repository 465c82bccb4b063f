"""ROLE-04: fields that lift rights, sent where they do not belong, and read back.

Proof is the raised value in a later read, where another account of the same making holds another one. A field that
the answer of the write merely repeats proves nothing.
"""

import json
from typing import Any, ClassVar

from launchready.accounts.person import Person
from launchready.collecting.answers import kind_of
from launchready.collecting.asking import Asker, Question
from launchready.collecting.media import with_fields
from launchready.collecting.collector import Collector, Cost, Safety
from launchready.collecting.context import Context
from launchready.collecting.planting import Planter
from launchready.collecting.privileges import GUESSES, Sightings, fields_of, raised
from launchready.collecting.tampering import Tamper
from launchready.collecting.urls import path_parameters
from launchready.door.messages import JsonBody, Reply
from launchready.model.evidence import Accounts, Gap, MassAssignment, Planted, Plantings, Surface
from launchready.model.exchange import Intent
from launchready.model.operation import Guard, HttpOperation, ObjectClass, Purpose
from launchready.model.outcome import Cause, Input, Remedy
from launchready.model.probe import Answer, AnswerKind, Trial

A = "member_a"
_SPARE = Remedy(
    input=Input.MEMBER_LOGIN, sentence="Let the audit sign up accounts of its own (a sink for their mails helps)."
)


class MassAssignmentCollector(Collector):
    """Sign-up, profile and object writes with more fields than they take."""

    produces = MassAssignment
    needs: ClassVar = (Surface, Accounts, Plantings)
    safety = Safety.ACTIVE
    title = "Privileged fields in writes"

    def __init__(self) -> None:
        super().__init__()
        self.trials: list[Trial] = []

    def cost(self, context: Context) -> Cost:
        """Two sign-ups, a profile write, an object write a type."""
        del context
        return Cost(requests=40, accounts=2, objects=5)

    async def run(self, context: Context) -> None:
        """Sign-up first: its account then serves the profile write."""
        crew = context.crew
        if crew is None or not crew.has(A):
            self._gap("privileged fields", "no member could be signed in")
            return
        asker = Asker(context)
        sightings = Sightings(context, asker)
        baseline = await sightings.of(crew.person(A))
        seen_at = sightings.exchange
        person = await self._sign_up(context, sightings, baseline, seen_at)
        await self._profile(context, asker, sightings, person)
        await self._objects(context, asker)

    # ------------------------------------------------------------------------------------------- sign-up

    async def _sign_up(
        self, context: Context, sightings: Sightings, baseline: dict[str, Any], seen_at: str
    ) -> Person | None:
        crew = context.crew
        operations = context.operations(Purpose.SIGN_UP)
        if crew is None or not operations or not crew.can_sign_up or not context.in_focus(operations[0]):
            if operations and context.in_focus(operations[0]):
                self._gap("privileged fields at sign-up", "no throw-away account could be made")
            return None
        operation = operations[0]
        wanted = {name: value for name, now in baseline.items() if (value := raised(name, now)) is not None}
        everything = {**GUESSES, **wanted}
        result = await crew.sign_up_with(everything)
        sent = everything
        if result is not None and result.person is None and wanted:
            sent, result = wanted, await crew.sign_up_with(wanted)
        if result is None:
            self._gap("privileged fields at sign-up", "no throw-away account could be made")
            return None
        if result.person is None or not result.person.confirmed:
            held, reason = (True, f"refused with {result.reply.status}") if _refuses(result.reply) else (
                None, result.gap.reason if result.gap else f"answered {result.reply.status}")
            made = next((item.sign_up_reply for item in crew.people if item.sign_up_reply is not None), None)
            self._keep(context, operation, "sign-up", held, reason, result.reply, made, sent)
            return None
        after = await sightings.of(result.person)
        held, reason = _compare(sent, baseline, after, bool(seen_at))
        back = context.door.raw(sightings.exchange)
        self._keep(context, operation, "sign-up", held, reason, result.reply, back, sent)
        return result.person

    # ------------------------------------------------------------------------------------------- profile

    async def _profile(
        self, context: Context, asker: Asker, sightings: Sightings, person: Person | None
    ) -> None:
        operation = next((item for item in _profile_writes(context)), None)
        if operation is None or not context.in_focus(operation):
            return
        if person is None and context.crew is not None:
            person = await context.crew.spare("privileged fields")
        if person is None:
            self._gap("privileged fields in the profile", "no throw-away account could be made")
            return
        planter = Planter(context, context.plantings.objects)
        draft = planter.bodies.draft(
            operation, owner=A, helper=A, holdings=planter.holdings, values={}, only_text=True
        )
        if draft is None or not isinstance(draft.body, JsonBody):
            return
        before = await sightings.of(person)
        plain = await asker.ask(person.name, Question(operation=operation, values={}, body=draft.body), Intent.CONTROL)
        wanted = {name: value for name, now in before.items() if (value := raised(name, now)) is not None}
        for sent in ({**GUESSES, **wanted}, wanted):
            if not sent:
                continue
            body = with_fields(draft.body, sent)
            reply = await asker.ask(person.name, Question(operation=operation, values={}, body=body), Intent.ATTEMPT)
            after = await sightings.of(person)
            held, reason = _compare(sent, before, after, bool(before))
            if held is not False and _refuses(reply):
                held, reason = (True, f"refused with {reply.status}") if plain.ok else (None, _no_control(plain))
            back = context.door.raw(sightings.exchange)
            self._keep(context, operation, "profile", held, reason, reply, back, sent)
            if held is False or reply.ok:
                break

    # ------------------------------------------------------------------------------------------- objects

    async def _objects(self, context: Context, asker: Asker) -> None:
        planter = Planter(context, context.plantings.objects)
        tamper = Tamper(context, asker, planter)
        for operation in planter.creators():
            like = planter.holdings.first(A, operation.object_type)
            if like is None or like.created_by != operation.id or not context.in_focus(operation):
                continue
            shown = await tamper.read(A, like)
            fields = _privileged(shown, like) if shown is not None else {}
            if fields:
                await self._object(context, planter, tamper, operation, fields)

    async def _object(
        self,
        context: Context,
        planter: Planter,
        tamper: Tamper,
        operation: HttpOperation,
        fields: dict[str, Any],
    ) -> None:
        sent = {name: value for name, now in fields.items() if (value := raised(name, now)) is not None}
        planter.extra = sent
        planted = await planter.plant(A, operation)
        planter.extra = {}
        if planted is None:
            reason = planter.refused.get(operation.id, "refused")
            last = context.door.raw(context.door.last)
            if last is not None:
                held = True if _refuses(last) else None
                self._keep(context, operation, operation.object_type, held, reason, last, None, sent)
            return
        after = await tamper.read(A, planted)
        now = _privileged(after, planted) if after is not None else {}
        held, reason = _compare(sent, fields, now, bool(now))
        made = context.door.raw(planter.last_made)
        if made is not None:
            self._keep(context, operation, operation.object_type, held, reason, made, after, sent)

    def _keep(  # noqa: PLR0913 - one trial has these parts
        self,
        context: Context,
        operation: HttpOperation,
        name: str,
        held: bool | None,  # noqa: FBT001 - it is the outcome
        reason: str,
        reply: Reply,
        back: Reply | None,
        sent: dict[str, Any],
    ) -> None:
        if held is False:
            context.cite([reply.exchange, back.exchange if back is not None else ""])
            context.found("ROLE-04", f"{operation.id}: {reason}")
        control: Answer | None = None if back is None else context.garden.answer(back)
        self.trials.append(
            Trial(
                name=name,
                operation=operation.id,
                method=operation.method,
                path=operation.path,
                principal=A,
                held=held,
                reason=reason,
                attempt=context.garden.answer(reply),
                control=control,
                details=(("sent", json.dumps(sent, sort_keys=True)),),
            )
        )

    def _gap(self, what: str, reason: str) -> None:
        self.gaps.append(Gap(what=what, cause=Cause.NEEDS_INPUT, reason=reason, remedy=_SPARE))

    def evidence(self) -> MassAssignment:
        """Trials so far."""
        return MassAssignment(trials=tuple(self.trials), gaps=tuple(self.gaps))

    def summary(self) -> str:
        """Counts."""
        return f"{len(self.trials)} trials, {sum(item.held is False for item in self.trials)} took effect"


def _compare(
    sent: dict[str, Any], before: dict[str, Any], after: dict[str, Any], readable: bool  # noqa: FBT001
) -> tuple[bool | None, str]:
    """What the read-back says: a field now as sent, and otherwise before or elsewhere."""
    took = [name for name, value in sent.items() if name in after and after[name] == value and before.get(name) != value]
    if took:
        return False, f"{', '.join(sorted(took))} took the value that was sent"
    if not readable or not set(after) & set(sent):
        return None, "no answer shows a field that lifts rights, so it cannot be read back"
    return True, f"{', '.join(sorted(set(after) & set(sent)))} did not take the value that was sent"


def _refuses(reply: Reply) -> bool:
    kind = kind_of(reply)
    return kind in {AnswerKind.INVALID, AnswerKind.REFUSED} and reply.status != 0


def _no_control(reply: Reply) -> str:
    return f"refused, but the same write without these fields was answered {reply.status}, too"


def _privileged(reply: Reply, planted: Planted) -> dict[str, Any]:
    marks = frozenset({planted.object_id})
    return {
        name: value for name, value in fields_of(reply.json(), marks) if raised(name, value) is not None
    }


def _profile_writes(context: Context) -> list[HttpOperation]:
    return [
        item
        for item in context.operations()
        if item.method in {"PATCH", "PUT"}
        and not path_parameters(item.path)
        and item.guard is not Guard.PUBLIC
        and item.bodies
        and item.purpose in {Purpose.ME, Purpose.UPDATE}
        and (item.object_class is ObjectClass.PROFILE or item.purpose is Purpose.ME)
    ]
