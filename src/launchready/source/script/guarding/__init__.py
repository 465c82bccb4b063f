"""What functions that stand before handlers do with a caller."""
