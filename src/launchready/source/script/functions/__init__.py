"""Functions of scripts: what they refuse and call."""
