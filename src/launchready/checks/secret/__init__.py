"""Scorecard row: Secret handling."""
