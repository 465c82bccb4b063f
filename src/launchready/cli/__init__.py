"""The command line: thin adapters over the use cases."""

import io
import sys

from launchready.cli.commands import COMMANDS, command_line


def main() -> None:
    """Entry point of the `launchready` script."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A sign that an old console's encoding lacks is no reason to stop
            stream.reconfigure(errors="replace")
    arguments = sys.argv[1:]
    named = arguments[0] if arguments else ""
    app = command_line([named] if named in COMMANDS else COMMANDS)
    app(prog_name="launchready", args=arguments)
