"""``python -m agora_flaws serve`` and ``list``."""

# ruff: noqa: T201 - a command line prints

import argparse
import json
import sys
from collections.abc import Sequence

from agora.cli import USAGE_ERROR, add_serve_arguments, serve
from agora_flaws.registry import all_flaws, batches
from agora_flaws.workbench import Workbench


def _serve(arguments: argparse.Namespace) -> int:
    known = all_flaws()
    bench = Workbench()
    for name in arguments.flaw:
        if name not in known:
            print(f"agora_flaws: there is no flaw called {name!r}", file=sys.stderr)
            return USAGE_ERROR
        known[name].apply(bench)
    return serve(arguments, bench.build)


def _list(arguments: argparse.Namespace) -> int:
    batch_of = batches()
    known = all_flaws()
    entries = [
        {
            "name": item.name,
            "checks": list(item.checks),
            "sentence": item.sentence,
            "variant": item.variant,
            "trap": item.trap,
            "batch": batch_of[item.name],
        }
        for item in known.values()
    ]
    if arguments.json:
        print(json.dumps(entries, indent=2))
    else:
        for entry in entries:
            label = ", ".join(known[str(entry["name"])].checks) or "trap"
            print(f"{entry['name']}  [{label}]  {entry['sentence']}")
    return 0


def main(argv: Sequence[str] | None = None) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="agora_flaws", description="Agora with chosen flaws.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    serving = commands.add_parser("serve", help="serve Agora with flaws")
    add_serve_arguments(serving)
    serving.add_argument("--flaw", action="append", default=[], metavar="NAME")
    serving.set_defaults(run=_serve)
    listing = commands.add_parser("list", help="list flaws and traps")
    listing.add_argument("--json", action="store_true")
    listing.set_defaults(run=_list)
    arguments = parser.parse_args(argv)
    code: int = arguments.run(arguments)
    return code
