"""Planting: each account makes objects of its own, with a unique word in every free text field.

An object is A's because A's own successful write created it (ownership by provenance), so nothing here believes a
list or a name. What could not be planted is a gap with the target's own words.
"""

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from launchready.collecting.bodies import BodyMaker, Draft, refusal_words
from launchready.collecting.collector import Collector, Cost, Safety
from launchready.collecting.context import Context
from launchready.collecting.fruits import Fruit, fruit_of
from launchready.collecting.holdings import Holdings, is_profile, object_type_at, path_types
from launchready.collecting.media import with_fields
from launchready.collecting.urls import UnfilledError, path_of, path_parameters
from launchready.door.budget import BudgetSpent
from launchready.door.messages import Reply, Request
from launchready.door.permit import PermitRefused
from launchready.door.replies import kind_of
from launchready.model.evidence import Accounts, Gap, Planted, Plantings, Surface
from launchready.model.exchange import Intent
from launchready.model.operation import Guard, HttpOperation, ObjectClass, Purpose
from launchready.model.outcome import Cause, Input, Remedy
from launchready.model.probe import AnswerKind, CanaryHit

CREATING = frozenset({Purpose.CREATE, Purpose.UPLOAD})
COUNTERPART = "counterpart"
_ATTEMPTS = 3
_LONG_ID = 16
_EXAMPLES = Remedy(
    input=Input.EXAMPLE_VALUES,
    sentence="Add an example body for this operation to the API's description, so that launchready can create one.",
)


class Planter:
    """Creates objects on behalf of accounts; used at planting and for fresh victims later."""

    def __init__(self, context: Context, objects: Iterable[Planted] = ()) -> None:
        self.context = context
        self.operations = context.operations()
        self.holdings = Holdings(self.operations, objects)
        self.bodies = BodyMaker(context)
        self.gaps: list[Gap] = []
        self.refused: dict[str, str] = {}
        self.extra: dict[str, Any] = {}
        self.last_made = ""

    def creators(self) -> list[HttpOperation]:
        """Operations that make an object, parents before children."""
        found = [
            item
            for item in self.operations
            if item.purpose in CREATING and item.method in {"POST", "PUT"} and item.object_type
        ]
        return sorted(found, key=lambda item: (len(path_types(item)), len(item.consumes), item.path))

    def creator_of(self, object_type: str) -> HttpOperation | None:
        """The plainest operation that makes objects of the type."""
        return next((item for item in self.creators() if item.object_type == object_type), None)

    async def plant(
        self,
        owner: str,
        operation: HttpOperation,
        *,
        visible: str = "",
        parents: Mapping[str, Planted] | None = None,
    ) -> Planted | None:
        """One object by one account; `None` if it did not work (the reason is then in `refused`).

        Parents are the owner's own where it has them; where the target refuses that (nobody buys his own listing) the
        counterpart's are tried.
        """
        for helper in (owner, COUNTERPART):
            draft = await self._draft(owner, operation, helper, visible, parents or {})
            if draft is None:
                continue
            reply = await self._send(owner, operation, draft)
            if reply is not None:
                return self._keep(owner, operation, draft, reply)
            if not self._other_parent_helps(operation):
                break
        return None

    def _other_parent_helps(self, operation: HttpOperation) -> bool:
        """Whether the operation refers to objects that somebody else could own."""
        return bool(operation.consumes) and bool(self.holdings.of(COUNTERPART))

    async def _draft(
        self, owner: str, operation: HttpOperation, helper: str, visible: str, parents: Mapping[str, Planted]
    ) -> Draft | None:
        values: dict[str, str] = {}
        chain: list[tuple[str, str]] = []
        inherits = ""
        for name in path_parameters(operation.path):
            kind = object_type_at(operation, name)
            holder = parents.get(kind) or (self.holdings.first(helper, kind) if kind else None)
            if holder is None and kind and helper == owner:
                holder = self.holdings.first(owner, kind)
            if holder is None:
                self.refused.setdefault(operation.id, f"there is no {kind or name} to make it in")
                return None
            values[name] = self.holdings.value(holder, operation, name)
            chain = [*holder.parents, (holder.object_type, holder.object_id)]
            inherits = holder.visible
        draft = self.bodies.draft(
            operation,
            owner=owner,
            helper=helper,
            holdings=self.holdings,
            values=values,
            parents=tuple(chain),
            visible=visible,
        )
        if draft is not None:
            draft.inherits = inherits
        return draft

    async def _send(self, owner: str, operation: HttpOperation, draft: Draft) -> Reply | None:
        """Send, and repair the body by what the refusal says, a few times."""
        entry = self.context.will_create(owner, "", "", f"{operation.object_type} by {operation.id}")
        answered = True
        for _ in range(_ATTEMPTS):
            try:
                reply = await self.context.door.send(self._request(owner, operation, draft))
            except (BudgetSpent, PermitRefused):
                self.context.undone(entry)
                raise
            kind, answered = kind_of(reply), bool(reply.status)
            if reply.ok and kind is not AnswerKind.REFUSED:
                self._undo_by_delete(entry, operation, draft, reply)
                self.last_made = reply.exchange
                self.context.planted_by.setdefault(operation.id, reply.exchange)
                return reply
            self.refused[operation.id] = refusal_words(reply)
            repaired = self.bodies.repaired(operation, draft, reply) if kind is AnswerKind.INVALID else None
            if repaired is None:
                break
            draft.body, draft.canaries = repaired.body, repaired.canaries
            draft.build, draft.dropped, draft.bare = repaired.build, repaired.dropped, repaired.bare
        if answered:  # otherwise nobody knows whether it was made
            self.context.undone(entry)
        return None

    def _request(self, owner: str, operation: HttpOperation, draft: Draft) -> Request:
        return Request(
            method=operation.method,
            url=path_of(operation, draft.values),
            principal=owner,
            operation=operation.id,
            intent=Intent.PLANT,
            query=draft.query,
            body=with_fields(draft.body, self.extra),
            active=True,
        )

    def _undo_by_delete(self, entry: str, operation: HttpOperation, draft: Draft, reply: Reply) -> None:
        fruit = fruit_of(operation, draft, reply)
        deleter = self.deleter_of(operation.object_type)
        if deleter is None:
            self.context.now_undo(entry, method="", url="", what=f"{operation.object_type} {fruit.object_id}")
            return
        planted = self._planted("", operation, draft, fruit)
        try:
            url = path_of(deleter, self._values_of(deleter, planted))
        except UnfilledError:
            url = ""
        self.context.now_undo(
            entry, method="DELETE" if url else "", url=url, what=f"{operation.object_type} {fruit.object_id}"
        )

    def _values_of(self, operation: HttpOperation, planted: Planted) -> dict[str, str]:
        scratch = self.holdings.and_also(planted)
        values = scratch.values(operation, planted.owner, planted)
        parents = dict(planted.parents)
        for name in path_parameters(operation.path):
            kind = object_type_at(operation, name)
            if name not in values and kind in parents:
                values[name] = parents[kind]
        return values

    def deleter_of(self, object_type: str) -> HttpOperation | None:
        """The operation that deletes one object of the type."""
        fitting = [
            item
            for item in self.operations
            if item.method == "DELETE"
            and item.path.rstrip("/").endswith("}")
            and path_types(item)[-1:] == [object_type]
            and item.purpose not in {Purpose.ADMIN, Purpose.MODERATE}
        ]
        return min(fitting, key=lambda item: len(path_types(item)), default=None)

    def _planted(self, owner: str, operation: HttpOperation, draft: Draft, fruit: Fruit) -> Planted:
        return Planted(
            owner=owner,
            object_type=operation.object_type,
            object_class=operation.object_class.value,
            object_id=fruit.object_id,
            created_by=operation.id,
            canaries=tuple(draft.canaries.items()),
            parents=draft.parents,
            visible=draft.visible or draft.inherits,
            values=fruit.values,
        )

    def _keep(self, owner: str, operation: HttpOperation, draft: Draft, reply: Reply) -> Planted | None:
        fruit = fruit_of(operation, draft, reply)
        if not fruit.object_id:
            self.refused[operation.id] = "the answer names no id of the new object"
            return None
        planted = self._planted(owner, operation, draft, fruit)
        self.holdings.add(planted)
        learn(self.context, planted)
        self.refused.pop(operation.id, None)
        return planted


def learn(context: Context, planted: Planted) -> None:
    """Let the garden know the object's words; a long id is as good as a word."""
    for name, word in planted.canaries:
        context.garden.learn(word, _hit(planted, name))
    if len(planted.object_id) >= _LONG_ID and not is_profile(planted.object_class):
        context.garden.learn(planted.object_id, _hit(planted, "id"))


def _hit(planted: Planted, name: str) -> CanaryHit:
    return CanaryHit(
        owner=planted.owner, object_type=planted.object_type, object_id=planted.object_id, field=name, path=""
    )


class PlantingCollector(Collector):
    """Every account plants one object of every type it can; a private and a public one where it can choose."""

    produces = Plantings
    needs: ClassVar = (Surface, Accounts)
    safety = Safety.ACTIVE
    title = "Planting objects of our own"

    def __init__(self) -> None:
        super().__init__()
        self.planter: Planter | None = None
        self.profiles: list[Planted] = []

    def cost(self, context: Context) -> Cost:
        """About one request an object, for three accounts, and a second for those with a visibility."""
        makers = [item for item in context.operations() if item.purpose in CREATING]
        return Cost(requests=4 * len(makers), objects=3 * len(makers))

    async def run(self, context: Context) -> None:
        """Profiles first (they are there already), then objects, parents before children."""
        self.planter = planter = Planter(context)
        crew = context.crew
        if crew is None:
            return
        owners = [name for name in ("member_a", "member_b") if crew.has(name)]
        for owner in owners:
            await self._profile(context, planter, owner)
        if needs_counterpart(planter.operations) and owners and await crew.join(COUNTERPART):
            await self._profile(context, planter, COUNTERPART)
            owners.insert(0, COUNTERPART)
        for operation in planter.creators():
            for owner in owners:
                if context.settings.include and not _wanted(context, planter, operation):
                    continue
                await self._plant(planter, owner, operation)
        self._tell_gaps(planter)

    async def _plant(self, planter: Planter, owner: str, operation: HttpOperation) -> None:
        choice = planter.bodies.visibility(operation)
        planted = await planter.plant(owner, operation, visible="private" if choice else "")
        if owner != "member_a" or planted is None:
            return
        if choice:
            await planter.plant(owner, operation, visible="public")
        for kind in path_types(operation):
            shared = next(
                (item for item in planter.holdings.of(owner, kind) if item.visible == "public"), None
            )
            if shared is not None:
                await planter.plant(
                    owner, operation, visible="public" if choice else "", parents={kind: shared}
                )

    async def _profile(self, context: Context, planter: Planter, owner: str) -> None:
        assert context.crew is not None
        person = context.crew.person(owner)
        handles = with_aliases(person.handles)
        canaries: dict[str, str] = {}
        for update in _profile_updates(planter.operations) if owner != COUNTERPART else ():
            canaries |= await self._fill_profile(planter, owner, update)
        context.garden.name(owner, tuple(handles.values()))
        for object_type in sorted(_profile_types(planter.operations)):
            planted = Planted(
                owner=owner,
                object_type=object_type,
                object_class=ObjectClass.PROFILE.value,
                object_id=handles.get("id") or handles.get("username") or handles.get("email", ""),
                created_by="sign-up",
                canaries=tuple(canaries.items()),
                values=tuple(sorted(handles.items())),
            )
            planter.holdings.add(planted)
            learn(context, planted)
            if handles.get("email"):
                context.garden.learn(handles["email"], _hit(planted, "email"))

    async def _fill_profile(self, planter: Planter, owner: str, update: HttpOperation) -> dict[str, str]:
        draft = planter.bodies.draft(
            update,
            owner=owner,
            helper=owner,
            holdings=planter.holdings,
            values={},
            parents=(),
            visible="",
            only_text=True,
        )
        if draft is None or not draft.canaries:
            return {}
        reply = await planter.context.door.send(
            Request(
                method=update.method,
                url=path_of(update, {}),
                principal=owner,
                operation=update.id,
                intent=Intent.PLANT,
                body=draft.body,
                active=True,
            )
        )
        return draft.canaries if reply.ok and kind_of(reply) is not AnswerKind.REFUSED else {}

    def _tell_gaps(self, planter: Planter) -> None:
        for operation in planter.creators():
            if operation.id in planter.refused and not planter.holdings.of("member_a", operation.object_type):
                self.gaps.append(
                    Gap(
                        what=f"a {operation.object_type}",
                        cause=Cause.NEEDS_INPUT,
                        reason=f"{operation.id}: {planter.refused[operation.id]}",
                        remedy=_EXAMPLES,
                        operation=operation.id,
                        principal="member_a",
                    )
                )

    def evidence(self) -> Plantings:
        """Objects so far."""
        if self.planter is None:
            return Plantings(objects=(), gaps=tuple(self.gaps))
        owners = ("member_a", "member_b", COUNTERPART)
        objects = tuple(item for owner in owners for item in self.planter.holdings.of(owner))
        return Plantings(objects=objects, gaps=tuple(self.gaps))

    def summary(self) -> str:
        """Counts."""
        objects = self.evidence().objects
        types = {item.object_type for item in objects}
        return f"{len(objects)} objects of {len(types)} types planted, {len(self.gaps)} types not"


def with_aliases(handles: Mapping[str, str]) -> dict[str, str]:
    """What identifies an account, under the other names that paths have for a user name."""
    username = handles.get("username", "")
    aliases = dict.fromkeys(("handle", "login", "nickname", "user_name"), username) if username else {}
    return {**aliases, **{name: value for name, value in handles.items() if value}}


def _profile_updates(operations: Iterable[HttpOperation]) -> list[HttpOperation]:
    return [
        item
        for item in operations
        if item.method in {"PATCH", "PUT"}
        and not path_parameters(item.path)
        and item.guard is not Guard.PUBLIC
        and item.bodies
        and (item.purpose in {Purpose.ME, Purpose.UPDATE})
        and (item.object_class in {ObjectClass.PROFILE, ObjectClass.SETTINGS} or item.purpose is Purpose.ME)
    ]


def _profile_types(operations: Iterable[HttpOperation]) -> set[str]:
    named = {
        item.object_type
        for item in operations
        if item.object_class is ObjectClass.PROFILE and item.object_type
    }
    consumed = {
        consumed.object_type
        for item in operations
        for consumed in item.consumes
        if consumed.object_type in named or consumed.object_type in {"user", "member", "account", "profile"}
    }
    return consumed | named


def needs_counterpart(operations: Iterable[HttpOperation]) -> bool:
    """Whether something can only be made together with somebody else (a message's recipient, a listing's buyer)."""
    operations = list(operations)
    made = {item.object_type for item in operations if item.purpose in CREATING}
    return any(
        item.purpose in CREATING
        and any(link.object_type in made or _is_person(link.name) for link in item.consumes)
        for item in operations
    )


def _is_person(name: str) -> bool:
    return any(
        word in name.lower()
        for word in ("recipient", "participant", "user", "member", "buyer", "seller", "to_")
    )


def _wanted(context: Context, planter: Planter, operation: HttpOperation) -> bool:
    """With `--include`, only what the included operations need: their types and those types' parents."""
    needed: set[str] = set()
    for item in planter.operations:
        if context.in_focus(item):
            needed |= {link.object_type for link in item.consumes} | {item.object_type}
    for _ in range(3):
        for item in planter.creators():
            if item.object_type in needed:
                needed |= {link.object_type for link in item.consumes}
    return operation.object_type in needed
