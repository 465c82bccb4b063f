"""The report files."""

from pathlib import Path

from launchready.model.report import Report
from launchready.reporting.html import to_html
from launchready.reporting.json import to_json
from launchready.reporting.sarif import to_sarif


def write_reports(report: Report, out: Path) -> dict[str, Path]:
    """Writes `report.json`, `report.html` and `report.sarif` into `out` (made when absent) and returns them by format.

    Each file appears whole or not at all: a reader never sees half of one.

    Raises:
        OSError: the folder cannot be made or written to.
    """
    out.mkdir(parents=True, exist_ok=True)
    texts = {
        "json": ("report.json", to_json(report)),
        "html": ("report.html", to_html(report)),
        "sarif": ("report.sarif", to_sarif(report)),
    }
    written = {}
    for kind, (name, text) in texts.items():
        path = out / name
        part = path.with_name(f".{name}.part")
        part.write_bytes(text.encode())
        part.replace(path)
        written[kind] = path
    return written
