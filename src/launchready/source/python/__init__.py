"""Python: modules, names across them, and what frameworks make of them. Parsed, never run."""
