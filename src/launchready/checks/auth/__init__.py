"""Scorecard row: Auth enforcement."""
