"""Agora as a process of its own on a free loopback port, with settings made for this one time."""

import asyncio
import json
import os
import secrets
import socket
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from launchready.app.errors import UsageProblem

# -P: a file called agora.py in the working directory is not what is meant
_PYTHON = (sys.executable, "-P", "-m")
APPROVED_ORIGIN = "https://agora.example"
_START_SECONDS = 60.0
_STOP_SECONDS = 10.0
_ATTEMPTS = 3
_TAIL = 600


@dataclass(frozen=True, slots=True, kw_only=True)
class AgoraFlaw:
    """A flaw (or a trap, which only looks like one) that Agora can be started with."""

    name: str
    checks: tuple[str, ...]
    sentence: str
    trap: bool
    batch: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningAgora:
    """Where it listens, its process id, and the staff accounts: (role, e-mail, password)."""

    url: str
    pid: int
    staff: tuple[tuple[str, str, str], ...]


async def known_flaws() -> tuple[AgoraFlaw, ...]:
    """What `agora_flaws` offers. Raises UsageProblem when it is not installed."""
    process = await asyncio.create_subprocess_exec(
        *_PYTHON, "agora_flaws", "list", "--json",
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    output, problem = await process.communicate()
    if process.returncode:
        raise UsageProblem(
            f"Agora's flaws cannot be listed ({_last_line(problem)}).", "Install launchready anew."
        )
    return tuple(_flaw(entry) for entry in json.loads(output))


def _flaw(entry: Mapping[str, Any]) -> AgoraFlaw:
    return AgoraFlaw(
        name=entry["name"],
        checks=tuple(entry["checks"]),
        sentence=entry["sentence"],
        trap=entry["trap"],
        batch=entry["batch"],
    )


@asynccontextmanager
async def running_agora(folder: Path, flaws: Sequence[str], mail_port: int) -> AsyncIterator[RunningAgora]:
    """Start it with a fresh database in `folder`; it is ended by its process id, whatever happens.

    `mail_port` is where a mail server listens on loopback. Raises UsageProblem when it does not start.
    """
    for attempt in range(1, _ATTEMPTS + 1):
        port = free_port()
        staff = tuple(
            (role, f"{role}@example.com", f"Lr7!{secrets.token_hex(12)}Z") for role in ("admin", "moderator")
        )
        settings = agora_settings(folder, port, mail_port, staff)
        log = folder / "agora.log"
        process = await _started(flaws, port, settings, log)
        try:
            url = await _listening(process)
            if url:
                yield RunningAgora(url=url, pid=process.pid, staff=staff)
                return
        finally:
            await _ended(process)
        if attempt == _ATTEMPTS:
            said = _last_line(log.read_bytes()) if log.exists() else ""
            raise UsageProblem(
                f"Agora did not start ({said or 'it said nothing'}).", "Run: launchready doctor"
            )


def agora_settings(
    folder: Path, port: int, mail_port: int, staff: Sequence[tuple[str, str, str]]
) -> dict[str, str]:
    """A complete environment for Agora; all secrets are made here and live as long as the process."""
    settings = {
        "AGORA_SECRET_KEY": secrets.token_hex(32),
        "AGORA_WEBHOOK_SECRET": secrets.token_hex(32),
        "AGORA_DATABASE_URL": f"sqlite:///{(folder / 'agora.db').as_posix()}",
        "AGORA_ALLOWED_ORIGINS": APPROVED_ORIGIN,
        "AGORA_PUBLIC_BASE_URL": f"http://127.0.0.1:{port}",
        "AGORA_SMTP_URL": f"smtp://127.0.0.1:{mail_port}",
        "AGORA_ENVIRONMENT": "staging",
        "AGORA_AUTO_MIGRATE": "true",
        "AGORA_LOG_LEVEL": "WARNING",
    }
    for role, email, password in staff:
        settings[f"AGORA_{role.upper()}_EMAIL"] = email
        settings[f"AGORA_{role.upper()}_PASSWORD"] = password
    return settings


def free_port() -> int:
    """A port on loopback that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


async def _started(
    flaws: Sequence[str], port: int, settings: Mapping[str, str], log: Path
) -> asyncio.subprocess.Process:
    module = ["agora_flaws", "serve", *(word for name in flaws for word in ("--flaw", name))]
    command = [*_PYTHON, *(module if flaws else ["agora", "serve"]), "--port", str(port)]
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("AGORA_")}
    with log.open("ab") as sink:
        return await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=sink,
            env=inherited | dict(settings),
            cwd=log.parent,
            # A Ctrl-C is for the audit, which still has to clean up at Agora
            **_apart(),
        )


def _apart() -> dict[str, Any]:
    if sys.platform == "win32":
        import subprocess  # noqa: PLC0415 - the flag exists on Windows alone

        return {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}
    return {"start_new_session": True}


async def _listening(process: asyncio.subprocess.Process) -> str:
    """The URL that it announces, empty if it ended or said nothing in time."""
    assert process.stdout is not None
    try:
        async with asyncio.timeout(_START_SECONDS):
            while line := await process.stdout.readline():
                try:
                    said = json.loads(line)
                except ValueError:
                    continue
                if isinstance(said, dict) and said.get("event") == "listening":
                    return str(said["url"])
    except TimeoutError:
        return ""
    return ""


async def _ended(process: asyncio.subprocess.Process) -> None:
    if process.returncode is not None:
        return
    try:
        process.terminate()
        await asyncio.wait_for(process.wait(), _STOP_SECONDS)
    except ProcessLookupError:
        return
    except TimeoutError:
        process.kill()
        await process.wait()


def _last_line(output: bytes) -> str:
    lines = output.decode("utf-8", "replace").strip().splitlines()
    return lines[-1][-_TAIL:] if lines else ""
