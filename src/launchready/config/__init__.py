"""launchready.toml, the catalogue, the scorecard's words, and where state is kept."""
