"""Agora: a hardened marketplace community API that a team can start from."""

__version__ = "1.0.0"
