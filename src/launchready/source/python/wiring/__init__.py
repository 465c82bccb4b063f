"""How a Python program puts itself together, followed without running it."""
