"""Whether this machine has what an audit needs."""

import importlib.util
import os
import shutil
import stat
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from launchready.config.places import project_key_path, state_dir
from launchready.source.engine import EngineMissing, find_engine

_OLDEST_PYTHON = (3, 11)
_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")
_EXTRAS = (
    ("browser", "playwright", "browser logins"),
    ("load", "locust", "load tests"),
    ("agora", "psycopg", "Agora on PostgreSQL"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked for. `needed` things that are not `good` keep an audit from its full work."""

    name: str
    good: bool
    needed: bool
    text: str
    fix: str = ""


def examine(out: Path) -> tuple[Finding, ...]:
    """Look at everything; changes nothing but makes and removes an empty file in each directory."""
    return tuple(_all(out))


def _all(out: Path) -> Iterator[Finding]:
    yield _python()
    yield _engine()
    git = shutil.which("git")
    yield Finding(
        name="git",
        good=git is not None,
        needed=False,
        text="reads the working tree" if git else "not found: repositories are read as plain folders",
        fix="" if git else "Install git.",
    )
    yield _directory("report directory", out)
    yield _directory("state directory", state_dir())
    yield from _keys()
    yield _browser()
    for extra, module, use in _EXTRAS:
        there = importlib.util.find_spec(module) is not None
        yield Finding(
            name=f"extra {extra}",
            good=there,
            needed=False,
            text=f"{use}" if there else f"not installed ({use})",
            fix="" if there else f'pip install "launchready[{extra}]"',
        )


def _python() -> Finding:
    version = ".".join(str(part) for part in sys.version_info[:3])
    good = sys.version_info[:2] >= _OLDEST_PYTHON
    return Finding(
        name="Python",
        good=good,
        needed=True,
        text=version,
        fix="" if good else "Install Python 3.11 or newer.",
    )


def _engine() -> Finding:
    try:
        engine = find_engine(state_dir())
    except EngineMissing as missing:
        return Finding(name="secret engine", good=False, needed=True, text="not found", fix=str(missing))
    there = Path(engine.program).is_file()
    return Finding(
        name="secret engine",
        good=there,
        needed=True,
        text=engine.name if there else "the program of its package is missing",
        fix="" if there else "Install it again: pip install --force-reinstall kingfisher-bin",
    )


def _directory(name: str, path: Path) -> Finding:
    existing = next(parent for parent in (path, *path.absolute().parents) if parent.exists())
    good = existing.is_dir() and os.access(existing, os.W_OK | os.X_OK)
    return Finding(
        name=name,
        good=good,
        needed=True,
        text=str(path) if good else f"{path} cannot be written",
        fix="" if good else f"Make {existing} writable, or choose another place (--out DIR, XDG_STATE_HOME).",
    )


def _keys() -> Iterator[Finding]:
    folder = project_key_path().parent
    keys = sorted(folder.glob("*.key")) if folder.is_dir() else []
    loose = [path for path in keys if os.name != "nt" and stat.S_IMODE(path.stat().st_mode) & 0o077]
    yield Finding(
        name="project keys",
        good=not loose,
        needed=True,
        text=f"{len(keys)} in {folder}" if not loose else f"{len(loose)} can be read by others",
        fix="" if not loose else f"chmod 600 {' '.join(str(path) for path in loose)}",
    )


def _browser() -> Finding:
    found = next((path for name in _BROWSERS if (path := shutil.which(name))), "")
    return Finding(
        name="browser",
        good=bool(found),
        needed=False,
        text=found or "no Chrome, Edge or Chromium found (only browser logins need one)",
        fix="" if found else "Install Chromium.",
    )
