"""Flaw overlays for Agora: each breaks one thing on purpose, so that an audit can be tested.

Never run this where anybody could reach it. Agora itself knows nothing of this package.
"""
