"""ROLE-01: admin and moderator functions called by those who are neither; an admin's own call is the control.

Without an admin's login a violation can still be shown (somebody else's data comes back), a refusal cannot.
"""

from typing import ClassVar

from launchready.accounts.person import Person
from launchready.collecting.asking import Asker, Question
from launchready.collecting.collector import Collector, Cost, Safety
from launchready.collecting.context import Context
from launchready.collecting.holdings import is_profile, last_path_type, object_type_at
from launchready.collecting.planting import Planter, with_aliases
from launchready.collecting.tampering import Tamper
from launchready.collecting.urls import path_parameters
from launchready.door.messages import JsonBody, Reply
from launchready.model.evidence import Accounts, Gap, Planted, Plantings, RoleTrials, Surface
from launchready.model.exchange import Intent
from launchready.model.operation import HttpOperation, ObjectClass, Purpose
from launchready.model.outcome import Cause, Input, Remedy
from launchready.model.probe import Answer, AnswerKind, Trial

A, B = "member_a", "member_b"
_ROLES = {Purpose.ADMIN: ("admin",), Purpose.MODERATE: ("moderator", "admin")}
_ADMIN = Remedy(
    input=Input.ADMIN_LOGIN, sentence="Give an admin's login: launchready login admin, or [accounts.admin]."
)
_VALUES = Remedy(
    input=Input.EXAMPLE_VALUES, sentence="Add example values for this operation to the API's description."
)
_MEMBER = Remedy(input=Input.MEMBER_LOGIN, sentence="Give a member's login: launchready login member_b.")
_STAFF_PARTS = frozenset(
    {"admin", "admins", "administration", "administrator", "administrators", "superadmin", "sysadmin", "backoffice",
     "back-office", "moderation", "mod", "internal"}
)  # fmt: skip
_UNTOLD = frozenset({AnswerKind.NO_ANSWER, AnswerKind.LIMITED, AnswerKind.EDGE_WALL, AnswerKind.ERROR})
_LET_IN = frozenset({AnswerKind.DATA, AnswerKind.EMPTY})


class RolesCollector(Collector):
    """Calls every admin and moderation operation as a member (and admin ones as a moderator), then as who may."""

    produces = RoleTrials
    needs: ClassVar = (Surface, Accounts, Plantings)
    safety = Safety.ACTIVE
    title = "Admin functions as a member"

    def __init__(self) -> None:
        super().__init__()
        self.trials: list[Trial] = []

    def cost(self, context: Context) -> Cost:
        """A member's and an admin's call an operation, writes read back."""
        return Cost(requests=5 * len(context.operations(Purpose.ADMIN, Purpose.MODERATE)), objects=4)

    async def run(self, context: Context) -> None:
        """Reads, then writes."""
        operations = [item for item in context.operations(*_ROLES) if context.in_focus(item)]
        if not operations:
            return
        if context.crew is None or not context.crew.has(B):
            self._gap("admin functions", Cause.NEEDS_INPUT, "no second member could be signed in", _MEMBER)
            return
        work = _Work(context, self)
        for operation in sorted(operations, key=lambda item: (item.writes, item.method == "DELETE")):
            await work.probe(operation)

    def keep(self, trial: Trial, context: Context) -> None:
        """One more trial."""
        self.trials.append(trial)
        if trial.held is False:
            facts = (trial.attempt, trial.control)
            context.cite([fact.exchange for fact in facts if fact is not None])
            context.found("ROLE-01", f"{trial.principal} may use {trial.operation}")

    def _gap(self, what: str, cause: Cause, reason: str, remedy: Remedy, operation: str = "") -> None:
        self.gaps.append(
            Gap(what=what, cause=cause, reason=reason, remedy=remedy, operation=operation, principal=B)
        )

    def untold(self, operation: HttpOperation, reason: str, remedy: Remedy = _VALUES) -> None:
        """An operation that could not be tried."""
        self._gap(operation.id, Cause.NO_CONTROL, reason, remedy, operation.id)

    def evidence(self) -> RoleTrials:
        """Trials so far."""
        return RoleTrials(trials=tuple(self.trials), gaps=tuple(self.gaps))

    def summary(self) -> str:
        """Counts."""
        return f"{len(self.trials)} trials, {sum(item.held is False for item in self.trials)} allowed"


class _Work:
    """The trials of single operations."""

    def __init__(self, context: Context, collector: RolesCollector) -> None:
        assert context.crew is not None
        self.context, self.collector, self.crew = context, collector, context.crew
        self.planter = Planter(context, context.plantings.objects)
        self.asker = Asker(context)
        self.tamper = Tamper(context, self.asker, self.planter)
        self._person: Person | None = None

    def _allowed(self, operation: HttpOperation) -> str:
        return next((name for name in _ROLES[operation.purpose] if self.crew.has(name)), "")

    def _others(self, operation: HttpOperation) -> list[str]:
        names = ["anonymous", B]
        if operation.purpose is Purpose.ADMIN and self.crew.has("moderator"):
            names.append("moderator")
        return names

    async def probe(self, operation: HttpOperation) -> None:
        """Members (and moderators at admin functions) first, who may last."""
        target = await self._target(operation)
        question = await self._question(operation, target)
        if question is None:
            return
        allowed = self._allowed(operation)
        tries: list[tuple[str, Reply, str]] = []
        for principal in self._others(operation):
            before = await self.tamper.read(A, target) if target is not None and operation.writes else None
            attempt = await self.asker.ask(principal, question, Intent.ATTEMPT)
            after = await self.tamper.read(A, target) if before is not None and target is not None else None
            changed = target is not None and await self.tamper.touched(A, target, before, after)
            tries.append((principal, attempt, "its target changed" if changed else ""))
        control = await self.asker.ask(allowed, question, Intent.CONTROL) if allowed else None
        for principal, attempt, effect in tries:
            self._judge(operation, principal, attempt, control, effect)

    def _judge(
        self, operation: HttpOperation, principal: str, attempt: Reply, control: Reply | None, effect: str
    ) -> None:
        answer = self.asker.answer(attempt)
        answer_of_admin = None if control is None else self.asker.answer(control)
        held, reason = _told(principal, attempt, answer, answer_of_admin, effect)
        if held is False and not effect and not operation.writes and not _surely_for_staff(operation):
            held = None
        let_in = attempt.ok and answer.kind in _LET_IN and (operation.writes or bool(answer.fields))
        asked = held is None and let_in
        question = f"Is {operation.id} meant for every member?" if asked else ""
        self.collector.keep(
            Trial(
                name=f"{operation.purpose.value} function as {principal}",
                operation=operation.id,
                method=operation.method,
                path=operation.path,
                principal=principal,
                held=held,
                reason=reason,
                attempt=answer,
                control=answer_of_admin,
                details=(("needs", "" if control is not None else "admin_login"), ("question", question)),
                reproduce=self.asker.curl(attempt),
            ),
            self.context,
        )

    async def _target(self, operation: HttpOperation) -> Planted | None:
        """A throw-away person or a fresh object of member_a's: what an admin function is tried on is always ours."""
        kind = last_path_type(operation)
        if not kind:
            return None
        like = self.planter.holdings.first(A, kind)
        if like is None:
            return None
        if not is_profile(like.object_class):
            return (await self.tamper.victim(A, kind, like)) if operation.writes else like
        return like if not operation.writes else await self._spare(kind)

    async def _spare(self, kind: str) -> Planted | None:
        if self._person is None:
            self._person = await self.crew.spare("admin functions")
        if self._person is None:
            return None
        handles = with_aliases(self._person.handles)
        planted = Planted(
            owner=self._person.name,
            object_type=kind,
            object_class=ObjectClass.PROFILE.value,
            object_id=handles.get("id") or handles.get("username") or "",
            created_by="sign-up",
            values=tuple(sorted(handles.items())),
        )
        self.planter.holdings.add(planted)
        return planted

    async def _question(self, operation: HttpOperation, target: Planted | None) -> Question | None:
        owner = target.owner if target is not None else A
        values = self.planter.holdings.values(operation, owner, target)
        missing = [name for name in path_parameters(operation.path) if name not in values]
        if missing:
            kind = object_type_at(operation, missing[0]) or missing[0]
            self.collector.untold(operation, f"there is no {kind} of ours to try it on")
            return None
        if not operation.writes:
            query = self.planter.bodies.query(operation, A, self.planter.holdings)
            return Question(operation=operation, values=values, query=query or ())
        if target is None and values:
            self.collector.untold(operation, "no fresh object of ours could be made to try it on")
            return None
        if target is None:
            return await self._unchanged(operation)
        draft = self.planter.bodies.draft(
            operation, owner=owner, helper=A, holdings=self.planter.holdings, values=values
        )
        if operation.bodies and draft is None:
            self.collector.untold(operation, "no body could be made for it")
            return None
        return Question(operation=operation, values=values, body=draft.body if draft is not None else None)

    async def _unchanged(self, operation: HttpOperation) -> Question | None:
        """Settings of the whole product: written back as an admin reads them, so that nothing changes."""
        reader = next(
            (
                item
                for item in self.planter.operations
                if item.method == "GET" and item.path == operation.path
            ),
            None,
        )
        allowed = self._allowed(operation)
        if reader is None or not allowed or operation.method not in {"PUT", "PATCH"}:
            self.collector.untold(
                operation,
                "it acts on what is not ours, so it was not called",
                _ADMIN if not allowed else _VALUES,
            )
            return None
        now = await self.asker.ask(allowed, Question(operation=reader, values={}), Intent.CONTROL)
        value = now.json()
        if not now.ok or not isinstance(value, dict):
            self.collector.untold(operation, "what it changes could not be read, so it was not called")
            return None
        return Question(operation=operation, values={}, body=JsonBody(value=value))


def _surely_for_staff(operation: HttpOperation) -> bool:
    """Whether a part of the path or a tag says so by itself: "/admin", not "/administration-fees"."""
    parts = (*operation.path.split("/"), *operation.tags)
    return any(part.lower() in _STAFF_PARTS for part in parts)


def _told(
    principal: str, attempt: Reply, answer: Answer, admin: Answer | None, effect: str
) -> tuple[bool | None, str]:
    """What a call by somebody else showed, beside the admin's own (if there was one)."""
    let_in = admin is not None and admin.kind in _LET_IN
    if effect:
        return False, effect
    if any(hit.owner not in {principal, ""} for hit in answer.hits):
        return False, "another member's data came back"
    if answer.kind in _UNTOLD:
        return None, attempt.failure or f"the target answered {attempt.status}"
    if attempt.ok and answer.kind in _LET_IN:
        if admin is None or not let_in:
            return (
                None,
                f"{principal} was answered {attempt.status}, and no admin login shows what an admin gets",
            )
        if _like(answer, admin):
            return False, "answered like the admin's own call"
        if answer.kind is AnswerKind.EMPTY:
            return True, "answered without data, where the admin gets some"
        return None, f"{principal} was answered {attempt.status}, with other fields than the admin"
    if let_in:
        return True, f"answered {attempt.status}"
    why = f"the admin's own call was answered {admin.status}" if admin is not None else "no admin login"
    return None, f"refused with {attempt.status}, but {why}"


def _like(answer: Answer, admin: Answer) -> bool:
    """Whether most of the fields that the admin's answer has are there: a member's own share of a list is less."""
    wanted = set(admin.fields)
    return answer.kind is admin.kind and len(wanted & set(answer.fields)) * 10 >= len(wanted) * 6
