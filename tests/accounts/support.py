"""Small targets on loopback, each with one way of signing up and in."""

import base64
import json
import secrets
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from launchready.accounts.crew import Crew
from launchready.door.http import Door
from launchready.door.permit import Permit
from launchready.door.vault import Vault
from launchready.model.exchange import Exchange
from launchready.model.settings import Budget, CollectSettings, Environment
from launchready.surface.build import build_surface

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
KEY = b"a project key for tests, 32 byte"


def refuse(status: int, **body: Any) -> web.Response:
    return web.json_response(body, status=status)


def fields_of(**names: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": names, "required": list(names)}


STRING = {"type": "string"}


@dataclass
class Target:
    """Users and sessions, and the parts that tests put together; `life` of sessions is in seconds."""

    users: dict[str, dict[str, Any]] = field(default_factory=dict)
    sessions: dict[str, tuple[str, float]] = field(default_factory=dict)
    life: float = 3600.0
    paths: dict[str, Any] = field(default_factory=dict)
    schemes: dict[str, Any] = field(default_factory=dict)
    routes: list[tuple[str, str, Handler]] = field(default_factory=list)
    log: list[tuple[str, str, Any]] = field(default_factory=list)

    def add(self, method: str, path: str, handler: Handler, **operation: Any) -> None:
        """A route, described."""
        self.routes.append((method, path, handler))
        described = {"responses": {"200": {"description": "good"}}, **operation}
        self.paths.setdefault(path, {})[method.lower()] = described

    def body(self, schema: dict[str, Any], media: str = "application/json") -> dict[str, Any]:
        return {"requestBody": {"required": True, "content": {media: {"schema": schema}}}}

    def document(self) -> dict[str, Any]:
        return {
            "openapi": "3.0.3",
            "info": {"title": "target", "version": "1"},
            "paths": self.paths,
            "components": {"securitySchemes": self.schemes},
        }

    def open_session(self, name: str) -> str:
        token = secrets.token_urlsafe(24)
        self.sessions[token] = (name, time.monotonic() + self.life)
        return token

    def holder(self, token: str | None) -> dict[str, Any] | None:
        name, until = self.sessions.get(token or "", ("", 0.0))
        return self.users.get(name) if time.monotonic() < until else None

    def register(self, fields: dict[str, Any]) -> dict[str, Any] | None:
        """Make a user of the fields; `None` if the name is taken."""
        name = fields.get("username") or fields.get("email")
        if name in self.users:
            return None
        user = {"id": f"u{len(self.users) + 1000}", **fields}
        self.users[name] = user
        return user

    def checked(self, name: str | None, password: str | None) -> dict[str, Any] | None:
        found = [user for user in self.users.values() if name in (user.get("username"), user.get("email"))]
        return found[0] if found and password and found[0].get("password") == password else None

    # ------------------------------------------------------------------------------------- usual parts

    def sign_up(self, *names: str, path: str = "/register", reply: Callable[..., Any] | None = None) -> None:
        schema = fields_of(**dict.fromkeys(names, STRING))

        async def handler(request: web.Request) -> web.Response:
            user = self.register(await request.json())
            if user is None:
                return refuse(409, detail="this account already exists")
            return web.json_response(reply(user) if reply else {"id": user["id"]}, status=201)

        self.add("POST", path, handler, **self.body(schema))

    def log_in(self, by: str = "username", *, path: str = "/login", reply: Callable[[str], Any]) -> None:
        async def handler(request: web.Request) -> web.Response:
            sent = await request.json()
            user = self.checked(sent.get(by), sent.get("password"))
            if user is None:
                return refuse(401, detail="wrong login")
            answer = reply(self.open_session(user.get("username") or user["email"]))
            return answer if isinstance(answer, web.Response) else web.json_response(answer)

        self.add("POST", path, handler, **self.body(fields_of(**{by: STRING, "password": STRING})))

    def me(
        self, read: Callable[[web.Request], str | None], *, path: str = "/me", stranger: Any = None
    ) -> None:
        async def handler(request: web.Request) -> web.Response:
            user = self.holder(read(request))
            if user is None:
                return stranger() if stranger else refuse(401, detail="not signed in")
            return web.json_response({key: value for key, value in user.items() if key != "password"})

        self.add("GET", path, handler, summary="the account that is signed in")


def header(name: str, prefix: str = "") -> Callable[[web.Request], str | None]:
    def read(request: web.Request) -> str | None:
        value = request.headers.get(name, "")
        return value.removeprefix(prefix) if value.startswith(prefix) else None

    return read


def cookie(name: str) -> Callable[[web.Request], str | None]:
    return lambda request: request.cookies.get(name)


@dataclass
class Stage:
    """A running target with a crew at its door."""

    target: Target
    url: str
    door: Door
    vault: Vault
    crew: Crew
    exchanges: list[Exchange]

    def requests(self, path: str, principal: str = "") -> list[Exchange]:
        return [
            item
            for item in self.exchanges
            if item.url.endswith(path) and principal in ("", item.principal) and not item.request_headers
        ]


Run = Callable[..., Awaitable[Stage]]


async def serve(stack: AsyncExitStack, target: Target) -> str:
    @web.middleware
    async def keep(request: web.Request, handler: Handler) -> web.StreamResponse:
        target.log.append((request.method, request.path, dict(request.headers)))
        return await handler(request)

    app = web.Application(middlewares=[keep])
    for method, path, handler in target.routes:
        app.router.add_route(method, path, handler)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    return f"http://{host}:{port}"


async def stage(stack: AsyncExitStack, target: Target, *, url: str = "", **options: Any) -> Stage:
    """A crew at the door of a target; options go to the crew or the settings."""
    url = url or await serve(stack, target)
    of_crew = ("recordings", "resolve", "mail_seconds", "now", "made")
    crew_options = {key: options.pop(key) for key in of_crew if key in options}
    budget = Budget(rate=2000.0)
    settings = CollectSettings(url=url, environment=Environment.STAGING, budget=budget, **options)
    vault = Vault(KEY)
    exchanges: list[Exchange] = []
    permit = await Permit.open(settings)
    door = await stack.enter_async_context(Door(settings, permit, vault, recorder=exchanges.append))
    surface = build_surface(json.loads(json.dumps(target.document())), "test", target=url)
    crew = Crew(door, vault, surface, settings, **crew_options)
    stack.push_async_callback(crew.close)
    return Stage(target=target, url=url, door=door, vault=vault, crew=crew, exchanges=exchanges)


def basic_pair(request: web.Request) -> tuple[str, str]:
    value = request.headers.get("Authorization", "")
    if not value.startswith("Basic "):
        return "", ""
    name, _, password = base64.b64decode(value[6:]).decode().partition(":")
    return name, password
