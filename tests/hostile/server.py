"""A target that misbehaves at will, behind a description as sound as any.

A raw server in a thread of its own: what it sends is what a library would refuse to send. A `Wreck` writes one
answer (or none); `Scope` says which requests get it. What is not wrecked is answered by the small API of the
use cases' tests, so that an audit goes as deep as the scope allows.
"""

import asyncio
import gzip
import json
import re
import socket
import struct
import threading
from collections.abc import Awaitable, Callable
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from enum import Enum

from tests.app.tiny import Tiny, document


class Scope(Enum):
    """Which requests are answered badly."""

    ALL = "everything, the description too"
    BEHIND = "everything but the description"
    OBJECTS = "whatever reads or changes objects; signing in and making them work"
    LATER = "everything, from the first read of an object on"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request as it came."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes

    @property
    def path(self):
        return self.target.partition("?")[0]


Wreck = Callable[[asyncio.StreamWriter, Asked], Awaitable[None]]


# --------------------------------------------------------------------------------------------- misbehaviours


def answer(status, body, *, media="application/json", headers=()):
    """Bytes of an answer."""
    lines = [f"HTTP/1.1 {status} Whatever", f"Content-Type: {media}", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in headers]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


def always(status, body, **given):
    """The same to everything."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()

    async def wreck(writer, asked):
        del asked
        writer.write(answer(status, content, **given))

    return wreck


async def endless_body(writer, asked):
    del asked
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n")
    piece = b'{"id": 1, "title": "' + b"x" * 16_000
    while True:
        writer.write(b"%x\r\n%s\r\n" % (len(piece), piece))
        await writer.drain()


_BOMB = gzip.compress(gzip.compress(b'{"id": 1, "title": "' + b"x" * 40_000_000 + b'"}', 9), 9)
gzip_bomb = always(200, _BOMB, headers=[("Content-Encoding", "gzip, gzip")])
not_gzip = always(200, b'{"id": 1}', headers=[("Content-Encoding", "gzip")])


async def redirect_loop(writer, asked):
    writer.write(answer(302, b"", headers=[("Location", asked.target)]))


async def redirect_away(writer, asked):
    del asked
    writer.write(answer(307, b"", headers=[("Location", "http://elsewhere.invalid:1/x")]))


async def hang(writer, asked):
    del writer, asked
    await asyncio.sleep(3600)


async def drip(writer, asked):
    """Something comes all the time, and never all of it."""
    del asked
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n")
    while True:
        writer.write(b" ")
        await writer.drain()
        await asyncio.sleep(0.02)


async def reset(writer, asked):
    del asked
    raw = writer.get_extra_info("socket")
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


async def cut_short(writer, asked):
    del asked
    writer.write(answer(200, b'{"id": 1, "title": "a"}')[:-9])
    writer.close()


async def huge_header(writer, asked):
    del asked
    writer.write(answer(200, b'{"id": 1}', headers=[("X-Huge", "y" * 300_000)]))


async def many_headers(writer, asked):
    del asked
    writer.write(answer(200, b'{"id": 1}', headers=[(f"X-{number}", "y") for number in range(5000)]))


async def many_cookies(writer, asked):
    del asked
    cookies = [("Set-Cookie", f"c{number}={'z' * 3000}; Path=/") for number in range(150)]
    writer.write(answer(200, b'{"id": 1}', headers=cookies))


async def endless_early_hints(writer, asked):
    del asked
    while True:
        writer.write(b"HTTP/1.1 103 Early Hints\r\nLink: </a>; rel=preload\r\n\r\n" * 20)
        await writer.drain()
        await asyncio.sleep(0.005)


async def not_http(writer, asked):
    del asked
    writer.write(b"220 mail.example.com ESMTP\r\n\r\n")
    writer.close()


async def echo(writer, asked):
    """All that was sent comes back: planted words, too."""
    said = {"path": asked.target, "headers": asked.headers, "body": asked.body.decode("utf-8", "replace")}
    writer.write(answer(200, json.dumps(said).encode()))


async def echo_fields(writer, asked):
    """An object is what was sent, under any id."""
    try:
        said = json.loads(asked.body or b"{}")
    except ValueError:
        said = {}
    said = said if isinstance(said, dict) else {"value": said}
    writer.write(answer(200, json.dumps({"id": 1, **said}).encode()))


_PAGE = b"<!doctype html><html><head><title>App</title></head><body><div id=root></div></body></html>"
_WALL = b"<html><head><title>Just a moment...</title></head><body><script>window._cf_chl_opt={}</script></body></html>"
_DEEP = b"[" * 200_000 + b"]" * 200_000

WRECKS: dict[str, Wreck] = {
    "endless_body": endless_body,
    "gzip_bomb": gzip_bomb,
    "not_gzip": not_gzip,
    "redirect_loop": redirect_loop,
    "redirect_away": redirect_away,
    "hang": hang,
    "drip": drip,
    "reset": reset,
    "cut_short": cut_short,
    "huge_header": huge_header,
    "many_headers": many_headers,
    "many_cookies": many_cookies,
    "endless_early_hints": endless_early_hints,
    "not_http": not_http,
    "echo": echo,
    "echo_fields": echo_fields,
    "server_error": always(500, {"error": "boom"}),
    "server_error_page": always(502, b"<html>Bad gateway</html>", media="text/html"),
    "invalid_json": always(200, b'{"id": 1, "title": '),
    "not_text": always(200, bytes(range(256)) * 8),
    "deep_json": always(200, _DEEP),
    "strange_json": always(
        200,
        b'{"id": 1e999, "n": NaN, "big": ' + b"9" * 3000 + b', "s": "\\ud800\\u0000\\u202e<script>", "": {"": 1}}',
    ),
    "html_everywhere": always(200, _PAGE, media="text/html"),
    "html_as_json": always(200, _PAGE),
    "edge_wall": always(403, _WALL, media="text/html", headers=[("cf-mitigated", "challenge")]),
    "nothing_everywhere": always(204, b""),
    "yes_to_everything": always(200, {"ok": True}),
    "one_object": always(200, {"id": 1, "title": "the same", "text": "for all", "username": "root"}),
    "one_list": always(200, [{"id": 1, "title": "the same", "text": "for all"}]),
    "a_token_for_everything": always(200, {"access_token": "a-token-for-you", "id": 7}),
    "refused": always(401, {"error": "log in"}),
    "limited": always(429, {"error": "slow down"}, headers=[("Retry-After", "86400")]),
}  # fmt: skip


# ------------------------------------------------------------------------------------------------- the server


class Hostile:
    """`description` replaces the document; `asked` are all requests as `METHOD /path`."""

    def __init__(self, wreck: Wreck, scope: Scope = Scope.BEHIND, *, description=None):
        self.wreck, self.scope = wreck, scope
        self.description = description
        self.tiny = Tiny()
        self.asked: list[str] = []
        self.wrecked = 0
        self._broken = False

    def is_wrecked(self, asked):
        described = asked.path in {"/", "/openapi.json"}
        match self.scope:
            case Scope.ALL:
                return True
            case Scope.BEHIND:
                return not described
            case Scope.OBJECTS:
                makes = (asked.method, asked.path) == ("POST", "/notes")
                return asked.path.startswith("/notes") and not makes
            case Scope.LATER:
                self._broken = self._broken or bool(
                    re.match(r"GET /notes/\d", f"{asked.method} {asked.path}")
                )
                return self._broken

    async def serve(self, reader, writer):
        with suppress(OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, ValueError):
            while not writer.is_closing():
                asked = await _read(reader)
                self.asked.append(f"{asked.method} {asked.path}")
                if self.is_wrecked(asked):
                    self.wrecked += 1
                    await self.wreck(writer, asked)
                else:
                    writer.write(self.sound(asked))
                await writer.drain()
        writer.close()

    def sound(self, asked):
        if asked.path == "/openapi.json":
            return answer(200, json.dumps(self.description or document()).encode())
        try:
            body = json.loads(asked.body or b"{}")
        except ValueError:
            body = {}
        given = asked.headers.get("authorization", "")
        name = given.removeprefix("Bearer token-of-")
        user = name if given != name and name in self.tiny.users else None
        body = body if isinstance(body, dict) else {}
        status, value = self.tiny.answer(asked.method, asked.path, user, body)
        content = b"" if asked.method == "HEAD" else json.dumps(value).encode()
        return answer(status, content)


async def _read(reader):
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    method, target, _ = head[0].split(" ", 2)
    headers = {}
    for line in head[1:]:
        name, _, value = line.partition(":")
        headers[name.strip().lower()] = value.strip()
    body = await reader.readexactly(int(headers.get("content-length") or 0))
    return Asked(method=method, target=target, headers=headers, body=body)


@contextmanager
def serving(hostile):
    """Its URL, while it is served by a thread of its own."""
    loop = asyncio.new_event_loop()
    ready = threading.Event()
    port = []

    async def work():
        tasks = set()

        async def serve(reader, writer):
            tasks.add(asyncio.current_task())
            try:
                await hostile.serve(reader, writer)
            except asyncio.CancelledError:
                writer.transport.abort()
            finally:
                tasks.discard(asyncio.current_task())

        server = await asyncio.start_server(serve, "127.0.0.1", 0, limit=2**20)
        port.append(server.sockets[0].getsockname()[1])
        stop.append(asyncio.Event())
        ready.set()
        await stop[0].wait()
        server.close()
        running = list(tasks)
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    stop: list[asyncio.Event] = []
    thread = threading.Thread(target=loop.run_until_complete, args=(work(),), daemon=True)
    thread.start()
    ready.wait(5)
    try:
        yield f"http://127.0.0.1:{port[0]}"
    finally:
        loop.call_soon_threadsafe(stop[0].set)
        thread.join(5)
        loop.close()
