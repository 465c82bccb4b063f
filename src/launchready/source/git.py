"""git as a subprocess, for repositories that may be hostile: their configuration must not run anything."""

import asyncio
import os
from dataclasses import dataclass
from pathlib import Path

_SECONDS = 60.0
_LARGEST_OUTPUT = 64_000_000
# A repository's own .git/config may name programs to run (fsmonitor, hooks, pager, ssh) or another work tree
_HARMLESS = (
    ("core.fsmonitor", "false"),
    ("core.hooksPath", os.devnull),
    ("core.pager", "cat"),
    ("core.untrackedCache", "false"),
    ("core.attributesFile", os.devnull),
    ("protocol.allow", "never"),
    # The user named this folder; that another account owns it (a mounted volume) is no reason to refuse
    ("safe.directory", "*"),
)
_KEPT = ("PATH", "HOME", "USERPROFILE", "SYSTEMROOT", "SYSTEMDRIVE", "TEMP", "TMP", "TMPDIR")


class GitError(Exception):
    """git is absent, was too slow or refused; the message says which."""


@dataclass(frozen=True, slots=True)
class GitFolder:
    """Where the repository around a folder lies: its top and its `.git`."""

    top: Path
    git: Path


def repository_of(root: Path) -> GitFolder | None:
    """The git repository that `root` is or lies in; None when there is none."""
    for folder in (root, *root.parents):
        if (folder / ".git").exists():
            return GitFolder(top=folder, git=folder / ".git")
    return None


def clean_environment() -> dict[str, str]:
    """Environment for a child that reads hostile files: no GIT_*, no tokens of the user, no settings."""
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    return kept | {
        "LC_ALL": "C",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_NO_LAZY_FETCH": "1",
    }


async def run_git(place: GitFolder, *arguments: str, cwd: Path, seconds: float = _SECONDS) -> bytes:
    """Standard output of one git command; raises GitError with what happened and how to go on."""
    settings = [part for name, value in _HARMLESS for part in ("-c", f"{name}={value}")]
    command = ["git", f"--git-dir={place.git}", f"--work-tree={place.top}", *settings, *arguments]
    try:
        process = await asyncio.create_subprocess_exec(
            *command,
            cwd=cwd,
            env=clean_environment(),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )
    except OSError as error:
        raise GitError("git is not installed, or not on PATH") from error
    try:
        async with asyncio.timeout(seconds):
            output = await _read(process)
            code = await process.wait()
    except TimeoutError as error:
        raise GitError(f"git {arguments[0]} took longer than {seconds:.0f} s") from error
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if code != 0:
        raise GitError(f"git {arguments[0]} ended with exit code {code}")
    return output


async def _read(process: asyncio.subprocess.Process) -> bytes:
    assert process.stdout is not None
    parts: list[bytes] = []
    size = 0
    while part := await process.stdout.read(1 << 16):
        size += len(part)
        if size > _LARGEST_OUTPUT:
            raise GitError(f"git printed more than {_LARGEST_OUTPUT // 1_000_000} MB")
        parts.append(part)
    return b"".join(parts)
