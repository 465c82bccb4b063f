"""The document, the guard, errors, headers, CORS, logs and webhooks."""

import ast
import json
import logging
import re
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

import agora
from agora import sentry
from agora.access import Access, access_of
from agora.authentication import Authenticator
from agora.logs import JsonFormatter
from agora.routes import operations
from agora.security import signature
from tests.agora import probes
from tests.agora.support import ORIGIN

PUBLIC = {
    "liveness", "readiness", "sign_up", "verify_email", "verify_email_by_link", "log_in",
    "refresh_session", "request_password_reset", "explain_password_reset", "confirm_password_reset",
    "list_profiles", "read_profile", "list_listings", "read_listing", "list_reviews",
    "explain_invite", "receive_payment_event", "read_openapi", "read_documentation",
}  # fmt: skip


def test_public_operations_are_exactly_these(running):
    assert {r.name for r in operations(running.app) if access_of(r.endpoint) is Access.PUBLIC} == PUBLIC


def test_document_says_what_the_guard_does(api, running):
    document = api.get("/openapi.json").json
    assert document["openapi"].startswith("3.1")
    assert document["components"]["securitySchemes"]["bearer"]["scheme"] == "bearer"
    names = set()
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            names.add(operation["operationId"])
            public = operation["security"] == []
            assert public is (operation["operationId"] in PUBLIC), path
            if not public:
                filled = re.sub(r"\{handle\}", "nobody", path)
                filled = re.sub(r"\{\w+\}", "00000000-0000-4000-8000-000000000000", filled)
                assert api.call(method.upper(), filled).status == 401, path
    assert len(names) > 100


def test_every_request_field_has_an_example_or_is_obvious(api):
    schemas = api.get("/openapi.json").json["components"]["schemas"]
    bare = [
        f"{name}.{field}"
        for name, schema in schemas.items()
        if schema.get("additionalProperties") is False
        for field, kind in schema["properties"].items()
        if kind.get("type") == "string"
        and not {"examples", "format", "enum", "const"} & set(kind)
        and not field.endswith("token")
    ]
    assert bare == []


def test_refused_input_is_not_repeated(api, a):
    reply = api.post("/auth/login", {"email": "no address", "password": "Secret-word-77", "x": 1})
    assert reply.status == 422
    assert "Secret-word-77" not in reply.text
    assert {field["field"] for field in reply.json["error"]["fields"]} == {"email", "x"}
    assert api.post("/collections", {"name": "a\u0000b"}, by=a).status == 422
    assert api.patch(f"/collections/{probes.collection(api, a)}", {}, by=a).status == 422
    assert api.post("/collections", raw=b"{", by=a).status == 422
    assert api.get("/listings?limit=100000").status == 422
    assert api.get("/listings/not-an-id").status == 422


def test_large_bodies_are_refused(api, a):
    assert api.post("/collections", {"name": "x" * 2_100_000}, by=a).status == 413


def test_unknown_paths_and_methods(api):
    assert api.get("/no/such/path").json["error"]["code"] == "not_found"
    assert api.call("PUT", "/addresses").status == 405


def test_unexpected_errors_tell_nothing(api, a, running, monkeypatch, caplog):
    def broken(*_):
        raise RuntimeError("postgresql://agora:hunter2@db/agora")

    monkeypatch.setattr(Authenticator, "authenticate", broken)
    reply = api.get("/members/me", by=a, headers={"Origin": ORIGIN})
    assert reply.status == 500
    assert "hunter2" not in reply.text
    assert reply.json["error"]["request_id"] == reply.headers["x-request-id"]
    assert reply.headers["access-control-allow-origin"] == ORIGIN


def test_security_headers(api):
    headers = api.get("/healthz").headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["cache-control"] == "no-store"
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "server" not in headers


@pytest.mark.parametrize(
    "origin",
    ["https://elsewhere.example", "null", "http://app.example.com", "https://evil-app.example.com",
     "https://app.example.com.evil.example", "https://app.example.com:8443", "https://app.exämple.com"],
)  # fmt: skip
def test_other_origins_are_not_allowed(origin, api):
    preflight = {"Origin": origin, "Access-Control-Request-Method": "GET"}
    headers = {name: value.encode().decode("latin-1") for name, value in preflight.items()}
    for reply in (
        api.call("OPTIONS", "/members/me", headers=headers),
        api.get("/addresses", headers=headers),
    ):
        assert "access-control-allow-origin" not in reply.headers


def test_approved_origin_is_allowed(api):
    reply = api.get("/healthz", headers={"Origin": ORIGIN})
    assert reply.headers["access-control-allow-origin"] == ORIGIN
    assert reply.headers.get("access-control-allow-credentials") is None


def paid(api, running, event, **changes):
    body = json.dumps(event).encode()
    secret = running.app.state.components.settings.webhook_secret.get_secret_value()
    moment = int(changes.get("at", time.time()))
    header = f"t={moment},v1={signature(changes.get('secret', secret), moment, body)}"
    sent = {"Agora-Signature": header, "Content-Type": "application/json"}
    return api.call("POST", "/webhooks/payments", raw=changes.get("body", body), headers=sent)


def test_payments_are_signed_in_time_and_booked_once(api, running, a, b):
    order = api.made("/orders", {"listing_id": probes.listing(api, a)}, b)
    event = {
        "id": "evt_" + order["id"],
        "type": "payment.succeeded",
        "order_id": order["id"],
        "amount_cents": order["total_cents"],
    }
    assert api.post("/webhooks/payments", event).status == 401
    assert paid(api, running, event, secret="x" * 40).status == 401
    assert paid(api, running, event, at=time.time() - 1000).status == 401
    assert paid(api, running, event, body=b"{}").status == 401
    assert paid(api, running, {**event, "amount_cents": 1, "id": "evt_x"}).json["status"] == "mismatch"
    assert paid(api, running, event).json["status"] == "processed"
    assert paid(api, running, event).json["status"] == "duplicate"
    assert paid(api, running, {**event, "id": "evt_again"}).json["status"] == "mismatch"
    assert api.get("/members/me", by=a).json["balance_cents"] == order["total_cents"]
    assert api.get(f"/orders/{order['id']}", by=b).json["status"] == "paid"
    assert api.delete(f"/orders/{order['id']}", by=b).status == 409


def test_logs_are_redacted():
    record = logging.makeLogRecord({
        "msg": "mail to ada@example.com with Bearer abc.def",
        "levelname": "INFO",
        "detail": {"password": "hunter2", "url": "postgresql://u:hunter2@db/x"},
    })  # fmt: skip
    line = JsonFormatter().format(record)
    assert "ada@example.com" not in line
    assert "hunter2" not in line
    assert "abc.def" not in line
    assert json.loads(line)["level"] == "info"


def test_requests_are_logged_by_template(api, a, caplog):
    number = probes.collection(api, a)
    with caplog.at_level(logging.INFO, logger="agora.request"):
        api.get(f"/collections/{number}?q=private", by=a)
        deadline = time.monotonic() + 5
        while not caplog.records and time.monotonic() < deadline:
            time.sleep(0.01)
    line = JsonFormatter().format(caplog.records[-1])
    assert json.loads(line)["route"] == "/collections/{collection_id}"
    assert number not in line
    assert "private" not in line


def test_error_reports_are_envelopes_without_secrets(monkeypatch):
    sent = []

    def take(request, timeout):
        sent.append(request)
        return SimpleNamespace(close=lambda: None)

    monkeypatch.setattr(sentry.urllib.request, "urlopen", take)
    reporter = sentry.ErrorReporter("http://key@127.0.0.1:9000/7", "staging", "agora@1")
    error = ValueError("cannot reach postgresql://agora:hunter2@db/x for ada@example.com")
    reporter.report(error, route="/feed", request_id="r1")
    reporter.close()
    (request,) = sent
    assert request.full_url == "http://127.0.0.1:9000/api/7/envelope/"
    text = request.data.decode()
    assert "hunter2" not in text
    assert "ada@" not in text
    head, kind, event = (json.loads(line) for line in text.strip().splitlines())
    assert kind["type"] == "event"
    assert event["event_id"] == head["event_id"]
    assert event["exception"]["values"][0]["type"] == "ValueError"


def test_agora_knows_nothing_of_flaws():
    for path in Path(agora.__file__).parent.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        assert "agora_flaws" not in text
        assert "flaw" not in text.lower(), path
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.ImportFrom):
                assert (node.module or "").split(".")[0] not in {"launchready", "agora_flaws"}
    assert "agora" in sys.modules
