"""CORS-01: origins that nobody approved, on good answers, on errors and on preflights (Fetch standard, CORS protocol).

That a look-alike is refused says something only where the origin that it resembles is allowed. Where no approved origin
is known and the target deals with origins, the look-alikes stay open; where nothing ever speaks of origins, no
website is let in.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import ClassVar
from urllib.parse import urlsplit

from launchready.collecting.approved_origins import OriginWatch, candidates, refuses_preflight
from launchready.collecting.collector import Collector, Cost, Safety
from launchready.collecting.context import Context
from launchready.collecting.reproduce import curl, origin_of
from launchready.collecting.urls import path_of, path_parameters
from launchready.door.messages import Reply, Request
from launchready.door.replies import kind_of
from launchready.model.evidence import Gap, OriginTrials, Surface
from launchready.model.exchange import Intent
from launchready.model.operation import Guard, HttpOperation, Purpose
from launchready.model.outcome import Cause, Input, Remedy
from launchready.model.probe import AnswerKind, Trial

_DECLARE = Remedy(
    input=Input.ANSWER,
    sentence='Name the websites that may call the API: origins = ["https://app.example.com"] under [target].',
)
_MOST_MODELS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """An origin to try and what it is; `resembles` an approved one, empty if it is anybody."""

    name: str
    value: str
    resembles: str = ""


def hostile_origins(url: str, approved: Iterable[str] = ()) -> tuple[Origin, ...]:
    """Origins that must not be allowed for a target at `url`: strangers, `null` and look-alikes of `approved` ones.

    Without an approved one the look-alikes are made of the target's own host, which is a guess.
    """
    models = tuple(approved)
    tries = [
        Origin(name="unknown origin", value="https://launchready-stranger.example"),
        Origin(name="null origin", value="null"),
        *(item for model in models or (origin_of(url),) for item in look_alikes(model)),
    ]
    allowed = {item.rstrip("/").lower() for item in models} | {origin_of(url).lower()}
    once = {item.value.lower(): item for item in reversed(tries)}
    return tuple(item for item in reversed(once.values()) if item.value.lower() not in allowed)


def look_alikes(approved: str) -> list[Origin]:
    """Origins of strangers that resemble an approved one: what careless comparisons let through."""
    model = urlsplit(approved)
    host, scheme = model.hostname or "localhost", model.scheme or "https"
    named = "." in host and not host.replace(".", "").isdigit()
    made = {
        "approved host as a prefix": f"{scheme}://{host}.launchready-stranger.example",
        "approved host as a suffix": f"{scheme}://launchready-stranger{host}",
    }
    if named:
        made["unescaped dot"] = f"{scheme}://{host.replace('.', 'x', 1)}"
        made["unknown subdomain"] = f"{scheme}://launchready-stranger.{host}"
        made["underscore after the host"] = f"{scheme}://{host}_.launchready-stranger.example"
    if named and scheme == "https":
        made["plain http"] = f"http://{host}"
    return [Origin(name=name, value=value, resembles=approved) for name, value in made.items()]


class OriginsCollector(Collector):
    """Sends each hostile origin with a member's request, with an error and with a preflight."""

    produces = OriginTrials
    needs: ClassVar = (Surface,)
    safety = Safety.PASSIVE
    title = "Foreign origins (CORS)"

    def __init__(self) -> None:
        super().__init__()
        self.trials: list[Trial] = []
        self.watch = OriginWatch()
        self.approved: dict[str, Reply] = {}

    def attach(self, context: Context) -> None:
        """Notice what the target says of origins from now on."""
        context.door.taps.append(self.watch)

    def cost(self, context: Context) -> Cost:
        """The candidates, and three situations an origin with their controls."""
        settings = context.settings
        asked = candidates(settings.url, settings.origins, self.watch.noticed)
        hostile = hostile_origins(settings.url, settings.origins[:_MOST_MODELS])
        return Cost(requests=len(asked) + 3 * len(hostile) + 4)

    async def run(self, context: Context) -> None:
        """A private operation if there is one, else any that reads without a path parameter."""
        operation = _sample(context)
        if operation is None:
            self.gaps.append(
                Gap(
                    what="foreign origins",
                    cause=Cause.NOTHING_TESTED,
                    reason="no operation can be read without an id",
                    remedy=Remedy(
                        input=Input.SPECIFICATION, sentence="Give the API's description: --spec FILE."
                    ),
                )
            )
            return
        situations = _situations(context, operation)
        await self._find_approved(context, situations)
        hostile = hostile_origins(context.settings.url, list(self.approved)[:_MOST_MODELS])
        speaks = False
        for situation, request in situations:
            control = await context.door.send(request)
            for origin in hostile:
                trial, reply = await self._try(context, operation, situation, request, origin, control)
                speaks = speaks or (situation == "preflight" and refuses_preflight(control, reply))
                self.trials.append(trial)
        everybody = any(("allowed", "*") in item.details for item in self.trials if item.method == "GET")
        if (speaks or self.watch.speaks) and not self.approved and not everybody:
            self._leave_open(context)

    async def _find_approved(self, context: Context, situations: list[tuple[str, Request]]) -> None:
        """Ask for the candidates; what is repeated is approved. Two are enough as models."""
        good = next(request for situation, request in situations if situation == "good answer")
        for value in candidates(context.settings.url, context.settings.origins, self.watch.noticed):
            reply = await context.door.send(replace(good, headers=(*good.headers, ("Origin", value))))
            if reply.header("access-control-allow-origin").strip().lower() == value:
                self.approved[value] = reply
            if len(self.approved) >= _MOST_MODELS:
                break

    def _leave_open(self, context: Context) -> None:
        """The look-alikes resembled a guess, so that their refusal says nothing."""
        self.trials = [
            item for item in self.trials if item.held is not True or ("resembles", "") in item.details
        ]
        declared = ", ".join(context.settings.origins)
        self.gaps.append(
            Gap(
                what="look-alikes of approved origins",
                cause=Cause.NEEDS_INPUT,
                reason=f"the API does not allow {declared}, which the settings call approved"
                if declared
                else "the API has rules for origins, and none that it allows is known",
                remedy=_DECLARE,
            )
        )

    async def _try(
        self,
        context: Context,
        operation: HttpOperation,
        situation: str,
        request: Request,
        origin: Origin,
        control: Reply,
    ) -> tuple[Trial, Reply]:
        asked = replace(request, intent=Intent.ATTEMPT, headers=(*request.headers, ("Origin", origin.value)))
        reply = await context.door.send(asked)
        held, reason = _judged(reply, origin)
        if held is False:
            context.cite([reply.exchange])
            context.found("CORS-01", f"{origin.name} is allowed ({situation}): {reason}")
        wallet = context.door.wallet_of(request.principal)
        trial = Trial(
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
                ("situation", situation),
                ("resembles", origin.resembles),
            ),
            reproduce=curl(asked, base=context.settings.url, credential=wallet.templates()),
        )
        return trial, reply

    def evidence(self) -> OriginTrials:
        """Trials so far."""
        return OriginTrials(trials=tuple(self.trials), gaps=tuple(self.gaps))

    def summary(self) -> str:
        """Counts."""
        known = f", approved: {', '.join(self.approved)}" if self.approved else ""
        return (
            f"{len(self.trials)} trials, {sum(trial.held is False for trial in self.trials)} allowed{known}"
        )


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
        return False, f"Access-Control-Allow-Origin: {allowed}" + (
            ", with credentials" if credentials else ""
        )
    if allowed == "*":
        return None, "Access-Control-Allow-Origin is *: every website may read answers that need no cookie"
    return True, f"only {allowed} is allowed"
