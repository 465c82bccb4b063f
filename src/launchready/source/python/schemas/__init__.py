"""Python classes as JSON Schema."""
