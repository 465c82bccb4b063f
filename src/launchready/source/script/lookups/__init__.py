"""Objects fetched by an id that the caller gave."""
