"""From evidence to a decision; pure, so that it runs again from the evidence file."""
