"""What people and machines read: one view model, then a format each."""

from launchready.reporting.json import to_json
from launchready.reporting.live import LiveView
from launchready.reporting.terminal import print_report

__all__ = ["LiveView", "print_report", "to_json"]
