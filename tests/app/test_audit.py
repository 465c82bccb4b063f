import asyncio
import json
import socket
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from launchready.app.audit import AuditOrder, audit
from launchready.app.cleanup import cleanup
from launchready.app.errors import Declined, UsageProblem
from launchready.app.exits import Exit, exit_of
from launchready.app.judgement import judged_file
from launchready.app.plan import plan
from launchready.app.planning import plan_of
from launchready.app.recheck import Standing, recheck
from launchready.app.rejudge import rejudge
from launchready.app.settling import settings_of
from launchready.app.token import token
from launchready.collecting.runner import Stopper
from launchready.door.lock import TargetBusy
from launchready.model.event import Decided, FindingSeen, PhaseStarted
from launchready.model.evidence import Collected, Partial
from launchready.model.report import State
from launchready.storage.errors import EvidenceDamaged, EvidenceTooNew
from launchready.storage.runfile import read_run
from tests.app.tiny import Tiny, serving

OUT = Path("out")


def never(_plan):
    raise AssertionError("nobody is asked on loopback")


def order(url="", **given):
    options = {
        "target.url": url,
        "budget.rate": 2000.0,
        **{f"target.{key}": value for key, value in given.items()},
    }
    return AuditOrder(settings=settings_of(None, options), out=OUT)


async def run(wanted, events=None, stopper=None, confirm=never):
    emit = events.append if events is not None else lambda _: None
    return await audit(wanted, emit=emit, confirm=confirm, stopper=stopper or Stopper())


def verdicts(report):
    return {check.info.row.id: check.state for check in report.checks}


def debug(text):
    raise AssertionError(text)


def names_in(folder):
    return {path.name for path in folder.iterdir()}


def read(path):
    return path.read_text(encoding="utf-8")


def write(name, text):
    Path(name).write_text(text, encoding="utf-8")


def mode_of(path):
    return path.stat().st_mode


# ------------------------------------------------------------------------------------------------ a run


async def test_an_audit_leaves_three_files_and_no_note(own_state):
    events = []
    tiny = Tiny(leaks=True)
    with serving(tiny) as url:
        audited = await run(order(url, only=["AUTH-16"]), events)
    assert names_in(OUT) >= {"report.json", "report.html", "run.lrz"}
    assert "run.lrz.part" not in names_in(OUT)
    assert not tiny.notes, "what was planted is removed"
    assert verdicts(audited.report)["AUTH-16"] is State.FAIL
    assert exit_of(audited.report) is Exit.NOT_READY
    assert isinstance(events[-1], Decided)
    assert any(isinstance(event, FindingSeen) for event in events)
    numbers = [(event.number, event.total) for event in events if isinstance(event, PhaseStarted)]
    assert [number for number, _ in numbers] == list(range(1, numbers[-1][1] + 1))
    document = json.loads(read(OUT / "report.json"))
    assert document["run"]["selected"] == ["AUTH-16"]
    exchanges = read_run(OUT).exchanges
    assert document["run"]["requests"] == len(exchanges)
    # The others looked for a mail catcher on its usual port
    assert sum(one.url.startswith(url) for one in exchanges) == len(tiny.asked)


async def test_a_sound_target_passes_the_selected_check():
    with serving(Tiny()) as url:
        audited = await run(order(url, only=["AUTH-16"]))
    assert verdicts(audited.report)["AUTH-16"] is State.PASS
    assert exit_of(audited.report) is Exit.READY


async def test_accounts_are_used_again_by_the_next_run():
    tiny = Tiny()
    with serving(tiny) as url:
        await run(order(url, only=["AUTH-16"]))
        before = {name for name in tiny.users if "spare" not in name}
        await run(order(url, only=["AUTH-16"]))
    assert {name for name in tiny.users if "spare" not in name} == before


async def test_a_report_is_judged_from_the_packed_file():
    with serving(Tiny(leaks=True)) as url:
        audited = await run(order(url, only=["AUTH-16"]))
    assert judged_file(OUT / "run.lrz") == audited.report


async def test_rejudging_gives_the_same_bytes():
    with serving(Tiny(leaks=True)) as url:
        await run(order(url, only=["AUTH-16"]))
    rejudge(OUT / "run.lrz", out=Path("again"))
    assert read(Path("again/report.json")) == read(OUT / "report.json")


async def test_rejudging_follows_the_file_of_the_same_target():
    with serving(Tiny(leaks=True)) as url:
        await run(order(url, only=["AUTH-16"]))
    write(
        "launchready.toml", f'[target]\nurl = "{url}"\n[visibility]\n"GET /notes/{{note_id}}" = "members"\n'
    )
    result = rejudge(OUT / "run.lrz", out=Path("again"))
    assert result.settings == "launchready.toml"
    assert verdicts(result.report)["AUTH-16"] is not State.FAIL
    write("launchready.toml", '[target]\nurl = "http://127.0.0.1:1"\n')
    assert rejudge(OUT / "run.lrz", out=Path("again")).settings == ""
    with pytest.raises(UsageProblem, match="is no date"):
        rejudge(OUT / "run.lrz", as_of="yesterday")


async def test_a_repository_needs_no_url(own_state):
    write("readme.txt", "nothing secret here")
    audited = await run(order(repo=".", only=["SEC-01"]))
    assert verdicts(audited.report)["SEC-01"] is State.PASS
    assert audited.report.run.requests == 0


async def test_without_a_url_the_rest_asks_for_one():
    write("readme.txt", "nothing secret here")
    audited = await run(order(repo="."))
    unproven = next(check for check in audited.report.checks if check.info.row.id == "AUTH-16")
    assert unproven.remedy.input == "target_url"


# ----------------------------------------------------------------------------------------------- stopping


async def test_a_stopped_run_cleans_up_and_is_judged():
    tiny = Tiny(delay=0.02)
    stopper = Stopper()
    events = []

    def emit(event):
        events.append(event)
        if isinstance(event, PhaseStarted) and "Reading" in event.name:
            asyncio.get_running_loop().call_later(0.2, stopper.stop)

    with serving(tiny) as url:
        audited = await audit(
            order(url, only=["AUTH-16", "AUTH-15"]), emit=emit, confirm=never, stopper=stopper
        )
    assert audited.interrupted
    assert audited.report.run.interrupted
    assert not tiny.notes
    slots = read_run(OUT).slots
    assert isinstance(slots["Plantings"], Collected)
    assert isinstance(slots["AccessMatrix"], Partial)


async def test_a_stopped_run_goes_on_too():
    tiny = Tiny(delay=0.02, leaks=True)
    stopper = Stopper()
    events = []

    def emit(event):
        if isinstance(event, PhaseStarted) and "Changing" in event.name:
            stopper.stop()

    with serving(tiny) as url:
        wanted = order(url, only=["AUTH-16", "AUTH-15"])
        first = await audit(wanted, emit=emit, confirm=never, stopper=stopper)
        assert verdicts(first.report)["AUTH-15"] is State.UNKNOWN
        tiny.delay = 0.0
        resume = AuditOrder(settings=settings_of(None, {}), out=OUT, resume=True)
        second = await run(resume, events)
        with pytest.raises(UsageProblem, match="No unfinished audit"):
            await run(resume)
    assert "Reading each other's objects" not in {
        event.name for event in events if isinstance(event, PhaseStarted)
    }
    assert verdicts(second.report)["AUTH-15"] is State.PASS
    assert verdicts(second.report)["AUTH-16"] is State.FAIL
    assert not second.interrupted
    assert second.report.run.id == first.report.run.id
    assert second.report.run.requests > first.report.run.requests
    assert not tiny.notes


async def test_a_torn_run_goes_on_where_it_stopped(monkeypatch):
    """As after kill -9: the writer and its file are simply left."""
    tiny = Tiny(leaks=True)

    class Killed(BaseException):
        pass

    def emit(event):
        if isinstance(event, PhaseStarted) and "Changing" in event.name:
            raise Killed

    with serving(tiny) as url:
        with pytest.raises(Killed):
            await audit(order(url, only=["AUTH-16", "AUTH-15"]), emit=emit, confirm=never, stopper=Stopper())
        torn = read_run(OUT)
        assert tiny.notes
        assert isinstance(torn.slots["AccessMatrix"], Collected)
        asked = len(tiny.asked)
        events = []
        resumed = AuditOrder(settings=settings_of(None, {}), out=OUT, resume=True)
        audited = await run(resumed, events)
    titles = [event.name for event in events if isinstance(event, PhaseStarted)]
    assert "Reading each other's objects" not in titles
    assert "Finding out what the API is" not in titles
    assert "Signing in" in titles
    assert not tiny.notes, "those of the first part are removed, too"
    run_again = read_run(OUT)
    assert run_again.slots["AccessMatrix"] == torn.slots["AccessMatrix"]
    ids = [exchange.id for exchange in run_again.exchanges]
    assert len(ids) == len(set(ids))
    assert {exchange.id for exchange in torn.exchanges} <= set(ids)
    assert audited.report.run.id == torn.info.id
    assert len(tiny.asked) > asked
    first = {word for item in torn.slots["Plantings"].evidence.objects for _, word in item.canaries}
    second = {word for item in run_again.slots["Plantings"].evidence.objects for _, word in item.canaries}
    assert not first & second, "planted words are never used twice"


async def test_a_torn_run_is_cleaned_up_by_its_journal():
    tiny = Tiny()

    class Killed(BaseException):
        pass

    def emit(event):
        if isinstance(event, PhaseStarted) and "Reading" in event.name:
            raise Killed

    with serving(tiny) as url:
        with pytest.raises(Killed):
            await audit(order(url, only=["AUTH-16"]), emit=emit, confirm=never, stopper=Stopper())
        assert tiny.notes
        result = await cleanup(OUT, emit=lambda _: None, stopper=Stopper(), debug=debug)
        assert not tiny.notes
        assert result.undone
        again = await cleanup(OUT, emit=lambda _: None, stopper=Stopper(), debug=debug)
    assert again.undone == 0


async def test_what_a_recheck_left_is_cleaned_up_too():
    tiny = Tiny()

    class Killed(BaseException):
        pass

    def emit(event):
        if isinstance(event, PhaseStarted) and "Reading" in event.name:
            raise Killed

    with serving(tiny) as url:
        again = replace(order(url, only=["AUTH-16"]), out=OUT / "recheck")
        with pytest.raises(Killed):
            await audit(again, emit=emit, confirm=never, stopper=Stopper())
        assert tiny.notes
        result = await cleanup(OUT, emit=lambda _: None, stopper=Stopper(), debug=debug)
    assert not tiny.notes
    assert result.undone


async def test_a_second_run_against_the_same_target_waits_its_turn():
    tiny = Tiny(delay=0.02)
    with serving(tiny) as url:
        begun = asyncio.Event()

        def emit(_event):
            begun.set()

        first = asyncio.ensure_future(
            audit(order(url, only=["AUTH-16"]), emit=emit, confirm=never, stopper=Stopper())
        )
        await begun.wait()
        other = replace(order(url, only=["AUTH-16"]), out=Path("elsewhere"))
        with pytest.raises(TargetBusy, match="auditing"):
            await run(other)
        same_place = order("http://127.0.0.1:1", only=["AUTH-16"])
        with pytest.raises(TargetBusy, match="auditing"):
            await run(same_place)
        await first


# ------------------------------------------------------------------------------------- what comes after it


async def test_a_finding_is_rechecked_alone():
    tiny = Tiny(leaks=True)
    with serving(tiny) as url:
        audited = await run(order(url, only=["AUTH-16"]))
        (finding,) = (
            one
            for check in audited.report.checks
            for one in check.findings
            if one.subject.path == "/notes/{note_id}"
        )
        options = {"emit": lambda _: None, "confirm": never, "stopper": Stopper()}
        still = await recheck(finding.fingerprint, OUT, **options)
        assert still.standing is Standing.STILL_THERE, still.sentence
        tiny.leaks = False
        gone = await recheck(finding.fingerprint[:8], OUT, **options)
        assert gone.standing is Standing.GONE, gone.sentence
        with pytest.raises(UsageProblem, match="has no finding"):
            await recheck("0123456789abcdef", OUT, **options)
    assert judged_file(OUT) == audited.report, "the run that found it stays as it is"


async def test_a_recheck_that_cannot_sign_in_shows_nothing():
    tiny = Tiny(leaks=True)
    with serving(tiny) as url:
        audited = await run(order(url, only=["AUTH-16"]))
        (finding,) = (one for check in audited.report.checks for one in check.findings)
        tiny.users.clear()
        tiny.answer = refuse_sign_up(tiny.answer)
        result = await recheck(
            finding.fingerprint, OUT, emit=lambda _: None, confirm=never, stopper=Stopper()
        )
    assert result.standing is Standing.NOT_SHOWN


def refuse_sign_up(answer):
    def wrapped(method, path, user, body):
        if path in {"/signup", "/login"}:
            return 403, {"error": "sign-up is closed"}
        return answer(method, path, user, body)

    return wrapped


async def test_a_token_works_at_the_target_of_the_last_run():
    with serving(Tiny()) as url:
        await run(order(url, only=["AUTH-16"]))
        options = {"config": None, "out": OUT, "emit": lambda _: None, "stopper": Stopper(), "debug": debug}
        assert (await token("member_a", **options)).startswith("token-of-")
        with pytest.raises(UsageProblem, match="admin cannot be signed in"):
            await token("admin", **options)


async def test_no_token_without_a_known_target():
    with pytest.raises(UsageProblem, match="No target is known"):
        await token("member_a", config=None, out=OUT, emit=lambda _: None, stopper=Stopper(), debug=debug)


# --------------------------------------------------------------------------------------- before it begins


async def test_a_plan_sends_discovery_only():
    tiny = Tiny()
    with serving(tiny) as url:
        result = await plan(order(url).settings, emit=lambda _: None, stopper=Stopper(), debug=debug)
    assert result.total.requests > 0
    assert result.total.accounts > 0
    assert result.writes
    assert result.on_loopback
    assert not tiny.users
    assert {entry.split()[0] for entry in tiny.asked} == {"GET"}


async def test_who_declines_is_not_asked_for_more(monkeypatch):
    monkeypatch.setattr("launchready.app.audit.plan_of", elsewhere)
    tiny = Tiny()
    plans = []

    def decline(shown):
        plans.append(shown)
        return False

    with serving(tiny) as url, pytest.raises(Declined):
        await run(order(url), confirm=decline)
    assert plans[0].writes
    assert not tiny.users
    assert "run.lrz.part" not in names_in(OUT)


def elsewhere(context, collectors):
    return replace(plan_of(context, collectors), on_loopback=False)


async def test_nothing_to_audit():
    with pytest.raises(UsageProblem, match=r"nothing to audit.*--repo"):
        await run(order())


async def test_an_unknown_check():
    with pytest.raises(UsageProblem, match='No check is called "AUHT"'):
        await run(order("http://127.0.0.1:1", only=["AUHT"]))


async def test_a_repository_that_is_not_there():
    with pytest.raises(UsageProblem, match="There is no directory nowhere"):
        await run(order(repo="nowhere"))


async def test_nobody_listens():
    with pytest.raises(UsageProblem, match=r"does not answer: connection refused\. Start the API"):
        await run(order("http://127.0.0.1:9"))
    assert names_in(OUT) == set()


async def test_something_else_than_http_listens():
    with not_http() as url, pytest.raises(UsageProblem, match="does not answer: not HTTP"):
        await run(order(url))


async def test_no_specification():
    with serving(Tiny(described=False)) as url, pytest.raises(UsageProblem, match="--spec"):
        await run(order(url))
    assert "run.lrz.part" not in names_in(OUT)


async def test_a_specification_that_was_named_and_is_not_there():
    with serving(Tiny()) as url, pytest.raises(UsageProblem, match=r"nowhere\.json"):
        await run(order(url, spec="nowhere.json"))


async def test_a_failed_start_leaves_an_unfinished_run_alone():
    class Killed(BaseException):
        pass

    def emit(event):
        if isinstance(event, PhaseStarted) and "Reading" in event.name:
            raise Killed

    with serving(Tiny()) as url, pytest.raises(Killed):
        await audit(order(url, only=["AUTH-16"]), emit=emit, confirm=never, stopper=Stopper())
    torn = read_run(OUT)
    with pytest.raises(UsageProblem):
        await run(order("http://127.0.0.1:9"))
    assert read_run(OUT).info.id == torn.info.id


async def test_nothing_to_resume():
    with pytest.raises(UsageProblem, match="No unfinished audit"):
        await run(AuditOrder(settings=settings_of(None, {}), out=OUT, resume=True))


async def test_an_output_that_is_a_file():
    write("out", "")
    with pytest.raises(UsageProblem, match="Nothing can be written to out"):
        await run(order("http://127.0.0.1:9"))


def test_damaged_evidence():
    Path("bad.lrz").write_bytes(b"PK nothing of the kind")
    with pytest.raises(EvidenceDamaged):
        rejudge(Path("bad.lrz"))


async def test_evidence_of_a_newer_version(monkeypatch):
    with serving(Tiny()) as url:
        await run(order(url, only=["CORS-01"]))
    monkeypatch.setattr("launchready.storage.content.FORMAT", 0)
    with pytest.raises(EvidenceTooNew, match="newer"):
        rejudge(OUT / "run.lrz")


async def test_a_defect_of_one_collector_is_logged_and_the_rest_goes_on(monkeypatch):
    def broken(_self):
        raise ZeroDivisionError

    monkeypatch.setattr("launchready.collecting.origins.OriginsCollector.run", broken)
    with serving(Tiny()) as url:
        audited = await run(order(url, only=["CORS-01", "AUTH-16"]))
    assert verdicts(audited.report)["AUTH-16"] is State.PASS
    log = OUT / "debug.log"
    assert mode_of(log) & 0o077 == 0
    assert read(log)


class not_http:  # noqa: N801 - reads as a statement
    def __enter__(self):
        self.server = socket.create_server(("127.0.0.1", 0))
        self.thread = threading.Thread(target=self._talk, daemon=True)
        self.thread.start()
        return f"http://127.0.0.1:{self.server.getsockname()[1]}"

    def _talk(self):
        try:
            while True:
                connection, _ = self.server.accept()
                connection.sendall(b"220 mail.example.com ESMTP\r\n")
                connection.close()
        except OSError:
            return

    def __exit__(self, *_):
        self.server.shutdown(socket.SHUT_RDWR)
        self.server.close()
        self.thread.join()


async def test_an_include_that_names_nothing_is_an_error():
    with serving(Tiny()) as url, pytest.raises(UsageProblem, match="No operation of the API"):
        await run(order(url, include=["GET /nothing/*"]))
