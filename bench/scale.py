"""What an audit of a large API takes: seconds to plan, requests, memory.

    python -m bench.scale [OPERATIONS ...]      # 250 500 1000 unless given

A description of so many operations (resources of five operations each: list, create, read, change, delete) is
served with a stub that keeps objects by owner, in a process of its own. Each size is planned and then audited
in a fresh process, so that its peak memory is its own. Requests must grow linearly: what lies above the line
through the smaller sizes is printed.
"""

import asyncio
import multiprocessing
import os
import resource
import sys
import tempfile
import time
from dataclasses import dataclass, replace
from itertools import count
from multiprocessing.connection import Connection
from pathlib import Path

from aiohttp import web

SIZES = (250, 500, 1000)
AT_A_RESOURCE = 5
MOST_PLAN_SECONDS = 5.0
MOST_MEGABYTES = 500.0
MOST_ABOVE_LINE = 0.10


# ---------------------------------------------------------------------------------------------- the stub


def document(operations: int) -> dict:
    """About that many operations; five of them sign up, log in and tell who one is."""
    text = {"type": "string"}
    paths: dict[str, dict] = {
        "/signup": {"post": {"security": [], "requestBody": _body("username", "password"), **_reply({})}},
        "/login": {
            "post": {
                "security": [],
                "requestBody": _body("username", "password"),
                **_reply({"type": "object", "properties": {"access_token": text}}),
            }
        },
        "/me": {"get": _reply({"type": "object", "properties": {"username": text}})},
    }
    for number in range((operations - 3) // AT_A_RESOURCE):
        name = f"{_word(number)}s"
        key = f"{name[:-1]}_id"
        thing = {"type": "object", "properties": {"id": {"type": "integer"}, "title": text, "text": text}}
        given = {"parameters": [{"name": key, "in": "path", "required": True, "schema": {"type": "integer"}}]}
        paths[f"/{name}"] = {
            "get": _reply({"type": "array", "items": thing}),
            "post": {"requestBody": _body("title", "text"), **_reply(thing)},
        }
        paths[f"/{name}/{{{key}}}"] = {
            "get": {**given, **_reply(thing)},
            "put": {**given, "requestBody": _body("title", "text"), **_reply(thing)},
            "delete": {**given, **_reply({})},
        }
    return {
        "openapi": "3.0.3",
        "info": {"title": f"{operations} operations", "version": "1"},
        "security": [{"bearer": []}],
        "components": {"securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}}},
        "paths": paths,
    }


def _word(number: int) -> str:
    """A name like those of real resources: letters only, none a prefix of another."""
    heads = (
        "garden",
        "ticket",
        "recipe",
        "camera",
        "bridge",
        "planet",
        "window",
        "basket",
        "pencil",
        "engine",
    )
    tails = ("note", "plan", "card", "page", "item", "part", "file", "step", "link", "mark")
    rest = number // 100
    return f"{heads[number % 10]}_{tails[number // 10 % 10]}" + (f"_{chr(97 + rest)}x" if rest else "")


def _body(*fields: str) -> dict:
    properties = {name: {"type": "string"} for name in fields}
    schema = {"type": "object", "required": list(fields), "properties": properties}
    return {"required": True, "content": {"application/json": {"schema": schema}}}


def _reply(schema: dict) -> dict:
    return {"responses": {"200": {"description": "", "content": {"application/json": {"schema": schema}}}}}


class Stub:
    """Accounts and objects in memory; every object is its owner's alone."""

    def __init__(self, operations: int) -> None:
        self.document = document(operations)
        self.users: dict[str, str] = {}
        self.objects: dict[tuple[str, int], dict] = {}
        self.ids = count(1)

    async def answer(self, request: web.Request) -> web.Response:
        body = await request.json() if request.can_read_body else {}
        status, value = self.status_and_value(request, body if isinstance(body, dict) else {})
        return web.json_response(value, status=status)

    def status_and_value(self, request: web.Request, body: dict) -> tuple[int, object]:
        match request.path.strip("/").split("/"):
            case ["openapi.json"]:
                return 200, self.document
            case ["signup"] if request.method == "POST":
                if body.get("username") in self.users:
                    return 409, {"error": "username is taken already"}
                self.users[body["username"]] = body["password"]
                return 201, {"username": body["username"]}
            case ["login"] if request.method == "POST":
                if self.users.get(body.get("username", ""), "") != body.get("password"):
                    return 401, {"error": "wrong username or password"}
                return 200, {"access_token": f"token-of-{body['username']}"}
        user = request.headers.get("Authorization", "").removeprefix("Bearer token-of-")
        segments = request.path.strip("/").split("/")
        if f"/{segments[0]}" not in self.document["paths"]:
            return 404, {"error": "not found"}
        if user not in self.users:
            return 401, {"error": "log in"}
        return self.resource(request.method, segments, user, body)

    def resource(self, method: str, segments: list[str], user: str, body: dict) -> tuple[int, object]:
        if segments == ["me"]:
            return 200, {"username": user}
        name, *rest = segments
        if not rest:
            if method == "GET":
                return 200, [
                    item for (kind, _), item in self.objects.items() if kind == name and item["owner"] == user
                ]
            number = next(self.ids)
            self.objects[name, number] = {"owner": user, **body, "id": number}
            return 201, self.objects[name, number]
        key = (name, int(rest[0]) if rest[0].isdigit() else 0)
        if self.objects.get(key, {}).get("owner") != user:
            return 404, {"error": "not found"}
        if method == "DELETE":
            del self.objects[key]
            return 200, {}
        if method == "PUT":
            self.objects[key].update(title=body.get("title"), text=body.get("text"))
        return 200, self.objects[key]


def serve(pipe: Connection, operations: int) -> None:
    """The stub, until its process is ended."""

    async def run() -> None:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", Stub(operations).answer)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        pipe.send(runner.addresses[0][1])
        await asyncio.Event().wait()

    asyncio.run(run())


# ------------------------------------------------------------------------------------------ measuring


@dataclass(frozen=True, kw_only=True)
class Measured:
    """One size: seconds, requests, and the peak of resident memory in megabytes (10^6 bytes)."""

    operations: int
    planned: float
    audited: float
    requests: int
    megabytes: float
    evidence: float
    tested: int


def measure(pipe: Connection, url: str, operations: int) -> None:
    """Plan and audit in this process, and send what it took."""
    from launchready.app.audit import AuditOrder, audit  # noqa: PLC0415 - imports count to the audit's process
    from launchready.app.plan import plan  # noqa: PLC0415
    from launchready.app.settling import settings_of  # noqa: PLC0415
    from launchready.collecting.runner import Stopper  # noqa: PLC0415

    with tempfile.TemporaryDirectory() as folder:
        os.environ["XDG_STATE_HOME"] = f"{folder}/state"
        settings = settings_of(None, {"target.url": url})
        budget = replace(settings.collect.budget, requests=10**6, seconds=3600.0, rate=1e6)
        settings = replace(settings, collect=replace(settings.collect, budget=budget))
        out = Path(folder) / "out"

        def debug(text: str) -> None:
            raise SystemExit(text)

        begin = time.perf_counter()
        asyncio.run(plan(settings, emit=lambda _: None, stopper=Stopper(), debug=debug))
        planned = time.perf_counter() - begin
        order = AuditOrder(settings=settings, out=out, confirmed=True)
        work = audit(order, emit=lambda _: None, confirm=lambda _: True, stopper=Stopper())
        report = asyncio.run(work).report
        pipe.send(
            Measured(
                operations=operations,
                planned=planned,
                audited=time.perf_counter() - begin - planned,
                requests=report.run.requests,
                megabytes=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _UNIT / 1e6,
                evidence=(out / "run.lrz").stat().st_size / 1e6,
                tested=sum(check.safe for check in report.checks),
            )
        )


# Kibibytes, but bytes on macOS (getrusage(2))
_UNIT = 1 if sys.platform == "darwin" else 1024


def measured(operations: int) -> Measured:
    """One size, its stub and its audit each in a process of its own."""
    processes = multiprocessing.get_context("spawn")
    ours, theirs = processes.Pipe()
    stub = processes.Process(target=serve, args=(theirs, operations), daemon=True)
    stub.start()
    try:
        url = f"http://127.0.0.1:{ours.recv()}"
        mine, its = processes.Pipe()
        auditor = processes.Process(target=measure, args=(its, url, operations))
        auditor.start()
        its.close()
        result = mine.recv()
        auditor.join()
    finally:
        stub.terminate()
        stub.join()
    return result


def above_line(sizes: list[Measured]) -> float:
    """How far the largest size lies above the straight line through the two smallest, as a share of it."""
    first, second, last = sizes[0], sizes[1], sizes[-1]
    slope = (second.requests - first.requests) / (second.operations - first.operations)
    expected = second.requests + slope * (last.operations - second.operations)
    return last.requests / expected - 1


def main() -> int:
    sizes = [int(text) for text in sys.argv[1:]] or list(SIZES)
    results = []
    print("operations  plan s  audit s  requests  each  peak MB  evidence MB  shown safe")
    for size in sizes:
        one = measured(size)
        results.append(one)
        print(
            f"{one.operations:10}  {one.planned:6.2f}  {one.audited:7.1f}  {one.requests:8}  "
            f"{one.requests / one.operations:4.1f}  {one.megabytes:7.0f}  {one.evidence:11.1f}  {one.tested:10}",
            flush=True,
        )
    last = results[-1]
    good = last.planned <= MOST_PLAN_SECONDS and last.megabytes <= MOST_MEGABYTES
    print(f"planned in             {last.planned:.2f} s (at most {MOST_PLAN_SECONDS:g})")
    print(f"peak memory            {last.megabytes:.0f} MB (at most {MOST_MEGABYTES:g})")
    if len(results) > 2:
        share = above_line(results)
        print(f"requests above a line  {share:+.1%} (at most {MOST_ABOVE_LINE:.0%})")
        good = good and share <= MOST_ABOVE_LINE
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
