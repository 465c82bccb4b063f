"""What can go wrong while a description is read."""


class SurfaceError(Exception):
    """A description cannot be used; the message is one plain sentence for the user."""
