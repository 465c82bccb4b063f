"""The only stage with effects on the target: one collector a file, each bringing one kind of evidence."""
