"""Where recorded logins of a target are kept, and keeping one."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from launchready.accounts.curl import CurlError, parse_curl
from launchready.accounts.recordings import Recording, RecordingError, load_recordings, save_recording
from launchready.app.errors import UsageProblem
from launchready.app.keys import origin_of
from launchready.config.places import project_key_path


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """A login that was kept: for whom, of which target, until when (empty: it does not say)."""

    principal: str
    origin: str
    expires: str


def recordings_folder(url: str) -> Path:
    """The folder of a target's recorded logins, beside its project key."""
    key = project_key_path(origin_of(url))
    return key.parent.parent / "logins" / key.stem


def recordings_of(url: str) -> dict[str, Recording]:
    """Recorded logins by principal. Raises UsageProblem when their file cannot be read."""
    try:
        return load_recordings(recordings_folder(url)) if url else {}
    except RecordingError as error:
        raise UsageProblem(f"{error}.") from error


def record_login(principal: str, pasted: str, *, now: datetime | None = None) -> Recorded:
    """Keep the credentials of a pasted curl command for the target that it was sent to.

    Raises UsageProblem for what is no curl command or carries no credential.
    """
    try:
        login = parse_curl(pasted)
        recording = save_recording(
            recordings_folder(login.origin), principal, login, now or datetime.now(UTC)
        )
    except (CurlError, RecordingError) as error:
        text = str(error)
        raise UsageProblem(f"{text[:1].upper()}{text[1:]}.") from error
    except OSError as error:
        raise UsageProblem(
            f"The login cannot be kept ({error.strerror}).", "Set XDG_STATE_HOME to a writable directory."
        ) from error
    expires = recording.expires_at.isoformat(timespec="minutes") if recording.expires_at else ""
    return Recorded(principal=principal, origin=login.origin, expires=expires)
