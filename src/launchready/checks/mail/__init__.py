"""Scorecard row: Email auth."""
