"""Lists, searches, feeds, exports and counts, asked by both accounts before any detail is.

A leaking list never excuses a leaking detail; a list that shows each account its own objects only says that the type
is private.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from launchready.collecting.asking import Asker, Question
from launchready.collecting.bodies import BodyMaker
from launchready.collecting.context import Context
from launchready.collecting.holdings import Holdings, body_ids
from launchready.collecting.signals import Privacy
from launchready.collecting.urls import path_parameters
from launchready.door.messages import Reply
from launchready.model.evidence import Gap, Planted
from launchready.model.exchange import Intent
from launchready.model.operation import HttpOperation, ObjectClass, Parameter, Place, Purpose
from launchready.model.oracle import REMEDIES, Denied, Leaks, Suspected, judge_read
from launchready.model.outcome import Cause
from launchready.model.probe import Answer, AnswerKind, ReadProbe, RouteForm, Signal

A, B = "member_a", "member_b"
_FORMS = {
    Purpose.LIST: RouteForm.LIST,
    Purpose.SEARCH: RouteForm.SEARCH,
    Purpose.FEED: RouteForm.FEED,
    Purpose.EXPORT: RouteForm.EXPORT,
    Purpose.COUNT: RouteForm.COUNT,
    Purpose.READ: RouteForm.LIST,
    Purpose.OTHER: RouteForm.LIST,
}
_SEARCH_NAMES = re.compile(
    r"^(?:q|query|search|term|keywords?|text|s|filter|name|title|needle)$", re.IGNORECASE
)
_PAGE_SIZE = re.compile(r"^(?:limit|per_?page|page_?size|size|take|count|first)$", re.IGNORECASE)
_OF_MINE = re.compile(r"(?:^|[/_.-])(?:me|my|mine|own|self)(?:$|[/_.-])", re.IGNORECASE)
_SENT_OF_WORD = 12
_MOST_SEARCHED = 16


@dataclass(slots=True, kw_only=True)
class Sight:
    """What both accounts saw of one collection, asked in one way."""

    operation: HttpOperation
    form: RouteForm
    variant: str
    owner: Answer
    attempt: Answer
    reproduce: str
    sought: Planted | None = None
    peers: tuple[str, ...] = field(default=())


class CollectionReader:
    """Asks the collections, teaches `Privacy`, and makes the probes once the details are known."""

    def __init__(self, context: Context, asker: Asker, holdings: Holdings, privacy: Privacy) -> None:
        self.context, self.asker, self.holdings, self.privacy = context, asker, holdings, privacy
        self.bodies = BodyMaker(context)
        self.sights: list[Sight] = []
        self.gaps: list[Gap] = []

    async def run(self, operations: Iterable[HttpOperation]) -> None:
        """Ask every collection."""
        for operation in operations:
            if _is_asked_by_body(operation):
                self._untold(operation, "it is asked by a body, which was not tried")
            if not _is_collection(operation):
                continue
            word = search_parameter(operation)
            if word is None or operation.purpose is not Purpose.SEARCH:
                await self._plain(operation)
            if word is not None:
                await self._search(operation, word)
        self._learn()

    async def _plain(self, operation: HttpOperation) -> None:
        query = page_of(operation)
        needed = [each.name for each in operation.parameters if each.required and each.place is Place.QUERY]
        if any(link.place is Place.QUERY and link.name in needed for link in operation.consumes):
            return  # it is asked by an id, with the details
        if any(name not in dict(query) for name in needed):
            asked = self.bodies.query(operation, A, self.holdings)
            if asked is None:
                self._untold(operation, f"no value is known for {', '.join(needed)}")
                return
            query = (*query, *(pair for pair in asked if pair[0] not in dict(query)))
        question = Question(operation=operation, values={}, query=query)
        owner = await self.asker.control(A, question)
        attempt = await self.asker.ask(B, question, Intent.ATTEMPT)
        self._see(operation, _FORMS[operation.purpose], "", owner, attempt)
        await self._owner_filter(operation, owner)

    def _untold(self, operation: HttpOperation, reason: str) -> None:
        self.gaps.append(
            Gap(
                what=operation.id,
                cause=Cause.NO_CONTROL,
                reason=reason,
                remedy=REMEDIES[Cause.NO_CONTROL],
                operation=operation.id,
                principal=B,
            )
        )

    async def _owner_filter(self, operation: HttpOperation, owner: Reply) -> None:
        """`?owner_id=` with A's id, sent by B."""
        for link in operation.consumes:
            holder = self.holdings.first(A, link.object_type)
            if link.place is not Place.QUERY or holder is None or holder.object_class != ObjectClass.PROFILE:
                continue
            query = (*page_of(operation), (link.name, self.holdings.value(holder, operation, link.name)))
            question = Question(operation=operation, values={}, query=query)
            attempt = await self.asker.ask(B, question, Intent.ATTEMPT)
            self._see(operation, RouteForm.QUERY, f"{link.name} of another", owner, attempt)

    async def _search(self, operation: HttpOperation, word: Parameter) -> None:
        """Search for A's planted words: first for a piece of one, so that no echo can be taken for a hit."""
        searched: dict[tuple[str, str], Planted] = {}
        for item in self.holdings.of(A):
            if item.canaries:
                searched.setdefault((item.canaries[0][1], item.visible), item)
        told, last = False, None
        for planted in list(searched.values())[:_MOST_SEARCHED]:
            canary = planted.canaries[0][1]
            for needle in (canary[:_SENT_OF_WORD], canary):
                query = (*page_of(operation), (word.name, needle))
                question = Question(operation=operation, values={}, query=query)
                owner = await self.asker.control(A, question)
                attempt = await self.asker.ask(B, question, Intent.ATTEMPT)
                form = RouteForm.COUNT if operation.purpose is Purpose.COUNT else RouteForm.SEARCH
                last = self._see(operation, form, "", owner, attempt, sought=planted)
                if last.owner.shows(A, planted.object_id) or last.attempt.shows(A, planted.object_id):
                    told = True
                    break
                # Its owner does not find it either: the search has nothing to do with objects of that type
                self.sights.pop()
        if last is not None and not told:
            self.sights.append(last)

    def _see(
        self,
        operation: HttpOperation,
        form: RouteForm,
        variant: str,
        owner: Reply,
        attempt: Reply,
        *,
        sought: Planted | None = None,
    ) -> Sight:
        sight = Sight(
            operation=operation,
            form=form,
            variant=variant,
            owner=self.asker.answer(owner),
            attempt=self.asker.answer(attempt),
            reproduce=self.asker.curl(attempt),
            sought=sought,
        )
        self.sights.append(sight)
        return sight

    def _learn(self) -> None:
        public = {item.object_id for item in self.holdings.of(A) if item.visible == "public"}
        for sight in self.sights:
            shown = {
                hit.object_type for hit in sight.owner.hits if hit.owner == A and hit.object_id not in public
            }
            leaked = {
                hit.object_type
                for hit in sight.attempt.hits
                if hit.owner == A and hit.object_id not in public
            }
            own = {hit.object_type for hit in sight.attempt.hits if hit.owner == B}
            mine = _OF_MINE.search(sight.operation.path) is not None
            for kind in shown | leaked:
                if kind in leaked:
                    self.privacy.learn_list(kind, own_only=False)
                elif kind in own and sight.form is RouteForm.LIST and not mine:
                    self.privacy.learn_list(kind, own_only=True)

    def probes(self, details: Iterable[ReadProbe]) -> list[ReadProbe]:
        """One probe for each collection and object type that it shows its owner."""
        for item in details:
            if isinstance(judge_read(item), Denied) and Signal.PLANTED_PUBLIC not in item.signals:
                self.privacy.learn_refused(item.object_type)
        made = [probe for sight in self.sights for probe in self._probes_of(sight)]
        for probe in made:
            self._tell(probe)
        return made

    def _probes_of(self, sight: Sight) -> list[ReadProbe]:
        wanted = [sight.sought] if sight.sought is not None else self._shown(sight)
        seen: set[tuple[str, str]] = set()
        probes = []
        for planted in wanted:
            key = (planted.object_type, planted.visible)
            if key not in seen:
                seen.add(key)
                probes.append(self._probe(sight, planted))
        return probes

    def _shown(self, sight: Sight) -> list[Planted]:
        """A's objects that either account saw; without any, those of the operation's own type (the control failed)."""
        ids = {hit.object_id for hit in (*sight.owner.hits, *sight.attempt.hits) if hit.owner == A}
        shown = [
            item
            for item in self.holdings.of(A)
            if item.object_id in ids and item.object_class != ObjectClass.PROFILE
        ]
        if shown or sight.attempt.kind is AnswerKind.REFUSED:
            return shown
        return self.holdings.of(A, sight.operation.object_type)[:1]

    def _probe(self, sight: Sight, planted: Planted) -> ReadProbe:
        hits = [hit for hit in sight.attempt.hits if hit.object_id == planted.object_id]
        operation = sight.operation
        variant = ", ".join(part for part in (sight.variant, planted.visible) if part)
        return ReadProbe(
            operation=operation.id,
            method=operation.method,
            path=operation.path,
            principal=B,
            owner=A,
            object_type=planted.object_type,
            object_class=planted.object_class,
            object_id=planted.object_id,
            form=sight.form,
            variant=f"{sight.form.value}, {variant}" if variant else sight.form.value,
            signals=self.privacy.of(planted, sight.operation, hits),
            attempt=sight.attempt,
            owner_control=sight.owner,
            reproduce=sight.reproduce,
        )

    def _tell(self, probe: ReadProbe) -> None:
        reading = judge_read(probe)
        if isinstance(reading, Leaks | Suspected):
            control = probe.owner_control
            self.context.cite([probe.attempt.exchange, control.exchange if control else ""])
            self.context.found(
                "AUTH-21",
                f"{probe.method} {probe.path} shows {probe.principal} {probe.owner}'s {probe.object_type}",
                confirmed=isinstance(reading, Leaks),
            )


def _is_collection(operation: HttpOperation) -> bool:
    return operation.method == "GET" and not path_parameters(operation.path) and operation.purpose in _FORMS


def _is_asked_by_body(operation: HttpOperation) -> bool:
    """A search by POST whose answer could show objects; one that names ids is asked with the details."""
    views = {Purpose.SEARCH, Purpose.FEED, Purpose.EXPORT}
    unnamed = not path_parameters(operation.path) and not body_ids(operation)
    return operation.method == "POST" and operation.purpose in views and unnamed


def search_parameter(operation: HttpOperation) -> Parameter | None:
    """The free text query parameter of a search."""
    return next(
        (
            each
            for each in operation.parameters
            if each.place is Place.QUERY and _SEARCH_NAMES.match(each.name) and "enum" not in each.schema
        ),
        None,
    )


def page_of(operation: HttpOperation) -> tuple[tuple[str, str], ...]:
    """The largest page that the operation allows, for what was just planted may not be on the first small one."""
    for each in operation.parameters:
        if each.place is Place.QUERY and _PAGE_SIZE.match(each.name):
            most = each.schema.get("maximum")
            size = int(most) if isinstance(most, int | float) else 100
            return ((each.name, str(min(size, 200))),)
    return ()
