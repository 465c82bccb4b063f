"""The small report, word for word; `REPORTING_GOLDEN=write pytest tests/reporting` rewrites it."""

import io
import os
import re
from pathlib import Path

import pytest
from rich.console import Console

from launchready.reporting import print_report, to_html, to_json

GOLDEN = Path(__file__).parent / "golden"


def as_html(report):
    """Without style, script and signs, which are files of their own; an element a line."""
    text = re.sub(r"<(style|script)>.*?</\1>", r"<\1/>", to_html(report), flags=re.DOTALL)
    text = re.sub(r'<svg class="icons".*?</svg>\n?', "", text, flags=re.DOTALL)
    text = re.sub(r"sha256-[\w+/=]+", "sha256-…", text)
    return re.sub(
        r"(</(?:p|li|h\d|div|section|details|summary|tr|td|th|dl|head|header|nav|main)>)", r"\1\n", text
    )


def as_text(report):
    stream = io.StringIO()
    print_report(report, Console(file=stream, width=80, color_system=None, legacy_windows=False))
    return re.sub(r" +$", "", stream.getvalue(), flags=re.MULTILINE)


@pytest.mark.parametrize(
    ("name", "write"), [("report.json", to_json), ("report.html", as_html), ("report.txt", as_text)]
)
def test_small_report_reads_as_agreed(small, name, write):
    file = GOLDEN / name
    now = write(small)
    if os.environ.get("REPORTING_GOLDEN") == "write":
        file.write_text(now, encoding="utf-8", newline="\n")
    assert now == file.read_text(encoding="utf-8")
