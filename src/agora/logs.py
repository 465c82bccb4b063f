"""Structured logs: one JSON object a line on stderr, without secrets or personal data."""

import json
import logging
import re
import sys
from datetime import UTC, datetime
from typing import Any

_PLAIN = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "taskName"}
_SECRET_KEY = re.compile(r"passw|secret|token|authoriz|cookie|email|signature|dsn|phone", re.IGNORECASE)
_REDACTIONS = (
    (re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+"), "[email]"),
    (re.compile(r"eyJ[\w-]+\.[\w-]+\.[\w-]*"), "[token]"),
    (re.compile(r"(?i)\b(bearer|basic)\s+\S+"), r"\1 [token]"),
    (re.compile(r"(\w+://)[^\s/@]+@"), r"\1[credentials]@"),
    (re.compile(r"\b[\w-]{40,}\b"), "[long value]"),
)


def redact(value: Any, key: str = "") -> Any:
    """``value`` without what must not be in a log."""
    if key and _SECRET_KEY.search(key):
        return "[redacted]"
    if isinstance(value, str):
        for pattern, replacement in _REDACTIONS:
            value = pattern.sub(replacement, value)
        return value
    if isinstance(value, dict):
        return {str(name): redact(item, str(name)) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [redact(item) for item in value]
    if value is None or isinstance(value, bool | int | float):
        return value
    return redact(str(value))


class JsonFormatter(logging.Formatter):
    """Formats a record, its extra fields and its traceback as one redacted JSON line."""

    def format(self, record: logging.LogRecord) -> str:
        """One line; the exception's own words are redacted like everything else."""
        entry: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": redact(record.getMessage()),
        }
        for name, value in record.__dict__.items():
            if name not in _PLAIN:
                entry[name] = redact(value, name)
        if record.exc_info:
            entry["exception"] = redact(self.formatException(record.exc_info))
        return json.dumps(entry, default=str)


def configure(level: str) -> None:
    """Send all logs to stderr in JSON; stdout is kept for the listening line."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access", "alembic"):
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = True
    logging.getLogger("uvicorn.access").disabled = True  # middleware logs requests, without queries
    logging.getLogger("alembic").setLevel(logging.WARNING)
