"""Writes on each other's objects: update, delete, post into; fresh victims, the owner reads back.

The owner's own write comes last on the same victim: it shows that the operation works and that the read-back would
have seen it.
"""

from typing import ClassVar

from launchready.collecting.asking import Asker, Question
from launchready.collecting.bodies import Draft
from launchready.collecting.collector import Collector, Cost, Safety
from launchready.collecting.context import Context
from launchready.collecting.credential_writes import CredentialWrites
from launchready.collecting.holdings import ends_with_parameter, is_profile, last_path_type, object_type_at
from launchready.collecting.order import riskiest_first
from launchready.collecting.planting import CREATING, Planter
from launchready.collecting.presence import gaps_of_absence
from launchready.collecting.signals import learned
from launchready.collecting.tampering import UPDATING, Effect, Tamper
from launchready.collecting.urls import path_parameters
from launchready.door.replies import kind_of
from launchready.model.evidence import AccessMatrix, Accounts, Gap, Planted, Plantings, Surface, WriteMatrix
from launchready.model.exchange import Intent
from launchready.model.operation import HttpOperation, ObjectClass, Place, Purpose
from launchready.model.oracle import Violated, judge_write
from launchready.model.outcome import Cause, Input, Remedy
from launchready.model.probe import AnswerKind, Change, RouteForm, WriteKind, WriteProbe

A, B = "member_a", "member_b"
_NOT_OURS = frozenset({Purpose.ADMIN, Purpose.MODERATE, Purpose.WEBHOOK, Purpose.PAYMENT})
_VALUES = Remedy(
    input=Input.EXAMPLE_VALUES,
    sentence="Add an example body for this operation to the API's description.",
)
_SECOND = Remedy(
    input=Input.SECOND_MEMBER_LOGIN, sentence="Give a second member's login: launchready login member_b."
)


_FORMS = {"path": RouteForm.PATH, "ids in the body": RouteForm.BODY}


class WritesCollector(Collector):
    """The access matrix of writes."""

    produces = WriteMatrix
    needs: ClassVar = (Surface, Accounts, Plantings)
    wants: ClassVar = (AccessMatrix,)
    safety = Safety.ACTIVE
    title = "Changing each other's objects"

    def __init__(self) -> None:
        super().__init__()
        self.writes: list[WriteProbe] = []

    def cost(self, context: Context) -> Cost:
        """A victim, three reads, an attempt and a control a write operation."""
        count = len([item for item in context.operations() if item.writes and path_parameters(item.path)])
        return Cost(requests=8 * count, objects=count)

    async def run(self, context: Context) -> None:
        """Reversible writes, then posts into, then deletes, credentials last."""
        if context.crew is None or not (context.crew.has(A) and context.crew.has(B)):
            self.gaps.append(
                Gap(
                    what="writes on each other's objects",
                    cause=Cause.NEEDS_INPUT,
                    reason="two member accounts are needed and there are fewer",
                    remedy=_SECOND,
                )
            )
            return
        planter = Planter(context, context.plantings.objects)
        work = _Work(context, planter)
        ours = (
            item for item in planter.operations if context.in_focus(item) and item.purpose not in _NOT_OURS
        )
        todo = riskiest_first(context, ours)
        for operation in todo:
            if updates(operation) and not _of_person(planter, operation):
                self.writes.extend(await work.update(operation))
        for operation in todo:
            if posts_into(operation):
                self.writes.extend(await work.post_into(operation))
        for operation in todo:
            if deletes(operation) and not _of_person(planter, operation):
                self.writes.extend(await work.delete(operation))
            elif by_body(operation):
                self.writes.extend(await work.by_body(operation))
        credentials = CredentialWrites(context, planter)
        for operation in todo:
            if operation.writes and _of_person(planter, operation):
                self.writes.extend(await credentials.probe(operation))
        self.gaps.extend((*work.gaps, *credentials.gaps, *await gaps_of_absence(context, B)))

    def evidence(self) -> WriteMatrix:
        """Probes so far."""
        return WriteMatrix(writes=tuple(self.writes), gaps=tuple(self.gaps))

    def summary(self) -> str:
        """Counts."""
        bad = sum(isinstance(judge_write(item), Violated) for item in self.writes)
        return f"{len(self.writes)} writes probed, {bad} went through"


def updates(operation: HttpOperation) -> bool:
    """Whether it changes one object named in the path."""
    return (
        operation.writes
        and operation.method != "DELETE"
        and bool(path_parameters(operation.path))
        and operation.purpose in UPDATING
    )


def deletes(operation: HttpOperation) -> bool:
    """Whether it deletes one object named in the path."""
    return operation.method == "DELETE" and ends_with_parameter(operation)


def by_body(operation: HttpOperation) -> bool:
    """Whether it deletes objects whose ids travel in the body."""
    return (
        operation.writes
        and operation.purpose is Purpose.DELETE
        and not path_parameters(operation.path)
        and any(link.place is Place.BODY and link.object_type for link in operation.consumes)
    )


def posts_into(operation: HttpOperation) -> bool:
    """Whether it makes something inside a conversation of others."""
    return (
        operation.method == "POST"
        and operation.purpose in CREATING
        and bool(path_parameters(operation.path))
        and operation.object_class is ObjectClass.THREAD
    )


def _of_person(planter: Planter, operation: HttpOperation) -> bool:
    kind = last_path_type(operation)
    return bool(kind) and any(
        item.object_class == ObjectClass.PROFILE for item in planter.holdings.of(A, kind)
    )


class _Work:
    """The probes of single operations."""

    def __init__(self, context: Context, planter: Planter) -> None:
        self.context, self.planter = context, planter
        self.asker = Asker(context)
        self.tamper = Tamper(context, self.asker, planter)
        self.privacy = learned(planter.operations, context.find(AccessMatrix))
        self.gaps: list[Gap] = []

    async def update(self, operation: HttpOperation) -> list[WriteProbe]:
        """B writes a nonce into A's object; by path, and below B's own parent."""
        victim = await self._victim(operation)
        if victim is None:
            return []
        probes: list[WriteProbe] = []
        for variant, values in self._forms(operation, victim):
            draft = self._draft(operation, victim)
            if draft is None:
                self._gap(operation, "no body could be made for it")
                return probes
            question = Question(operation=operation, values=values, body=draft.body)
            effect = await self.tamper.write(B, question, A, victim, draft)
            control = await self._owner_update(operation, victim)
            if control is None or _nobody_may(effect, control):
                continue
            restored = control.change is Change.NONCE if effect.change is Change.NONCE else None
            probes.append(
                self._probe(operation, victim, WriteKind.UPDATE, variant, effect, control, restored=restored)
            )
        return probes

    async def _owner_update(self, operation: HttpOperation, victim: Planted) -> Effect | None:
        draft = self._draft(operation, victim)
        values = self.planter.holdings.values(operation, A, victim)
        if draft is None or len(values) < len(path_parameters(operation.path)):
            return None
        question = Question(operation=operation, values=values, body=draft.body)
        return await self.tamper.write(A, question, A, victim, draft)

    async def delete(self, operation: HttpOperation) -> list[WriteProbe]:
        """B deletes A's fresh object; then A does."""
        probes = []
        victim = await self._victim(operation)
        if victim is None:
            return []
        for variant, values in self._forms(operation, victim):
            question = Question(operation=operation, values=values)
            effect = await self.tamper.write(B, question, A, victim, None)
            if effect.change is Change.GONE:
                control = effect
                victim = await self._victim(operation) or victim
            else:
                own = Question(operation=operation, values=self.planter.holdings.values(operation, A, victim))
                control = await self.tamper.write(A, own, A, victim, None)
                if control.change is Change.GONE:
                    victim = await self._victim(operation) or victim
            if not _nobody_may(effect, control):
                probes.append(self._probe(operation, victim, WriteKind.DELETE, variant, effect, control))
        return probes

    async def by_body(self, operation: HttpOperation) -> list[WriteProbe]:
        """B names A's fresh object in the body; then A does."""
        kind = next(link.object_type for link in operation.consumes if link.place is Place.BODY)
        like = self.planter.holdings.first(A, kind)
        victim = await self.tamper.victim(A, kind, like) if like is not None else None
        body = (
            self.planter.bodies.asking(operation, A, self.planter.holdings, victim)
            if victim is not None
            else None
        )
        if victim is None or body is None:
            self._gap(operation, f"no fresh {kind} could be made: {self._why(kind)}")
            return []
        question = Question(operation=operation, values={}, body=body)
        effect = await self.tamper.write(B, question, A, victim, None)
        control = effect
        if effect.change is not Change.GONE:
            control = await self.tamper.write(A, question, A, victim, None)
        return [self._probe(operation, victim, WriteKind.DELETE, "ids in the body", effect, control)]

    async def post_into(self, operation: HttpOperation) -> list[WriteProbe]:
        """B posts into A's conversation; A reads the conversation."""
        kind = last_path_type(operation)
        parent = self.planter.holdings.first(A, kind)
        if parent is None:
            self._gap(operation, f"there is no {kind or 'conversation'} of member_a to try it on")
            return []
        if is_profile(parent.object_class) or not self.privacy.is_closed(parent.object_type):
            return []
        values = self.planter.holdings.values(operation, A, parent)
        reader = self._reader_below(operation)
        own = self.planter.holdings.first(A, operation.object_type, [(kind, parent.object_id)])
        draft = self.planter.bodies.draft(
            operation,
            owner=B,
            helper=A,
            holdings=self.planter.holdings,
            values=values,
            parents=(),
            visible="",
        )
        if reader is None or own is None or draft is None:
            self._gap(operation, "what is posted there cannot be read back")
            return []
        look = Question(operation=reader, values=self.planter.holdings.values(reader, A, parent))
        before = await self.asker.ask(A, look, Intent.READ_BACK)
        what = f"{operation.object_type} in {A}'s {kind} by {operation.id}"
        entry = self.context.will_create(B, "", "", what)
        attempt = await self.asker.ask(
            B, Question(operation=operation, values=values, body=draft.body), Intent.ATTEMPT
        )
        after = await self.asker.ask(A, look, Intent.READ_BACK)
        changed = any(word in after.text() and word not in before.text() for word in draft.canaries.values())
        if not changed and attempt.status:
            self.context.undone(entry)
        effect = Effect(
            attempt=attempt, before=before, after=after, change=Change.NONCE if changed else Change.NONE
        )
        shows_own = any(word in after.text() for _, word in own.canaries)
        control = Effect(
            attempt=after, before=None, after=after, change=Change.NONCE if shows_own else Change.UNREADABLE
        )
        return [self._probe(operation, parent, WriteKind.CREATE_IN, "path", effect, control)]

    def _reader_below(self, operation: HttpOperation) -> HttpOperation | None:
        return next(
            (
                item
                for item in self.planter.operations
                if item.method == "GET" and item.path == operation.path
            ),
            None,
        ) or next(
            (
                item
                for item in self.planter.operations
                if item.method == "GET" and operation.path.startswith(item.path) and ends_with_parameter(item)
            ),
            None,
        )

    async def _victim(self, operation: HttpOperation) -> Planted | None:
        kind = last_path_type(operation)
        like = self.planter.holdings.first(A, kind)
        if like is None:
            self._gap(operation, f"there is no {kind or 'object'} of member_a to try it on")
            return None
        victim = await self.tamper.victim(A, kind, like)
        if victim is None:
            self._gap(operation, f"no fresh {kind} could be made: {self._why(kind)}")
        return victim

    def _why(self, kind: str) -> str:
        creator = self.planter.creator_of(kind)
        return self.planter.refused.get(creator.id, "refused") if creator else "nothing creates it"

    def _draft(self, operation: HttpOperation, victim: Planted) -> Draft | None:
        return self.planter.bodies.draft(
            operation,
            owner=A,
            helper=A,
            holdings=self.planter.holdings,
            values=self.planter.holdings.values(operation, A, victim),
            parents=victim.parents,
            visible="",
            only_text=True,
        )

    def _forms(self, operation: HttpOperation, victim: Planted) -> list[tuple[str, dict[str, str]]]:
        """The plain path, and B's own parent with A's child where there are two ids."""
        values = self.planter.holdings.values(operation, A, victim)
        names = path_parameters(operation.path)
        if any(name not in values for name in names):
            return []
        forms = [("path", values)]
        if len(names) > 1 and ends_with_parameter(operation):
            kind = object_type_at(operation, names[-2])
            own = self.planter.holdings.first(B, kind) if kind else None
            if own is not None:
                value = self.planter.holdings.value(own, operation, names[-2])
                forms.append(("own parent, foreign child", {**values, names[-2]: value}))
        return forms

    def _probe(
        self,
        operation: HttpOperation,
        victim: Planted,
        kind: WriteKind,
        variant: str,
        effect: Effect,
        control: Effect,
        *,
        restored: bool | None = None,
    ) -> WriteProbe:
        answer = self.asker.answer
        probe = WriteProbe(
            operation=operation.id,
            method=operation.method,
            path=operation.path,
            principal=B,
            owner=A,
            object_type=victim.object_type,
            object_class=victim.object_class,
            object_id=victim.object_id,
            kind=kind,
            form=_FORMS.get(variant, RouteForm.NESTED),
            variant=f"{kind.value}, {variant}",
            attempt=answer(effect.attempt),
            change=effect.change,
            before=None if effect.before is None else answer(effect.before),
            after=None if effect.after is None else answer(effect.after),
            owner_control=answer(control.attempt),
            owner_change=control.change,
            restored=restored,
            signals=self.privacy.of(victim, operation),
            reproduce=self.asker.curl(effect.attempt),
        )
        self._tell(probe)
        return probe

    def _tell(self, probe: WriteProbe) -> None:
        if isinstance(judge_write(probe), Violated):
            facts = (probe.before, probe.attempt, probe.after)
            self.context.cite([fact.exchange for fact in facts if fact is not None])
            self.context.found(
                "AUTH-15",
                f"{probe.principal} changes {probe.owner}'s {probe.object_type} by {probe.operation}",
            )

    def _gap(self, operation: HttpOperation, reason: str) -> None:
        self.gaps.append(
            Gap(
                what=f"{operation.method} {operation.path}",
                cause=Cause.NO_CONTROL,
                reason=reason,
                remedy=_VALUES,
                operation=operation.id,
                principal=B,
            )
        )


def _nobody_may(effect: Effect, control: Effect) -> bool:
    """Whether owner and peer are refused alike: the operation is not for members; the role trials look at it."""
    refused = AnswerKind.REFUSED
    return (
        kind_of(effect.attempt) is refused
        and kind_of(control.attempt) is refused
        and effect.change is Change.NONE
        and effect.attempt.status == control.attempt.status
    )
