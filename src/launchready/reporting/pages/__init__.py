"""The parts of report.html, from top to bottom."""
