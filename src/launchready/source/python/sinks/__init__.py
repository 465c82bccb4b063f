"""Dangerous lines of Python."""
