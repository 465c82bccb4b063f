"""Refusals of callers inside of functions."""
