"""ROLE-04: fields that lift rights, sent where they do not belong, and read back.

Proof is the raised value in a later read, where another account of the same making holds another one. A field that
the answer of the write merely repeats proves nothing, nor does one that is stored beside any other unknown field.
"""

import re
from dataclasses import dataclass
from typing import Any, ClassVar

from launchready.accounts.person import Person, SignUpResult
from launchready.collecting.asking import Asker, Question
from launchready.collecting.assigned_objects import AssignedObjects
from launchready.collecting.assigning import Assigned, Taken, assign, taken
from launchready.collecting.assigning_trials import Case, gap_of, trials_of
from launchready.collecting.collector import Collector, Cost, Safety
from launchready.collecting.context import Context
from launchready.collecting.holdings import is_profile, last_path_type
from launchready.collecting.media import with_fields
from launchready.collecting.planting import Planter, with_aliases
from launchready.collecting.privileges import (
    FirstSights,
    Lift,
    Sight,
    Sightings,
    allowed_values,
    declared,
    guesses,
    lift_of,
    raised,
)
from launchready.collecting.urls import path_parameters
from launchready.door.messages import Body, JsonBody, Reply
from launchready.door.replies import kind_of
from launchready.model.evidence import Accounts, MassAssignment, Plantings, Surface
from launchready.model.exchange import Intent
from launchready.model.operation import Guard, HttpOperation, ObjectClass, Purpose
from launchready.model.probe import AnswerKind, Trial

A = "member_a"
_MOST_SPARES = 3
_MOST_WRITES = 3
_ROUNDS = 10
_CONTROL = "launchready_note"
_CREDENTIAL = re.compile(r"passw|credential|mfa|2fa|avatar|photo", re.IGNORECASE)


@dataclass(slots=True)
class _Plain:
    """An account made without extra fields: how it looks, how it looked at first, what its sign-up was answered."""

    person: Person
    sight: Sight
    first: Sight


class MassAssignmentCollector(Collector):
    """Sign-up, profile and object writes with more fields than they take."""

    produces = MassAssignment
    needs: ClassVar = (Surface, Accounts, Plantings)
    safety = Safety.ACTIVE
    title = "Privileged fields in writes"

    def __init__(self) -> None:
        super().__init__()
        self.trials: list[Trial] = []
        self.first = FirstSights()
        self._spares = 0

    def attach(self, context: Context) -> None:
        """See accounts as they are first shown."""
        context.door.taps.append(self.first)

    def cost(self, context: Context) -> Cost:
        """Two sign-ups, profile writes, an object write a type."""
        del context
        return Cost(requests=60, accounts=_MOST_SPARES, objects=5)

    async def run(self, context: Context) -> None:
        """Sign-up first: its account then serves the profile writes unless it was raised."""
        crew = context.crew
        if crew is None or not crew.has(A):
            self.gaps.append(gap_of("privileged fields", "no member could be signed in"))
            return
        asker = Asker(context)
        sightings = Sightings(context, asker)
        plain = _Plain(crew.person(A), await sightings.of(crew.person(A)), self.first.of(crew.person(A)))
        person = await self._sign_up(context, sightings, plain)
        await self._profile(context, asker, sightings, person)
        objects = AssignedObjects(context, asker)
        self.trials.extend(await objects.trials())

    # ------------------------------------------------------------------------------------------- sign-up

    async def _sign_up(self, context: Context, sightings: Sightings, plain: _Plain) -> Person | None:
        """Sign up with raised fields; gives an account that serves further writes."""
        crew = context.crew
        operation = next(iter(context.operations(Purpose.SIGN_UP)), None)
        if crew is None or operation is None or not context.in_focus(operation):
            return None
        if not crew.can_sign_up:
            self.gaps.append(gap_of("privileged fields at sign-up", "no throw-away account could be made"))
            return None
        if not plain.person.created:
            plain = await self._another(context, sightings) or plain
        wanted = _wanted(context, operation, plain.sight, plain.first)
        made: list[SignUpResult] = []

        async def send(sent: dict[str, Any]) -> Reply | None:
            self._spares += 1
            result = await crew.sign_up_with(sent)
            if result is not None:
                made.append(result)
            return result.reply if result is not None else None

        shown = plain.sight.names | plain.first.names
        done = await assign(send, wanted, shown, max(1, _MOST_SPARES - self._spares - 1))
        person = made[-1].person if made and done.accepted else None
        found, after = await self._signed_up(context, sightings, plain, done, person)
        case = Case(
            context=context, operation=operation, name="sign-up", who="a new account", wanted=wanted, shown=shown,
            control=plain.person.sign_up_reply if plain.person.created else None,
        )  # fmt: skip
        if done.accepted and (person is None or not person.confirmed):
            reason = made[-1].gap.reason if made[-1].gap else f"answered {made[-1].reply.status}"
            self.gaps.append(
                gap_of("privileged fields at sign-up", f"the new account could not be used: {reason}")
            )
            return None
        self.trials.extend(trials_of(case, done, found, after, extra=wanted.get(_CONTROL, "")))
        if person is not None and not found:
            return person
        return plain.person if plain.person.name != A else None

    async def _another(self, context: Context, sightings: Sightings) -> _Plain | None:
        """A new plain account: one from an earlier run was confirmed long ago."""
        person = await self._spare(context)
        return None if person is None else _Plain(person, await sightings.of(person), self.first.of(person))

    async def _spare(self, context: Context) -> Person | None:
        if context.crew is None or self._spares >= _MOST_SPARES:
            return None
        self._spares += 1
        return await context.crew.spare("privileged fields")

    async def _signed_up(
        self, context: Context, sightings: Sightings, plain: _Plain, done: Assigned, person: Person | None
    ) -> tuple[list[Taken], Sight]:
        """What the new account has: verified is what it was before any mail, all else what it is."""
        if person is None or not person.confirmed:
            return [], Sight()
        after = await sightings.of(person)
        verified = {name: value for name, value in done.accepted.items() if lift_of(name) is Lift.VERIFIED}
        others = {name: value for name, value in done.accepted.items() if name not in verified}
        found = [*taken(others, plain.sight, after), *taken(verified, plain.first, self.first.of(person))]
        log_ins = context.operations(Purpose.LOG_IN)
        before, now = (self.first.let_in_at_once(each, log_ins) for each in (plain.person, person))
        if plain.person.created and before is False and now and verified and not found:
            name, value = next(iter(verified.items()))
            found.append(
                Taken(name=name, value=value, was="a confirmation by mail", reader=log_ins[0].id, new=False)
            )
        return found, after

    # ------------------------------------------------------------------------------------------- profile

    async def _profile(
        self, context: Context, asker: Asker, sightings: Sightings, person: Person | None
    ) -> None:
        operations = [item for item in _profile_writes(context) if context.in_focus(item)][:_MOST_WRITES]
        if not operations:
            return
        person = person or await self._spare(context)
        if person is None:
            self.gaps.append(
                gap_of("privileged fields in the profile", "no throw-away account could be made")
            )
            return
        planter = Planter(context, context.plantings.objects)
        for operation in operations:
            if context.crew is not None and await context.crew.ensure(person.name):
                raised_now = await self._profile_write(asker, sightings, planter, person, operation)
                person = (await self._spare(context) if raised_now else None) or person

    async def _profile_write(
        self, asker: Asker, sightings: Sightings, planter: Planter, person: Person, operation: HttpOperation
    ) -> bool:
        """Whether a field took its value: the account is then no plain member any more."""
        context = asker.context
        values = _own_values(planter, operation, person)
        draft = None if values is None else planter.bodies.draft(
            operation, owner=A, helper=A, holdings=planter.holdings, values=values, only_text=True
        )  # fmt: skip
        if values is None or (draft is None and operation.method != "PATCH"):
            return False
        body = _about_oneself(draft.body if draft is not None else JsonBody(value={}), person)
        before = await sightings.of(person)
        plain = await asker.ask(
            person.name, Question(operation=operation, values=values, body=body), Intent.CONTROL
        )
        if kind_of(plain) is AnswerKind.REFUSED:
            return False  # it is not for members at all, which the checks of roles look at
        wanted = _wanted(context, operation, before)

        async def send(sent: dict[str, Any]) -> Reply | None:
            question = Question(operation=operation, values=values, body=with_fields(body, sent))
            reply = await asker.ask(person.name, question, Intent.ATTEMPT)
            # A server that has just failed may have closed the connection
            return reply if reply.status else await asker.ask(person.name, question, Intent.ATTEMPT)

        done = await assign(send, wanted, before.names, _ROUNDS)
        after = await sightings.of(person)
        case = Case(
            context=context, operation=operation, name="profile", who="a member", wanted=wanted, shown=before.names,
            control=plain, part=bool(values) and not operation.path.endswith("}"),
        )  # fmt: skip
        found = taken(done.accepted, before, after)
        self.trials.extend(trials_of(case, done, found, after, extra=wanted.get(_CONTROL, "")))
        return bool(found)

    def evidence(self) -> MassAssignment:
        """Trials so far."""
        return MassAssignment(trials=tuple(self.trials), gaps=tuple(self.gaps))

    def summary(self) -> str:
        """Counts."""
        return f"{len(self.trials)} trials, {sum(item.held is False for item in self.trials)} took effect"


def _wanted(context: Context, operation: HttpOperation, *sights: Sight) -> dict[str, Any]:
    """Guesses, raised values of what is shown, and a field that nobody knows."""
    values = {_CONTROL: context.new_word("unknown field"), **guesses(context.operations())}
    for sight in sights:
        values |= _raised(context, sight)
    return {name: value for name, value in values.items() if not _by_design(operation, name, value)}


def _raised(context: Context, sight: Sight) -> dict[str, Any]:
    operations = context.operations()
    found = {
        name: raised(name, sight.current(name), allowed_values(operations, name))
        for name in sorted(sight.names)
    }
    return {name: value for name, value in found.items() if value is not None}


def _by_design(operation: HttpOperation, name: str, value: Any) -> bool:
    """Whether the request declares the field as the caller's own choice: a plan, a group, a listed kind of account."""
    part = declared(operation).get(name)
    if part is None:
        return False
    listed = part.get("enum")
    return lift_of(name) is Lift.CHOICE and (not isinstance(listed, list) or value in listed)


def _own_values(planter: Planter, operation: HttpOperation, person: Person) -> dict[str, str] | None:
    """The account's own id in the path; `None` if it is not known."""
    names = path_parameters(operation.path)
    if not names:
        return {}
    handles = with_aliases(person.handles)
    holder = next(
        (item for item in planter.holdings.of(A) if item.object_type == last_path_type(operation)), None
    )
    by_type = holder is not None and is_profile(holder.object_class)
    own = handles.get(names[0].lower()) or (
        handles.get("id") if by_type or names[0].lower().endswith("id") else ""
    )
    own = own or (handles.get("username", "") if "name" in names[0].lower() else "")
    return {names[0]: own} if own else None


def _about_oneself(body: Body, person: Person) -> Body:
    """The body with the account's own names in it, where it asks for them: else it is about nobody."""
    if not isinstance(body, JsonBody) or not isinstance(body.value, dict):
        return body
    own = {
        name: value
        for name, value in with_aliases(person.handles).items()
        if isinstance(body.value.get(name), str)
    }
    return JsonBody(value={**body.value, **own})


def _profile_writes(context: Context) -> list[HttpOperation]:
    """Writes on one's own account, those without an id first; not the ones for administrators."""
    found = [
        item
        for item in context.operations()
        if item.method in {"PATCH", "PUT"}
        and len(path_parameters(item.path)) <= 1
        and item.guard is not Guard.PUBLIC
        and item.bodies
        and item.purpose in {Purpose.ME, Purpose.UPDATE}
        and (item.object_class in {ObjectClass.PROFILE, ObjectClass.SETTINGS} or item.purpose is Purpose.ME)
        and not _CREDENTIAL.search(item.path)
    ]
    return sorted(
        found, key=lambda item: (len(path_parameters(item.path)), item.object_class is ObjectClass.SETTINGS)
    )
