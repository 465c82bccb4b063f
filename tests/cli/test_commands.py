"""Commands as a user types them, in this process."""

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from launchready import __version__
from launchready.app.planning import plan_of
from launchready.cli.commands import command_line
from tests.app.tiny import Tiny, serving

COMMANDS = (
    "audit", "demo", "plan", "recheck", "explain", "rejudge", "cleanup", "checks", "init", "login", "token",
    "prove", "attest", "doctor",
)  # fmt: skip


@pytest.fixture
def launchready():
    def call(*arguments, stdin=None):
        return CliRunner().invoke(command_line(), [str(one) for one in arguments], input=stdin)

    return call


def refused(result, *parts):
    """Exit code 2, one line that says it all, no traceback."""
    said = result.stderr.strip().splitlines()
    assert result.exit_code == 2, result.output
    assert result.stdout == ""
    assert "Traceback" not in result.stderr
    for part in parts:
        assert part in said[-1]
    assert said[-1].startswith("launchready: ")


# ---------------------------------------------------------------------------------------------------- help


def test_help_names_every_command(launchready):
    result = launchready("--help")
    assert result.exit_code == 0
    for command in COMMANDS:
        assert f"\n  {command} " in result.stdout


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(launchready, command):
    result = launchready(command, "--help")
    assert result.exit_code == 0
    assert "Usage:" in result.stdout
    assert "None" not in result.stdout


def test_the_version(launchready):
    assert launchready("--version").stdout.strip() == f"launchready {__version__}"


# -------------------------------------------------------------------------------------------- wrong input


@pytest.mark.parametrize(
    ("arguments", "parts"),
    [
        (["audit"], ["nothing to audit", "--repo"]),
        (["audit", "127.0.0.1:8000"], ["http://"]),
        (["audit", "ftp://127.0.0.1"], ["http://"]),
        (["audit", "http://127.0.0.1:9"], ["does not answer: connection refused", "Start the API"]),
        (["audit", "http://nobody.invalid"], ["no address", "spelling"]),
        (["audit", "http://127.0.0.1:9", "--only", "AUHT"], ['"AUHT"', "launchready checks"]),
        (["audit", "http://127.0.0.1:9", "--include", "/notes"], ["METHOD /path"]),
        (["audit", "http://127.0.0.1:9", "--rate", "-1"], ["budget.rate"]),
        (["audit", "http://127.0.0.1:9", "--config", "missing.toml"], ["no file missing.toml", "init"]),
        (["audit", "--repo", "nowhere"], ["no directory nowhere"]),
        (["audit", "http://127.0.0.1:9", "--ca", "nowhere.pem"], ["no file nowhere.pem"]),
        (["audit", "http://127.0.0.1:9", "--har", "nowhere.har"], ["no file nowhere.har"]),
        (["audit", "--resume"], ["No unfinished audit"]),
        (["audit", "http://127.0.0.1:9", "--out", "taken/below"], ["Nothing can be written", "--out DIR"]),
        (
            ["audit", "http://127.0.0.1:9/v1/openapi.json"],
            ["description", "http://127.0.0.1:9 --spec http://127.0.0.1:9/v1/openapi.json"],
        ),
        (["plan"], ["No target", "launchready plan"]),
        (["prove"], ["No host"]),
        (["rejudge", "missing.lrz"], ["no evidence file"]),
        (["rejudge", "taken"], ["damaged"]),
        (["recheck", "0123456789abcdef"], ["no evidence file"]),
        (["token", "member_a"], ["No target is known"]),
        (["explain", "AUTH-99"], ["AUTH-99", "launchready checks"]),
        (["attest", "--check", "SEC-11"], ["person"]),
        (["attest", "--person", "Ada"], ["--check"]),
        (["demo", "--hardened", "--flaw", "x"], ["contradict"]),
        (["login", "member_a", "--file", "taken"], ["curl"]),
        (["login", "member_a", "--file", "missing"], ["missing"]),
    ],
)
def test_what_the_user_can_correct_ends_with_2(launchready, own_state, arguments, parts):
    (own_state / "taken").write_text("something")
    refused(launchready(*arguments), *parts)


def test_an_unknown_key_names_its_line(launchready, own_state):
    (own_state / "launchready.toml").write_text('[target]\nurl = "http://127.0.0.1:9"\nulr = "x"\n')
    refused(launchready("audit"), "launchready.toml:3", "unknown key target.ulr", "url")


def test_a_missing_variable_is_named(launchready, own_state):
    with serving(Tiny()) as url:
        (own_state / "launchready.toml").write_text(
            f'[target]\nurl = "{url}"\n[target.headers]\nX-Preview = {{ env = "NO_SUCH_VARIABLE" }}\n'
        )
        refused(launchready("audit"), "NO_SUCH_VARIABLE is not set", "export")


@pytest.mark.parametrize("option", ["--profile", "--fail-on"])
def test_an_unknown_choice_ends_with_2(launchready, option):
    result = launchready("audit", "http://127.0.0.1:9", option, "nonsense")
    assert result.exit_code == 2
    assert "nonsense" in result.stderr


def test_no_specification(launchready):
    with serving(Tiny(described=False)) as url:
        refused(launchready("audit", url), "--spec")


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="an administrator may write everywhere")
def test_an_output_without_permission(launchready, own_state):
    (own_state / "closed").mkdir(mode=0o500)
    refused(launchready("audit", "http://127.0.0.1:9", "--out", "closed/out"), "Nothing can be written")


def test_a_defect_of_ours_is_no_traceback(launchready, monkeypatch, tmp_path):
    monkeypatch.setattr("launchready.cli.about.implemented_checks", lambda: 1 // 0)
    result = launchready("checks")
    assert result.exit_code == 4
    assert "defect of launchready (ZeroDivisionError)" in result.stderr
    log = tmp_path / "state" / "launchready" / "debug.log"
    assert str(log) in result.stderr
    assert "ZeroDivisionError" in log.read_text()
    assert "Traceback" not in result.stderr


# -------------------------------------------------------------------------------------------------- audit


def test_json_on_stdout_and_events_on_stderr(launchready):
    with serving(Tiny()) as url:
        result = launchready("audit", url, "--only", "CORS-01", "--json", "--rate", 1000)
    document = json.loads(result.stdout)
    assert document["schema"] == 1
    assert Path("launchready-report/report.json").read_text(encoding="utf-8") == result.stdout
    assert "[1/" in result.stderr


def test_findings_and_what_fails(launchready):
    with serving(Tiny(leaks=True)) as url:
        first = launchready("audit", url, "--only", "auth-16", "--rate", 1000, "--out", "r")
        assert first.exit_code == 1
        assert "AUTH-16" in first.stdout
        assert "Report:   r/report.html" in first.stdout.replace("\\", "/")
        document = json.loads(Path("r/report.json").read_text())
        (finding,) = (one for check in document["checks"] for one in check["findings"])
        again = launchready("recheck", finding["fingerprint"], "--run", "r")
        assert again.exit_code == 1
        assert "Still there" in again.stdout
    assert launchready("rejudge", "r/run.lrz").exit_code == 1
    assert launchready("recheck", "feedfeedfeedfeed", "--run", "r").exit_code == 2


def test_a_clean_selection_ends_with_0(launchready):
    with serving(Tiny()) as url:
        assert launchready("audit", url, "--only", "AUTH-16", "--rate", 1000).exit_code == 0


def test_nobody_is_asked_without_a_terminal(launchready, monkeypatch):
    monkeypatch.setattr(
        "launchready.app.audit.plan_of", lambda *given: replace(plan_of(*given), on_loopback=False)
    )
    tiny = Tiny()
    with serving(tiny) as url:
        result = launchready("audit", url, "--rate", 1000, "--only", "AUTH-16")
        assert not tiny.users
        refused(result, "add --yes")
        assert "Signing in" in result.stderr, "the plan is shown"
        assert launchready("audit", url, "--rate", 1000, "--only", "AUTH-16", "--yes").exit_code == 0


def test_a_plan_is_a_table(launchready):
    with serving(Tiny()) as url:
        result = launchready("plan", url)
    assert result.exit_code == 0
    assert "Planting objects" in result.stdout
    assert f"In all {url}: about" in result.stdout


# ------------------------------------------------------------------------------------------------- others


def test_init_writes_a_file_once(launchready):
    with serving(Tiny()) as url:
        assert launchready("init", url).exit_code == 0
        text = Path("launchready.toml").read_text()
        assert f'url = "{url}"' in text
        assert "# sign-up: POST /signup" in text
        refused(launchready("init", url), "is there already", "--force")
        assert launchready("init", url, "--force").exit_code == 0
        assert launchready("audit", "--only", "CORS-01", "--rate", 1000).exit_code in {0, 3}


def test_a_login_from_standard_input(launchready):
    value = "x1y2z3" * 3
    result = launchready(
        "login", "member_a", stdin=f"curl http://127.0.0.1:8000/me -H 'Cookie: sid={value}'\n"
    )
    assert result.exit_code == 0
    assert "member_a can be used at http://127.0.0.1:8000" in result.stdout
    assert value not in result.output


def test_proof_is_not_asked_for_on_loopback(launchready):
    result = launchready("prove", "http://127.0.0.1:9")
    assert result.exit_code == 0
    assert "no proof is needed" in result.stdout
    assert "/.well-known/launchready.txt" in result.stdout
    assert "_launchready.127.0.0.1" in result.stdout
    assert launchready("prove", "http://127.0.0.1:9").stdout == result.stdout, "the token is stable"


def test_a_statement_from_the_command_line(launchready):
    shown = launchready("attest")
    assert "SEC-11" in shown.stdout
    result = launchready(
        "attest", "--check", "SEC-11", "--subject", "github", "--person", "Ada", "--statement", "MFA is on"
    )
    assert result.exit_code == 0
    assert 'subject = "github"' in Path("launchready.toml").read_text()


def test_nothing_to_clean_up(launchready):
    Path("launchready-report").mkdir()
    result = launchready("cleanup")
    assert result.exit_code == 0
    assert "Nothing is left" in result.stdout


def test_a_directory_that_is_not_there_was_not_cleaned_up(launchready):
    result = launchready("cleanup", "--out", "elsewhere")
    assert result.exit_code == 2
    assert "There is no elsewhere." in result.stderr


def test_the_doctor_speaks_plainly(launchready):
    result = launchready("doctor")
    assert result.exit_code in {0, 3}
    assert result.stdout.startswith("ok        Python")


def test_checks_as_json(launchready):
    documents = json.loads(launchready("checks", "--json").stdout)
    assert {"id": "AUTH-16", "gate": "G2"}.items() <= next(
        one for one in documents if one["id"] == "AUTH-16"
    ).items()


def test_explain_says_what_and_how(launchready):
    result = launchready("explain", "auth-16")
    assert result.exit_code == 0
    for heading in ("What it proves", "Passes when", "Why", "How to fix", "What this cannot see"):
        assert f"\n{heading}\n" in result.stdout
