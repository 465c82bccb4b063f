"""Scorecard row: input validation."""
