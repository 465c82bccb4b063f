"""Finding an API's document: usual paths, links in documentation pages, a file. Passive requests only."""

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import urljoin, urlsplit

from launchready.door.messages import Reply
from launchready.door.replies import is_edge_wall
from launchready.surface.documents import is_page, load_file, parse_document
from launchready.surface.errors import SurfaceError
from launchready.surface.har import is_har
from launchready.surface.openapi import is_openapi

Fetch: TypeAlias = Callable[[str], Awaitable[Reply]]

MAX_REQUESTS = 40
DOCUMENT_PATHS = (
    "/openapi.json", "/swagger.json", "/v3/api-docs", "/api/openapi.json", "/api/v1/openapi.json",
    "/openapi.yaml",
    "/openapi.yml", "/swagger/v1/swagger.json", "/docs/openapi.json", "/api-docs", "/api/schema/",
    "/api/swagger.json",
    "/swagger.yaml", "/v2/api-docs", "/api/openapi.yaml", "/api/docs-json", "/docs-json", "/api-json",
    "/api/doc.json",
    "/v1/openapi.json", "/api-docs.json", "/schema/", "/swagger/doc.json", "/spec.json", "/apispec_1.json",
    "/.well-known/openapi.json",
)  # fmt: skip
PAGE_PATHS = (
    "/docs", "/redoc", "/api/docs", "/swagger", "/swagger-ui/index.html", "/api", "/documentation",
    "/swagger/index.html",
)  # fmt: skip
_LINKS = (
    re.compile(
        r"""\b(?:url|specUrl|spec-url|configUrl|data-url|apiDescriptionUrl)["']?"""
        r"""\s*[:=]\s*["']([^"'\s<>]{1,300})["']"""
    ),
    re.compile(
        r"""<link\b[^>]*\brel=["']?service-desc["']?[^>]*\bhref=["']([^"']{1,300})["']""", re.IGNORECASE
    ),
    re.compile(r"""<link\b[^>]*\bhref=["']([^"']{1,300})["'][^>]*\brel=["']?service-desc""", re.IGNORECASE),
    re.compile(
        r"""["'(=]((?:https?:)?[\w./:-]{0,200}(?:openapi|swagger|api-docs)"""
        r"""[\w./-]{0,60}(?:\.json|\.ya?ml)?)["')\s>]"""
    ),
)
_HEADER_LINK = re.compile(r"""<([^>]{1,300})>\s*;[^,]*\brel="?service-desc""", re.IGNORECASE)
_SCRIPT = re.compile(
    r"""<script\b[^>]*\bsrc=["']([^"']{1,300}(?:initializer|swagger|init)[^"']{0,80}\.js)["']""",
    re.IGNORECASE,
)
_ASSET = re.compile(r"\.(?:js|css|png|svg|ico|map|html?)\Z", re.IGNORECASE)
_MAX_LINKS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A description: the address or path that it came from, and the document."""

    origin: str
    document: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class NotFound:
    """No description. `tried` are the addresses asked; `reason` is one plain sentence.

    `unreachable` and `edge_wall` say that the target did not answer for itself, so nothing is known about it.
    """

    reason: str
    tried: tuple[str, ...] = ()
    unreachable: bool = False
    edge_wall: bool = False


Discovery: TypeAlias = Found | NotFound


async def discover(target: str, fetch: Fetch, *, spec: str = "") -> Discovery:
    """The API's description.

    Args:
        target: Address of the audited API.
        fetch: Sends one passive GET to an absolute address and gives the reply (status 0: no answer).
        spec: A local path, an address, or a path at the target; empty to look for it.
    """
    search = _Search(target=target.rstrip("/"), fetch=fetch)
    if spec:
        return await _stated(search, spec)
    return await search.run()


def load(spec: Path) -> Discovery:
    """The description in a local file."""
    try:
        return _judged(str(spec), load_file(spec))
    except SurfaceError as error:
        return NotFound(reason=str(error), tried=(str(spec),))


async def _stated(search: "_Search", spec: str) -> Discovery:
    if not spec.startswith(("http://", "https://")):
        local = _local(spec)
        if local is not None:
            return local
    address = urljoin(f"{search.target}/", spec)
    reply = await search.get(address)
    if reply is None or not reply.status:
        return NotFound(
            reason=f"{address} did not answer: {reply.failure if reply is not None else 'not asked'}",
            tried=tuple(search.tried), unreachable=True,
        )  # fmt: skip
    if is_edge_wall(reply):
        return search.wall(address)
    if not reply.ok:
        return NotFound(reason=f"{address} answered {reply.status}", tried=tuple(search.tried))
    try:
        return _judged(address, parse_document(reply.body, address))
    except SurfaceError as error:
        return NotFound(reason=str(error), tried=tuple(search.tried))


def _local(spec: str) -> Discovery | None:
    """The file of that name; `None` if there is none and it may be a path at the target."""
    path = Path(spec)
    if path.is_file():
        return load(path)
    return None if spec.startswith("/") else NotFound(reason=f"the file {spec} does not exist", tried=(spec,))


def _judged(origin: str, document: Mapping[str, Any]) -> Discovery:
    if is_openapi(document) or is_har(document):
        return Found(origin=origin, document=dict(document))
    return NotFound(reason=f"{origin} is neither an OpenAPI document nor a HAR recording", tried=(origin,))


@dataclass(slots=True)
class _Search:
    target: str
    fetch: Fetch
    tried: dict[str, None] = field(default_factory=dict)
    truncated: str = ""

    async def run(self) -> Discovery:
        first = await self.get(f"{self.target}/")
        if first is None or not first.status:
            why = first.failure if first is not None else "no answer"
            return NotFound(
                reason=f"{self.target} did not answer ({why or 'no reply'}): is it started at that address?",
                tried=tuple(self.tried), unreachable=True,
            )  # fmt: skip
        if is_edge_wall(first):
            return self.wall(self.target)
        for path in (*_linked(first), *DOCUMENT_PATHS[:8]):
            if found := await self.document(
                urljoin(f"{self.target}/", path) if "//" in path else self.below(path)
            ):
                return found
        for path in PAGE_PATHS:
            if found := await self.page(self.below(path)):
                return found
        for path in DOCUMENT_PATHS[8:]:
            if found := await self.document(self.below(path)):
                return found
        return self.nothing()

    def below(self, path: str) -> str:
        """A path below the target's own path, as an address."""
        return f"{self.target}{path}"

    def wall(self, address: str) -> NotFound:
        reason = f"{address} is behind an edge wall: give a bypass header in [target.headers]"
        return NotFound(reason=reason, tried=tuple(self.tried), edge_wall=True)

    def nothing(self) -> NotFound:
        if self.truncated:
            reason = f"{self.truncated} is larger than a reply may be: download it and give the file as spec"
        else:
            reason = (
                f"no OpenAPI document was found at {len(self.tried)} addresses: say where it is (spec = …)"
            )
        return NotFound(reason=reason, tried=tuple(self.tried))

    async def get(self, address: str) -> Reply | None:
        """A reply, `None` when the address was asked before, is foreign or the bound is reached."""
        if address in self.tried or len(self.tried) >= MAX_REQUESTS:
            return None
        self.tried[address] = None
        return await self.fetch(address)

    async def document(self, address: str) -> Found | None:
        reply = await self.get(address)
        return await self.read(address, reply) if reply is not None else None

    async def read(self, address: str, reply: Reply) -> Found | None:
        if not reply.ok or not reply.body:
            return None
        if reply.truncated:
            self.truncated = self.truncated or address
            return None
        try:
            document = parse_document(reply.body, address)
        except SurfaceError:
            # An address that was only guessed: what is no document there is no news.
            return None
        if is_openapi(document):
            return Found(origin=address, document=document)
        return await self.configured(address, document)

    async def configured(self, address: str, document: Mapping[str, Any]) -> Found | None:
        """Documents that a Swagger UI configuration (`url`, `urls`) names."""
        listed = document.get("urls")
        urls = (
            [each.get("url") for each in listed if isinstance(each, Mapping)]
            if isinstance(listed, list)
            else []
        )
        for url in [document.get("url"), *urls][:_MAX_LINKS]:
            if isinstance(url, str) and (near := self.near(address, url)):
                reply = await self.get(near)
                if reply is not None and (found := await self.read(near, reply)):
                    return found
        return None

    async def page(self, address: str) -> Found | None:
        reply = await self.get(address)
        if reply is None or not reply.ok:
            return None
        if not is_page(reply.text()):
            return await self.read(address, reply)
        base = reply.url or address
        texts = [reply.text()]
        for script in _SCRIPT.findall(texts[0])[:2]:
            near = self.near(base, script)
            held = await self.get(near) if near else None
            if held is not None and held.ok:
                texts.append(held.text())
        for link in (*_linked(reply), *(link for text in texts for link in _links(text))):
            near = self.near(base, link)
            if near and (found := await self.document(near)):
                return found
        return None

    def near(self, base: str, link: str) -> str:
        """The absolute address of a link at the target's own origin; empty for another."""
        try:
            address = urljoin(base, link.replace("&amp;", "&"))
            own, other = urlsplit(self.target), urlsplit(address)
        except ValueError:
            return ""
        return address if (own.scheme, own.netloc.lower()) == (other.scheme, other.netloc.lower()) else ""


def _linked(reply: Reply) -> tuple[str, ...]:
    """`Link: <…>; rel="service-desc"` (RFC 8631)."""
    return tuple(link for value in reply.headers_named("link") for link in _HEADER_LINK.findall(value))


def _links(text: str) -> tuple[str, ...]:
    found = [
        link for pattern in _LINKS for link in pattern.findall(text[:400_000]) if not _ASSET.search(link)
    ]
    return tuple(dict.fromkeys(found))[:_MAX_LINKS]
