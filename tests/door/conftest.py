"""Loopback servers of two kinds: a polite one that echoes, and raw ones that say what a test writes."""

import asyncio
from contextlib import asynccontextmanager

import pytest
from aiohttp import web

from launchready.door.http import Door
from launchready.door.permit import Permit
from launchready.door.vault import Vault
from launchready.model.settings import Budget, CollectSettings

FAST = {"rate": 1e6, "timeout": 3.0}


@pytest.fixture
def vault():
    return Vault(b"k" * 32)


async def echo(request):
    body = await request.read()
    return web.json_response(
        {
            "method": request.method,
            "raw": request.raw_path,
            "headers": [[name, value] for name, value in request.headers.items()],
            "body": body.decode("latin-1"),
        }
    )


@pytest.fixture
async def echo_url():
    """URL of a server that answers every request with what arrived."""
    app = web.Application()
    app.router.add_route("*", "/{tail:.*}", echo)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


@pytest.fixture
def raw_server():
    """`async with raw_server(talk) as url`: `await talk(writer, request_bytes)` says the answer."""

    @asynccontextmanager
    async def serving(talk, ssl=None):
        async def handle(reader, writer):
            try:
                head = await reader.readuntil(b"\r\n\r\n")
                await talk(writer, head)
                await writer.drain()
            except (ConnectionError, asyncio.IncompleteReadError):
                pass
            finally:
                writer.close()

        server = await asyncio.start_server(handle, "127.0.0.1", 0, ssl=ssl)
        scheme = "https" if ssl else "http"
        try:
            yield f"{scheme}://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        finally:
            server.close()

    return serving


@pytest.fixture
def open_door(vault):
    """`async with open_door(url, ...) as door`: settings and budget by keyword."""

    @asynccontextmanager
    async def opening(url, *, budget=None, recorder=None, emit=None, **settings):
        chosen = CollectSettings(url=url, budget=Budget(**{**FAST, **(budget or {})}), **settings)
        permit = await Permit.open(chosen)
        async with Door(chosen, permit, vault, recorder=recorder, emit=emit) as door:
            yield door

    return opening
