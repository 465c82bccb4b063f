"""What one script says by itself."""
