"""kingfisher as a subprocess: files in, raw hits out. Nothing is verified over the network.

The engine prints values, so its report comes through a pipe and stays in memory, and its messages are not
passed on.
"""

import asyncio
import importlib
import importlib.metadata
import json
import os
import shutil
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

RULES = Path(__file__).parent / "rules" / "launchready.yaml"
INSTALL = "Install the secret engine: pip install 'kingfisher-bin>=2.14', then run the audit again."

_FOUND = 200
_CLEAN = 0
# Windows takes 32767 characters of command line; the others megabytes, but a lost batch should be small
_BATCH_CHARACTERS = 24_000 if sys.platform == "win32" else 400_000
_BATCH_FILES = 4_000
_LARGEST_REPORT = 256_000_000
_KEPT = (
    "PATH", "HOME", "USERPROFILE", "LOCALAPPDATA", "APPDATA", "SYSTEMROOT", "SYSTEMDRIVE", "XDG_CACHE_HOME",
    "KF_RULE_CACHE_DIR", "LANG",
)  # fmt: skip


class EngineMissing(Exception):  # noqa: N818 - a state of the machine that the user can change
    """No engine is installed; the message is the line that installs it."""


class EngineFailed(Exception):  # noqa: N818 - what was not looked at is reported, not raised further
    """The engine ended without a report; the message says how, never what it printed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RawHit:
    """A hit with its value, in memory only. `path` is as it was given; lines, columns count from 1."""

    path: str
    line: int
    column: int
    rule: str
    rule_name: str
    confidence: str
    value: str

    def __repr__(self) -> str:
        return f"<RawHit {self.rule} {self.path}:{self.line}>"


@dataclass(frozen=True, slots=True, kw_only=True)
class Engine:
    """The installed engine: the program, its name with version, a private folder for what it unpacks."""

    program: str
    name: str
    scratch: Path


def find_engine(scratch: Path) -> Engine:
    """The engine of the wheel, else one on PATH; raises EngineMissing. `scratch` is a private folder."""
    try:
        program = str(importlib.import_module("kingfisher").get_binary_path())
        version = importlib.metadata.version("kingfisher-bin")
    except (ImportError, OSError):
        found = shutil.which("kingfisher")
        if found is None:
            raise EngineMissing(INSTALL) from None
        program, version = found, ""
    return Engine(program=program, name=f"kingfisher {version}".strip(), scratch=scratch)


async def scan(engine: Engine, paths: Sequence[str], *, cwd: Path, seconds: float) -> list[RawHit]:
    """Hits in the given files or folders (relative to `cwd`), within `seconds`; raises EngineFailed."""
    hits: list[RawHit] = []
    try:
        async with asyncio.timeout(seconds):
            for batch in batches(paths):
                hits.extend(await _scan_batch(engine, batch, cwd))
    except TimeoutError:
        raise EngineFailed(f"the secret engine was not done after {seconds:.0f} s") from None
    return hits


def batches(paths: Iterable[str]) -> Iterator[list[str]]:
    """Groups that fit on a command line; each path is made one that no option or address looks like."""
    batch: list[str] = []
    size = 0
    for path in paths:
        given = f"./{path}"
        if batch and (size + len(given) + 3 > _BATCH_CHARACTERS or len(batch) >= _BATCH_FILES):
            yield batch
            batch, size = [], 0
        batch.append(given)
        size += len(given) + 3
    if batch:
        yield batch


async def _scan_batch(engine: Engine, batch: list[str], cwd: Path) -> list[RawHit]:
    # --turbo: without it hits that the engine's parsers do not confirm are dropped, as in scripts inside HTML
    command = [
        engine.program, "scan", *batch,
        "--no-validate", "--no-update-check", "--quiet", "--no-ignore", "--no-dedup", "--git-history", "none",
        "--turbo", "--confidence", "low", "--rules-path", str(RULES), "--format", "json",
    ]  # fmt: skip
    try:
        process = await asyncio.create_subprocess_exec(
            *command,
            cwd=cwd,
            env=_environment(engine.scratch),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )
    except OSError as error:
        raise EngineFailed(f"the secret engine could not be started ({error.strerror})") from None
    try:
        output = await _read(process)
        code = await process.wait()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if code not in {_FOUND, _CLEAN}:
        raise EngineFailed(f"the secret engine ended with exit code {code}")
    return list(_hits_of(_report(output)))


async def _read(process: asyncio.subprocess.Process) -> bytes:
    assert process.stdout is not None
    parts: list[bytes] = []
    size = 0
    while part := await process.stdout.read(1 << 18):
        size += len(part)
        if size > _LARGEST_REPORT:
            raise EngineFailed("the secret engine's report is too long")
        parts.append(part)
    return b"".join(parts)


def _environment(scratch: Path) -> dict[str, str]:
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    return kept | dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(scratch))


def _report(output: bytes) -> dict[str, Any]:
    try:
        report = json.loads(output)
    except ValueError:
        raise EngineFailed("the secret engine's report is no JSON") from None
    if not isinstance(report, dict) or not isinstance(report.get("findings"), list):
        raise EngineFailed("the secret engine's report has another shape than that of kingfisher 2")
    summary = report.get("audit", {}).get("summary", {})
    if any(summary.get(name) for name in ("scan_partial", "scan_failed", "pending")):
        raise EngineFailed("the secret engine left out a part")
    return report


def _hits_of(report: dict[str, Any]) -> Iterator[RawHit]:
    seen: set[tuple[str, int, str, str]] = set()
    for item in report["findings"]:
        rule, finding = item["rule"], item["finding"]
        hit = RawHit(
            path=str(finding["path"]).removeprefix("./"),
            line=int(finding.get("line") or 0),
            column=int(finding.get("column_start") or 0),
            rule=str(rule["id"]),
            rule_name=_name_of(rule),
            confidence=str(finding.get("confidence") or "medium"),
            value=str(finding["snippet"]),
        )
        key = (hit.path, hit.line, hit.rule, hit.value)
        if hit.value.strip() and key not in seen:
            seen.add(key)
            yield hit


def _name_of(rule: dict[str, Any]) -> str:
    """A rule's name for people: our rules have one as description, the engine's own have one with hyphens."""
    name, known_as = str(rule.get("name") or ""), str(rule["id"])
    if not name or name == known_as:
        return str(rule.get("description") or known_as)
    return name.replace("-", " ")
