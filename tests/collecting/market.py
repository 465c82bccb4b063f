"""A marketplace in memory: persons who sign up and in, and resources whose rules a test may bend."""

import secrets
from collections.abc import Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

Record = dict[str, Any]
Rule = Callable[[str | None, Record], bool]
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

TEXT = {"type": "string"}
NUMBER = {"type": "integer"}
LOGIN = [{"bearer": []}]
SESSIONS = {"bearer": {"type": "http", "scheme": "bearer"}}


# ------------------------------------------------------------------------------------------------ rules


def owner(user, thing):
    return user is not None and thing["owner"] == user


def members(user, thing):
    return user is not None


def anybody(user, thing):
    return True


def nobody(user, thing):
    return False


def owner_or_published(user, thing):
    return owner(user, thing) or thing.get("visibility") == "public"


# ---------------------------------------------------------------------------------------------- denials


def hidden(thing):
    return answer({"detail": "not found"}, 404)


def forbidden(thing):
    return answer({"detail": "not yours"}, 403)


def polite(thing):
    """A refusal that claims to be a success."""
    return answer({"success": False, "error": "not yours"}, 200)


def careless(thing):
    """A refusal with the data in it."""
    return answer({"detail": "not yours", "item": thing}, 403)


def answer(value, status=200, **headers):
    return web.json_response(value, status=status, headers=headers)


def object_of(fields, required=()):
    return {"type": "object", "properties": fields, "required": list(required)}


def body(schema, media="application/json"):
    return {"requestBody": {"required": True, "content": {media: {"schema": schema}}}}


def replies(schema, status="200"):
    return {"responses": {status: {"description": "", "content": {"application/json": {"schema": schema}}}}}


@dataclass
class Resource:
    """One type of object. `verbs`: List, Create, Read, Update, Delete. `parent` is the resource it is inside."""

    name: str
    fields: dict[str, Any] = field(default_factory=lambda: {"title": TEXT, "text": TEXT})
    required: tuple[str, ...] = ("title", "text")
    verbs: str = "LCRUD"
    parent: str = ""
    listed: Rule = owner
    read: Rule = owner
    change: Rule = owner
    delete: Rule = owner
    denied: Callable[[Record], web.Response] = hidden
    linked: bool = True
    security: list[Any] = field(default_factory=lambda: LOGIN)

    @property
    def kind(self):
        return self.name.removesuffix("s")

    @property
    def key(self):
        return f"{self.kind}_id"


@dataclass
class Market:
    """Users, sessions, things, and the document that describes what is there; `log` is what was asked by whom."""

    users: dict[str, Record] = field(default_factory=dict)
    sessions: dict[str, str] = field(default_factory=dict)
    things: dict[str, dict[str, Record]] = field(default_factory=dict)
    log: list[tuple[str, str, str | None, Any]] = field(default_factory=list)
    paths: dict[str, Any] = field(default_factory=dict)
    handlers: dict[tuple[str, str], Handler] = field(default_factory=dict)
    resources: dict[str, Resource] = field(default_factory=dict)
    servers: list[Any] = field(default_factory=list)
    prefix: str = ""
    url: str = ""
    count: int = 1000

    def __post_init__(self):
        credentials = object_of({"username": TEXT, "password": TEXT}, ("username", "password"))
        self.on("POST", "/signup", self._sign_up, **body(credentials), security=[])
        self.on("POST", "/login", self._log_in, **body(credentials), security=[], **replies(
            object_of({"access_token": TEXT, "token_type": TEXT})
        ))  # fmt: skip
        self.on(
            "GET", "/me", self._me, security=LOGIN, **replies(object_of({"id": NUMBER, "username": TEXT}))
        )

    # -------------------------------------------------------------------------------------- assembling

    def on(self, method, path, handler, **operation):
        """A route with its description; another handler for one that is there already keeps its description."""
        self.handlers[method, path] = handler
        if operation or path not in self.paths or method.lower() not in self.paths[path]:
            described = {"responses": {"200": {"description": ""}}, **operation}
            names = [part.split("}")[0] for part in path.split("{")[1:]]
            parameters = [
                {"name": name, "in": "path", "required": True, "schema": TEXT if "slug" in name else NUMBER}
                for name in names
            ]
            described["parameters"] = [*parameters, *operation.get("parameters", [])]
            self.paths.setdefault(path, {})[method.lower()] = described

    def resource(self, name, **options):
        made = Resource(name=name, **options)
        self.resources[name] = made
        self.things[name] = {}
        base = f"/{name}"
        if made.parent:
            parent = self.resources[made.parent]
            base = f"/{made.parent}/{{{parent.key}}}/{name}"
        one = f"{base}/{{{made.key}}}"
        shown = object_of({"id": NUMBER, **made.fields})
        full = body(object_of(made.fields, made.required))
        part = body(object_of(made.fields))
        verbs: dict[str, tuple[str, str, Any, dict[str, Any]]] = {
            "L": ("GET", base, self._list, replies({"type": "array", "items": shown})),
            "C": ("POST", base, self._create, {**full, **replies(shown, "201")}),
            "R": ("GET", one, self._read, replies(shown)),
            "U": ("PATCH", one, self._update, {**part, **replies(shown)}),
            "D": ("DELETE", one, self._delete, {}),
        }
        for verb in made.verbs:
            method, path, handler, described = verbs[verb]
            self.on(method, path, _bound(handler, made), security=made.security, **described)
        return made

    def document(self):
        servers = {"servers": self.servers} if self.servers else {}
        return {
            "openapi": "3.0.3",
            "info": {"title": "Market", "version": "1"},
            "components": {"securitySchemes": SESSIONS},
            "paths": self.paths,
            **servers,
        }

    # ------------------------------------------------------------------------------------------ people

    def user(self, request):
        given = request.headers.get("Authorization", "")
        name = self.sessions.get(given.removeprefix("Bearer ")) if given.startswith("Bearer ") else None
        return name if name in self.users else None

    async def _sign_up(self, request):
        sent = await request.json()
        name = sent.get("username")
        if name in self.users:
            return answer({"detail": "username is taken already"}, 409)
        self.count += 1
        self.users[name] = {"id": self.count, "username": name, "password": sent["password"]}
        return answer({"id": self.count, "username": name}, 201)

    async def _log_in(self, request):
        sent = await request.json()
        user = self.users.get(sent.get("username"))
        if user is None or user["password"] != sent.get("password"):
            return answer({"detail": "wrong username or password"}, 401)
        return answer({"access_token": self.opened(user["username"]), "token_type": "bearer"})

    def opened(self, name):
        token = secrets.token_urlsafe(24)
        self.sessions[token] = name
        return token

    async def _me(self, request):
        user = self.users.get(self.user(request))
        if user is None:
            return answer({"detail": "log in"}, 401)
        return answer({key: value for key, value in user.items() if key != "password"})

    # ------------------------------------------------------------------------------------------ things

    def found(self, resource, request):
        """The thing at a path; with `linked`, only inside the parent that the path names and that the user reads."""
        thing = self.things[resource.name].get(request.match_info[resource.key])
        if thing is None or not resource.parent or not resource.linked:
            return thing
        parent = self.parent(resource, request)
        return thing if parent is not None and str(thing["parent"]) == str(parent["id"]) else None

    def parent(self, resource, request):
        above = self.resources[resource.parent]
        parent = self.things[above.name].get(request.match_info[above.key])
        return parent if parent is not None and above.read(self.user(request), parent) else None

    async def _list(self, resource, request):
        user = self.user(request)
        if user is None and resource.security:
            return answer({"detail": "log in"}, 401)
        if resource.parent and self.parent(resource, request) is None:
            return answer({"detail": "not found"}, 404)
        inside = request.match_info.get(self.resources[resource.parent].key) if resource.parent else None
        return answer(
            [
                thing
                for thing in self.things[resource.name].values()
                if resource.listed(user, thing) and (inside is None or str(thing["parent"]) == inside)
            ]
        )

    async def _create(self, resource, request):
        user = self.user(request)
        if user is None:
            return answer({"detail": "log in"}, 401)
        sent = await request.json()
        missing = [name for name in resource.required if not sent.get(name)]
        if missing:
            return answer(
                {"detail": [{"loc": ["body", name], "msg": "field required"} for name in missing]}, 422
            )
        inside = {}
        if resource.parent:
            parent = self.parent(resource, request)
            if parent is None:
                return answer({"detail": "not found"}, 404)
            inside = {"parent": parent["id"]}
        return answer(self.made(resource.name, user, **inside, **self._taken(resource, sent)), 201)

    def made(self, name, user, **fields):
        self.count += 1
        thing = {"id": self.count, "owner": user, **fields}
        self.things[name][str(self.count)] = thing
        return thing

    def _taken(self, resource, sent):
        return {key: value for key, value in sent.items() if key in resource.fields}

    async def _read(self, resource, request):
        return self._guarded(resource, request, resource.read) or answer(self.found(resource, request))

    def _guarded(self, resource, request, rule):
        """A denial, `None` if the rule allows it."""
        user, thing = self.user(request), self.found(resource, request)
        if user is None and resource.security and rule is not anybody:
            return answer({"detail": "log in"}, 401)
        if thing is None:
            return answer({"detail": "not found"}, 404)
        return None if rule(user, thing) else resource.denied(thing)

    async def _update(self, resource, request):
        denial = self._guarded(resource, request, resource.change)
        if denial is not None:
            return denial
        thing = self.found(resource, request)
        thing.update(self._taken(resource, await request.json()))
        return answer(thing)

    async def _delete(self, resource, request):
        denial = self._guarded(resource, request, resource.delete)
        if denial is not None:
            return denial
        del self.things[resource.name][request.match_info[resource.key]]
        return web.Response(status=204)

    # ---------------------------------------------------------------------------------------- serving

    def asked(self, method="", path=""):
        return [entry for entry in self.log if method in ("", entry[0]) and entry[1].startswith(path)]

    @asynccontextmanager
    async def served(self):
        """Its URL, while it is served."""

        @web.middleware
        async def keep(request, handler):
            sent = await request.text()
            self.log.append((request.method, request.path_qs, self.user(request), sent))
            return await handler(request)

        async def describe(request):
            return answer(self.document())

        app = web.Application(middlewares=[keep])
        app.router.add_get("/openapi.json", describe)
        for (method, path), handler in self.handlers.items():
            app.router.add_route(method, self.prefix + path, handler)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        try:
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            host, port = runner.addresses[0][:2]
            self.url = f"http://{host}:{port}"
            yield self.url
        finally:
            await runner.cleanup()


def _bound(handler, resource):
    async def bound(request):
        return await handler(resource, request)

    return bound
