"""AUTH-03: the scripts that the target's own pages load, and the API paths that they name."""

import asyncio
from collections import deque
from urllib.parse import urlsplit

from launchready.collecting.collector import Collector, Cost, Safety
from launchready.collecting.context import Context
from launchready.door.messages import Reply, Request
from launchready.door.replies import is_edge_wall, is_page, kind_of
from launchready.model.evidence import ClientBundles, ClientRoute, Gap
from launchready.model.exchange import Intent
from launchready.model.outcome import Cause, Input, Remedy
from launchready.model.probe import AnswerKind
from launchready.surface.bundles import ScriptReader
from launchready.surface.pages import inline_scripts, scripts_of_page, scripts_of_script

# Where a client has pages besides its first; what only signed-in pages load is often named by the others' scripts
FIRST_PAGE = "/"
MORE_PAGES = ("/app", "/login")
MOST_REQUESTS = 40
_MOST_BYTES = 12_000_000
_BYPASS = Remedy(
    input=Input.EDGE_BYPASS,
    sentence="Give the header that lets a robot through: [target.headers] in launchready.toml.",
)
_HEALTHY = Remedy(input=Input.HEALTHY_TARGET, sentence="Run the audit again when the target answers.")
_MORE = Remedy(input=Input.SPECIFICATION, sentence="Give the API's description: --spec FILE-OR-URL.")
_SCRIPT_TYPES = ("javascript", "ecmascript")


class ClientBundlesCollector(Collector):
    """Reads pages and their scripts, as a browser that is not signed in would."""

    produces = ClientBundles
    safety = Safety.PASSIVE
    title = "What the client's scripts name"

    def __init__(self) -> None:
        super().__init__()
        self.pages: list[str] = []
        self.assets: list[str] = []
        self.routes: tuple[ClientRoute, ...] = ()

    def cost(self, context: Context) -> Cost:
        """The pages; what they load comes on top."""
        del context
        return Cost(requests=1 + len(MORE_PAGES))

    async def run(self, context: Context) -> None:
        """Pages, then their scripts, then the scripts that these name."""
        reading = _Reading(context)
        await reading.pages()
        await reading.scripts()
        self.pages, self.assets, self.gaps = reading.read_pages, reading.read_scripts, reading.gaps()
        self.routes = await asyncio.to_thread(reading.reader.routes)

    def evidence(self) -> ClientBundles:
        """What was read so far."""
        return ClientBundles(
            pages=tuple(self.pages),
            assets=tuple(self.assets),
            routes=self.routes,
            gaps=tuple(self.gaps),
        )

    def summary(self) -> str:
        """Counts."""
        return f"{len(self.assets)} scripts of {len(self.pages)} pages name {len(self.routes)} paths"


class _Reading:
    """One walk from the pages to their scripts, within bounds."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.reader = ScriptReader(target=context.settings.url)
        self.read_pages: list[str] = []
        self.read_scripts: list[str] = []
        self._todo: deque[str] = deque()
        self._known: set[str] = set()
        self._asked = 0
        self._bytes = 0
        self._walled = ""
        self._stopped = ""
        self._cut: list[str] = []

    async def pages(self) -> None:
        """The first page; where there is one, the other usual ones. The same under several addresses is read once."""
        bodies: set[bytes] = set()
        await self._page(FIRST_PAGE, bodies)
        for path in MORE_PAGES if bodies else ():
            await self._page(path, bodies)

    async def _page(self, path: str, bodies: set[bytes]) -> None:
        reply = await self._get(path)
        if reply is None:
            return
        if is_edge_wall(reply):
            self._walled = self._walled or path
        if not reply.ok or not is_page(reply) or reply.body in bodies:
            return
        bodies.add(reply.body)
        self.read_pages.append(path)
        html = reply.text()
        self.reader.add(path, inline_scripts(html))
        self._remember(scripts_of_page(html, reply.url))
        self._remember(scripts_of_script(inline_scripts(html), reply.url))

    async def scripts(self) -> None:
        """Every script that is known, breadth first: those that a page loads come before those that they name."""
        while self._todo and self._asked < MOST_REQUESTS and self._bytes < _MOST_BYTES:
            address = self._todo.popleft()
            reply = await self._get(address)
            if reply is None or not reply.ok or not _is_script(reply):
                continue
            path = urlsplit(address).path
            self.read_scripts.append(path)
            if reply.truncated:
                self._cut.append(path)
            text = reply.text()
            self.reader.add(path, text)
            self._remember(scripts_of_script(text, address))

    def gaps(self) -> list[Gap]:
        """What stood in the way, and what was left unread."""
        found = []
        if self._walled:
            reason = "a wall in front of the target answered instead of its page"
            found.append(Gap(what="the client's pages", cause=Cause.EDGE_WALL, reason=reason, remedy=_BYPASS))
        if self._stopped:
            what, reason = "the client's scripts", f"the target {self._stopped}, so it was not asked for more"
            found.append(Gap(what=what, cause=Cause.TARGET_FAILED, reason=reason, remedy=_HEALTHY))
        elif self._todo:
            reason = f"{len(self._todo)} more were not read: the bound is {MOST_REQUESTS} requests"
            found.append(Gap(what="the client's scripts", cause=Cause.BUDGET, reason=reason, remedy=_MORE))
        found.extend(
            Gap(what=path, cause=Cause.PARTIAL, reason="it is larger than a reply may be", remedy=_MORE)
            for path in self._cut
        )
        return found

    def _remember(self, addresses: tuple[str, ...]) -> None:
        for address in addresses:
            if address not in self._known:
                self._known.add(address)
                self._todo.append(address)

    async def _get(self, url: str) -> Reply | None:
        request = Request(method="GET", url=url, bare=True, intent=Intent.DISCOVER)
        if self._stopped or not self.context.door.permit.allows(request):
            return None
        self._asked += 1
        reply = await self.context.door.send_following(request)
        self._bytes += len(reply.body)
        if kind_of(reply) in {AnswerKind.LIMITED, AnswerKind.NO_ANSWER}:
            # Nothing of this is needed so much that the rest of the audit should wait for it
            self._stopped = f"answered {reply.status}" if reply.status else "did not answer"
        return reply


def _is_script(reply: Reply) -> bool:
    """Whether it is a script: a server of one page for all paths sends that page instead of a missing one."""
    if any(part in reply.media_type for part in _SCRIPT_TYPES):
        return True
    return not is_page(reply) and reply.media_type in {"", "text/plain", "application/octet-stream"}
