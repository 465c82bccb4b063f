"""Targets that would lead an audit astray: elsewhere, into destruction, out of its session, into waiting."""

import asyncio
import json
import time
from dataclasses import replace

from launchready.app.audit import audit
from launchready.collecting.runner import Stopper
from launchready.model.event import PhaseStarted
from launchready.model.report import State
from launchready.model.settings import Budget
from tests.app.tiny import document
from tests.hostile.server import Hostile, Scope, answer, hang, serving
from tests.hostile.test_garbage import OUT, TIGHT, assert_whole, audited, order


async def nothing(writer, asked):
    raise AssertionError(f"{asked.method} {asked.path} is not to be wrecked")


def sound(**given):
    hostile = Hostile(nothing, **given)
    hostile.is_wrecked = lambda _: False
    return hostile


def verdict(report, row):
    return next(check.state for check in report.checks if check.info.row.id == row)


# ------------------------------------------------------------------------------------------- elsewhere


async def test_a_description_that_points_elsewhere_leads_nowhere(monkeypatch):
    elsewhere = sound()
    with serving(elsewhere) as other:
        described = document()
        described["servers"] = [{"url": other}, {"url": f"{other}/v2"}]
        described["paths"]["/notes"]["servers"] = [{"url": other}]
        described["paths"]["/me"]["get"]["responses"]["200"]["content"]["application/json"]["schema"] = {
            "$ref": f"{other}/schema.json#/Me"
        }
        described["externalDocs"] = {"url": f"{other}/openapi.json"}
        report = await audited(sound(description=described), monkeypatch)
    assert_whole(report)
    assert not elsewhere.asked


async def test_redirects_to_another_origin_are_not_followed(monkeypatch):
    elsewhere = sound()
    with serving(elsewhere) as other:

        async def away(writer, asked):
            writer.write(answer(302, b"", headers=[("Location", f"{other}{asked.target}")]))

        report = await audited(Hostile(away, Scope.BEHIND), monkeypatch)
    assert_whole(report)
    assert not elsewhere.asked


# ------------------------------------------------------------------------------------------ destruction


async def test_a_get_that_resets_everything_is_never_asked_and_said_to_be_left_out(monkeypatch):
    described = document()
    own = described["paths"]["/me"]["get"]
    for path in ("/createdb", "/admin/reset", "/cache/flush"):
        described["paths"][path] = {"get": own}
    hostile = sound(description=described)
    report = await audited(hostile, monkeypatch)
    assert_whole(report)
    assert not [
        asked for asked in hostile.asked if asked.split()[1] in {"/createdb", "/admin/reset", "/cache/flush"}
    ]
    check = next(one for one in report.checks if one.info.row.id == "AUTH-01")
    assert check.state is not State.PASS
    reasons = " ".join(item.reason for item in check.open_items)
    assert "createdb" in reasons
    assert "it was not called" in reasons


# ------------------------------------------------------------------------------------------- sessions


class Brief(Hostile):
    """Sessions last for so many seconds and say so; what comes with an old one is refused."""

    def __init__(self, life, **given):
        super().__init__(nothing, **given)
        self.life, self.issued, self.stale = life, {}, 0

    def is_wrecked(self, asked):
        return False

    def sound(self, asked):
        if (asked.method, asked.path) == ("POST", "/login"):
            body = json.loads(asked.body)
            if self.tiny.users.get(body["username"]) == body["password"]:
                token = f"brief-{len(self.issued)}-of-{body['username']}"
                self.issued[token] = (body["username"], time.monotonic() + self.life)
                return answer(200, json.dumps({"access_token": token, "expires_in": self.life}).encode())
        given = asked.headers.get("authorization", "").removeprefix("Bearer ")
        user, until = self.issued.get(given, ("", 0.0))
        if user and time.monotonic() < until:
            asked = replace(asked, headers={**asked.headers, "authorization": f"Bearer token-of-{user}"})
        elif user:
            self.stale += 1
        return super().sound(asked)


async def test_sessions_of_a_second_are_renewed_before_they_end(monkeypatch):
    hostile = Brief(1)
    slow = replace(TIGHT, rate=15.0, concurrency=1, seconds=30.0, timeout=5.0)
    report = await audited(hostile, monkeypatch, slow, only=["AUTH-14", "AUTH-15", "AUTH-16"])
    assert len(hostile.issued) > 4
    assert hostile.stale <= 2
    assert verdict(report, "AUTH-16") is State.PASS
    assert verdict(report, "AUTH-15") is State.PASS


async def test_sessions_that_end_unannounced_prove_nothing_and_are_opened_again(monkeypatch):
    hostile = Brief(3600)
    monkeypatch.setattr("launchready.collecting.presence._EVERY", 1)

    def forget(event):
        if isinstance(event, PhaseStarted) and event.name.startswith("Changing"):
            hostile.issued.clear()

    with serving(hostile) as url:
        wanted = order(url, replace(TIGHT, timeout=5.0), only=["AUTH-15", "AUTH-16"])
        result = await audit(wanted, emit=forget, confirm=lambda _: True, stopper=Stopper())
    assert verdict(result.report, "AUTH-16") is State.PASS
    assert verdict(result.report, "AUTH-15") is State.PASS


# -------------------------------------------------------------------------------------------- waiting


async def test_stopping_does_not_wait_for_a_target_that_hangs(monkeypatch):
    monkeypatch.setattr("launchready.app.audit.INTERRUPTED_CLEAN_UP_SECONDS", 0.5)
    stopper = Stopper()
    stopped = []

    def stop():
        stopped.append(time.monotonic())
        stopper.stop()

    def emit(event):
        if isinstance(event, PhaseStarted) and event.name.startswith("Reading"):
            asyncio.get_running_loop().call_later(0.4, stop)

    with serving(Hostile(hang, Scope.LATER)) as url:
        wanted = order(url, Budget(rate=2000.0))
        result = await audit(wanted, emit=emit, confirm=lambda _: True, stopper=stopper)
    assert result.interrupted
    assert time.monotonic() - stopped[0] < 0.5 + 1.0
    assert result.report.run.leftovers
    assert (OUT / "report.json").exists()


async def test_a_selection_asks_for_little(monkeypatch):
    hostile = sound()
    await audited(hostile, monkeypatch, only=["CORS-01"])
    assert len(hostile.asked) < 45
    assert not hostile.tiny.users
    assert not hostile.tiny.made
