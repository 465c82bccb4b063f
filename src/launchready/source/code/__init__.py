"""What every language has in common: files of code, facts of a function, guards by name."""
