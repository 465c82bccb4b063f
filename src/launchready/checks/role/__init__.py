"""Scorecard row: Role checks."""
