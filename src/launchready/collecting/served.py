"""Which routes that the code or a client names the running target knows, found out by reading alone.

A route is asked beside a path that cannot exist, in the same folder and by the same method. Who answers both alike
with "not found", or with the same page, does not know the route. GET tells of reads, OPTIONS of writes (a router
answers it before any handler), where it tells routes of this target apart at all. What could not be told stays.
"""

import re
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from urllib.parse import urlsplit

from launchready.collecting.answers import masked
from launchready.collecting.context import Context
from launchready.collecting.urls import path_of, path_parameters
from launchready.door.messages import Reply, Request
from launchready.door.replies import is_page, kind_of
from launchready.model.exchange import Intent
from launchready.model.operation import HttpOperation
from launchready.model.probe import AnswerKind
from launchready.model.same_route import shape
from launchready.surface.from_source import CodeOperation
from launchready.surface.links import path_parameter
from launchready.surface.merge import full_path
from launchready.surface.schemas import branch, type_of
from launchready.surface.words import is_noise, parameter_name

_MOST_ASKED = 400
_SAMPLES = 3
_CALIBRATING = 2
_PAGE_ROOM = 200  # bytes by which pages of one shell differ: the path in them
_METHOD_NOT_ALLOWED = 405
_SILENT = frozenset({AnswerKind.NO_ANSWER, AnswerKind.LIMITED, AnswerKind.EDGE_WALL})
_TITLE = re.compile(r"<title[^>]*>(.*?)</title>", re.IGNORECASE | re.DOTALL)
_NO_NUMBER = "790001337"
_NO_WORD = "no-such-word"


class Standing(StrEnum):
    """What the target's answers say about a route."""

    SERVED = "served"
    PAGE = "page"  # served, and what it answers is a page for people
    ABSENT = "absent"
    LIKE_ABSENT = (
        "like absent"  # as a path that does not exist; a handler that finds nothing may say the same
    )
    GUARDED = "guarded"  # something in front answers for this whole folder, and not by "not found"
    UNTOLD = "untold"


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the target serves of what was named, below the base path found; the rest by standing.

    `apps` are the applications that answer here, `answered` the ids of operations that were seen to be known.
    """

    operations: tuple[HttpOperation, ...]
    pages: tuple[HttpOperation, ...] = ()
    absent: tuple[HttpOperation, ...] = ()
    apps: tuple[str, ...] = ()
    answered: frozenset[str] = frozenset()


async def known_to_target(context: Context, named: Sequence[CodeOperation], bases: Sequence[str]) -> Known:
    """What of `named` the target knows, each application below the first of `bases` at which it is answered for.

    An application of which no route is known and some are absent is served elsewhere. A route without parameters that
    answers with a page is one for people.
    """
    scout = Scout(context)
    kept: list[HttpOperation] = []
    pages: list[HttpOperation] = []
    absent: list[HttpOperation] = []
    apps: list[str] = []
    answered: set[str] = set()
    for app in dict.fromkeys(each.app for each in named):
        own = [each.operation for each in named if each.app == app]
        based = await _based(scout, own, bases)
        standings = await scout.standings(based)
        told = list(zip(based, standings, strict=True))
        if not _is_here(standings):
            absent.extend(based)
            continue
        apps.append(app)
        kept.extend(each for each, one in told if one not in {Standing.ABSENT, Standing.PAGE})
        pages.extend(each for each, one in told if one is Standing.PAGE)
        absent.extend(each for each, one in told if one is Standing.ABSENT)
        answered |= {each.id for each, one in told if one is Standing.SERVED}
    return Known(
        operations=tuple(kept),
        pages=tuple(pages),
        absent=tuple(absent),
        apps=tuple(apps),
        answered=frozenset(answered),
    )


def _is_here(standings: Iterable[Standing]) -> bool:
    """Whether an application may answer at the target: a route is known or behind a guard, or none is like absent."""
    seen = set(standings)
    if seen & {Standing.SERVED, Standing.PAGE, Standing.GUARDED}:
        return True
    return not seen & {Standing.ABSENT, Standing.LIKE_ABSENT}


async def _based(
    scout: "Scout", operations: Sequence[HttpOperation], bases: Sequence[str]
) -> tuple[HttpOperation, ...]:
    """The operations below the first base at which one of a few samples is known; as they are, if there is none."""
    for base in bases:
        placed = tuple(replace(each, base_path=base) for each in operations)
        if any(map(_is_known, await scout.standings(_samples(placed)))):
            return placed
    return tuple(operations)


def _samples(operations: Sequence[HttpOperation]) -> list[HttpOperation]:
    """A few plain reads, whose answers tell most; other reads or writes where there are none."""

    def rank(each: HttpOperation) -> int:
        return 2 if each.method != "GET" else int(bool(path_parameters(each.path)))

    ranked = sorted(operations, key=rank)
    return [each for each in ranked if rank(each) == rank(ranked[0])][:_SAMPLES]


class Scout:
    """Asks for routes, each question and each control once."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.asked = 0
        self.most = min(_MOST_ASKED, context.settings.budget.requests // 6)
        self._word = context.new_word("absent route")
        self._replies: dict[tuple[str, str], Reply | None] = {}
        self._tells = False

    async def standings(self, operations: Sequence[HttpOperation]) -> list[Standing]:
        """The standing of each, in order."""
        first = {each.id: await self._by_get(each) for each in operations if each.method == "GET"}
        read = {
            shape(full_path(each))
            for each in operations
            if each.method == "GET" and _is_known(first[each.id])
        }
        found = []
        for each in operations:
            standing = first.get(each.id)
            if standing is None and shape(full_path(each)) in read:
                standing = Standing.SERVED
            elif standing not in {Standing.SERVED, Standing.PAGE}:
                standing = await self._by_options(each, standing, operations, first)
            found.append(standing)
        return found

    async def _by_get(self, operation: HttpOperation) -> Standing:
        """What GET says, with ids of one kind after the other: routers pass over ids of another kind."""
        standing = Standing.UNTOLD
        for values in _made_up(operation):
            standing = await self._of_get(operation, values)
            if standing not in {Standing.LIKE_ABSENT, Standing.ABSENT}:
                break
        return standing

    async def _of_get(self, operation: HttpOperation, values: Mapping[str, str]) -> Standing:
        reply, control = await self._pair("GET", operation, values)
        if reply is None or control is None:
            return Standing.UNTOLD
        kind = kind_of(reply)
        if kind in _SILENT or kind_of(control) in _SILENT:
            return Standing.UNTOLD
        if reply.status == _METHOD_NOT_ALLOWED and control.status != _METHOD_NOT_ALLOWED:
            # Another method of this path is known: what is named here is a read that the target does not have
            return Standing.ABSENT
        if not await self._alike(reply, control):
            page = kind is AnswerKind.PAGE and not path_parameters(operation.path)
            return Standing.PAGE if page else Standing.SERVED
        if kind is AnswerKind.PAGE:
            return Standing.ABSENT
        nothing = kind is AnswerKind.NOT_FOUND or reply.status == _METHOD_NOT_ALLOWED
        return Standing.LIKE_ABSENT if nothing else Standing.GUARDED

    async def _by_options(
        self,
        operation: HttpOperation,
        standing: Standing | None,
        operations: Sequence[HttpOperation],
        first: Mapping[str, Standing],
    ) -> Standing:
        """What OPTIONS adds: to a write all, to a read that answered like nothing whether it is hidden."""
        if standing not in {None, Standing.LIKE_ABSENT}:
            return standing
        hidden = standing is None or bool(path_parameters(operation.path))
        unsure = (Standing.LIKE_ABSENT if hidden else Standing.ABSENT) if standing else Standing.UNTOLD
        for values in _made_up(operation):
            reply, control = await self._pair("OPTIONS", operation, values)
            if reply is None or control is None or {kind_of(reply), kind_of(control)} & _SILENT:
                return unsure
            if not await self._alike(reply, control):
                return Standing.SERVED
            if kind_of(reply) is not AnswerKind.NOT_FOUND:
                return unsure
        if not hidden or await self._options_tell(operations, first):
            return Standing.ABSENT
        return Standing.LIKE_ABSENT

    async def _options_tell(self, operations: Sequence[HttpOperation], first: Mapping[str, Standing]) -> bool:
        """Whether OPTIONS tells a route that is there from one that is not, at this target."""
        if self._tells:
            return True
        served = [each for each in operations if first.get(each.id) is Standing.SERVED][:_CALIBRATING]
        for each in served:
            reply, control = await self._pair("OPTIONS", each, _made_up(each)[0])
            # A list of methods is the router's answer (RFC 9110 sections 9.3.7 and 15.5.6), a refusal is a guard's
            if (
                reply is not None
                and control is not None
                and reply.header("allow")
                and _head(reply) != _head(control)
            ):
                self._tells = True
                return True
        return False

    # ------------------------------------------------------------------------------------------ asking

    async def _pair(
        self, method: str, operation: HttpOperation, values: Mapping[str, str]
    ) -> tuple[Reply | None, Reply | None]:
        """The answer for the route and for a path beside it that does not exist; None if it may not be asked."""
        if self.context.untouchable(operation):
            return None, None
        reply = await self._ask(method, path_of(operation, values), operation.id)
        if reply is None:
            return None, None
        return reply, await self._ask(method, _path_beside(operation, values, self._word), "")

    async def _ask(self, method: str, url: str, operation: str) -> Reply | None:
        key = (method, url)
        if key not in self._replies:
            request = Request(method=method, url=url, operation=operation, bare=True, intent=Intent.DISCOVER)
            if self.asked >= self.most or not self.context.door.permit.allows(request):
                return None
            self.asked += 1
            reply = self._replies[key] = await self.context.door.send(request)
            if kind_of(reply) in {AnswerKind.NO_ANSWER, AnswerKind.LIMITED}:
                self.most = 0  # what is not told stays; the probes to come need the target's patience more
        return self._replies[key]

    async def _alike(self, reply: Reply, control: Reply) -> bool:
        """Whether the target told the two apart; a body that differs from one control to the next tells nothing."""
        if _head(reply) != _head(control):
            return False
        if _same_body(reply, control):
            return True
        url = control.request.url.replace(self._word, f"{self._word}s")
        second = await self._ask(control.request.method, url, "")
        return second is None or not _same_body(control, second)


def _is_known(standing: Standing) -> bool:
    return standing in {Standing.SERVED, Standing.PAGE}


def _made_up(operation: HttpOperation) -> list[dict[str, str]]:
    """Values for the path that name nothing: a number, a UUID and a word where the code does not tell the kind."""
    names = path_parameters(operation.path)
    kinds = [_kinds(operation, name) for name in names]
    tries = max((len(each) for each in kinds), default=1)
    return [
        {name: each[min(number, len(each) - 1)] for name, each in zip(names, kinds, strict=True)}
        for number in range(tries)
    ]


def _kinds(operation: HttpOperation, name: str) -> tuple[str, ...]:
    parameter = path_parameter(operation, name)
    schema = branch(parameter.schema) if parameter is not None else {}
    if type_of(schema) in {"integer", "number"}:
        return (_NO_NUMBER,)
    no_uuid = str(uuid.uuid5(uuid.NAMESPACE_URL, name))
    return (no_uuid,) if schema.get("format") == "uuid" else (_NO_NUMBER, no_uuid, _NO_WORD)


def _path_beside(operation: HttpOperation, values: Mapping[str, str], word: str) -> str:
    """A path that does not exist, in the same folder: what stands before a whole folder answers for both.

    The first segment that is neither a parameter nor a mount (`api`, `v1`) is replaced; where there is none, the path
    gets longer, for another value would be the same route's.
    """
    parts = full_path(operation).split("/")
    telling = [
        at for at, part in enumerate(parts) if part and not parameter_name(part) and not is_noise(part)
    ]
    if not telling:
        return f"{path_of(operation, values).rstrip('/')}/{word}"
    parts[telling[0]] = word
    return path_of(replace(operation, path="/".join(parts), base_path=""), values)


def _head(reply: Reply) -> tuple[int, str, str]:
    """Status, allowed methods, place of a redirect without what was asked."""
    allowed = ",".join(sorted(part.strip().upper() for part in reply.header("allow").split(",")))
    place = urlsplit(reply.header("location"))
    return reply.status, allowed, place.path if place.path != urlsplit(reply.url).path + "/" else "§/"


def _same_body(one: Reply, other: Reply) -> bool:
    if _without_path(one) == _without_path(other):
        return True
    pages = is_page(one) and is_page(other)
    return pages and _title(one) == _title(other) and abs(len(one.body) - len(other.body)) <= _PAGE_ROOM


def _without_path(reply: Reply) -> str:
    """A digest of the body with the path that was asked masked, where it stands as a whole."""
    path = urlsplit(reply.request.url).path.strip("/")
    text = reply.text()
    if path:
        text = re.sub(rf"(?<!\w){re.escape(path)}(?!\w)", "§", text)
    return masked(text)


def _title(reply: Reply) -> str:
    match = _TITLE.search(reply.text()[:20_000])
    return match[1].strip() if match else ""
