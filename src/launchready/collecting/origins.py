"""CORS-01: origins that nobody approved, on good answers, on errors and on preflights (Fetch standard, CORS protocol)."""

from dataclasses import dataclass
from typing import ClassVar
from urllib.parse import urlsplit

from launchready.collecting.answers import kind_of
from launchready.collecting.collector import Collector, Cost, Safety
from launchready.collecting.context import Context
from launchready.collecting.reproduce import curl, origin_of
from launchready.collecting.urls import path_of, path_parameters
from launchready.door.messages import Reply, Request
from launchready.model.evidence import Gap, OriginTrials, Surface
from launchready.model.exchange import Intent
from launchready.model.operation import Guard, HttpOperation, Purpose
from launchready.model.outcome import Cause, Input, Remedy
from launchready.model.probe import AnswerKind, Trial

_HEALTHY = Remedy(input=Input.HEALTHY_TARGET, sentence="Run the audit again when the target answers.")

@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """An origin to try and what it is."""

    name: str
    value: str

def hostile_origins(url: str, declared: tuple[str, ...] = ()) -> tuple[Origin, ...]:
    """Origins that must not be allowed for a target at `url`: strangers, `null` and look-alikes of approved ones.

    The look-alikes are made of the first declared origin, else of the target's own host.
    """
    model = urlsplit(declared[0] if declared else url)
    host = model.hostname or "localhost"
    named = "." in host and not host.replace(".", "").isdigit()
    tries = [
        Origin(name="unknown origin", value="https://launchready-stranger.example"),
        Origin(name="null origin", value="null"),
        Origin(name="approved host as a prefix", value=f"{model.scheme}://{host}.launchready-stranger.example"),
        Origin(name="approved host as a suffix", value=f"{model.scheme}://launchready-stranger{host}"),
    ]
    if named:
        tries += [
            Origin(name="unescaped dot", value=f"{model.scheme}://{host.replace('.', 'x', 1)}"),
            Origin(name="unknown subdomain", value=f"{model.scheme}://launchready-stranger.{host}"),
            Origin(name="underscore after the host", value=f"{model.scheme}://{host}_.launchready-stranger.example"),
        ]
    if named and model.scheme == "https":
        tries.append(Origin(name="plain http", value=f"http://{host}"))
    allowed = {item.rstrip("/").lower() for item in declared} | {origin_of(url).lower()}
    return tuple(item for item in tries if item.value.lower() not in allowed)

class OriginsCollector(Collector):
    """Sends each hostile origin with a member's request, with an error and with a preflight."""

    produces = OriginTrials
    needs: ClassVar = (Surface,)
    safety = Safety.PASSIVE
    title = "Foreign origins (CORS)"

    def __init__(self) -> None:
        super().__init__()
        self.trials: list[Trial] = []

    def cost(self, context: Context) -> Cost:
        """Three situations an origin, and their controls."""
        origins = hostile_origins(context.settings.url, context.settings.origins)
        return Cost(requests=3 * len(origins) + 3)

    async def run(self, context: Context) -> None:
        """A private operation if there is one, else any that reads without a path parameter."""
        operation = _sample(context)
        if operation is None:
            self.gaps.append(
                Gap(
                    what="foreign origins",
                    cause=Cause.NOTHING_TESTED,
                    reason="no operation can be read without an id",
                    remedy=Remedy(input=Input.SPECIFICATION, sentence="Give the API's description: --spec FILE."),
                )
            )
            return
        for situation, request in _situations(context, operation):
            control = await context.door.send(request)
            for origin in hostile_origins(context.settings.url, context.settings.origins):
                self.trials.append(await self._try(context, operation, situation, request, origin, control))

    async def _try(  # noqa: PLR0913 - one trial has these six parts
        self,
        context: Context,
        operation: HttpOperation,
        situation: str,
        request: Request,
        origin: Origin,
        control: Reply,
    ) -> Trial:
        asked = Request(
            method=request.method,
            url=request.url,
            principal=request.principal,
            operation=request.operation,
            bare=request.bare,
            intent=Intent.ATTEMPT,
            headers=(*request.headers, ("Origin", origin.value)),
        )
        reply = await context.door.send(asked)
        held, reason = _judged(reply, origin)
        if held is False:
            context.cite([reply.exchange])
            context.found("CORS-01", f"{origin.name} is allowed ({situation}): {reason}")
        return Trial(
            name=f"{origin.name}, {situation}",
            operation=operation.id,
            method=request.method,
            path=operation.path,
            principal="anonymous" if request.bare else request.principal,
            held=held,
            reason=reason,
            attempt=context.garden.answer(reply),
            control=context.garden.answer(control),
            details=(
                ("origin", origin.value),
                ("allowed", reply.header("access-control-allow-origin")),
                ("credentials", reply.header("access-control-allow-credentials")),
                ("variant", origin.name),
            ),
            reproduce=curl(asked, base=context.settings.url),
        )

    def evidence(self) -> OriginTrials:
        """Trials so far."""
        return OriginTrials(trials=tuple(self.trials), gaps=tuple(self.gaps))

    def summary(self) -> str:
        """Counts."""
        return f"{len(self.trials)} trials, {sum(trial.held is False for trial in self.trials)} allowed"

def _sample(context: Context) -> HttpOperation | None:
    readable = [
        item
        for item in context.operations()
        if item.method == "GET" and not path_parameters(item.path) and context.in_focus(item)
    ]
    order = {Purpose.ME: 0, Purpose.LIST: 1, Purpose.FEED: 2}
    readable.sort(key=lambda item: (item.guard is Guard.PUBLIC, order.get(item.purpose, 3)))
    return readable[0] if readable else None

def _situations(context: Context, operation: HttpOperation) -> list[tuple[str, Request]]:
    path = path_of(operation, {})
    absent = f"/{context.new_word('absent path')}"
    signed_in = context.crew is not None and context.crew.has("member_a")
    good = Request(
        method="GET",
        url=path,
        principal="member_a" if signed_in else "anonymous",
        operation=operation.id,
        intent=Intent.CONTROL,
        bare=not signed_in,
    )
    missing = Request(method="GET", url=absent, bare=True, intent=Intent.CONTROL)
    preflight = Request(
        method="OPTIONS",
        url=path,
        operation=operation.id,
        bare=True,
        intent=Intent.CONTROL,
        headers=(
            ("Access-Control-Request-Method", "GET"),
            ("Access-Control-Request-Headers", "authorization"),
        ),
    )
    return [("good answer", good), ("error answer", missing), ("preflight", preflight)]

def _judged(reply: Reply, origin: Origin) -> tuple[bool | None, str]:
    if kind_of(reply) in {AnswerKind.NO_ANSWER, AnswerKind.LIMITED, AnswerKind.EDGE_WALL}:
        return None, reply.failure or f"the target answered {reply.status}"
    allowed = reply.header("access-control-allow-origin").strip()
    if not allowed:
        return True, "no Access-Control-Allow-Origin"
    credentials = reply.header("access-control-allow-credentials").strip().lower() == "true"
    if allowed.lower() == origin.value.lower():
        return False, f"Access-Control-Allow-Origin: {allowed}" + (", with credentials" if credentials else "")
    if allowed == "*":
        return None, "Access-Control-Allow-Origin is *: every website may read answers that need no cookie"
    return True, f"only {allowed} is allowed"
