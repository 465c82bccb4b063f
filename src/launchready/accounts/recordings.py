"""Logins that a person recorded: one JSON file that only its owner can read.

    {"format": 1, "logins": {"member_a": {"origin": "http://…", "method": "GET", "path": "/me",
      "headers": [["Authorization", "Bearer …"]], "cookies": [["session", "…"]], "basic": null,
      "recorded_at": "2026-01-31T12:00:00+00:00", "expires_at": ""}}}

`expires_at` is empty when the credentials do not say how long they live.
"""

import hashlib
import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from launchready.accounts.curl import RecordedLogin
from launchready.config.places import state_dir
from launchready.door.tokens import jwt_parts

FILE_NAME = "logins.json"
_FORMAT = 1
_NAME = re.compile(r"[a-z][a-z0-9_]{0,40}")


def recordings_folder(project: str, state: Path | None = None) -> Path:
    """Where the logins recorded for `project` (the target's origin) are."""
    return (state or state_dir()) / "logins" / hashlib.sha256(project.encode()).hexdigest()[:16]


class RecordingError(Exception):
    """The file of recorded logins cannot be used; the message says what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """A recorded login with when it was recorded and when it ends (`None`: it does not say)."""

    login: RecordedLogin
    recorded_at: datetime
    expires_at: datetime | None

    def expired(self, now: datetime) -> bool:
        """Whether it is over."""
        return self.expires_at is not None and self.expires_at <= now


def save_recording(folder: Path, principal: str, login: RecordedLogin, now: datetime) -> Recording:
    """Keep a login for `principal` in `folder` (made if it is not there), replacing an older one.

    Raises:
        RecordingError: The name cannot be a principal's, or the file that is there cannot be read.
    """
    if not _NAME.fullmatch(principal):
        raise RecordingError(
            f'"{principal}" is no name for an account: use member_a, member_b, moderator or admin'
        )
    recording = Recording(login=login, recorded_at=now, expires_at=expiry_of(login))
    path = folder / FILE_NAME
    logins = _read(path)
    logins[principal] = _to_json(recording)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    partial = path.with_suffix(".part")
    partial.unlink(missing_ok=True)
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump({"format": _FORMAT, "logins": logins}, file, indent=1)
    partial.replace(path)
    return recording


def load_recordings(folder: Path) -> dict[str, Recording]:
    """All recorded logins by principal; empty if none was recorded.

    Raises:
        RecordingError: The file cannot be read.
    """
    path = folder / FILE_NAME
    logins = _read(path)
    try:
        return {name: _from_json(entry) for name, entry in logins.items()}
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise RecordingError(_unreadable(path)) from error


def forget_recording(folder: Path, principal: str) -> bool:
    """Remove a recorded login; whether there was one."""
    path = folder / FILE_NAME
    logins = _read(path)
    if logins.pop(principal, None) is None:
        return False
    path.write_text(json.dumps({"format": _FORMAT, "logins": logins}, indent=1), encoding="utf-8")
    return True


def _unreadable(path: Path) -> str:
    return f"{path} cannot be read: delete it and record the logins again with `launchready login`"


def _read(path: Path) -> dict[str, Any]:
    if not path.exists():
        return {}
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise RecordingError(_unreadable(path)) from error
    logins = content.get("logins") if isinstance(content, dict) and content.get("format") == _FORMAT else None
    if not isinstance(logins, dict):
        raise RecordingError(_unreadable(path))
    return dict(logins)


def _to_json(recording: Recording) -> dict[str, Any]:
    login = recording.login
    return {
        "origin": login.origin,
        "method": login.method,
        "path": login.path,
        "headers": [list(pair) for pair in login.headers],
        "cookies": [list(pair) for pair in login.cookies],
        "basic": list(login.basic) if login.basic else None,
        "recorded_at": recording.recorded_at.isoformat(),
        "expires_at": recording.expires_at.isoformat() if recording.expires_at else "",
    }


def _from_json(entry: Mapping[str, Any]) -> Recording:
    basic = entry["basic"]
    return Recording(
        login=RecordedLogin(
            origin=str(entry["origin"]),
            method=str(entry["method"]),
            path=str(entry["path"]),
            headers=tuple((str(name), str(value)) for name, value in entry["headers"]),
            cookies=tuple((str(name), str(value)) for name, value in entry["cookies"]),
            basic=(str(basic[0]), str(basic[1])) if basic else None,
        ),
        recorded_at=datetime.fromisoformat(entry["recorded_at"]),
        expires_at=datetime.fromisoformat(entry["expires_at"]) if entry["expires_at"] else None,
    )


def expiry_of(login: RecordedLogin) -> datetime | None:
    """The earliest `exp` of the JWTs among the credentials (RFC 7519 section 4.1.4), `None` without one."""
    texts = [value.split()[-1] for _, value in (*login.headers, *login.cookies) if value.strip()]
    ends = []
    for text in texts:
        parts = jwt_parts(text)
        end = parts[1].get("exp") if parts else None
        if isinstance(end, int | float) and not isinstance(end, bool) and 0 < end < 1e11:  # noqa: PLR2004 - year 5138
            ends.append(end)
    return datetime.fromtimestamp(min(ends), UTC) if ends else None
