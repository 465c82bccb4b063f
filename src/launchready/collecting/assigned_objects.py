"""Privileged fields in the creation of objects: `featured`, `approved`, as far as answers show them."""

from typing import Any

from launchready.collecting.asking import Asker
from launchready.collecting.assigning import assign, taken
from launchready.collecting.assigning_trials import Case, trials_of
from launchready.collecting.context import Context
from launchready.collecting.planting import Planter
from launchready.collecting.privileges import Sight, allowed_values, declared, raised
from launchready.collecting.tampering import Tamper
from launchready.door.messages import Reply
from launchready.model.evidence import Planted
from launchready.model.operation import HttpOperation
from launchready.model.probe import Trial

A = "member_a"
_ROUNDS = 3
_MOST_TYPES = 8


class AssignedObjects:
    """Plants objects again, with more fields than the first time."""

    def __init__(self, context: Context, asker: Asker) -> None:
        self.context = context
        self.planter = Planter(context, context.plantings.objects)
        self.tamper = Tamper(context, asker, self.planter)

    async def trials(self) -> list[Trial]:
        """A few trials for each type whose answers show such a field."""
        made: list[Trial] = []
        types = 0
        for operation in self.planter.creators():
            like = self.planter.holdings.first(A, operation.object_type)
            if like is None or like.created_by != operation.id or not self.context.in_focus(operation):
                continue
            before = await self._sight(like)
            wanted = self._wanted(operation, before)
            if wanted and types < _MOST_TYPES:
                types += 1
                made.extend(await self._object(operation, before, wanted))
        return made

    def _wanted(self, operation: HttpOperation, before: Sight) -> dict[str, Any]:
        """Raised values of what the answers show and the request does not offer."""
        offered, operations = declared(operation), self.context.operations()
        found = {
            name: raised(name, before.current(name), allowed_values(operations, name))
            for name in sorted(before.names - offered.keys())
        }
        return {name: value for name, value in found.items() if value is not None}

    async def _sight(self, planted: Planted) -> Sight:
        sight = Sight()
        reply = await self.tamper.read(A, planted)
        if reply is not None and reply.ok:
            sight.take(reply.request.operation, reply, frozenset({planted.object_id}))
        return sight

    async def _object(self, operation: HttpOperation, before: Sight, wanted: dict[str, Any]) -> list[Trial]:
        new: list[Planted] = []

        async def send(sent: dict[str, Any]) -> Reply | None:
            self.planter.extra = sent
            planted = await self.planter.plant(A, operation)
            self.planter.extra = {}
            if planted is not None:
                new.append(planted)
            exchange = self.planter.last_made if planted is not None else self.context.door.last
            return self.context.door.raw(exchange)

        done = await assign(send, wanted, before.names, _ROUNDS)
        after = await self._sight(new[-1]) if new else Sight()
        case = Case(
            context=self.context,
            operation=operation,
            name=operation.object_type,
            who="a member",
            wanted=wanted,
            shown=before.names,
            control=next(iter(before.replies.values()), None),
        )
        return trials_of(case, done, taken(done.accepted, before, after), after)
