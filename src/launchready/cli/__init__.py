"""The command line: thin adapters over the use cases."""

import sys

from launchready.cli.commands import app


def main() -> None:
    """Entry point of the `launchready` script."""
    app(prog_name="launchready", args=sys.argv[1:])
