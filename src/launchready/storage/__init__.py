"""The evidence file: written while the audit runs, packed at its end, read back for every judgement."""
