"""Error reports in the Sentry envelope format, scrubbed, sent in the background.

Only what is needed to find the fault is sent: type, place, route template and request id; no
message text beyond the redacted one, no headers, no bodies, no local variables.
"""

import json
import logging
import traceback
import urllib.request
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlsplit

from agora.database import now
from agora.logs import redact

log = logging.getLogger("agora.errors")


class ErrorReporter:
    """Posts unhandled errors to a Sentry-compatible server."""

    def __init__(self, dsn: str | None, environment: str, release: str) -> None:
        self._dsn = dsn
        self._common = {"platform": "python", "environment": environment, "release": release}
        self._workers = ThreadPoolExecutor(max_workers=1, thread_name_prefix="errors")

    def report(self, error: BaseException, *, route: str, request_id: str) -> None:
        """Queue a report; without a DSN nothing happens."""
        if self._dsn:
            self._workers.submit(self._post, self._event(error, route, request_id))

    def close(self) -> None:
        """Finish what is being sent."""
        self._workers.shutdown(wait=True, cancel_futures=True)

    def _event(self, error: BaseException, route: str, request_id: str) -> dict[str, Any]:
        frames = [
            {"filename": frame.filename, "function": frame.name, "lineno": frame.lineno}
            for frame in traceback.extract_tb(error.__traceback__)[-30:]
        ]
        value = {
            "type": type(error).__name__,
            "value": redact(str(error))[:300],
            "stacktrace": {"frames": frames},
        }
        return {
            **self._common,
            "event_id": uuid.uuid4().hex,
            "timestamp": now().isoformat(),
            "level": "error",
            "transaction": route,
            "tags": {"request_id": request_id},
            "exception": {"values": [value]},
        }

    def _post(self, event: dict[str, Any]) -> None:
        assert self._dsn is not None
        parts = urlsplit(self._dsn)
        host = parts.hostname or ""
        netloc = f"{host}:{parts.port}" if parts.port else host
        prefix, _, project = parts.path.rpartition("/")
        head = {"event_id": event["event_id"], "sent_at": now().isoformat()}
        lines = [json.dumps(head), json.dumps({"type": "event"}), json.dumps(event)]
        client = f"Sentry sentry_version=7, sentry_client=agora/1, sentry_key={parts.username}"
        request = urllib.request.Request(  # noqa: S310 - scheme checked below
            f"{parts.scheme}://{netloc}{prefix}/api/{project}/envelope/",
            data="\n".join(lines).encode() + b"\n",
            headers={
                "Content-Type": "application/x-sentry-envelope",
                "X-Sentry-Auth": client,
            },
        )
        try:
            urllib.request.urlopen(request, timeout=5).close()  # noqa: S310
        except OSError as error:
            log.warning("error report not delivered", extra={"kind": type(error).__name__})
