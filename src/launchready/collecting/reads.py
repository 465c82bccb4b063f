"""Reads of each other's objects: lists and searches before details, so that each informs the other.

For every operation that A can call with ids of its own: A calls it (control), B calls it with the same ids (attempt),
B with its own ids and with ids that do not exist (controls). Which objects it discloses is seen by A's planted words
in A's own answer, so no schema has to be believed.
"""

from dataclasses import replace
from typing import ClassVar

from launchready.collecting.answers import flat
from launchready.collecting.asking import Asker, Question
from launchready.collecting.bodies import BodyMaker
from launchready.collecting.collections_read import CollectionReader
from launchready.collecting.collector import Collector, Cost, Safety
from launchready.collecting.context import Context
from launchready.collecting.holdings import (
    Holdings,
    absent,
    body_ids,
    ends_with_parameter,
    is_profile,
    last_path_type,
    object_type_at,
    path_types,
)
from launchready.collecting.order import riskiest_first
from launchready.collecting.presence import gaps_of_absence
from launchready.collecting.signals import Privacy
from launchready.collecting.urls import path_parameters
from launchready.door.messages import Reply
from launchready.door.replies import kind_of
from launchready.model.evidence import AccessMatrix, Accounts, Gap, Planted, Plantings, Surface
from launchready.model.exchange import Intent
from launchready.model.operation import Guard, HttpOperation, ObjectClass, Place, Purpose
from launchready.model.oracle import Leaks, Suspected, judge_read
from launchready.model.outcome import Cause, Input, Remedy
from launchready.model.probe import Answer, AnswerKind, ReadProbe, RouteForm, Signal

A, B = "member_a", "member_b"
_SECOND = Remedy(
    input=Input.SECOND_MEMBER_LOGIN, sentence="Give a second member's login: launchready login member_b."
)
_FORMS = {
    Purpose.EXPORT: RouteForm.EXPORT,
    Purpose.COUNT: RouteForm.COUNT,
    Purpose.FEED: RouteForm.FEED,
    Purpose.SEARCH: RouteForm.SEARCH,
}
_READING = frozenset(
    {Purpose.READ, Purpose.LIST, Purpose.SEARCH, Purpose.EXPORT, Purpose.COUNT, Purpose.OTHER}
)
_MOST_TARGETS = 2
_WHOLE_RECORD = 5


class ReadsCollector(Collector):
    """The access matrix of reads."""

    produces = AccessMatrix
    needs: ClassVar = (Surface, Accounts, Plantings)
    safety = Safety.ACTIVE
    title = "Reading each other's objects"

    def __init__(self) -> None:
        super().__init__()
        self.reads: list[ReadProbe] = []

    def cost(self, context: Context) -> Cost:
        """Four requests a form."""
        return Cost(requests=4 * sum(item.method == "GET" for item in context.operations()))

    async def run(self, context: Context) -> None:
        """Collections, then details; the signals learned from the lists serve the details and the reverse."""
        if context.crew is None or not (context.crew.has(A) and context.crew.has(B)):
            self.gaps.append(
                Gap(
                    what="reads of each other's objects",
                    cause=Cause.NEEDS_INPUT,
                    reason="two member accounts are needed and there are fewer",
                    remedy=_SECOND,
                )
            )
            return
        operations = context.operations()
        holdings = Holdings(operations, context.plantings.objects)
        privacy = Privacy(operations)
        asker = Asker(context)
        lists = CollectionReader(context, asker, holdings, privacy)
        await lists.run([item for item in operations if context.in_focus(item)])
        self.gaps.extend(lists.gaps)
        details = DetailReader(context, asker, holdings, privacy)
        for operation in riskiest_first(context, operations):
            if context.in_focus(operation) and _asks_by_id(operation):
                self.reads.extend(await details.read(operation))
        self.reads.extend(lists.probes(self.reads))
        self.gaps.extend(await gaps_of_absence(context, B))

    def evidence(self) -> AccessMatrix:
        """Probes so far."""
        return AccessMatrix(reads=tuple(self.reads), gaps=tuple(self.gaps))

    def summary(self) -> str:
        """Counts by what they showed."""
        leaks = sum(isinstance(judge_read(item), Leaks) for item in self.reads)
        return f"{len(self.reads)} reads probed, {leaks} leak"


def _asks_by_id(operation: HttpOperation) -> bool:
    if operation.purpose in {Purpose.ADMIN, Purpose.MODERATE, Purpose.WEBHOOK, Purpose.LOG_OUT}:
        return False
    if operation.method == "GET":
        return bool(path_types(operation)) or any(link.place is Place.QUERY for link in operation.consumes)
    return operation.method == "POST" and operation.purpose in _READING and bool(body_ids(operation))


class DetailReader:
    """Reads by id: in the path, nested, in the query, in the body."""

    def __init__(self, context: Context, asker: Asker, holdings: Holdings, privacy: Privacy) -> None:
        self.context, self.asker, self.holdings, self.privacy = context, asker, holdings, privacy
        self.bodies = BodyMaker(context)

    async def read(self, operation: HttpOperation) -> list[ReadProbe]:
        """All probes of one operation."""
        probes: list[ReadProbe] = []
        shown = False
        for target in sorted(self._targets(operation), key=lambda item: item.visible != "public"):
            question = self._question(operation, A, target)
            if question is None:
                continue
            probe = await self._probe(operation, target, question, B, "path")
            if target.visible == "private" and shown and _serves_public_only(probe):
                continue
            shown = shown or _shown_to_owner(probe)
            probes.append(probe)
            swapped = self._swapped(operation, target, question)
            if swapped is not None:
                probes.append(await self._probe(operation, target, swapped, B, "own parent, foreign child"))
        return probes

    def _targets(self, operation: HttpOperation) -> list[Planted]:
        kind = last_path_type(operation) or next(
            (link.object_type for link in operation.consumes if link.place in {Place.QUERY, Place.BODY}), ""
        )
        targets = self.holdings.of(A, kind)
        private = [item for item in targets if item.visible != "public"][:1]
        public = [item for item in targets if item.visible == "public"][:1]
        return (private + public)[:_MOST_TARGETS]

    def _question(self, operation: HttpOperation, owner: str, target: Planted | None) -> Question | None:
        values = self.holdings.values(operation, owner, target)
        if any(name not in values for name in path_parameters(operation.path)):
            return None
        query: list[tuple[str, str]] = []
        for link in operation.consumes:
            if link.place is Place.QUERY:
                holder = (
                    target
                    if target is not None and target.object_type == link.object_type
                    else self.holdings.first(owner, link.object_type)
                )
                if holder is not None:
                    query.append((link.name, self.holdings.value(holder, operation, link.name)))
        if not path_types(operation) and operation.method == "GET" and not query:
            return None
        body = self.bodies.asking(operation, owner, self.holdings, target) if operation.writes else None
        if operation.writes and body is None:
            return None
        return Question(operation=operation, values=values, query=tuple(query), body=body)

    def _swapped(self, operation: HttpOperation, target: Planted, question: Question) -> Question | None:
        """B's own parent with A's child: the link between the two must be checked."""
        names = path_parameters(operation.path)
        if len(names) < 2 or not ends_with_parameter(operation):  # noqa: PLR2004 - a parent and a child
            return None
        parent_name = names[-2]
        kind = object_type_at(operation, parent_name)
        own = self.holdings.first(B, kind) if kind else None
        if own is None or target.object_type == kind:
            return None
        value = self.holdings.value(own, operation, parent_name)
        if value == question.values[parent_name]:
            return None
        return question.with_values({**question.values, parent_name: value})

    async def _probe(
        self, operation: HttpOperation, target: Planted, question: Question, principal: str, variant: str
    ) -> ReadProbe:
        asker = self.asker
        original = self._question(operation, A, target) or question
        owner = await asker.control(A, original)
        attempt = await asker.ask(principal, question, Intent.ATTEMPT)
        mine = self.holdings.of(A, "") if is_profile(operation.object_class.value) else []
        people = [value for item in mine if is_profile(item.object_class) for _, value in item.values]
        ids = tuple({target.object_id, *(value for _, value in target.values), *people})
        answer = asker.answer(attempt, owner=owner, ids=ids)
        peer = await self._peer_control(operation, principal, attempt)
        missing = await self._absent_control(operation, principal, original, attempt)
        seen = self._seen(operation, target, asker.answer(owner, owner=owner, ids=ids))
        probe = ReadProbe(
            operation=operation.id,
            method=operation.method,
            path=operation.path,
            principal=principal,
            owner=A,
            object_type=seen.object_type,
            object_class=seen.object_class,
            object_id=seen.object_id,
            form=_form(operation, variant),
            variant=f"{variant}, {target.visible}" if target.visible else variant,
            signals=await self._signals(seen, operation, answer, attempt),
            attempt=answer,
            owner_control=asker.answer(owner, owner=owner, ids=ids),
            peer_control=None if peer is None else asker.answer(peer),
            absent_control=None if missing is None else asker.answer(missing),
            reproduce=asker.curl(attempt),
        )
        self._tell(probe)
        return probe

    async def _signals(
        self, seen: Planted, operation: HttpOperation, answer: Answer, attempt: Reply
    ) -> tuple[Signal, ...]:
        """What speaks for private and shared; and whether the peer was shown what only the owner's own record shows."""
        signals = self.privacy.of(seen, operation, answer.hits)
        shows_address = any(hit.field == "email" and hit.owner == A for hit in answer.hits)
        if not is_profile(seen.object_class) or not shows_address or operation.guard is Guard.PUBLIC:
            return signals
        own = next((item for item in self.context.operations(Purpose.ME) if item.method == "GET"), None)
        if own is None:
            return signals
        record = await self.asker.control(A, Question(operation=own, values={}))
        same = flat(record.json()) == flat(attempt.json())
        if same and len(flat(record.json())) >= _WHOLE_RECORD and await self._reduced_elsewhere(operation):
            return tuple(sorted({*signals, Signal.OWN_RECORD}))
        return signals

    async def _reduced_elsewhere(self, operation: HttpOperation) -> bool:
        """Whether another operation shows the same person to others without the address: a profile made for them."""
        for other in self.context.operations(Purpose.READ):
            if other.id == operation.id or other.object_class is not ObjectClass.PROFILE:
                continue
            question = self._question(other, A, self.holdings.first(A, last_path_type(other)))
            if question is None:
                continue
            reply = await self.asker.control(B, question)
            hits = [hit for hit in self.asker.answer(reply).hits if hit.owner == A]
            if reply.ok and hits and not any(hit.field == "email" for hit in hits):
                return True
        return False

    def _seen(self, operation: HttpOperation, target: Planted, control: Answer) -> Planted:
        """What the operation is about: the child whose words its owner saw, or the part of the target it names."""
        if control.shows(A, target.object_id) or not operation.object_type:
            return target
        ids = [hit.object_id for hit in control.hits if hit.owner == A]
        child = next((item for item in self.holdings.of(A) if item.object_id in ids), None)
        if child is not None:
            return child
        if operation.object_type == target.object_type or is_profile(operation.object_class.value):
            return target
        return replace(target, object_type=operation.object_type, object_class=operation.object_class.value)

    async def _peer_control(self, operation: HttpOperation, principal: str, attempt: Reply) -> Reply | None:
        """The peer's own copy, asked only when the attempt brought data: it can only suppress a leak."""
        if kind_of(attempt) not in {AnswerKind.DATA, AnswerKind.PAGE}:
            return None
        own = self.holdings.first(principal, last_path_type(operation)) if last_path_type(operation) else None
        question = self._question(operation, principal, own)
        return await self.asker.control(principal, question) if question is not None else None

    async def _absent_control(
        self, operation: HttpOperation, principal: str, question: Question, attempt: Reply
    ) -> Reply | None:
        names = path_parameters(operation.path)
        if not names or kind_of(attempt) not in {AnswerKind.DATA, AnswerKind.PAGE}:
            return None
        values = absent(question.values, names[-1], self.context.new_word("absent id"))
        return await self.asker.control(principal, question.with_values(values))

    def _tell(self, probe: ReadProbe) -> None:
        reading = judge_read(probe)
        if isinstance(reading, Leaks | Suspected):
            controls = (probe.owner_control, probe.peer_control, probe.absent_control)
            self.context.cite(
                [probe.attempt.exchange, *(item.exchange for item in controls if item is not None)]
            )
            self.context.found(
                "AUTH-16",
                f"{probe.principal} reads {probe.owner}'s {probe.object_type} by {probe.method} {probe.path}",
                confirmed=isinstance(reading, Leaks),
            )


def _shown_to_owner(probe: ReadProbe) -> bool:
    return probe.owner_control is not None and probe.owner_control.shows(A, probe.object_id)


def _serves_public_only(probe: ReadProbe) -> bool:
    """Whether the operation hides the object from its own owner, too: it is for published ones."""
    control = probe.owner_control
    return control is not None and control.kind is AnswerKind.NOT_FOUND and not probe.attempt.hits


def _form(operation: HttpOperation, variant: str) -> RouteForm:
    if operation.method == "POST":
        return RouteForm.BODY
    if not path_types(operation):
        return RouteForm.QUERY
    if ends_with_parameter(operation):
        return (
            RouteForm.NESTED
            if variant.startswith("own parent") or len(path_types(operation)) > 1
            else RouteForm.PATH
        )
    return _FORMS.get(operation.purpose, RouteForm.NESTED)
