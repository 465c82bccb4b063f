"""``agora serve`` and ``agora migrate``."""

# ruff: noqa: T201 - a command line prints

import argparse
import json
import socket
import sys
from collections.abc import Callable, Sequence

import uvicorn
from fastapi import FastAPI

from agora import __version__, logs, migrate
from agora.app import create_app
from agora.settings import Settings, SettingsError, load_settings

USAGE_ERROR = 2


class AnnouncingServer(uvicorn.Server):
    """Says on stdout where it listens, once it really does."""

    def __init__(self, config: uvicorn.Config, url: str) -> None:
        super().__init__(config)
        self._url = url

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then print the one line for a parent process."""
        await super().startup(sockets=sockets)
        if self.started:
            print(json.dumps({"event": "listening", "url": self._url}), flush=True)


def run_server(app: FastAPI, host: str, port: int) -> int:
    """Listen until told to stop."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # The protocol is named because asyncio sets TCP_NODELAY only then; without it answers wait 40 ms
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        print(f"agora: cannot listen on {host}:{port}: {error.strerror}", file=sys.stderr)
        return USAGE_ERROR
    bound = listener.getsockname()[1]
    shown = f"[{host}]" if ":" in host else host
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        proxy_headers=False,  # forwarded addresses are judged by agora.dependencies
        server_header=False,
        timeout_graceful_shutdown=10,
    )
    AnnouncingServer(config, f"http://{shown}:{bound}").run(sockets=[listener])
    return 0


def add_serve_arguments(parser: argparse.ArgumentParser) -> None:
    """Where to listen."""
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000, help="0 picks a free one")


def serve(arguments: argparse.Namespace, build: Callable[[Settings], FastAPI] = create_app) -> int:
    """Migrate if asked to, and serve what ``build`` makes."""
    try:
        settings = load_settings()
    except SettingsError as error:
        print(f"agora: the configuration is not complete.\n{error}", file=sys.stderr)
        return USAGE_ERROR
    logs.configure(settings.log_level)
    if settings.auto_migrate:
        migrate.upgrade(settings)
    return run_server(build(settings), arguments.host, arguments.port)


def _migrate(arguments: argparse.Namespace) -> int:
    try:
        settings = load_settings()
    except SettingsError as error:
        print(f"agora: the configuration is not complete.\n{error}", file=sys.stderr)
        return USAGE_ERROR
    logs.configure(settings.log_level)
    if arguments.down_to:
        migrate.downgrade(settings, arguments.down_to)
    else:
        migrate.upgrade(settings, arguments.to)
    return 0


def main(argv: Sequence[str] | None = None) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="agora", description="A marketplace community API.")
    parser.add_argument("--version", action="version", version=f"agora {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    serving = commands.add_parser("serve", help="serve the API")
    add_serve_arguments(serving)
    serving.set_defaults(run=serve)
    migrating = commands.add_parser("migrate", help="bring the database up to date")
    migrating.add_argument("--to", default="head", metavar="REVISION")
    migrating.add_argument("--down-to", metavar="REVISION", help="go back; 'base' empties it")
    migrating.set_defaults(run=_migrate)
    arguments = parser.parse_args(argv)
    code: int = arguments.run(arguments)
    return code
