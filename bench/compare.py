"""launchready beside schemathesis, on the same targets in the same run: requests, seconds, findings.

    python -m bench.compare                                       # Agora, with five flaws and without
    python -m bench.compare --schemathesis venv/bin/st            # and schemathesis, if it is installed there
    python -m bench.compare --label NAME --start "serve-it --port {port}" [--config launchready.toml]
    python -m bench.compare --label NAME --url http://127.0.0.1:8000 [--schemathesis venv/bin/st]

schemathesis is not installed with launchready: `pip install schemathesis==4.32.5` in a venv of its own.
Each tool gets a fresh target (with --url the one that runs, ours first). On Agora schemathesis is given two
accounts and told that they are peers, without which it makes no ownership probes; launchready is given the
URL alone. A flaw counts as found when a tool reports a finding about authorization at the flaw's operation:
launchready's confirmed findings, schemathesis's ST401 and ST402. Requests of schemathesis are those in its
HAR report.
"""

import argparse
import json
import os
import re
import shlex
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from launchready.app.agora_process import agora_settings, free_port

# Flaws of Agora that change the access to one operation each, and that operation
FLAWS: Mapping[str, str] = {
    "anonymous-private-list": "GET /addresses",
    "thread-by-id": "GET /threads/{thread_id}",
    "listing-update-by-others": "PATCH /listings/{listing_id}",
    "address-by-id": "GET /addresses/{address_id}",
    "admin-members-open": "GET /admin/members",
}
AUTHORIZATION_CODES = frozenset({"ST401", "ST402"})
ADDRESS = re.compile(r"https?://[\w.\[\]:-]+:\d+")
START_SECONDS = 60.0
RUN_SECONDS = 900.0
STOP_SECONDS = 10.0


@dataclass(frozen=True, kw_only=True)
class Target:
    """How to get one. `command` serves in the foreground and prints its address; `url` is one that runs."""

    label: str
    command: tuple[str, ...] = ()
    url: str = ""
    environment: Mapping[str, str] = field(default_factory=dict)
    flaws: Mapping[str, str] = field(default_factory=dict)
    members: bool = False


@dataclass(frozen=True, kw_only=True)
class Result:
    """What a tool did. `authorization` are operations with a finding about who may do what."""

    tool: str
    requests: int
    seconds: float
    findings: int
    suspected: int
    authorization: frozenset[str]
    remark: str = ""


# ----------------------------------------------------------------------------------------------- targets


@contextmanager
def serving(target: Target) -> Iterator[str]:
    """The target's address, for as long as it is needed."""
    if target.url:
        yield target.url
        return
    command = [part.format(port=free_port()) for part in target.command]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        env={**os.environ, **target.environment},
    ) as process:  # fmt: skip
        alarm = threading.Timer(START_SECONDS, process.kill)
        alarm.start()
        try:
            assert process.stdout is not None
            found = next((hit for line in process.stdout if (hit := ADDRESS.search(line))), None)
            alarm.cancel()
            if found is None:
                raise SystemExit(f"{target.label} did not start: {shlex.join(command)}")
            yield found[0]
        finally:
            alarm.cancel()
            process.terminate()
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()


@contextmanager
def agora(flaws: Mapping[str, str]) -> Iterator[Target]:
    """Agora with these flaws, members able to act without confirming an address: there is no mail here."""
    with tempfile.TemporaryDirectory(prefix="bench-agora-") as name:
        settings = agora_settings(Path(name), 1, 1, ()) | {
            "AGORA_DATABASE_URL": f"sqlite:///{Path(name).as_posix()}/{{fresh}}.db",
            "AGORA_SMTP_URL": "none",
            "AGORA_REQUIRE_VERIFIED_EMAIL": "false",
            "AGORA_PUBLIC_BASE_URL": "http://127.0.0.1",
        }
        module = ["agora_flaws", "serve", *(word for flaw in flaws for word in ("--flaw", flaw))]
        yield Target(
            label=f"Agora, {len(flaws)} flaws" if flaws else "Agora, hardened",
            command=(sys.executable, "-m", *(module if flaws else ["agora", "serve"]), "--port", "0"),
            environment=settings,
            flaws=flaws,
            members=True,
        )


def fresh(target: Target, tool: str) -> Target:
    """The same target with a database of its own for `tool`."""
    environment = {key: value.replace("{fresh}", tool) for key, value in target.environment.items()}
    return Target(
        label=target.label, command=target.command, url=target.url, environment=environment,
        flaws=target.flaws, members=target.members,
    )  # fmt: skip


# ------------------------------------------------------------------------------------------------- tools


def launchready(target: Target, config: str) -> Result:
    """An audit as a user runs it."""
    with tempfile.TemporaryDirectory(prefix="bench-ours-") as name, serving(target) as url:
        command = [sys.executable, "-m", "launchready", "audit", url, "--yes", "--fail-on", "never",
                   "--out", f"{name}/report", *(["--config", config] if config else [])]  # fmt: skip
        begun = time.monotonic()
        # Accounts of an earlier run are not for this one
        ran = run(command, name, {"XDG_STATE_HOME": f"{name}/state"})
        seconds = time.monotonic() - begun
        file = Path(name) / "report" / "report.json"
        if not file.is_file():
            raise SystemExit(f"launchready wrote no report:\n{ran.stderr[-2000:]}")
        report = json.loads(file.read_text(encoding="utf-8"))
    found = [finding for check in report["checks"] for finding in check["findings"]]
    confirmed = [one for one in found if one["confidence"] == "confirmed"]
    return Result(
        tool="launchready",
        requests=report["run"]["requests"],
        seconds=seconds,
        findings=len(confirmed),
        suspected=len(found) - len(confirmed),
        authorization=frozenset(operation_of(one["subject"]) for one in confirmed) - {""},
    )


def operation_of(subject: Mapping[str, str]) -> str:
    return f"{subject['method']} {subject['path']}" if subject.get("kind") == "operation" else ""


def schemathesis(target: Target, program: str, extra: Sequence[str], config: str) -> Result:
    """`st run` with the target's own specification, and what the user gave."""
    with tempfile.TemporaryDirectory(prefix="bench-theirs-") as name, serving(target) as url:
        folder = Path(name)
        config = peers_at_agora(url, folder) if target.members else config
        command = [str(Path(program).absolute()), *(["--config-file", config] if config else []),
                   "run", f"{url}/openapi.json", "--url", url, "--seed", "1", "--no-color",
                   "--generation-database", "none", "--report", "json,har",
                   "--report-json-path", "st.json", "--report-har-path", "st.har", *extra]  # fmt: skip
        begun = time.monotonic()
        ran = run(command, name, {"NO_PROXY": "127.0.0.1"})
        seconds = time.monotonic() - begun
        if not (folder / "st.json").is_file():
            raise SystemExit(f"schemathesis wrote no report:\n{(ran.stdout + ran.stderr)[-2000:]}")
        report = json.loads((folder / "st.json").read_text(encoding="utf-8"))
        har = json.loads((folder / "st.har").read_text(encoding="utf-8"))
    failures = report["failures"]
    states = report["operations"]
    return Result(
        tool=f"schemathesis {report['schemathesis_version']}",
        requests=len(har["log"]["entries"]),
        seconds=seconds,
        findings=sum(one["count"] for one in failures),
        suspected=0,
        authorization=frozenset(
            name for one in failures if one["code"] in AUTHORIZATION_CODES for name in one["operations"]
        ),
        remark=f"{states['tested']} of {states['total']} operations tested, {states['errored']} errors",
    )


def run(
    command: Sequence[str], folder: str, environment: Mapping[str, str]
) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        command, cwd=folder, env={**os.environ, **environment}, capture_output=True, text=True,
        timeout=RUN_SECONDS, check=False, stdin=subprocess.DEVNULL,
    )  # fmt: skip


def peers_at_agora(url: str, folder: Path) -> str:
    """Sign two members up, and write the settings that make schemathesis try them against each other."""
    entries = []
    for name in ("first", "second"):
        password = f"Bench-{os.urandom(9).hex()}-9"
        person = {"email": f"{name}@example.com", "handle": f"{name}_peer", "display_name": name}
        post(f"{url}/auth/sign-up", {**person, "password": password})
        entries.append(
            {
                "name": name,
                "loginEndpointAuth": {
                    "verb": "POST",
                    "endpoint": "/auth/login",
                    "contentType": "application/json",
                    "payloadUserPwd": {
                        "username": person["email"],
                        "password": password,
                        "usernameField": "email",
                        "passwordField": "password",
                    },
                    "token": {
                        "extractFrom": "body",
                        "extractSelector": "/access_token",
                        "sendIn": "header",
                        "sendName": "Authorization",
                        "sendTemplate": "Bearer {token}",
                    },
                },
            }
        )
    # JSON is YAML
    (folder / "wfc.yaml").write_text(json.dumps({"schema_version": "0.2.0", "auth": entries}))
    (folder / "st.toml").write_text('[auth.wfc]\npath = "wfc.yaml"\npeers = ["first", "second"]\n')
    return str(folder / "st.toml")


def post(url: str, body: Mapping[str, str]) -> None:
    request = urllib.request.Request(
        url, json.dumps(body).encode(), {"Content-Type": "application/json"}, method="POST"
    )
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(request, timeout=10) as answer:
        answer.read()


# ------------------------------------------------------------------------------------------------- table


def compare(target: Target, arguments: argparse.Namespace) -> None:
    """Run the tools one after the other, for they share the machine, and print as they end."""
    for number in range(arguments.times):
        show(target, launchready(fresh(target, f"ours-{number}"), arguments.config))
    if arguments.schemathesis:
        extra = shlex.split(arguments.schemathesis_args)
        theirs = schemathesis(
            fresh(target, "theirs"), arguments.schemathesis, extra, arguments.schemathesis_config
        )
        show(target, theirs)


def show(target: Target, result: Result) -> None:
    found = [name for name, operation in target.flaws.items() if operation in result.authorization]
    flaws = f"{len(found)} of {len(target.flaws)}" if target.members else "-"
    others = sorted(result.authorization - set(target.flaws.values()))
    remarks = [result.remark, f"{'also at' if found else 'at'} {', '.join(others)}" if others else ""]
    print(
        f"| {target.label} | {result.tool} | {result.requests} | {result.seconds:.0f} | {result.findings} | "
        f"{result.suspected} | {len(result.authorization)} | {flaws} | {'; '.join(filter(None, remarks))} |",
        flush=True,
    )


def main() -> int:
    parser = argparse.ArgumentParser(description="launchready beside schemathesis, in the same run.")
    parser.add_argument("--schemathesis", default="", metavar="ST", help="its program, in a venv of its own")
    parser.add_argument("--schemathesis-args", default="", metavar="ARGS", help="more for `st run`")
    parser.add_argument("--schemathesis-config", default="", metavar="FILE", help="its settings")
    parser.add_argument("--config", default="", metavar="FILE", help="settings for launchready")
    parser.add_argument("--times", type=int, default=1, metavar="N", help="how often launchready is run")
    parser.add_argument("--label", default="target", help="what to call it in the table")
    one = parser.add_mutually_exclusive_group()
    one.add_argument("--start", default="", metavar="COMMAND", help="serves it afresh; {port} is filled in")
    one.add_argument("--url", default="", help="of one that runs")
    arguments = parser.parse_args()
    for name in ("config", "schemathesis_config"):
        if getattr(arguments, name):
            setattr(arguments, name, str(Path(getattr(arguments, name)).absolute()))
    print("| target | tool | requests | seconds | findings | suspected | operations | flaws found | remark |")
    print("|---|---|---|---|---|---|---|---|---|", flush=True)
    if arguments.start or arguments.url:
        command = tuple(shlex.split(arguments.start))
        compare(Target(label=arguments.label, command=command, url=arguments.url), arguments)
        return 0
    for flaws in (FLAWS, {}):
        with agora(flaws) as target:
            compare(target, arguments)
    return 0


if __name__ == "__main__":
    sys.exit(main())
