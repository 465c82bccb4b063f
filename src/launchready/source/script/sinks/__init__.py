"""Dangerous lines of scripts."""
