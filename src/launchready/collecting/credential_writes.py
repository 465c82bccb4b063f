"""Writes on accounts themselves: somebody else's password, profile, or the account; on throw-away accounts only.

Both sides are read back: an API that takes the victim's name in the path may well change the caller.
"""

from launchready.accounts.person import Person
from launchready.collecting.answers import flat, steady
from launchready.collecting.asking import Asker, Question
from launchready.collecting.bodies import Draft
from launchready.collecting.context import Context
from launchready.collecting.ending import change_password
from launchready.collecting.holdings import last_path_type
from launchready.collecting.planting import Planter, with_aliases
from launchready.collecting.tampering import differing, took
from launchready.collecting.urls import path_parameters
from launchready.door.messages import Reply
from launchready.door.replies import kind_of
from launchready.model.evidence import Gap, Planted
from launchready.model.exchange import Intent
from launchready.model.operation import HttpOperation, ObjectClass, Purpose
from launchready.model.oracle import Violated, judge_write
from launchready.model.outcome import Cause, Input, Remedy
from launchready.model.probe import AnswerKind, Change, RouteForm, Signal, WriteKind, WriteProbe
from launchready.surface import schemas
from launchready.surface.examples import preferred_form

_SPARE = Remedy(
    input=Input.SECOND_MEMBER_LOGIN,
    sentence="Let the audit sign up accounts of its own, for writes on accounts are tried on throw-away ones only.",
)


class CredentialWrites:
    """Probes of writes whose path names an account."""

    def __init__(self, context: Context, planter: Planter) -> None:
        self.context, self.planter = context, planter
        self.asker = Asker(context)
        self.gaps: list[Gap] = []
        self._victim: Person | None = None
        self._attacker: Person | None = None

    async def probe(self, operation: HttpOperation) -> list[WriteProbe]:
        """Probe one operation; victim and attacker serve several."""
        if operation.purpose in {Purpose.ADMIN, Purpose.MODERATE} or operation.purpose is Purpose.ACTION:
            return []
        if not await self._people():
            self._gap(operation, "two throw-away accounts are needed and could not be made")
            return []
        if _sets_password(operation):
            return await self._password(operation)
        if operation.method == "DELETE":
            return await self._delete(operation)
        return await self._profile(operation)

    async def _people(self) -> bool:
        crew = self.context.crew
        if crew is None:
            return False
        if self._victim is None:
            self._victim = await crew.spare("the victim of writes on accounts")
        if self._attacker is None and self._victim is not None:
            self._attacker = await crew.spare("the author of writes on accounts")
        return self._victim is not None and self._attacker is not None

    def _as_planted(self, person: Person, kind: str) -> Planted:
        handles = with_aliases(person.handles)
        return Planted(
            owner=person.name,
            object_type=kind,
            object_class=ObjectClass.PROFILE.value,
            object_id=handles.get("id") or handles.get("username") or handles.get("email", ""),
            created_by="sign-up",
            values=tuple(sorted(handles.items())),
        )

    def _values(self, operation: HttpOperation, person: Person) -> tuple[Planted, dict[str, str]] | None:
        planted = self._as_planted(person, last_path_type(operation))
        values = self.planter.holdings.values(operation, person.name, planted)
        return (planted, values) if len(values) == len(path_parameters(operation.path)) else None

    async def _password(self, operation: HttpOperation) -> list[WriteProbe]:
        """The attacker sets the victim's password; whether the victim's new or old password then works tells."""
        victim, attacker, crew = self._victim, self._attacker, self.context.crew
        assert victim is not None
        assert attacker is not None
        assert crew is not None
        at = self._values(operation, victim)
        if at is None:
            return []
        planted, values = at
        vault, url = self.context.vault, self.context.settings.url
        old = victim.password
        foreign = vault.derive_password(victim.name, url, "foreign")
        before = await self._logs_in(victim)
        attempt = await change_password(self.context, operation, attacker.name, (old, foreign), values)
        victim.password = foreign.ref
        taken = await self._logs_in(victim)
        change = Change.NONCE if taken is not None and taken[0] else Change.NONE
        if change is Change.NONE:
            victim.password = old
        after = taken
        own = vault.derive_password(victim.name, url, "own")
        control = await change_password(self.context, operation, victim.name, (victim.password, own), values)
        kept = victim.password
        victim.password = own.ref
        works = await self._logs_in(victim)
        owner_change = Change.NONCE if works is not None and works[0] else Change.NONE
        if owner_change is Change.NONE:
            victim.password = kept
        await crew.ensure(attacker.name)
        return [
            self._kept(
                operation, planted, WriteKind.CREDENTIAL, attempt, change, control, owner_change,
                before=before[1] if before else None, after=after[1] if after else None,
            )
        ]  # fmt: skip

    async def _logs_in(self, person: Person) -> tuple[bool, Reply] | None:
        """Whether the person's password opens a session, and the last answer on the way."""
        assert self.context.crew is not None
        session = await self.context.crew.login_again(person.name)
        last = self.context.door.raw(self.context.door.last)
        return None if last is None else (session is not None, last)

    async def _profile(self, operation: HttpOperation) -> list[WriteProbe]:
        """The attacker writes into the victim's profile; the victim reads itself."""
        victim, attacker = self._victim, self._attacker
        assert victim is not None
        assert attacker is not None
        at = self._values(operation, victim)
        if at is None or victim.canary is None:
            return []
        planted, values = at
        draft = self.planter.bodies.draft(
            operation, owner=victim.name, helper=victim.name, holdings=self.planter.holdings, values=values
        )
        if draft is None:
            self._gap(operation, "no body could be made for it")
            return []
        look = Question(operation=victim.canary, values={})
        write = Question(operation=operation, values=values, body=draft.body)
        idle = await self.asker.ask(victim.name, look, Intent.READ_BACK)
        before = await self.asker.ask(victim.name, look, Intent.READ_BACK)
        attempt = await self.asker.ask(attacker.name, write, Intent.ATTEMPT)
        after = await self.asker.ask(victim.name, look, Intent.READ_BACK)
        change = _seen(draft, idle, before, after)
        control = await self.asker.ask(victim.name, write, Intent.CONTROL)
        final = await self.asker.ask(victim.name, look, Intent.READ_BACK)
        owner_change = _seen(draft, idle, before, final)
        if change is not Change.NONE and control.ok:
            owner_change = change
        return [
            self._kept(
                operation,
                planted,
                WriteKind.UPDATE,
                attempt,
                change,
                control,
                owner_change,
                before=before,
                after=after,
            )
        ]

    async def _delete(self, operation: HttpOperation) -> list[WriteProbe]:
        """The attacker deletes the victim's account; whether the victim can still log in tells."""
        victim, attacker = self._victim, self._attacker
        assert victim is not None
        assert attacker is not None
        at = self._values(operation, victim)
        if at is None:
            return []
        planted, values = at
        question = Question(operation=operation, values=values)
        before = await self._logs_in(victim)
        attempt = await self.asker.ask(attacker.name, question, Intent.ATTEMPT)
        after = await self._logs_in(victim)
        gone = before is not None and before[0] and after is not None and not after[0]
        change = Change.GONE if gone else Change.NONE
        control, owner_change = attempt, change
        if not gone:
            control = await self.asker.ask(victim.name, question, Intent.CONTROL)
            final = await self._logs_in(victim)
            owner_change = Change.GONE if final is not None and not final[0] else Change.NONE
        if gone or owner_change is Change.GONE:
            self.context.account_gone(victim.name)
            self._victim = None
        if change is Change.NONE and owner_change is Change.NONE:
            return []
        return [
            self._kept(
                operation, planted, WriteKind.DELETE, attempt, change, control, owner_change,
                before=before[1] if before else None, after=after[1] if after else None,
            )
        ]  # fmt: skip

    def _kept(  # noqa: PLR0913 - a probe has these parts
        self,
        operation: HttpOperation,
        planted: Planted,
        kind: WriteKind,
        attempt: Reply,
        change: Change,
        control: Reply,
        owner_change: Change,
        *,
        before: Reply | None,
        after: Reply | None,
    ) -> WriteProbe:
        answer = self.asker.answer
        probe = WriteProbe(
            operation=operation.id,
            method=operation.method,
            path=operation.path,
            principal="another member",
            owner="a member",
            object_type=planted.object_type,
            object_class=planted.object_class,
            object_id="",
            kind=kind,
            form=RouteForm.PATH,
            variant=f"{kind.value}, path",
            attempt=answer(attempt),
            change=change,
            before=None if before is None else answer(before),
            after=None if after is None else answer(after),
            owner_control=answer(control),
            owner_change=owner_change,
            signals=(Signal.PRIVATE_TYPE,),
            reproduce=self.asker.curl(attempt),
        )
        if isinstance(judge_write(probe), Violated):
            facts = (probe.before, probe.attempt, probe.after)
            self.context.cite([fact.exchange for fact in facts if fact is not None])
            self.context.found("AUTH-15", f"a member changes another's account by {operation.id}")
        return probe

    def _gap(self, operation: HttpOperation, reason: str) -> None:
        self.gaps.append(
            Gap(
                what=operation.id,
                cause=Cause.NO_CONTROL,
                reason=reason,
                remedy=_SPARE,
                operation=operation.id,
                principal="member_b",
            )
        )


def _seen(sent: Draft, idle: Reply, before: Reply, after: Reply) -> Change:
    """What the victim saw change: what was sent, or something that does not change from read to read by itself."""
    if not before.ok or kind_of(before) is not AnswerKind.DATA:
        return Change.UNREADABLE
    if after.status == 401 or not after.status:  # noqa: PLR2004 - the session went, which is no proof by itself
        return Change.UNREADABLE
    if not after.ok:
        return Change.GONE
    old, new = before.text(), after.text()
    if any(word in new and word not in old for word in sent.canaries.values()):
        return Change.NONCE
    moving = differing(flat(idle.json()), flat(before.json()))
    changed = differing(steady(before.json()), steady(after.json())) - moving
    if changed and took(sent, before.json(), after.json()):
        return Change.NONCE
    return Change.OTHER if changed else Change.NONE


def _sets_password(operation: HttpOperation) -> bool:
    if operation.purpose is Purpose.CHANGE_PASSWORD:
        return True
    form = preferred_form(operation)
    if form is None or operation.method == "DELETE":
        return False
    names = [schemas.last_name(pointer).lower() for pointer, _ in schemas.fields(form.schema, arrays=False)]
    return any("password" in name for name in names) and operation.path.rstrip("/").lower().endswith(
        ("password", "passwd", "credentials")
    )
