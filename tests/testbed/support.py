"""Agora on loopback as a process of its own, audited from here as a user would."""

import asyncio
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from launchready.app.agora_process import AgoraFlaw, agora_settings, free_port, known_flaws
from launchready.app.audit import AuditOrder, audit
from launchready.collecting.runner import Stopper
from launchready.model.outcome import Confidence
from launchready.model.report import CheckResult, Finding, Report, State
from launchready.model.settings import (
    AccountSettings,
    Budget,
    CollectSettings,
    Environment,
    LoginRecipe,
    MailSettings,
    SecretSource,
    Settings,
)

START_SECONDS = 60.0
STOP_SECONDS = 10.0
ORIGIN = "https://agora.example"
STAFF = ("admin", "moderator")

# Hashing for a test, and limits that an audit at full speed does not reach: what they do is not asked here
FAST = {
    "AGORA_ARGON2_TIME_COST": "1",
    "AGORA_ARGON2_MEMORY_KIB": "8192",
    **{
        f"AGORA_LIMIT_{name}": "100000/60"
        for name in (
            "SIGN_UP",
            "LOGIN_FAILURES",
            "ACCOUNT_FAILURES",
            "ADDRESS_FAILURES",
            "REFRESH",
            "PASSWORD_RESET",
            "RESET_MAILS",
            "TOKEN_GUESSES",
            "WRITES",
            "MESSAGES",
            "INVITES",
            "SEARCH",
        )
    },
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """A running Agora and who may sign in as staff, with passwords in the environment."""

    url: str
    mail_port: int
    accounts: tuple[AccountSettings, ...]


def flaws_known() -> tuple[AgoraFlaw, ...]:
    return asyncio.run(known_flaws())


@contextmanager
def serving(folder: Path, flaws: Sequence[str]) -> Iterator[Bench]:
    port, mail_port = free_port(), free_port()
    # The passwords hold for one loopback process
    staff = tuple((role, f"{role}@example.com", f"Lr7!{os.urandom(12).hex()}Z") for role in STAFF)
    settings = agora_settings(folder, port, mail_port, staff) | FAST | {"AGORA_ALLOWED_ORIGINS": ORIGIN}
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("AGORA_")}
    module = [
        "agora_flaws" if flaws else "agora",
        "serve",
        *(word for name in flaws for word in ("--flaw", name)),
    ]
    with ExitStack() as stack:
        log = stack.enter_context((folder / "agora.log").open("wb"))
        process = stack.enter_context(
            subprocess.Popen(
                [sys.executable, "-m", *module, "--port", str(port)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log,
                env=inherited | settings,
                cwd=folder,
            )
        )
        stack.callback(ended, process)
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        url = listening(process)
        assert url, f"Agora did not start: {(folder / 'agora.log').read_text()[-600:]}"
        yield Bench(url=url, mail_port=mail_port, accounts=accounts_of(staff, patch))


def accounts_of(
    staff: Sequence[tuple[str, str, str]], patch: pytest.MonkeyPatch
) -> tuple[AccountSettings, ...]:
    made = []
    for role, email, password in staff:
        name = f"TESTBED_{role.upper()}_PASSWORD"
        patch.setenv(name, password)
        recipe = LoginRecipe(identifier=email, password=SecretSource(env=name))
        made.append(AccountSettings(name=role, role=role, login=recipe))
    return tuple(made)


def listening(process: "subprocess.Popen[bytes]") -> str:
    """The URL that it announces, empty if it ended or said nothing in time."""
    assert process.stdout is not None
    alarm = threading.Timer(START_SECONDS, process.kill)
    alarm.start()
    try:
        for line in process.stdout:
            said = json.loads(line)
            if said.get("event") == "listening":
                return str(said["url"])
    finally:
        alarm.cancel()
    return ""


def ended(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()


def audited(folder: Path, flaws: Sequence[str] = (), *, only: Sequence[str] = ()) -> Report:
    """Agora with these flaws, audited in full or for these checks alone."""
    with pytest.MonkeyPatch.context() as patch, serving(folder, flaws) as bench:
        patch.setenv("XDG_STATE_HOME", str(folder / "state"))
        collect = CollectSettings(
            url=bench.url,
            environment=Environment.STAGING,
            accounts=bench.accounts,
            mail=MailSettings(sink=f"127.0.0.1:{bench.mail_port}"),
            origins=(ORIGIN,),
            budget=Budget(rate=500.0, requests=8000),
            only=tuple(only),
        )
        order = AuditOrder(settings=Settings(collect=collect), out=folder / "out", confirmed=True)
        done = asyncio.run(audit(order, emit=lambda _: None, confirm=lambda _: True, stopper=Stopper()))
        return done.report


def by_id(report: Report) -> dict[str, CheckResult]:
    return {check.info.row.id: check for check in report.checks}


def failed(report: Report) -> set[str]:
    return {name for name, check in by_id(report).items() if check.state is State.FAIL}


def told(finding: Finding) -> str:
    return f"{finding.confidence.value}: {finding.message}"


def findings(report: Report, confidence: Confidence | None = None) -> list[str]:
    """What was found, in words: what a failing assertion shows."""
    return [
        f"{check.info.row.id} {told(finding)}"
        for check in report.checks
        for finding in check.findings
        if confidence in (None, finding.confidence)
    ]


def unfound(report: Report, declared: Iterable[str]) -> dict[str, list[str]]:
    """What was wrongly found, and why what should have been was not."""
    wanted, checks = set(declared), by_id(report)
    told_of: dict[str, list[str]] = {}
    for name in sorted(wanted ^ failed(report)):
        result = checks[name]
        opened = [item.reason for item in result.open_items]
        told_of[f"{name} {result.state.value}"] = [told(one) for one in result.findings] + opened
    return told_of
