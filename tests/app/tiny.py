"""A small API with sign-up, login and notes, in a thread: a target that answers at once."""

import json
import re
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

NOTE = {
    "type": "object",
    "properties": {"id": {"type": "integer"}, "title": {"type": "string"}, "text": {"type": "string"}},
}


def _body(*fields):
    schema = {
        "type": "object",
        "required": list(fields),
        "properties": {name: {"type": "string"} for name in fields},
    }
    return {"required": True, "content": {"application/json": {"schema": schema}}}


def _reply(schema):
    return {"200": {"description": "", "content": {"application/json": {"schema": schema}}}}


def document():
    login = {"type": "object", "properties": {"access_token": {"type": "string"}}}
    own = [{"bearer": []}]
    number = [{"name": "note_id", "in": "path", "required": True, "schema": {"type": "integer"}}]
    return {
        "openapi": "3.0.3",
        "info": {"title": "Tiny", "version": "1"},
        "components": {"securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}}},
        "paths": {
            "/signup": {
                "post": {
                    "requestBody": _body("username", "password"),
                    "responses": _reply({}),
                    "security": [],
                }
            },
            "/login": {
                "post": {
                    "requestBody": _body("username", "password"),
                    "responses": _reply(login),
                    "security": [],
                }
            },
            "/me": {"get": {"responses": _reply({"type": "object"}), "security": own}},
            "/notes": {
                "get": {"responses": _reply({"type": "array", "items": NOTE}), "security": own},
                "post": {"requestBody": _body("title", "text"), "responses": _reply(NOTE), "security": own},
            },
            "/notes/{note_id}": {
                "get": {"parameters": number, "responses": _reply(NOTE), "security": own},
                "delete": {"parameters": number, "responses": _reply({}), "security": own},
            },
        },
    }


class Tiny:
    """`leaks`: any member reads any note; `delay`: seconds before an answer; `described`: has a document."""

    def __init__(self, *, leaks=False, delay=0.0, described=True):
        self.leaks, self.delay, self.described = leaks, delay, described
        self.users: dict[str, str] = {}
        self.notes: dict[int, dict] = {}
        self.made = 0
        self.asked: list[str] = []
        self.lock = threading.Lock()

    def answer(self, method, path, user, body):
        self.asked.append(f"{method} {path}")
        if path == "/openapi.json" and self.described:
            return 200, document()
        if (method, path) == ("POST", "/signup"):
            if body.get("username") in self.users:
                return 409, {"error": "username is taken already"}
            self.users[body["username"]] = body["password"]
            return 201, {"username": body["username"]}
        if (method, path) == ("POST", "/login"):
            if self.users.get(body.get("username"), "") != body.get("password"):
                return 401, {"error": "wrong username or password"}
            return 200, {"access_token": f"token-of-{body['username']}"}
        if path not in {"/me", "/notes"} and not path.startswith("/notes/"):
            return 404, {"error": "not found"}
        if user is None:
            return 401, {"error": "log in"}
        return self._private(method, path, user, body)

    def _private(self, method, path, user, body):
        if path == "/me":
            return 200, {"username": user}
        if path == "/notes":
            if method == "GET":
                return 200, [note for note in self.notes.values() if note["owner"] == user]
            self.made += 1
            note = {"id": self.made, "title": body.get("title"), "text": body.get("text"), "owner": user}
            self.notes[self.made] = note
            return 201, note
        match = re.fullmatch(r"/notes/(\d+)", path)
        note = self.notes.get(int(match[1])) if match else None
        if note is None or (note["owner"] != user and not (self.leaks and method == "GET")):
            return 404, {"error": "not found"}
        if method == "DELETE":
            del self.notes[note["id"]]
            return 200, {}
        return 200, note


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    tiny: Tiny

    def _serve(self):
        length = int(self.headers.get("content-length") or 0)
        raw = self.rfile.read(length) if length else b""
        try:
            body = json.loads(raw) if raw else {}
        except ValueError:
            body = {}
        given = self.headers.get("authorization", "")
        name = given.removeprefix("Bearer token-of-") if given.startswith("Bearer token-of-") else None
        time.sleep(self.tiny.delay)
        with self.tiny.lock:
            user = name if name in self.tiny.users else None
            status, value = self.tiny.answer(
                self.command, self.path.split("?")[0], user, body if isinstance(body, dict) else {}
            )
        content = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = do_OPTIONS = _serve  # noqa: N815

    def log_message(self, *_):
        pass


@contextmanager
def serving(tiny):
    """Its URL, while it is served."""
    handler = type("Handler", (_Handler,), {"tiny": tiny})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
