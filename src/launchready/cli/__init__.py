"""The command line: thin adapters over the use cases."""

import io
import sys

from launchready.cli.commands import app


def main() -> None:
    """Entry point of the `launchready` script."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A sign that an old console's encoding lacks is no reason to stop
            stream.reconfigure(errors="replace")
    app(prog_name="launchready", args=sys.argv[1:])
