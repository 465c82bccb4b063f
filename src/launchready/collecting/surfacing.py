"""What the API is: its description found or read, and what the code and the client name besides."""

from typing import ClassVar

from launchready.collecting.additions import additions_of
from launchready.collecting.collector import Collector, Cost, Safety
from launchready.collecting.context import Context, MissingEvidence
from launchready.collecting.urls import path_of, path_parameters
from launchready.door.messages import Reply, Request
from launchready.door.replies import kind_of
from launchready.model.event import Noted
from launchready.model.evidence import ClientBundles, SourceReview, Surface
from launchready.model.exchange import Intent
from launchready.model.operation import HttpOperation
from launchready.model.outcome import Cause, Input, Remedy
from launchready.model.probe import AnswerKind
from launchready.surface.build import base_path_candidates, build_surface, rebased
from launchready.surface.discover import NotFound, discover
from launchready.surface.errors import SurfaceError
from launchready.surface.merge import merged

_GIVE = Remedy(
    input=Input.SPECIFICATION,
    sentence="Give the API's description: --spec FILE-OR-URL, its code: --repo PATH, "
    "or a recording of its use: --har FILE.",
)
_SAMPLES = 3


class SurfaceCollector(Collector):
    """Finds the description and turns it into operations; does with the code and the client where there is none."""

    produces = Surface
    needs: ClassVar = ()
    wants: ClassVar = (SourceReview, ClientBundles)
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
        """Look, read, settle the base path, add what others name."""
        found = await _described(context)
        if isinstance(found, Surface):
            self.surface = found
            self.surface = found = await _settled(context, found)
        described = found if isinstance(found, Surface) else None
        additions = await additions_of(context, described)
        if described is None and not any(each.operations for each in additions):
            assert isinstance(found, NotFound)
            raise _missing(found, tuple(note for each in additions for note in each.notes))
        self.surface = merged(described, additions)
        usable = len(self.surface.operations)
        context.emit(
            Noted(text=f"{self.surface.title or 'The API'}: {usable} operations from {self.surface.origin}")
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


async def _described(context: Context) -> Surface | NotFound:
    """The surface of a document, or why there is none. One that the user named must be there and readable."""

    async def fetch(url: str) -> Reply:
        return await context.door.send_following(
            Request(method="GET", url=url, bare=True, intent=Intent.DISCOVER)
        )

    settings = context.settings
    stated = settings.spec or settings.har
    found = await discover(settings.url, fetch, spec=stated)
    if isinstance(found, NotFound):
        if stated or found.unreachable or found.edge_wall:
            raise _missing(found)
        return found
    try:
        return build_surface(found.document, found.origin, target=settings.url)
    except SurfaceError as error:
        raise MissingEvidence("Surface", Cause.NEEDS_INPUT, str(error), _GIVE) from error


def _missing(found: NotFound, notes: tuple[str, ...] = ()) -> MissingEvidence:
    if found.unreachable:
        healthy = Remedy(input=Input.HEALTHY_TARGET, sentence="Start the target, then audit again.")
        return MissingEvidence("Surface", Cause.TARGET_FAILED, found.reason, healthy)
    if found.edge_wall:
        bypass = Remedy(
            input=Input.EDGE_BYPASS,
            sentence="Give the header that lets a robot through: [target.headers] in launchready.toml.",
        )
        return MissingEvidence("Surface", Cause.EDGE_WALL, found.reason, bypass)
    return MissingEvidence("Surface", Cause.NEEDS_INPUT, "; ".join((found.reason, *notes)), _GIVE)


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
