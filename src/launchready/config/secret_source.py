"""Secret values, at the moment they are needed: from the environment or from a command."""

import os
import subprocess

from launchready.config.errors import ConfigError
from launchready.model.settings import SecretSource

_SECONDS = 60.0


def resolve_secret(source: SecretSource, key: str = "") -> str:
    """The value; `key` is the setting that asks for it ("accounts.member_a.bearer"), for messages.

    Raises ConfigError when the variable is not set or empty, or the command fails or prints nothing. A
    command is an argument list, run without a shell; the first line that it prints is the value.
    """
    named = f"{key}: " if key else ""
    if source.env:
        value = os.environ.get(source.env, "").strip()
        if not value:
            raise ConfigError(
                f"{named}the environment variable {source.env} is not set", hint=f"Run: export {source.env}=…"
            )
        return value
    if not source.command:
        raise ConfigError(
            f"{named}no source is named", hint='Write { env = "NAME" } or { command = ["program", "…"] }'
        )
    return _printed(source.command, named)


def _printed(command: tuple[str, ...], named: str) -> str:
    shown = command[0]
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=_SECONDS, check=False, encoding="utf-8"
        )
    except FileNotFoundError as error:
        raise ConfigError(
            f"{named}there is no program {shown}", hint="Check the first word of command"
        ) from error
    except (OSError, ValueError, subprocess.SubprocessError) as error:
        raise ConfigError(f"{named}{shown} could not be run: {type(error).__name__}") from error
    # What it printed may hold the secret: never shown
    if done.returncode != 0:
        raise ConfigError(
            f"{named}{shown} ended with exit code {done.returncode}", hint="Run it by hand to see why"
        )
    lines = done.stdout.strip().splitlines()
    if not lines:
        raise ConfigError(f"{named}{shown} printed nothing", hint="It must print the value and nothing else")
    return lines[0].strip()
