"""One request on behalf of an account, with the facts of its answer: what all probing collectors share."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from http import HTTPStatus

from launchready.collecting.context import Context
from launchready.collecting.reproduce import curl
from launchready.collecting.urls import path_of, query_of
from launchready.door.messages import Body, Reply, Request
from launchready.model.exchange import Intent
from launchready.model.operation import HttpOperation
from launchready.model.probe import Answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What to ask: an operation with values for its path, a query and a body."""

    operation: HttpOperation
    values: Mapping[str, str]
    query: tuple[tuple[str, str], ...] = ()
    body: Body = None

    def request(self, principal: str, intent: Intent) -> Request:
        """The request of an account; `anonymous` sends no credentials."""
        bare = principal == "anonymous"
        return Request(
            method=self.operation.method,
            url=path_of(self.operation, self.values),
            principal=principal,
            operation=self.operation.id,
            intent=intent,
            query=self.query or query_of(self.operation, self.values),
            body=self.body,
            bare=bare,
            active=self.operation.writes,
        )

    def with_values(self, values: Mapping[str, str]) -> "Question":
        """The same question about something else."""
        return replace(self, values=values)


class Asker:
    """Asks questions and keeps replies that serve several probes (controls) for the length of a collector."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self._kept: dict[tuple[str, str, str], Reply] = {}

    async def ask(self, principal: str, question: Question, intent: Intent) -> Reply:
        """Send now; once more where the session of an account had ended meanwhile and could be opened again."""
        request = question.request(principal, intent)
        reply = await self.context.door.send(request)
        if (
            reply.status == HTTPStatus.UNAUTHORIZED
            and not request.bare
            and await self._signed_in_again(principal)
        ):
            return await self.context.door.send(request)
        return reply

    async def _signed_in_again(self, principal: str) -> bool:
        crew = self.context.crew
        if crew is None or not crew.has(principal):
            return False
        before = crew.person(principal).renewals
        return await crew.ensure(principal) and crew.person(principal).renewals != before

    async def control(self, principal: str, question: Question) -> Reply:
        """Send once a collector and account: reads of unchanged objects need no repetition."""
        request = question.request(principal, Intent.CONTROL)
        key = (principal, request.method, f"{request.url}?{request.query}{request.body}")
        if key not in self._kept:
            self._kept[key] = await self.ask(principal, question, Intent.CONTROL)
        return self._kept[key]

    def answer(self, reply: Reply, *, owner: Reply | None = None, ids: tuple[str, ...] = ()) -> Answer:
        """Facts of a reply."""
        return self.context.garden.answer(reply, owner=owner, ids=ids)

    def curl(self, reply: Reply) -> str:
        """A command line that repeats the request."""
        request = reply.request
        wallet = self.context.door.wallet_of(request.principal)
        return curl(request, base=self.context.settings.url, credential=wallet.templates())
