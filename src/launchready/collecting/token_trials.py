"""AUTH-02: altered tokens on a sample of each route group (RFC 8725 section 3.1 for the JWT ones)."""

from typing import ClassVar

from launchready.accounts.person import Person
from launchready.collecting.answers import masked
from launchready.collecting.asking import Asker, Question
from launchready.collecting.collector import Collector, Cost, Safety
from launchready.collecting.context import Context
from launchready.collecting.ending import ends_session
from launchready.collecting.holdings import Holdings, last_path_type
from launchready.collecting.reproduce import curl
from launchready.collecting.urls import path_of, path_parameters
from launchready.door.messages import Reply, Request
from launchready.door.replies import kind_of
from launchready.door.vault import Secret
from launchready.model.evidence import Accounts, Gap, Surface, TokenTrials
from launchready.model.exchange import Intent
from launchready.model.operation import Guard, HttpOperation, Purpose
from launchready.model.outcome import Cause, Input, Remedy
from launchready.model.probe import AnswerKind, Trial

A = "member_a"
_MOST_GROUPS = 6
_UNTOLD = frozenset({AnswerKind.NO_ANSWER, AnswerKind.LIMITED, AnswerKind.EDGE_WALL, AnswerKind.ERROR})
_REFUSALS = frozenset({AnswerKind.REFUSED, AnswerKind.NOT_FOUND, AnswerKind.REDIRECT, AnswerKind.INVALID})
_LOGIN = Remedy(input=Input.MEMBER_LOGIN, sentence="Give a member's login: launchready login member_a.")
_NO_SAMPLE = Remedy(
    input=Input.SPECIFICATION, sentence="Give a description of the API with a readable private operation."
)
_LOG_OUT = Remedy(
    input=Input.SPECIFICATION,
    sentence="Offer a log-out operation that ends the session at the server, and list it in the API's description.",
)


class TokenTrialsCollector(Collector):
    """Sends member_a's token, altered, where the true one works and none is refused."""

    produces = TokenTrials
    needs: ClassVar = (Surface, Accounts)
    safety = Safety.ACTIVE
    title = "Bad, altered and ended tokens"

    def __init__(self) -> None:
        super().__init__()
        self.trials: list[Trial] = []

    def cost(self, context: Context) -> Cost:
        """Seven variants and two controls a route group."""
        return Cost(requests=9 * min(_MOST_GROUPS, len(_groups(context))))

    async def run(self, context: Context) -> None:
        """Find samples by their controls, then send every variant."""
        crew = context.crew
        if crew is None or not crew.has(A):
            self._gap("altered tokens", Cause.NEEDS_INPUT, "no member could be signed in", _LOGIN)
            return
        person = crew.person(A)
        samples = await self._samples(context)
        if not samples:
            self._gap(
                "altered tokens",
                Cause.NO_CONTROL,
                "no operation was found that answers a member and refuses everybody else",
                _NO_SAMPLE,
            )
            return
        for operation, url, control in samples:
            for name, headers in variants(context, person):
                self.trials.append(await self._try(context, operation, url, control, name, headers))
        await self._ended(context, samples)

    async def _samples(self, context: Context) -> list[tuple[HttpOperation, str, Reply]]:
        asker = Asker(context)
        objects = context.plantings.objects if context.has_plantings() else ()
        holdings = Holdings(context.operations(), objects)
        found = []
        for candidates in list(_groups(context).values())[:_MOST_GROUPS]:
            for operation in candidates[:3]:
                kind = last_path_type(operation)
                values = holdings.values(operation, A, holdings.first(A, kind) if kind else None)
                if any(name not in values for name in path_parameters(operation.path)):
                    continue
                question = Question(operation=operation, values=values)
                control = await asker.ask(A, question, Intent.CONTROL)
                if kind_of(control) is not AnswerKind.DATA:
                    continue
                nobody = await asker.ask("anonymous", question, Intent.CONTROL)
                if kind_of(nobody) in _REFUSALS:
                    found.append((operation, path_of(operation, values), control))
                    break
        return found

    async def _try(
        self,
        context: Context,
        operation: HttpOperation,
        url: str,
        control: Reply,
        name: str,
        headers: tuple[tuple[str, str], ...],
    ) -> Trial:
        request = Request(
            method="GET",
            url=url,
            principal=A,
            operation=operation.id,
            intent=Intent.ATTEMPT,
            headers=headers,
            bare=True,
        )
        reply = await context.door.send(request)
        return self._kept(context, operation, name, reply, control)

    def _kept(
        self, context: Context, operation: HttpOperation, name: str, reply: Reply, control: Reply
    ) -> Trial:
        held, reason = judged(reply, control)
        if held is False:
            context.cite([control.exchange, reply.exchange])
            context.found(
                "AUTH-02", f"a token that is {_PLAIN.get(name, name)} is accepted by {operation.id}"
            )
        return Trial(
            name=_PLAIN.get(name, name),
            operation=operation.id,
            method=operation.method,
            path=operation.path,
            principal=A,
            held=held,
            reason=reason,
            attempt=context.garden.answer(reply),
            control=context.garden.answer(control),
            details=(("variant", name),),
            reproduce=curl(reply.request, base=context.settings.url),
        )

    async def _ended(self, context: Context, samples: list[tuple[HttpOperation, str, Reply]]) -> None:
        """A session that was logged out, replayed at every sample."""
        crew = context.crew
        assert crew is not None
        session = await crew.login_again(A) if crew.desk.log_ins else None
        if session is None:
            self._gap("an ended session", Cause.NO_CONTROL, "no second session could be opened", _LOGIN)
            return
        before = await context.door.send(
            Request(method="GET", url=samples[0][1], principal=session.principal, intent=Intent.CONTROL)
        )
        if kind_of(before) is not AnswerKind.DATA:
            self._gap("an ended session", Cause.NO_CONTROL, "the second session was not accepted", _LOGIN)
            return
        old = context.door.wallet_of(session.principal).clone()
        if not await ends_session(context, session):
            self._gap("an ended session", Cause.NO_CONTROL, "the API has no log-out that works", _LOG_OUT)
            return
        context.door.wallet[session.principal] = old
        for operation, url, control in samples:
            context.door.wallet[session.principal] = old.clone()
            reply = await context.door.send(
                Request(
                    method="GET",
                    url=url,
                    principal=session.principal,
                    operation=operation.id,
                    intent=Intent.ATTEMPT,
                )
            )
            self.trials.append(self._kept(context, operation, "logged_out", reply, control))

    def _gap(self, what: str, cause: Cause, reason: str, remedy: Remedy) -> None:
        self.gaps.append(Gap(what=what, cause=cause, reason=reason, remedy=remedy, principal=A))

    def evidence(self) -> TokenTrials:
        """Trials so far."""
        return TokenTrials(trials=tuple(self.trials), gaps=tuple(self.gaps))

    def summary(self) -> str:
        """Counts."""
        return f"{len(self.trials)} trials, {sum(item.held is False for item in self.trials)} accepted"


_PLAIN = {
    "garbage": "garbage",
    "truncated": "cut short",
    "flipped": "changed in one character",
    "unsigned": "unsigned (alg none)",
    "signature_stripped": "without its signature",
    "signature_flipped": "wrongly signed",
    "resigned": "signed with a foreign key",
    "logged_out": "logged out",
}


def variants(context: Context, person: Person) -> list[tuple[str, tuple[tuple[str, str], ...]]]:
    """(name, headers that carry the altered credential in place of the true one)."""
    made: list[tuple[str, tuple[tuple[str, str], ...]]] = []
    wallet = context.door.wallet_of(person.name)
    for place, secret in wallet.secrets():
        where, _, name = place.partition(":")
        for variant, altered in context.vault.jwt_variants(secret):
            if where == "header":
                template = dict(wallet.templates()).get(name, "{}")
                made.append((variant, ((name, template.replace("{}", altered.ref)),)))
            elif where == "cookie" and _is_session(name, secret, person):
                made.append((variant, (("Cookie", f"{name}={altered.ref}"),)))
    return made


def _is_session(name: str, secret: Secret, person: Person) -> bool:
    """A cookie that carries the session, not a setting or an anti-forgery token."""
    del secret
    lower = name.lower()
    return person.scheme is not None and person.scheme.cookies and "csrf" not in lower and "xsrf" not in lower


def judged(reply: Reply, control: Reply) -> tuple[bool | None, str]:
    """Whether the credential was refused, by what came: data where a stranger gets none is acceptance."""
    kind = kind_of(reply)
    if kind in _UNTOLD:
        return None, reply.failure or f"the target answered {reply.status}"
    if kind is AnswerKind.DATA:
        same = masked(reply.text()) == masked(control.text())
        return False, "answered with the member's own data" if same else f"answered {reply.status} with data"
    return True, f"answered {reply.status}"


def _groups(context: Context) -> dict[str, list[HttpOperation]]:
    """Private reads by their first path word, those without ids first."""
    found: dict[str, list[HttpOperation]] = {}
    readable = [
        item
        for item in context.operations()
        if item.method == "GET"
        and item.guard is not Guard.PUBLIC
        and item.purpose
        not in {Purpose.ACTION, Purpose.ADMIN, Purpose.MODERATE, Purpose.HEALTH, Purpose.DOCS}
        and context.in_focus(item)
    ]
    readable.sort(
        key=lambda item: (item.purpose is not Purpose.ME, len(path_parameters(item.path)), item.path)
    )
    for item in readable:
        words = [part for part in item.path.split("/") if part and not part.startswith("{")]
        found.setdefault(words[0] if words else "/", []).append(item)
    return found
