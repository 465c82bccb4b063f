"""Scorecard row: logging hygiene."""
