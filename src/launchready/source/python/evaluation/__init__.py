"""Expressions of Python that can be told without running them."""
