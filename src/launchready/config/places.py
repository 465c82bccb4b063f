"""Where launchready keeps what outlives a run and is no report: project keys and locks."""

import hashlib
import os
import sys
from collections.abc import Mapping
from pathlib import Path


def state_dir(
    environ: Mapping[str, str] | None = None, platform: str = sys.platform, home: Path | None = None
) -> Path:
    """`$XDG_STATE_HOME/launchready` where that is set, else the platform's own place; not created here."""
    environ = os.environ if environ is None else environ
    home = Path.home() if home is None else home
    chosen = environ.get("XDG_STATE_HOME", "")
    # The XDG base directory specification: relative paths are to be ignored
    if chosen and Path(chosen).is_absolute():
        return Path(chosen) / "launchready"
    if platform == "darwin":
        return home / "Library" / "Application Support" / "launchready"
    if platform == "win32":
        return Path(environ.get("LOCALAPPDATA") or home / "AppData" / "Local") / "launchready"
    return home / ".local" / "state" / "launchready"


def lock_dir(state: Path | None = None) -> Path:
    """Where host locks are."""
    return (state or state_dir()) / "locks"


def project_key_path(project: str = "", state: Path | None = None) -> Path:
    """The key file of what `project` names, e.g. the target's origin; empty: the user's one key."""
    name = hashlib.sha256(project.encode()).hexdigest()[:16] if project else "default"
    return (state or state_dir()) / "keys" / f"{name}.key"
