"""AUTH-28: session lifecycles on a throw-away account: log out and replay, change the password, a second session."""

from dataclasses import replace
from typing import ClassVar

from launchready.accounts.person import Person, Session
from launchready.accounts.refreshing import refresh
from launchready.collecting.collector import Collector, Cost, Safety
from launchready.collecting.context import Context
from launchready.collecting.ending import change_password, ends_session, password_operation
from launchready.collecting.urls import path_of
from launchready.door.messages import Reply, Request
from launchready.door.replies import kind_of
from launchready.model.evidence import Accounts, Gap, SessionScenarios, Surface
from launchready.model.exchange import Intent
from launchready.model.operation import HttpOperation, Purpose
from launchready.model.outcome import Cause, Input, Remedy
from launchready.model.probe import Answer, AnswerKind, Expectation, Scenario, Step

_SPARE = Remedy(
    input=Input.MEMBER_LOGIN,
    sentence="Let the audit sign up accounts of its own, or give one whose password may be changed.",
)
_OFFER = Remedy(
    input=Input.SPECIFICATION,
    sentence="List the log-out and change-password operations in the API's description.",
)


class SessionsCollector(Collector):
    """Runs the scenarios; each has controls that must be accepted and replays that must be refused."""

    produces = SessionScenarios
    needs: ClassVar = (Surface, Accounts)
    safety = Safety.ACTIVE
    title = "Session lifecycles"

    def __init__(self) -> None:
        super().__init__()
        self.scenarios: list[Scenario] = []

    def cost(self, context: Context) -> Cost:
        """Two scenarios of about ten requests."""
        del context
        return Cost(requests=24)

    async def run(self, context: Context) -> None:
        """On one throw-away account, the password change last."""
        crew = context.crew
        person = await crew.spare("session lifecycles") if crew is not None else None
        if person is None:
            self._gap("session lifecycles", "no throw-away account could be made", _SPARE)
            return
        stage = _Stage(context, person)
        if not context.operations(Purpose.LOG_OUT):
            self._gap("logging out", "the API has no log-out operation", _OFFER)
        else:
            self._keep(await stage.log_out(), context)
        operation = password_operation(context)
        if operation is None:
            self._gap("changing the password", "the API has no operation to change one's password", _OFFER)
        else:
            self._keep(await stage.new_password(operation), context)

    def _keep(self, scenario: Scenario, context: Context) -> None:
        self.scenarios.append(scenario)
        wrong = [step for step in scenario.steps if not step.control and _accepted(step.answer)]
        if wrong:
            context.cite([step.answer.exchange for step in scenario.steps])
            context.found("AUTH-28", f"{scenario.name}: {wrong[0].name} still works")

    def _gap(self, what: str, reason: str, remedy: Remedy) -> None:
        self.gaps.append(Gap(what=what, cause=Cause.NEEDS_INPUT, reason=reason, remedy=remedy))

    def evidence(self) -> SessionScenarios:
        """Scenarios so far."""
        return SessionScenarios(scenarios=tuple(self.scenarios), gaps=tuple(self.gaps))

    def summary(self) -> str:
        """Counts."""
        return f"{len(self.scenarios)} scenarios run"


def _accepted(answer: Answer) -> bool:
    return answer.kind in {AnswerKind.DATA, AnswerKind.EMPTY} and 200 <= answer.status < 300  # noqa: PLR2004 - RFC 9110


class _Stage:
    """A throw-away account and its sessions."""

    def __init__(self, context: Context, person: Person) -> None:
        assert context.crew is not None
        self.context, self.crew, self.person = context, context.crew, person
        self.steps: list[Step] = []

    async def log_out(self) -> Scenario:
        """Log in, use, log out, replay the token and the refresh token."""
        self.steps = []
        operation = self.context.operations(Purpose.LOG_OUT)[0]
        name = "after logging out"
        session = await self.crew.login_again(self.person.name)
        if session is None or self.person.canary is None:
            return self._scenario(name, operation, "no second session could be opened")
        if not await self._use(session, "use the session", Expectation.ACCEPTED, control=True):
            return self._scenario(name, operation, "the second session was not accepted")
        spare_refresh = session.person.refresh
        refreshes = await self._refresh_works()
        old = self.context.door.wallet_of(session.principal).clone()
        ended = await ends_session(self.context, session)
        if ended is None:
            return self._scenario(name, operation, "the log-out was refused")
        self._step("log out", Expectation.ACCEPTED, ended, control=True)
        self.context.door.wallet[session.principal] = old
        await self._use(session, "replay the session", Expectation.REFUSED)
        if refreshes and spare_refresh is not None:
            session.person.refresh = spare_refresh
            await self._refresh(session.person)
        return self._scenario(name, operation)

    async def _refresh_works(self) -> bool:
        """Whether refreshing works at all, on a session of its own: the control of the refresh replay."""
        session = await self.crew.login_again(self.person.name)
        if session is None or session.person.refresh is None:
            return False
        return await refresh(self.crew.desk, session.person)

    async def _refresh(self, person: Person) -> None:
        before = self.context.door.spending.requests
        renewed = await refresh(self.crew.desk, person)
        last = self.context.door.raw(self.context.door.last)
        if last is None or self.context.door.spending.requests == before:
            return
        answer = self.context.garden.answer(last)
        if not renewed and _accepted(answer):
            return
        self.steps.append(Step(name="replay the refresh token", expect=Expectation.REFUSED, answer=answer))

    async def new_password(self, operation: HttpOperation) -> Scenario:
        """Two sessions; one changes the password; the other, and the old password, must be refused."""
        self.steps = []
        name = "after changing the password"
        first = await self.crew.login_again(self.person.name)
        second = await self.crew.login_again(self.person.name)
        if first is None or second is None or self.person.canary is None:
            return self._scenario(name, operation, "two sessions could not be opened")
        if not await self._use(second, "use the other session", Expectation.ACCEPTED, control=True):
            return self._scenario(name, operation, "the other session was not accepted")
        old = self.person.password
        new = self.context.vault.derive_password(self.person.name, self.context.settings.url, "new")
        reply = await change_password(self.context, operation, first.principal, (old, new))
        if not reply.ok or kind_of(reply) is AnswerKind.REFUSED:
            return self._scenario(name, operation, f"the change was refused with {reply.status}")
        self._step("change the password", Expectation.ACCEPTED, reply, control=True)
        self.person.password = new.ref
        if not await self._log_in("log in with the new password", Expectation.ACCEPTED, control=True):
            return self._scenario(name, operation, "the new password does not work, so nothing was changed")
        await self._use(second, "replay the other session", Expectation.REFUSED)
        self.person.password = old
        await self._log_in("log in with the old password", Expectation.REFUSED)
        self.person.password = new.ref
        return self._scenario(name, operation)

    async def _log_in(self, name: str, expect: Expectation, *, control: bool = False) -> bool:
        session = await self.crew.login_again(self.person.name)
        last = self.context.door.raw(self.context.door.last)
        if last is not None:
            self._step(name, expect, last, control=control)
        if session is None and self.steps and self.steps[-1].answer.kind is AnswerKind.DATA:
            # A good status that opens no session, where the same request with the right password did
            answer = replace(self.steps[-1].answer, kind=AnswerKind.REFUSED)
            self.steps[-1] = replace(self.steps[-1], answer=answer)
        return session is not None

    async def _use(self, session: Session, name: str, expect: Expectation, *, control: bool = False) -> bool:
        canary = self.person.canary
        assert canary is not None
        reply = await self.context.door.send(
            Request(
                method=canary.method,
                url=path_of(canary, {}),
                principal=session.principal,
                operation=canary.id,
                intent=Intent.CONTROL if control else Intent.ATTEMPT,
            )
        )
        self._step(name, expect, reply, control=control)
        return kind_of(reply) is AnswerKind.DATA

    def _step(self, name: str, expect: Expectation, reply: Reply, *, control: bool) -> None:
        self.steps.append(
            Step(name=name, expect=expect, answer=self.context.garden.answer(reply), control=control)
        )

    def _scenario(self, name: str, operation: HttpOperation, problem: str = "") -> Scenario:
        return Scenario(
            name=name,
            operation=operation.id,
            method=operation.method,
            path=operation.path,
            principal="member",
            steps=tuple(self.steps),
            problem=problem,
        )
