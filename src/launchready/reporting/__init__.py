"""What people and machines read: one view model, then a format each."""

from launchready.reporting.html import to_html
from launchready.reporting.json import to_json
from launchready.reporting.live import LiveView
from launchready.reporting.review import print_review, print_routes
from launchready.reporting.sarif import to_sarif
from launchready.reporting.terminal import print_report
from launchready.reporting.write import write_reports

__all__ = [
    "LiveView", "print_report", "print_review", "print_routes", "to_html", "to_json", "to_sarif", "write_reports",
]  # fmt: skip
