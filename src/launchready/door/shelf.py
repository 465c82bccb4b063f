"""What was sent and answered lately, raw and in memory only, so that a later proof can cite it."""

from collections import OrderedDict
from collections.abc import Collection
from dataclasses import dataclass, replace

from multidict import MultiMapping

from launchready.door.messages import Reply
from launchready.door.redaction import Redactor
from launchready.model.exchange import Exchange

BODY_LIMIT = 4000
_MOST_BYTES = 64_000_000
_MOST = 5000
_OVERHEAD = 1500


@dataclass(slots=True, kw_only=True)
class Kept:
    """One exchange with its raw sides."""

    reply: Reply
    headers: MultiMapping[str]
    body: bytes | None
    media_type: str

    @property
    def size(self) -> int:
        """Bytes it holds, about."""
        return _OVERHEAD + len(self.reply.body) + (len(self.body) if self.body else 0)


class Shelf:
    """Bounded by number and bytes; the oldest falls out and keeps only its light record."""

    def __init__(self, redactor: Redactor, most_bytes: int = _MOST_BYTES) -> None:
        self._redactor = redactor
        self._most_bytes = most_bytes
        self._kept: OrderedDict[str, Kept] = OrderedDict()
        self._light: dict[str, Exchange] = {}
        self._cited: dict[str, Exchange] = {}
        self._bytes = 0

    def put(self, kept: Kept, offset: float) -> Exchange:
        """Keep an exchange; returns its light record: no headers, no bodies."""
        reply = kept.reply
        request = reply.request
        light = Exchange(
            id=reply.exchange,
            principal=request.principal,
            operation=request.operation,
            intent=request.intent,
            method=request.method,
            url=self._redactor.url(reply.url),
            status=reply.status,
            offset=round(offset, 4),
            seconds=round(reply.seconds, 6),
            response_bytes=len(reply.body),
            failure=reply.failure,
        )
        self._light[reply.exchange] = light
        self._kept[reply.exchange] = kept
        self._bytes += kept.size
        while self._bytes > self._most_bytes or len(self._kept) > _MOST:
            _, old = self._kept.popitem(last=False)
            self._bytes -= old.size
        return light

    def get(self, exchange: str) -> Kept | None:
        """The raw sides, if still here."""
        return self._kept.get(exchange)

    def cite(self, exchange: str, *, shapes: bool, keep: Collection[str]) -> tuple[Exchange | None, bool]:
        """(record with headers and bodies, new).

        The light record when the raw sides fell out, `None` if unknown.
        """
        known = self._cited.get(exchange)
        if known is not None:
            return known, False
        kept, light = self._kept.get(exchange), self._light.get(exchange)
        if kept is None or light is None:
            return light, False
        redact = self._redactor
        answer = kept.reply.body
        cited = replace(
            light,
            # Again: what became known as a secret since then is hidden, too
            url=redact.url(kept.reply.url),
            request_headers=redact.headers(kept.headers.items()),
            response_headers=redact.headers(kept.reply.headers),
            request_body=redact.body(kept.body, BODY_LIMIT) if kept.body else "",
            response_body=redact.shapes(answer, BODY_LIMIT, keep)
            if shapes
            else redact.body(answer, BODY_LIMIT),
        )
        self._cited[exchange] = cited
        return cited, True
