"""AUTH-35: pages for operators, open to everybody and in no document."""

import os
import platform
import sys
import threading
import time

from fastapi.responses import HTMLResponse, PlainTextResponse
from sqlalchemy import delete, func, select

from agora.dependencies import Parts
from agora.limits import KEEP_SECONDS
from agora.models import Listing, Member, Order, RateCounter, Report
from agora_flaws.registry import flaw
from agora_flaws.workbench import Workbench


@flaw(
    "metrics-open",
    checks=("AUTH-35",),
    sentence="GET /metrics gives the inner figures of the process to anybody.",
    variant="metrics",
)
def metrics_open(bench: Workbench) -> None:
    """Add ``GET /metrics``."""

    def metrics(parts: Parts) -> PlainTextResponse:
        figures = {
            "process_cpu_seconds_total": ("counter", time.process_time()),
            "process_threads": ("gauge", threading.active_count()),
            "process_pid": ("gauge", os.getpid()),
            "db_pool_size": ("gauge", 20),
            "python_gc_objects": ("gauge", len(sys.modules)),
        }
        lines = []
        for name, (kind, value) in figures.items():
            lines += [f"# HELP {name} {name}", f"# TYPE {name} {kind}", f"{name} {value}"]
        return PlainTextResponse("\n".join(lines) + "\n", media_type="text/plain; version=0.0.4")

    bench.add("/metrics", metrics)


@flaw(
    "debug-vars-open",
    checks=("AUTH-35",),
    sentence="GET /debug/vars tells anybody how the process was started and what it runs on.",
    variant="debug variables",
)
def debug_vars_open(bench: Workbench) -> None:
    """Add ``GET /debug/vars``."""

    def debug_vars(parts: Parts) -> dict[str, object]:
        return {
            "cmdline": ["agora", "serve"],
            "pid": os.getpid(),
            "python": sys.version,
            "platform": platform.platform(),
            "threads": [thread.name for thread in threading.enumerate()],
            "database_dialect": parts.database.engine.dialect.name,
            "environment": parts.settings.environment,
            "uptime_cpu_seconds": time.process_time(),
        }

    bench.add("/debug/vars", debug_vars)


@flaw(
    "admin-console-open",
    checks=("AUTH-35",),
    sentence="GET /admin shows the administration console to anybody.",
    variant="administration page",
)
def admin_console_open(bench: Workbench) -> None:
    """Add ``GET /admin``."""

    def console(parts: Parts) -> HTMLResponse:
        with parts.database.transaction(write=False) as db:
            rows = "".join(
                f"<tr><td>{model.__tablename__}</td>"
                f"<td>{db.scalar(select(func.count()).select_from(model))}</td></tr>"
                for model in (Member, Listing, Order, Report)
            )
        return HTMLResponse(
            "<!doctype html><title>Agora administration</title><h1>Site administration</h1>"
            f"<table><tr><th>Table</th><th>Rows</th></tr>{rows}</table>"
            "<form method='post' action='/admin/maintenance'><button>Maintenance</button></form>"
        )

    bench.add("/admin", console)


@flaw(
    "cron-open",
    checks=("AUTH-35",),
    sentence="GET and POST /internal/cron run the nightly jobs for anybody who asks.",
    variant="scheduled job",
)
def cron_open(bench: Workbench) -> None:
    """Add ``/internal/cron``."""

    def cron(parts: Parts) -> dict[str, object]:
        with parts.database.transaction() as db:
            old = int(time.time()) - KEEP_SECONDS
            db.execute(delete(RateCounter).where(RateCounter.window < old))
        return {"job": "nightly", "status": "completed", "tasks": ["sweep rate counters"]}

    bench.add("/internal/cron", cron, methods=("GET", "POST"))
