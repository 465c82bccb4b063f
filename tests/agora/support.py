"""Agora on a real loopback socket, and a small client for it."""

import http.client
import json
import shutil
import socket
import threading
import time
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import uvicorn

from agora import migrate
from agora.app import create_app
from agora.settings import Settings

PASSWORD = "Correct-horse-9"
ADMIN = "admin@example.com"
MODERATOR = "moderator@example.com"
ORIGIN = "https://app.example.com"


def settings_for(database: Path, **changes: Any) -> Settings:
    values = {
        "secret_key": uuid.uuid4().hex * 2,
        "webhook_secret": uuid.uuid4().hex * 2,
        "database_url": f"sqlite:///{database}",
        "allowed_origins": ORIGIN,
        "public_base_url": "http://127.0.0.1:8000",
        "smtp_url": "none",
        "require_verified_email": False,
        "environment": "staging",
        "admin_email": ADMIN,
        "admin_password": PASSWORD,
        "moderator_email": MODERATOR,
        "moderator_password": PASSWORD,
        "argon2_time_cost": 1,
        "argon2_memory_kib": 8,
        "limit_sign_up": "1000/600",
    }
    return Settings(**{**values, **changes})


@dataclass
class Reply:
    status: int
    headers: dict[str, str]
    text: str

    @property
    def json(self) -> Any:
        return json.loads(self.text)


@dataclass
class Person:
    email: str
    handle: str
    access: str = ""
    refresh: str = ""
    id: str = ""


@dataclass
class Api:
    host: str
    port: int
    _local: threading.local = field(default_factory=threading.local)

    def call(self, method, path, body=None, *, by=None, headers=None, raw=None):
        sent = dict(headers or {})
        token = by.access if isinstance(by, Person) else by
        if token:
            sent["Authorization"] = f"Bearer {token}"
        if body is not None:
            raw = json.dumps(body).encode()
            sent.setdefault("Content-Type", "application/json")
        connection = http.client.HTTPConnection(self.host, self.port, timeout=20)
        try:
            connection.request(method, path, raw, sent)
            answer = connection.getresponse()
            text = answer.read().decode("utf-8", "replace")
        finally:
            connection.close()
        lowered = {name.lower(): value for name, value in answer.getheaders()}
        return Reply(answer.status, lowered, text)

    def get(self, path, **options):
        return self.call("GET", path, **options)

    def post(self, path, body=None, **options):
        return self.call("POST", path, body, **options)

    def patch(self, path, body=None, **options):
        return self.call("PATCH", path, body, **options)

    def delete(self, path, body=None, **options):
        return self.call("DELETE", path, body, **options)

    def made(self, path, body, by):
        """What a creating request returned; it must have worked."""
        reply = self.post(path, body, by=by)
        assert reply.status in {200, 201, 202}, (path, reply.status, reply.text)
        return reply.json

    def sign_up(self, **more):
        handle = "m" + uuid.uuid4().hex[:12]
        person = Person(f"{handle}@example.com", handle)
        body = {
            "email": person.email,
            "password": PASSWORD,
            "handle": handle,
            "display_name": "Somebody",
        }
        reply = self.post("/auth/sign-up", {**body, **more})
        assert reply.status == 202, reply.text
        return person

    def log_in(self, person, password=PASSWORD):
        reply = self.post("/auth/login", {"email": person.email, "password": password})
        assert reply.status == 200, reply.text
        person.access, person.refresh = reply.json["access_token"], reply.json["refresh_token"]
        if not person.id:
            person.id = json.loads(self.get("/members/me", by=person).text)["id"]
        return person

    def member(self, **more):
        return self.log_in(self.sign_up(**more))

    def staff(self, email):
        return self.log_in(Person(email, ""))


class Running:
    """An application served from a thread."""

    def __init__(self, app):
        config = uvicorn.Config(
            app,
            host="127.0.0.1",
            port=0,
            log_config=None,
            access_log=False,
            proxy_headers=False,
            server_header=False,
            timeout_graceful_shutdown=2,
            ws="none",
        )
        self.app = app
        self.server = uvicorn.Server(config)
        self.thread = threading.Thread(target=self.server.run, daemon=True)

    def __enter__(self):
        self.thread.start()
        deadline = time.monotonic() + 20
        while not self.server.started:
            assert self.thread.is_alive(), "the server ended while starting"
            assert time.monotonic() < deadline, "the server did not start"
            time.sleep(0.005)
        host, port = self.server.servers[0].sockets[0].getsockname()[:2]
        self.api = Api(host, port)
        return self

    def __exit__(self, *_):
        self.server.should_exit = True
        self.thread.join(timeout=20)


def migrated(template: Path) -> Path:
    """An empty database with all tables, to be copied."""
    migrate.upgrade(settings_for(template))
    return template


def copied(template: Path, folder: Path) -> Path:
    return Path(shutil.copy(template, folder / f"{uuid.uuid4().hex}.db"))


def serve(database: Path, **changes: Any) -> Running:
    return Running(create_app(settings_for(database, **changes)))


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]
