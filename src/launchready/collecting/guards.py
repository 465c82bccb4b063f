"""AUTH-01: every operation without credentials, after a member's own call showed that it works."""

from dataclasses import replace
from typing import ClassVar

from launchready.accounts.person import Person
from launchready.collecting.answers import flat, masked
from launchready.collecting.asking import Asker, Question
from launchready.collecting.bodies import Draft
from launchready.collecting.collector import Collector, Cost, Safety
from launchready.collecting.context import Context
from launchready.collecting.ending import change_password, ends_session
from launchready.collecting.holdings import absent, is_profile, last_path_type
from launchready.collecting.openness import (
    declared_guard,
    deletes_account,
    is_private,
    private_paths,
    tells_public,
)
from launchready.collecting.order import riskiest_first
from launchready.collecting.planting import CREATING, Planter
from launchready.collecting.signals import learned
from launchready.collecting.tampering import Effect, Tamper
from launchready.collecting.urls import path_parameters
from launchready.collecting.writes import deletes, updates
from launchready.door.messages import Reply
from launchready.door.replies import kind_of
from launchready.model.evidence import (
    AccessMatrix,
    Accounts,
    Gap,
    GuardProbe,
    GuardSweep,
    Planted,
    Plantings,
    RoleTrials,
    Surface,
)
from launchready.model.exchange import Intent
from launchready.model.operation import Guard, HttpOperation, Purpose
from launchready.model.oracle import Leaks, Suspected, Violated, judge_guard
from launchready.model.outcome import Cause, Input, Remedy
from launchready.model.probe import Answer, AnswerKind, Change, Signal

A = "member_a"
_OTHERS = frozenset({Purpose.ADMIN, Purpose.MODERATE})
_VALUES = Remedy(
    input=Input.EXAMPLE_VALUES,
    sentence="Add example values for this operation to the API's description.",
)
_LOGIN = Remedy(input=Input.MEMBER_LOGIN, sentence="Give a member's login: launchready login member_a.")
_CHANGES = {Change.NONCE: "nonce", Change.GONE: "gone"}
_ALLOW = Remedy(
    input=Input.SELECTION, sentence="Take it out of never_touch or --exclude, if it may be called."
)
_MAKE_IT_A_POST = Remedy(
    input=Input.SPECIFICATION,
    sentence="Make it a POST: a GET must not change anything (RFC 9110 section 9.2.1).",
)


class GuardsCollector(Collector):
    """The anonymous sweep."""

    produces = GuardSweep
    needs: ClassVar = (Surface, Accounts, Plantings)
    wants: ClassVar = (AccessMatrix, RoleTrials)
    safety = Safety.ACTIVE
    title = "Asking without a login"

    def __init__(self) -> None:
        super().__init__()
        self.probes: list[GuardProbe] = []

    def cost(self, context: Context) -> Cost:
        """A control and an attempt an operation; writes are read back."""
        operations = context.operations()
        writes = sum(item.writes for item in operations)
        return Cost(requests=2 * len(operations) + 4 * writes, objects=writes)

    async def run(self, context: Context) -> None:
        """Reads before writes."""
        if context.crew is None or not context.crew.has(A):
            self._gap("all private operations", Cause.NEEDS_INPUT, "no member could be signed in", _LOGIN)
            return
        sweep = Sweep(context, self)
        sweep.staff_functions()
        operations = riskiest_first(
            context, (item for item in context.operations() if context.in_focus(item) and is_private(item))
        )
        for operation in operations:
            if not operation.writes:
                await sweep.read(operation)
        for operation in operations:
            if operation.writes:
                await sweep.write(operation)
        await sweep.end_sessions()
        for one in context.surface.operations:
            if isinstance(one, HttpOperation) and is_private(one) and context.withheld(one):
                reason = context.withheld(one)
                self.untold(one, reason, _ALLOW if "settings" in reason else _MAKE_IT_A_POST)

    def keep(self, probe: GuardProbe, context: Context) -> None:
        """One more probe."""
        self.probes.append(probe)
        verdict = judge_guard(probe)
        if isinstance(verdict, Leaks | Violated | Suspected):
            controls = [probe.control.exchange if probe.control else ""]
            context.cite([probe.attempt.exchange, *controls])
            context.found(
                "AUTH-01",
                f"{probe.method} {probe.path} works without a login",
                confirmed=not isinstance(verdict, Suspected),
            )

    def _gap(self, what: str, cause: Cause, reason: str, remedy: Remedy, operation: str = "") -> None:
        self.gaps.append(
            Gap(
                what=what,
                cause=cause,
                reason=reason,
                remedy=remedy,
                operation=operation,
                principal="anonymous",
            )
        )

    def untold(self, operation: HttpOperation, reason: str, remedy: Remedy = _VALUES) -> None:
        """An operation that could not be asked."""
        self._gap(f"{operation.method} {operation.path}", Cause.NO_CONTROL, reason, remedy, operation.id)

    def evidence(self) -> GuardSweep:
        """Probes so far."""
        return GuardSweep(probes=tuple(self.probes), gaps=tuple(self.gaps))

    def summary(self) -> str:
        """Counts."""
        opened = sum(isinstance(judge_guard(item), Leaks | Violated) for item in self.probes)
        return f"{len(self.probes)} operations asked by nobody, {opened} open"


class Sweep:
    """The probes of single operations."""

    def __init__(self, context: Context, collector: GuardsCollector) -> None:
        self.context, self.collector = context, collector
        self.planter = Planter(context, context.plantings.objects)
        self.asker = Asker(context)
        self.tamper = Tamper(context, self.asker, self.planter)
        self.last: list[HttpOperation] = []
        self._tells_public = any(tells_public(item) for item in self.planter.operations)
        self.privacy = learned(self.planter.operations, context.find(AccessMatrix))

    def staff_functions(self) -> None:
        """What the role trials found when they called functions for staff without a login."""
        roles = self.context.find(RoleTrials)
        guards = {item.id: declared_guard(item) for item in self.planter.operations}
        for trial in roles.trials if roles is not None else ():
            if trial.principal == "anonymous" and trial.attempt is not None and trial.method != "GET":
                self.collector.keep(
                    GuardProbe(
                        operation=trial.operation,
                        method=trial.method,
                        path=trial.path,
                        guard=guards.get(trial.operation, Guard.UNSTATED).value,
                        signals=(Signal.FOR_STAFF.value,),
                        attempt=trial.attempt,
                        control=trial.control,
                        change="nonce" if trial.held is False else "",
                        reproduce=trial.reproduce,
                    ),
                    self.context,
                )

    async def read(self, operation: HttpOperation) -> None:
        """A member's call, the same without credentials, and one for something that does not exist."""
        if operation.purpose is Purpose.ACTION:
            reason = "its name says that asking changes something; it was not called"
            self.collector.untold(operation, reason, _MAKE_IT_A_POST)
            return
        target = self._target(operation)
        question = self._question(operation, target)
        if question is None:
            self.collector.untold(operation, "no value is known for its path or query")
            return
        member = self._member_for(operation)
        attempt = await self.asker.ask("anonymous", question, Intent.ATTEMPT)
        control = await self.asker.control(member, question) if member else None
        missing = None
        names = path_parameters(operation.path)
        if names and kind_of(attempt) in {AnswerKind.DATA, AnswerKind.PAGE}:
            values = absent(question.values, names[-1], self.context.new_word("absent id"))
            missing = await self.asker.control("anonymous", question.with_values(values))
        elif kind_of(attempt) is AnswerKind.DATA:
            missing = await self._nonsense(operation, question)
        self._keep(operation, target, attempt, control, missing=missing)

    async def _nonsense(self, operation: HttpOperation, question: Question) -> Reply:
        """The same request to a path that cannot exist: what answers it alike says yes to anything."""
        request = question.request("anonymous", Intent.CONTROL)
        path = f"{operation.base_path.rstrip('/')}/{self.context.new_word('absent path')}"
        return await self.context.door.send(replace(request, url=path, operation=""))

    def _member_for(self, operation: HttpOperation) -> str:
        """Who can show that the operation works: a member, or an admin for admin functions."""
        crew = self.context.crew
        assert crew is not None
        if operation.purpose not in _OTHERS:
            return A
        return next((name for name in ("admin", "moderator") if crew.has(name)), A)

    def _target(self, operation: HttpOperation) -> Planted | None:
        kind = last_path_type(operation)
        return self.planter.holdings.first(A, kind) if kind else None

    def _question(self, operation: HttpOperation, target: Planted | None) -> Question | None:
        values = self.planter.holdings.values(operation, A, target)
        if any(name not in values for name in path_parameters(operation.path)):
            return None
        query = self.planter.bodies.query(operation, A, self.planter.holdings)
        if query is None:
            return None
        return Question(operation=operation, values=values, query=query)

    async def write(self, operation: HttpOperation) -> None:
        """Creates, updates and deletes with proof; anything else by what a member is answered."""
        if operation.purpose is Purpose.PAYMENT:
            self.collector.untold(operation, "calling it could cost money")
        elif operation.purpose in {Purpose.LOG_OUT, Purpose.CHANGE_PASSWORD} or deletes_account(operation):
            self.last.append(operation)
        elif operation.purpose in _OTHERS:
            return  # asked without a login by the role trials: see `staff_functions`
        elif operation.purpose in CREATING:
            await self._create(operation)
        elif updates(operation) or deletes(operation):
            await self._change(operation)
        else:
            await self._act(operation)

    async def _create(self, operation: HttpOperation) -> None:
        own = next(
            (
                item
                for item in self.planter.holdings.of(A, operation.object_type)
                if item.created_by == operation.id
            ),
            None,
        )
        values = self.planter.holdings.values(operation, A, own)
        draft = self._draft(operation, values)
        if draft is None or any(name not in values for name in path_parameters(operation.path)):
            self.collector.untold(operation, "no object of member_a's to make it in, or no body")
            return
        question = Question(operation=operation, values=values, query=draft.query, body=draft.body)
        entry = self.context.will_create(
            A, "", "", f"{operation.object_type} made without a login by {operation.id}"
        )
        attempt = await self.asker.ask("anonymous", question, Intent.ATTEMPT)
        made = attempt.ok and kind_of(attempt) is AnswerKind.DATA
        if made:
            nonsense = await self._nonsense(operation, question)
            made = kind_of(nonsense) is not AnswerKind.DATA or not _alike(nonsense, attempt)
        if attempt.status and not made:
            self.context.undone(entry)
        control = None
        if own is not None or made:
            control = self.context.door.raw(self.context.planted_by.get(operation.id, ""))
        if control is None:
            fresh = await self.planter.plant(A, operation)
            control = self.context.door.raw(self.context.planted_by.get(operation.id, "")) if fresh else None
        made = made and control is not None and _answers_alike(draft, attempt, control)
        self._keep(operation, own, attempt, control, change="created" if made else "")

    async def _change(self, operation: HttpOperation) -> None:
        kind = last_path_type(operation)
        like = self.planter.holdings.first(A, kind)
        if like is None or is_profile(like.object_class):
            await self._act(operation)
            return
        victim = await self.tamper.victim(A, kind, like)
        if victim is None:
            self.collector.untold(operation, f"no fresh {kind} could be made to try it on")
            return
        effect = await self._tampered(operation, "anonymous", victim)
        if effect is None:
            self.collector.untold(operation, "no body could be made for it")
            return
        if effect.change is Change.GONE:
            control: Reply | None = effect.attempt
        else:
            own = await self._tampered(operation, A, victim)
            control = own.attempt if own is not None and own.change is not Change.NONE else None
        self._keep(operation, victim, effect.attempt, control, change=_CHANGES.get(effect.change, ""))

    async def _tampered(self, operation: HttpOperation, principal: str, victim: Planted) -> Effect | None:
        values = self.planter.holdings.values(operation, A, victim)
        draft = None
        if operation.method != "DELETE":
            draft = self._draft(operation, values, only_text=True)
            if draft is None:
                return None
        question = Question(operation=operation, values=values, body=draft.body if draft else None)
        return await self.tamper.write(principal, question, A, victim, draft)

    async def _act(self, operation: HttpOperation) -> None:
        """An action: nobody first, then a member, so that a refusal is known to come from the guard."""
        target = await self._fresh(operation)
        values = self.planter.holdings.values(operation, A, target)
        if any(name not in values for name in path_parameters(operation.path)):
            self.collector.untold(operation, "no value is known for its path")
            return
        draft = self._draft(operation, values)
        if operation.bodies and draft is None:
            self.collector.untold(operation, "no body could be made for it")
            return
        question = Question(
            operation=operation,
            values=values,
            query=draft.query if draft else (),
            body=draft.body if draft else None,
        )
        attempt = await self.asker.ask("anonymous", question, Intent.ATTEMPT)
        control = await self.asker.ask(A, question, Intent.CONTROL)
        self._keep(operation, target, attempt, control)

    async def _fresh(self, operation: HttpOperation) -> Planted | None:
        """A fresh object for an action, for actions change what other probes still need."""
        target = self._target(operation)
        if target is None or is_profile(target.object_class):
            return target
        return await self.tamper.victim(A, target.object_type, target) or target

    async def end_sessions(self) -> None:
        """What ends a session, changes a password, removes an account: a throw-away account is the control."""
        crew = self.context.crew
        if not self.last or crew is None:
            return
        person = await crew.spare("operations that end sessions")
        order = (Purpose.CHANGE_PASSWORD, Purpose.LOG_OUT, Purpose.DELETE)
        for operation in sorted(
            self.last, key=lambda item: order.index(item.purpose) if item.purpose in order else 9
        ):
            if person is None:
                self.collector.untold(operation, "no throw-away account could be made to show that it works")
            elif path_parameters(operation.path):
                self.collector.untold(operation, "writes on accounts are tried where passwords are")
            else:
                attempt = await self.asker.ask("anonymous", self._of_account(operation), Intent.ATTEMPT)
                self._keep(operation, None, attempt, await self._ended(operation, person))

    def _of_account(self, operation: HttpOperation) -> Question:
        draft = self._draft(operation, {})
        return Question(operation=operation, values={}, body=draft.body if draft is not None else None)

    async def _ended(self, operation: HttpOperation, person: Person) -> Reply | None:
        crew = self.context.crew
        assert crew is not None
        if operation.purpose is Purpose.CHANGE_PASSWORD:
            new = self.context.vault.derive_password(person.name, self.context.settings.url, "guards")
            reply = await change_password(self.context, operation, person.name, (person.password, new))
            if reply.ok:
                person.password = new.ref
            return reply
        if operation.purpose is Purpose.LOG_OUT:
            session = await crew.login_again(person.name)
            return await ends_session(self.context, session) if session is not None else None
        await crew.ensure(person.name)
        left = await crew.delete_account(person)
        if left is not None and left.ok and kind_of(left) is not AnswerKind.REFUSED:
            self.context.account_gone(person.name)
        return left

    def _draft(
        self, operation: HttpOperation, values: dict[str, str], *, only_text: bool = False
    ) -> Draft | None:
        return self.planter.bodies.draft(
            operation,
            owner=A,
            helper=A,
            holdings=self.planter.holdings,
            values=values,
            parents=(),
            visible="",
            only_text=only_text,
        )

    def _shown(self, answer: Answer) -> Planted | None:
        """The private object of a member's that the answer of a collection shows, else a public one."""
        ids = {hit.object_id for hit in answer.hits}
        found = [
            item
            for item in self.planter.holdings.of(A)
            if item.object_id in ids and not is_profile(item.object_class)
        ]
        return next(iter(sorted(found, key=lambda item: item.visible == "public")), None)

    def _keep(
        self,
        operation: HttpOperation,
        target: Planted | None,
        attempt: Reply,
        control: Reply | None,
        *,
        missing: Reply | None = None,
        change: str = "",
    ) -> None:
        answer = self.asker.answer(attempt)
        shown = target or self._shown(answer)
        signals = set(self.privacy.of(shown, operation, answer.hits) if shown is not None else ())
        if operation.purpose is Purpose.ME:
            signals.add(Signal.CALLERS_OWN)
        if operation.purpose in _OTHERS:
            signals.add(Signal.FOR_STAFF)
        if declared_guard(operation) is Guard.PROTECTED and self._tells_public:
            # A document that marks its public operations means what it says of the others; what is public among
            # members is not public to the world
            signals.add(Signal.DECLARED_PROTECTED)
            signals.discard(Signal.PLANTED_PUBLIC)
        self.collector.keep(
            GuardProbe(
                operation=operation.id,
                method=operation.method,
                path=operation.path,
                guard=declared_guard(operation).value,
                signals=tuple(sorted(signal.value for signal in signals)),
                attempt=answer,
                control=None if control is None else self.asker.answer(control),
                private_paths=private_paths(attempt) if attempt.ok else (),
                absent_control=None if missing is None else self.asker.answer(missing),
                change=change,
                reproduce=self.asker.curl(attempt),
            ),
            self.context,
        )


def _answers_alike(sent: Draft, attempt: Reply, control: Reply) -> bool:
    """Whether an answer is that of a creation: it repeats what was sent, or has the fields of a member's own."""
    text = attempt.text()
    if any(word in text for word in sent.canaries.values()):
        return True
    wanted, got = set(flat(control.json())), set(flat(attempt.json()))
    return len(wanted & got) * 2 >= len(wanted) if wanted else _alike(attempt, control)


def _alike(one: Reply, other: Reply) -> bool:
    """Whether two answers say the same but for ids, times and the path that was asked."""
    return masked(one.text(), (one.request.url,)) == masked(other.text(), (other.request.url,))
