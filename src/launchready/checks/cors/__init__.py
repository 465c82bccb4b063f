"""Scorecard row: CORS policy."""
