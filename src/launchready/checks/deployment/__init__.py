"""Scorecard row: deployment safety."""
