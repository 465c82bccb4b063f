"""The overlays: one flaw, or one small family of them, in each module."""
