"""The HTTP door: every request of a run passes here, is checked, paced, bounded, recorded."""

import asyncio
import ssl
import time
import uuid
from collections.abc import Awaitable, Callable, Collection
from types import TracebackType
from typing import Self
from urllib.parse import urljoin

import aiohttp
from multidict import CIMultiDict
from yarl import URL

from launchready import __version__
from launchready.config.errors import ConfigError
from launchready.config.secret_source import resolve_secret
from launchready.door.budget import Spending
from launchready.door.messages import Reply, Request
from launchready.door.permit import Permit, PermitRefused
from launchready.door.redaction import Redactor
from launchready.door.resolving import Nearness, PinnedResolver
from launchready.door.shelf import Kept, Shelf
from launchready.door.vault import Vault
from launchready.door.wallet import Wallet
from launchready.door.wire import decompressed, encode_body, failure_text, full_url, quote_value
from launchready.model.event import Event, Noted, RequestSpent
from launchready.model.exchange import Exchange, Intent
from launchready.model.settings import CollectSettings

ANONYMOUS = "anonymous"
_HEADER_BYTES = 32_768
_HEADERS = 200
# Below the 5 s after which common servers close an idle connection: a request must not run into that
_KEEP_ALIVE = 3.0
_STREAM_SECONDS = 2.0
_STREAMS = ("text/event-stream", "multipart/x-mixed-replace")
_RESERVED = frozenset({Intent.CLEAN_UP, Intent.RESTORE})
_LIMITING = 429
_SEE_OTHER = 303
_TURNED = frozenset({301, 302})
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_UNSENDABLE = (ValueError, TypeError)
_FAILURES = (aiohttp.ClientError, OSError, TimeoutError, asyncio.IncompleteReadError)


class Door:
    """`async with Door(settings, permit, vault) as door: reply = await door.send(Request(...))`.

    `send` always brings a Reply; it raises only PermitRefused, BudgetSpent and CancelledError. `recorder`
    gets the light record of each exchange at once, and again with headers and bodies when it is first
    cited. `taps` are called with every reply. Nothing but the target gets credentials or target headers.
    """

    def __init__(
        self,
        settings: CollectSettings,
        permit: Permit,
        vault: Vault,
        *,
        recorder: Callable[[Exchange], None] | None = None,
        emit: Callable[[Event], None] | None = None,
        run_id: str = "",
    ) -> None:
        self.settings = settings
        self.permit = permit
        self.vault = vault
        self.run_id = run_id or uuid.uuid4().hex[:12]
        self.redactor = Redactor(vault)
        self.spending = Spending(settings.budget)
        self.wallet: dict[str, Wallet] = {}
        self.taps: list[Callable[[Reply], None]] = []
        self._shelf = Shelf(self.redactor)
        self._recorder = recorder
        self._emit = emit
        self._fresh: Callable[[str], Awaitable[object]] | None = None
        self._count = 0
        self._began = time.perf_counter()
        self._session: aiohttp.ClientSession | None = None
        self._plain: CIMultiDict[str] = CIMultiDict()
        self._base: CIMultiDict[str] = CIMultiDict()

    async def __aenter__(self) -> Self:
        self._plain = CIMultiDict(
            {
                "User-Agent": f"launchready/{__version__}",
                "X-Launchready-Run": self.run_id,
                "Accept": "*/*",
                "Accept-Encoding": "gzip, deflate",
            }
        )
        self._base = self._plain.copy()
        for name, source in self.settings.headers:
            value = await asyncio.to_thread(resolve_secret, source, f"target.headers.{name}")
            self.vault.put("target_header", value)
            self._base[name] = value
        budget = self.settings.budget
        connector = aiohttp.TCPConnector(
            limit=max(1, budget.concurrency),
            resolver=PinnedResolver(self.permit.pins),
            use_dns_cache=False,
            ssl=_context(self.settings.ca) if self.permit.uses_tls else True,
            keepalive_timeout=_KEEP_ALIVE,
        )
        self._session = aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(total=budget.timeout),
            auto_decompress=False,
            trust_env=False,
            max_line_size=_HEADER_BYTES,
            max_field_size=_HEADER_BYTES,
            max_headers=_HEADERS,
            skip_auto_headers=("Content-Type",),
            proxy=self.settings.proxy or None,
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    @property
    def elapsed(self) -> float:
        """Seconds since the door was made; the `offset` of exchanges."""
        return time.perf_counter() - self._began

    @property
    def last(self) -> str:
        """Id of the latest exchange, empty before the first."""
        return f"x{self._count}" if self._count else ""

    def wallet_of(self, principal: str) -> Wallet:
        """The principal's wallet, made at first need. That of `anonymous` is always a new and empty one."""
        if principal == ANONYMOUS:
            # Whatever logs in without a name must not make everybody after it look signed in
            return self._new_wallet()
        wallet = self.wallet.get(principal)
        if wallet is None:
            wallet = self.wallet[principal] = self._new_wallet()
        return wallet

    def cite(self, exchange: str, *, shapes: bool = False, keep: Collection[str] = ()) -> Exchange | None:
        """The redacted exchange with headers and bodies of at most 4,000 characters, as proof.

        `shapes` reduces the strings of a JSON answer to their types, but for those with one of the `keep`
        words: for other people's data. What is long past comes without bodies; `None` for an id that never
        was.
        """
        cited, new = self._shelf.cite(exchange, shapes=shapes, keep=keep)
        if new and cited is not None and self._recorder is not None:
            self._recorder(cited)
        return cited

    def raw(self, exchange: str) -> Reply | None:
        """A recent reply by its exchange id."""
        kept = self._shelf.get(exchange)
        return kept.reply if kept else None

    def keep_fresh(self, renew: Callable[[str], Awaitable[object]]) -> None:
        """Call `renew` with the principal before each request that carries credentials, but for signing in."""
        self._fresh = renew

    async def send(self, request: Request) -> Reply:
        """Send one request. No redirect is followed."""
        if self._session is None:
            raise RuntimeError("the door is not open: use `async with Door(...)`")
        if self._fresh is not None and not request.bare and request.intent is not Intent.SIGN_IN:
            await self._fresh(request.principal)
        absolute = self.permit.absolute(request.url)
        at_target = self.permit.check(request, absolute)
        wallet = self._wallet_for(request) if at_target else None
        url, headers, body, media_type = self._prepared(request, absolute, wallet, at_target=at_target)
        await self.spending.begin(reserve=request.intent in _RESERVED)
        received = 0
        try:
            self._count += 1
            reply = Reply(exchange=f"x{self._count}", request=request, url=url, status=0)
            offset = self.elapsed
            received = await self._exchange(reply, headers, body)
        finally:
            self.spending.end(received)
        if at_target:
            self.spending.heard(answered=bool(reply.status))
        pause = self.spending.saw(
            reply.status, reply.header("retry-after") if reply.status >= _LIMITING else ""
        )
        if pause >= 1 and self._emit is not None:
            pace = f"waiting {pause:.0f} s, then {self.spending.rate:g} a second"
            self._emit(Noted(text=f"The target answered {reply.status}: {pace}"))
        if wallet is not None and reply.headers:
            lines = reply.headers_named("set-cookie")
            if lines:
                wallet.take(lines, _path(url), time.time())
        self._keep(Kept(reply=reply, headers=headers, body=body, media_type=media_type), offset)
        return reply

    async def send_following(self, request: Request, hops: int = 3) -> Reply:
        """Send and follow at most `hops` redirects at the target; the last reply, which may be a redirect.

        Methods turn into GET as browsers do it (Fetch standard, HTTP-redirect fetch).
        """
        reply = await self.send(request)
        for _ in range(hops):
            location = reply.header("location")
            if reply.status not in _REDIRECTS or not location:
                break
            url = _joined(reply.url, location)
            if not self.permit.in_scope(url):
                break
            request = _next_request(request, reply.status, url)
            reply = await self.send(request)
        return reply

    def _new_wallet(self) -> Wallet:
        target = self.permit.target
        safe = target is None or target.scheme == "https" or self.permit.nearness is Nearness.LOOPBACK
        return Wallet(self.vault, secure_cookies=safe)

    def _wallet_for(self, request: Request) -> Wallet | None:
        if request.bare or request.principal == ANONYMOUS:
            return None
        return self.wallet_of(request.principal)

    def _prepared(
        self, request: Request, absolute: str, wallet: Wallet | None, *, at_target: bool
    ) -> tuple[str, CIMultiDict[str], bytes | None, str]:
        vault = self.vault
        query = [(name, vault.resolve(value)) for name, value in request.query]
        headers = (self._base if at_target else self._plain).copy()
        body, media_type = encode_body(request.body, vault)
        if media_type:
            headers["Content-Type"] = media_type
        url = full_url(vault.resolve(absolute, quote_value), query)
        if wallet is not None and not wallet.empty:
            given = {name for name, _ in query}
            extra = [pair for pair in wallet.query() if pair[0] not in given]
            if extra:
                url = full_url(url, extra)
            for name, value in wallet.headers(request.method, _path(url), time.time()):
                _set(headers, name, value)
        seen: set[str] = set()
        for name, value in request.headers:
            if name.lower() in seen:
                headers.add(name, vault.resolve(value))
            else:
                if name.lower() == "cookie" and "Cookie" in headers:
                    headers.pop("Cookie")
                    headers.update(
                        {"Cookie": self._base["Cookie"]} if at_target and "Cookie" in self._base else {}
                    )
                _set(headers, name, vault.resolve(value))
            seen.add(name.lower())
        return url, headers, body, media_type

    async def _exchange(self, reply: Reply, headers: CIMultiDict[str], body: bytes | None) -> int:
        """Fill in the reply; returns the bytes received."""
        assert self._session is not None
        begin = time.perf_counter()
        received = 0
        try:
            async with self._session.request(
                reply.request.method,
                URL(reply.url, encoded=True),
                headers=headers,
                data=body,
                allow_redirects=False,
            ) as answer:
                content, whole = await self._read(answer)
                received = len(content)
                encoding = answer.headers.get("Content-Encoding")
                if encoding:
                    content, complete = decompressed(content, encoding, self.spending.room)
                    whole = whole and complete
                reply.headers = tuple(
                    (k.decode("latin-1"), v.decode("latin-1")) for k, v in answer.raw_headers
                )
                reply.status, reply.body, reply.truncated = answer.status, content, not whole
        except _FAILURES as error:
            reply.failure = failure_text(error, self.settings.budget.timeout)
        except _UNSENDABLE as error:
            reply.failure = failure_text(error, self.settings.budget.timeout)
        reply.seconds = time.perf_counter() - begin
        return received

    async def _read(self, answer: aiohttp.ClientResponse) -> tuple[bytes, bool]:
        """(body, whole), bounded; a stream without an end is read for 2 s."""
        room = self.spending.room
        chunks: list[bytes] = []
        if answer.content_type in _STREAMS:
            try:
                async with asyncio.timeout(_STREAM_SECONDS):
                    whole = await _read_into(chunks, answer, room)
            except TimeoutError:
                whole = False
        else:
            whole = await _read_into(chunks, answer, room)
        if not whole:
            answer.close()
        return (chunks[0] if len(chunks) == 1 else b"".join(chunks))[:room], whole

    def _keep(self, kept: Kept, offset: float) -> None:
        light = self._shelf.put(kept, offset)
        if self._recorder is not None:
            self._recorder(light)
        if self._emit is not None:
            self._emit(RequestSpent(spent=self.spending.requests, budget=self.settings.budget.requests))
        for tap in self.taps:
            tap(kept.reply)


async def _read_into(chunks: list[bytes], answer: aiohttp.ClientResponse, room: int) -> bool:
    size = 0
    content = answer.content
    while chunk := await content.readany():
        chunks.append(chunk)
        size += len(chunk)
        if size > room:
            return False
    return True


def _joined(url: str, location: str) -> str:
    """Where a redirect leads; empty, and so in nobody's scope, if it cannot be read."""
    try:
        return urljoin(url, location)
    except ValueError:
        return ""


def _path(url: str) -> str:
    """Path of an absolute URL, as it is written."""
    begin = url.find("/", url.find("://") + 3)
    return url[begin:].partition("?")[0] if begin >= 0 else "/"


def _set(headers: CIMultiDict[str], name: str, value: str) -> None:
    """Set a header; a Cookie is joined to one that is there (a preview's bypass cookie)."""
    if name.lower() == "cookie" and "Cookie" in headers:
        value = f"{headers['Cookie']}; {value}"
    headers[name] = value


def _next_request(request: Request, status: int, url: str) -> Request:
    turned = status == _SEE_OTHER or (status in _TURNED and request.method.upper() == "POST")
    keep_method = not turned or request.method.upper() == "HEAD"
    return Request(
        method=request.method if keep_method else "GET",
        url=url,
        principal=request.principal,
        operation=request.operation,
        intent=request.intent,
        headers=request.headers,
        body=request.body if keep_method else None,
        bare=request.bare,
        active=request.active,
    )


def _context(ca: str) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if ca:
        try:
            context.load_verify_locations(cafile=ca)
        except (OSError, ssl.SSLError) as error:
            raise ConfigError(
                f"the certificate file {ca} cannot be read", hint="Give a PEM file under ca"
            ) from error
    return context


__all__ = ["ANONYMOUS", "Door", "PermitRefused"]
