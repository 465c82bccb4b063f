"""Commands as processes: signals, deaths, Agora."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.app.tiny import Tiny, serving

SOURCE = Path(__file__).resolve().parents[2] / "src"
unix = pytest.mark.skipif(os.name == "nt", reason="signals of another kind")


def started(*arguments, log):
    environment = dict(os.environ)
    environment["PYTHONPATH"] = os.pathsep.join([str(SOURCE), environment.get("PYTHONPATH", "")])
    with log.open("wb") as sink:
        return subprocess.Popen(
            [sys.executable, "-m", "launchready", *map(str, arguments)],
            stdout=subprocess.PIPE,
            stderr=sink,
            env=environment,
        )


def until(log, text, process, seconds=30.0):
    """Wait until the process has said it."""
    end = time.monotonic() + seconds
    while text not in log.read_text(encoding="utf-8"):
        assert process.poll() is None, log.read_text(encoding="utf-8")
        assert time.monotonic() < end, log.read_text(encoding="utf-8")
        time.sleep(0.02)


@pytest.fixture
def log(own_state):
    return own_state / "stderr.txt"


@unix
def test_ctrl_c_cleans_up_and_judges_what_is_there(log):
    tiny = Tiny(delay=0.03)
    with serving(tiny) as url:
        process = started("audit", url, "--only", "AUTH-16,AUTH-15", log=log)
        until(log, "Reading each other's objects\n", process)
        assert tiny.notes
        process.send_signal(signal.SIGINT)
        begun = time.monotonic()
        process.communicate(timeout=20)
    assert process.returncode == 130
    assert time.monotonic() - begun < 15
    assert not tiny.notes
    said = log.read_text(encoding="utf-8")
    assert "press Ctrl-C again" in said
    assert "Traceback" not in said
    report = json.loads(Path("launchready-report/report.json").read_text(encoding="utf-8"))
    assert report["decision"] != "READY"


@unix
def test_a_second_ctrl_c_leaves_and_the_rest_is_cleaned_up_later(log):
    tiny = Tiny(delay=0.03)
    with serving(tiny) as url:
        process = started("audit", url, "--only", "AUTH-16", log=log)
        until(log, "Reading each other's objects\n", process)
        tiny.delay = 3.0
        process.send_signal(signal.SIGINT)
        until(log, "Stopping", process)
        process.send_signal(signal.SIGINT)
        begun = time.monotonic()
        process.communicate(timeout=20)
        assert time.monotonic() - begun < 3
        assert process.returncode == 130
        assert tiny.notes
        tiny.delay = 0.0
        later = started("cleanup", log=log)
        later.communicate(timeout=30)
        assert not tiny.notes


def test_a_killed_audit_goes_on(log):
    tiny = Tiny(delay=0.03, leaks=True)
    with serving(tiny) as url:
        process = started("audit", url, "--only", "AUTH-16,AUTH-15", log=log)
        until(log, "Changing each other's objects\n", process)
        process.kill()
        process.communicate(timeout=20)
        assert tiny.notes
        tiny.delay = 0.0
        again = started("audit", "--resume", "--json", log=log)
        output, _ = again.communicate(timeout=60)
    assert again.returncode == 1, log.read_text(encoding="utf-8")
    assert "Reading each other's objects" not in log.read_text(encoding="utf-8")
    report = json.loads(output)
    assert {one["id"]: one["verdict"] for one in report["checks"]}["AUTH-16"] == "fail"
    # What was being made when it died has no known id yet: it is named instead
    named = [thing for thing in report["run"]["leftovers"] if thing.startswith("note")]
    assert len(tiny.notes) <= len(named) <= 1


@pytest.mark.parametrize(
    ("flaw", "check"),
    [("cors-reflects-any", "CORS-01"), pytest.param("admin-members-open", "ROLE-01", marks=pytest.mark.slow)],
)
def test_the_demo_audits_agora_and_ends_it(log, flaw, check):
    for name in ("agora.py", "agora_flaws.py"):
        Path(name).write_text("raise SystemExit('not this one')\n", encoding="utf-8")
    process = started("demo", "--flaw", flaw, "--only", check, "--json", log=log)
    output, _ = process.communicate(timeout=120)
    said = log.read_text(encoding="utf-8")
    assert process.returncode == 0, said
    report = json.loads(output)
    assert {one["id"]: one["verdict"] for one in report["checks"]}[check] == "fail"
    assert "would have ended with exit code 1" in said
    assert "Agora has ended" in said, "the report's next step is a recheck, which needs a running API"
    assert not is_alive(int(said.split("(process ")[1].split(")")[0]))
    assert not [name for name in os.environ if name.startswith("LAUNCHREADY_DEMO")]


def is_alive(pid):
    try:
        os.kill(pid, 0)
    except OSError:
        return False
    return True
