"""What the door costs over a bare aiohttp loop: CPU for each exchange, and throughput.

    python -m bench.door [URL]      # e.g. http://127.0.0.1:8000/readyz of a running Agora

Without a URL against Agora, and against a small server on loopback in a process of its own. /idle does
nothing: the client is the bound, so that CPU is measured best there, and the ratio is the worst there can be.
/busy computes 2 ms an answer, as a real API does (Agora answers about 400 requests a second): there the ratio
counts, while waking up cold for each answer doubles the CPU of both sides. Pairs are interleaved, so that a
busy machine disturbs both sides alike; medians are printed.
"""

import asyncio
import multiprocessing
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from multiprocessing.connection import Connection
from pathlib import Path

import aiohttp
from aiohttp import web

from launchready.app.agora_process import free_port, running_agora
from launchready.door.http import Door
from launchready.door.messages import Request
from launchready.door.permit import Permit
from launchready.door.vault import Vault
from launchready.model.exchange import Exchange
from launchready.model.settings import Budget, CollectSettings

PAIRS = 9
EXCHANGES = 400
CONCURRENCY = 4
BUSY_SECONDS = 0.002
MOST_MICROSECONDS = 150.0
LEAST_RATIO = 0.85


async def compare(url: str, *, cost: bool = True, pace: bool = True) -> bool:
    """Measure and print; false when a bound is missed. `cost` and `pace` say which bounds hold here."""
    await bare(url)
    await through_door(url)
    pairs = [(await bare(url), await through_door(url)) for _ in range(PAIRS)]
    extra = statistics.median((door[0] - loop[0]) * 1e6 for loop, door in pairs)
    ratio = statistics.median(loop[1] / door[1] for loop, door in pairs)
    loops, doors = zip(*pairs, strict=True)
    most = f"at most {MOST_MICROSECONDS:.0f}" if cost else "no bound here"
    least = f"at least {LEAST_RATIO}" if pace else "no bound here"
    print(f"target                 {url}")
    print(f"bare aiohttp           {median_line(loops)}")
    print(f"door                   {median_line(doors)}")
    print(f"the door costs         {extra:.0f} µs CPU an exchange ({most})")
    print(f"throughput             {ratio:.2f} of the bare loop ({least})")
    return (extra <= MOST_MICROSECONDS or not cost) and (ratio >= LEAST_RATIO or not pace)


def median_line(runs: tuple[tuple[float, float], ...]) -> str:
    cpu = statistics.median(run[0] for run in runs) * 1e6
    wall = statistics.median(run[1] for run in runs)
    return f"{cpu:.0f} µs CPU an exchange, {1 / wall:.0f} exchanges a second"


async def measured(worker: Callable[[int], Awaitable[None]]) -> tuple[float, float]:
    """(CPU seconds, wall seconds) an exchange, of workers that share the exchanges."""
    cpu, wall = time.process_time(), time.perf_counter()
    await asyncio.gather(*(worker(number) for number in range(CONCURRENCY)))
    return (time.process_time() - cpu) / EXCHANGES, (time.perf_counter() - wall) / EXCHANGES


async def bare(url: str) -> tuple[float, float]:
    """The same requests with nothing around aiohttp."""
    connector = aiohttp.TCPConnector(limit=CONCURRENCY)
    async with aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar()) as session:

        async def worker(first: int) -> None:
            for number in range(EXCHANGES // CONCURRENCY):
                headers = {"Authorization": "Bearer a-token-of-a-usual-length-for-the-bench"}
                async with session.get(f"{url}?id={first}{number}", headers=headers) as answer:
                    await answer.read()

        return await measured(worker)


async def through_door(url: str) -> tuple[float, float]:
    """With permit, pacing, credentials, records and a vault as full as that of a real run."""
    vault = Vault(b"bench" * 8)
    settings = CollectSettings(
        url=url,
        never_touch=("POST /payments/*", "DELETE /account"),
        budget=Budget(requests=10**9, rate=1e9, concurrency=CONCURRENCY),
    )
    records: list[Exchange] = []
    permit = await Permit.open(settings)
    for number in range(60):
        vault.derive_password(f"member_{number}", url)
    async with Door(settings, permit, vault, recorder=records.append) as door:
        door.wallet_of("member_a").set_bearer(vault.put("token", "a-token-of-a-usual-length-for-the-bench"))

        async def worker(first: int) -> None:
            for number in range(EXCHANGES // CONCURRENCY):
                query = (("id", f"{first}{number}"),)
                await door.send(Request(method="GET", url=url, principal="member_a", query=query))

        spent = await measured(worker)
    if len(records) != EXCHANGES or any(record.status == 0 for record in records):
        raise SystemExit(f"{url} did not answer all requests")
    return spent


def serve(pipe: Connection) -> None:
    """The small server, until its process is ended."""

    async def answer(_: web.Request) -> web.Response:
        return web.json_response({"id": 1, "name": "bench", "items": list(range(40))})

    async def busy(request: web.Request) -> web.Response:
        end = time.perf_counter() + BUSY_SECONDS
        while time.perf_counter() < end:
            pass
        return await answer(request)

    async def run() -> None:
        app = web.Application()
        app.router.add_get("/idle", answer)
        app.router.add_get("/busy", busy)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        pipe.send(runner.addresses[0][1])
        await asyncio.Event().wait()

    asyncio.run(run())


def main() -> int:
    if len(sys.argv) > 1:
        return 0 if asyncio.run(compare(sys.argv[1])) else 1
    ours, theirs = multiprocessing.Pipe()
    server = multiprocessing.Process(target=serve, args=(theirs,), daemon=True)
    server.start()
    try:
        base = f"http://127.0.0.1:{ours.recv()}"
        idle = asyncio.run(compare(f"{base}/idle", pace=False))
        busy = asyncio.run(compare(f"{base}/busy", cost=False))
    finally:
        server.terminate()
        server.join()
    agora = asyncio.run(against_agora())
    return 0 if idle and busy and agora else 1


async def against_agora() -> bool:
    """The ratio that an audit of a real API has."""
    with tempfile.TemporaryDirectory() as folder:
        async with running_agora(Path(folder), [], free_port()) as agora:
            return await compare(f"{agora.url}/healthz", cost=False)


if __name__ == "__main__":
    sys.exit(main())
