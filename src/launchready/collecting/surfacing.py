"""What the API is: its description found or read, its base path settled by asking."""

from typing import ClassVar

from launchready.collecting.collector import Collector, Cost, Safety
from launchready.collecting.context import Context, MissingEvidence
from launchready.collecting.urls import path_of, path_parameters
from launchready.door.messages import Reply, Request
from launchready.door.replies import kind_of
from launchready.model.event import Noted
from launchready.model.evidence import Surface
from launchready.model.exchange import Intent
from launchready.model.operation import HttpOperation
from launchready.model.outcome import Cause, Input, Remedy
from launchready.model.probe import AnswerKind
from launchready.surface.build import base_path_candidates, build_surface, rebased
from launchready.surface.discover import Found, NotFound, discover
from launchready.surface.errors import SurfaceError

_GIVE = Remedy(
    input=Input.SPECIFICATION,
    sentence="Give the API's description: --spec FILE-OR-URL, or a recording of its use: --har FILE.",
)
_SAMPLES = 3


class SurfaceCollector(Collector):
    """Finds the description and turns it into operations."""

    produces = Surface
    needs: ClassVar = ()
    safety = Safety.PASSIVE
    title = "Finding out what the API is"

    def __init__(self) -> None:
        super().__init__()
        self.surface: Surface | None = None

    def cost(self, context: Context) -> Cost:
        """The usual places of a description."""
        del context
        return Cost(requests=40)

    async def run(self, context: Context) -> None:
        """Look, read, settle the base path."""

        async def fetch(url: str) -> Reply:
            return await context.door.send_following(
                Request(method="GET", url=url, bare=True, intent=Intent.DISCOVER)
            )

        settings = context.settings
        found = await discover(settings.url, fetch, spec=settings.spec or settings.har)
        if isinstance(found, NotFound):
            raise _missing(found)
        assert isinstance(found, Found)
        try:
            surface = build_surface(found.document, found.origin, target=settings.url)
        except SurfaceError as error:
            raise MissingEvidence("Surface", Cause.NEEDS_INPUT, str(error), _GIVE) from error
        self.surface = surface
        self.surface = await _settled(context, surface)
        usable = len(self.surface.operations)
        context.emit(
            Noted(text=f"{self.surface.title or 'The API'}: {usable} operations from {found.origin}")
        )
        for item in self.surface.unusable[:5]:
            context.emit(Noted(text=f"{item.id} cannot be used: {item.reason}", warning=True))

    def evidence(self) -> Surface:
        """The surface; before it is known, an empty and incomplete one."""
        if self.surface is not None:
            return self.surface
        return Surface(
            origin="", title="", operations=(), unusable=(), security_declared=False, complete=False
        )

    def summary(self) -> str:
        """Counts."""
        surface = self.evidence()
        return f"{len(surface.operations)} operations, {len(surface.unusable)} unusable"


def _missing(found: NotFound) -> MissingEvidence:
    if found.unreachable:
        healthy = Remedy(input=Input.HEALTHY_TARGET, sentence="Start the target, then audit again.")
        return MissingEvidence("Surface", Cause.TARGET_FAILED, found.reason, healthy)
    if found.edge_wall:
        bypass = Remedy(
            input=Input.EDGE_BYPASS,
            sentence="Give the header that lets a robot through: [target.headers] in launchready.toml.",
        )
        return MissingEvidence("Surface", Cause.EDGE_WALL, found.reason, bypass)
    return MissingEvidence("Surface", Cause.NEEDS_INPUT, found.reason, _GIVE)


async def _settled(context: Context, surface: Surface) -> Surface:
    """The surface below the first base path at which the target knows its operations.

    Documents are wrong about their server path; a base path is believed when some operation of it is not answered
    like a path that does not exist.
    """
    samples = _samples(context, surface)
    candidates = base_path_candidates(surface)
    if not samples or len(candidates) < 2:  # noqa: PLR2004 - nothing to choose from
        return surface
    for base in candidates:
        tried = surface if base == candidates[0] else rebased(surface, base)
        for operation in _samples(context, tried):
            reply = await context.door.send(
                Request(method="GET", url=path_of(operation, {}), bare=True, intent=Intent.DISCOVER)
            )
            if kind_of(reply) not in {AnswerKind.NOT_FOUND, AnswerKind.NO_ANSWER, AnswerKind.PAGE}:
                return tried
    return surface


def _samples(context: Context, surface: Surface) -> list[HttpOperation]:
    return [
        item
        for item in surface.operations
        if isinstance(item, HttpOperation)
        and item.method == "GET"
        and not path_parameters(item.path)
        and not context.untouchable(item)
    ][:_SAMPLES]
