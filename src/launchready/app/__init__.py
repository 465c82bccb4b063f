"""Use cases, one a file: they say what happens by `emit`, return values and print nothing."""
