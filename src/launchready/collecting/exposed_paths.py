"""AUTH-35: internal, cron, console, metrics and debug paths, asked by nobody and by a member.

A path counts as exposed by what its answer holds, compared with what the target answers to a path that cannot exist:
soft 404s and catch-all pages are no exposure, nor is a login form in front of a console.
"""

import re
from dataclasses import dataclass
from typing import ClassVar

from launchready.collecting.answers import masked
from launchready.collecting.collector import Collector, Cost, Safety
from launchready.collecting.context import Context, matches
from launchready.collecting.reproduce import curl
from launchready.collecting.urls import path_parameters
from launchready.door.messages import Reply, Request
from launchready.door.replies import kind_of
from launchready.model.evidence import ExposedPaths, Gap, Surface
from launchready.model.exchange import Intent
from launchready.model.operation import Guard, HttpOperation, Purpose
from launchready.model.outcome import Cause, Input, Remedy
from launchready.model.probe import Answer, AnswerKind, Trial

_HEALTHY = Remedy(input=Input.HEALTHY_TARGET, sentence="Run the audit again when the target answers.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A usual path, what it is, and what its answer must hold to be that (so that no other page counts)."""

    path: str
    what: str
    holds: re.Pattern[str]
    documentation: bool = False


def _place(path: str, what: str, holds: str, *, documentation: bool = False) -> Place:
    return Place(
        path=path, what=what, holds=re.compile(holds, re.IGNORECASE | re.DOTALL), documentation=documentation
    )


# A heading that says so, and something to look at or to press: a page about administrators has no buttons
_CONSOLE = (
    r"\A(?=.*<(?:title|h[1-3])[^>]*>[^<]*\b(?:admin\w*|dashboard|console|back ?office|control panel)\b)"
    r"(?=.*<(?:table|form|button)\b)"
    r"|\A\s*[\[{].*\"(?:users|members|accounts|orders|reports|jobs|settings)\"\s*:"
)
# A board of vacancies lies at the same path as a queue of jobs
_QUEUE = (
    r"\"(?:enqueued|queued?|workers?|attempts|retr(?:y|ies)|next_run|last_run|run_at|cron|backlog)[a-z_]*\"\s*:"
    r"|\b(?:job queue|enqueued|workers?|retries)\b"
)
# Keys that are made for browsers (publishable, site, maps) are no secret, nor is the address of an error tracker
_SETTINGS = r"\"[a-z_]*(?:database|secret|smtp|passw|private_key)[a-z_]*\"\s*:"
PLACES = (
    _place(
        "/metrics",
        "metrics",
        r"^# (?:HELP|TYPE) |^[a-z_]+(?:\{[^}]*\})? [0-9.e+]+$|\"(?:uptime|memory|requests)",
    ),
    _place("/actuator", "framework console", r"\"_links\""),
    _place("/actuator/env", "environment dump", r"\"(?:propertySources|activeProfiles)\""),
    _place("/actuator/heapdump", "memory dump", r"^JAVA PROFILE"),
    _place("/debug", "debug page", r"\A\s*[\[{]|(?:traceback|environ|settings|debug|stack)"),
    _place(
        "/debug/vars",
        "debug variables",
        r"\"(?:cmdline|memstats|env|environ|config|settings|pid|threads|uptime)",
    ),
    _place("/debug/pprof/", "profiler", r"(?:goroutine|heap|profile)"),
    _place("/_profiler", "profiler", r"profiler"),
    _place("/__debug__/", "debug toolbar", r"debug"),
    _place("/console", "interactive console", r"(?:interactive console|werkzeug|h2 console)"),
    _place("/phpinfo.php", "PHP information", r"phpinfo\(\)|php version"),
    _place("/server-status", "server status", r"apache server status"),
    _place("/nginx_status", "server status", r"active connections"),
    _place("/internal", "internal interface", r"^\s*[\[{]"),
    _place("/internal/status", "internal interface", r"^\s*[\[{]"),
    _place("/internal/cron", "scheduled job", r"^\s*[\[{]"),
    _place("/cron", "scheduled job", r"^\s*[\[{]|\b(?:ran|done|started|jobs?)\b"),
    _place("/jobs", "job queue", _QUEUE),
    _place("/queue", "job queue", _QUEUE),
    _place("/flower/", "job queue console", r"flower"),
    _place("/horizon", "job queue console", r"horizon"),
    _place("/sidekiq", "job queue console", r"sidekiq"),
    _place("/bull", "job queue console", r"bull"),
    _place("/admin", "admin console", _CONSOLE),
    _place("/admin/", "admin console", _CONSOLE),
    _place("/administrator/", "admin console", _CONSOLE),
    _place("/adminer.php", "database console", r"adminer"),
    _place("/phpmyadmin/", "database console", r"phpmyadmin"),
    _place("/pgadmin4", "database console", r"pgadmin"),
    _place("/config", "configuration", _SETTINGS),
    _place(
        "/env",
        "environment dump",
        r"\"?\b(?:path|home)\"?\s{0,9}[:=]\s{0,9}\"?/|\"?[a-z_]{0,40}(?:database|secret)[a-z_]{0,40}\"?\s{0,9}[:=]",
    ),
    _place("/docs", "API documentation", r"swagger|redoc|rapidoc|scalar|openapi", documentation=True),
    _place("/openapi.json", "API documentation", r"\"openapi\"|\"swagger\"", documentation=True),
    _place("/swagger", "API documentation", r"swagger", documentation=True),
    _place("/graphiql", "API documentation", r"graphiql", documentation=True),
)
_LOGIN_FORM = re.compile(r"type=[\"']?password|\b(?:sign|log)[ -]?in\b", re.IGNORECASE)
_ROWS = re.compile(r"<td\b", re.IGNORECASE)
_INTERNAL = re.compile(
    r"(?:^|[/_.-])(?:_?debug|internal|cron|metrics|actuator|profiler|heapdump|env|phpinfo|flower|worker|workers)(?:$|[/_.-])",
    re.IGNORECASE,
)


class ExposedPathsCollector(Collector):
    """Asks usual internal paths and the specification's own internal operations without credentials."""

    produces = ExposedPaths
    needs: ClassVar = (Surface,)
    safety = Safety.PASSIVE
    title = "Internal and console paths"

    def __init__(self) -> None:
        super().__init__()
        self.trials: list[Trial] = []

    def cost(self, context: Context) -> Cost:
        """One request a place, and one more for the absent control."""
        return Cost(requests=len(_asked(context)) + 2)

    async def run(self, context: Context) -> None:
        """The control first: without it no answer can be told from a soft 404."""
        word = context.new_word("absent path")
        controls = [
            await self._ask(context, f"/{word}", ""),
            await self._ask(context, f"/{word}/{word}.php", ""),
        ]
        if not all(control.status for control in controls):
            self.gaps.append(
                Gap(
                    what="internal paths",
                    cause=Cause.TARGET_FAILED,
                    reason=f"the target did not answer: {controls[0].failure or controls[1].failure}",
                    remedy=_HEALTHY,
                )
            )
            return
        for place, operation in _asked(context):
            self.trials.append(await self._try(context, place, operation, controls))

    async def _ask(self, context: Context, path: str, operation: str) -> Reply:
        return await context.door.send(
            Request(method="GET", url=path, operation=operation, bare=True, intent=Intent.ATTEMPT)
        )

    async def _try(
        self, context: Context, place: Place, operation: HttpOperation | None, controls: list[Reply]
    ) -> Trial:
        reply = await self._ask(context, place.path, operation.id if operation else "")
        answer = context.garden.answer(reply)
        held, reason = _judged(place, reply, answer, controls)
        if held is False:
            context.cite([reply.exchange])
        if held is False and not place.documentation:
            context.found("AUTH-35", f"{place.what} open to everybody at {place.path}")
        return Trial(
            name=place.what,
            operation=operation.id if operation else f"GET {place.path}",
            method="GET",
            path=operation.path if operation else place.path,
            principal="anonymous",
            held=held,
            reason=reason,
            attempt=answer,
            control=context.garden.answer(controls[0]),
            details=(("documentation", "yes"),) if place.documentation else (),
            reproduce=curl(reply.request, base=context.settings.url),
        )

    def evidence(self) -> ExposedPaths:
        """Trials so far."""
        return ExposedPaths(trials=tuple(self.trials), gaps=tuple(self.gaps))

    def summary(self) -> str:
        """Counts."""
        open_ones = sum(trial.held is False and not trial.details for trial in self.trials)
        return f"{len(self.trials)} paths asked, {open_ones} open"


def _asked(context: Context) -> list[tuple[Place, HttpOperation | None]]:
    """Usual places and the document's own internal operations; a path is asked once."""
    own = [
        (
            Place(
                path=operation.base_path.rstrip("/") + operation.path
                if not operation.path.startswith(operation.base_path or "\0")
                else operation.path,
                what="internal operation",
                holds=re.compile(r"\S"),
            ),
            operation,
        )
        for operation in context.operations()
        if operation.method == "GET"
        and operation.guard is not Guard.PUBLIC
        and not path_parameters(operation.path)
        and _INTERNAL.search(operation.path)
        and context.in_focus(operation)
    ]
    usual = [place for place in PLACES if not context.settings.include or _included(context, place)]
    known = {place.path for place, _ in own} | _resources(context)
    return [*own, *((place, None) for place in usual if place.path not in known)]


def _resources(context: Context) -> set[str]:
    """Paths of the API's own collections: where members create something, there is no console of the team."""
    return {
        item.path for item in context.operations() if item.method == "POST" and item.purpose is Purpose.CREATE
    }


def _included(context: Context, place: Place) -> bool:
    return any(matches("GET", place.path, pattern) for pattern in context.settings.include)


def _judged(place: Place, reply: Reply, answer: Answer, controls: list[Reply]) -> tuple[bool | None, str]:
    kind = answer.kind
    if kind in {AnswerKind.NO_ANSWER, AnswerKind.LIMITED, AnswerKind.EDGE_WALL}:
        return None, reply.failure or f"the target answered {reply.status}"
    if kind is AnswerKind.ERROR:
        return None, f"the target failed with {reply.status}"
    if kind is AnswerKind.EMPTY and reply.ok and any(control.ok for control in controls):
        return None, "the same answer as for a path that does not exist"
    if not reply.ok or kind in {AnswerKind.EMPTY, AnswerKind.REFUSED}:
        return True, f"answered {reply.status}"
    if any(_same(reply, control) for control in controls):
        # An application's page for all its paths is usual; data for all of them tells nothing
        told = True if kind is AnswerKind.PAGE else None
        return told, "the same answer as for a path that does not exist"
    text = reply.text()[:200_000]
    asks_login = _LOGIN_FORM.search(text) and not _ROWS.search(text)  # "last login" stands in consoles, too
    if kind is AnswerKind.PAGE and asks_login and not place.documentation:
        return True, "a login form stands in front of it"
    if place.holds.search(text):
        return False, f"answered {reply.status} with {reply.media_type or 'data'}, {len(reply.body)} bytes"
    return True, "the answer is something else"


def _same(reply: Reply, control: Reply) -> bool:
    """Whether it is the target's answer for anything: equal when masked, or the same page shell at the same status."""
    if kind_of(control) in {AnswerKind.NOT_FOUND, AnswerKind.REFUSED}:
        return False
    urls = (reply.request.url, control.request.url)
    # An answer that repeats the path differs by it alone: with its slashes first, then without
    asked = (*urls, *(url.strip("/") for url in urls))
    left = masked(reply.text(), tuple(word for word in asked if word))
    right = masked(control.text(), tuple(word for word in asked if word))
    if left == right:
        return True
    page = reply.media_type == "text/html" == control.media_type
    return page and _title(reply) == _title(control) and abs(len(reply.body) - len(control.body)) <= 200  # noqa: PLR2004 - room for the path in the page


def _title(reply: Reply) -> str:
    match = re.search(r"<title[^>]*>(.*?)</title>", reply.text()[:20_000], re.IGNORECASE | re.DOTALL)
    return match[1].strip() if match else ""
