"""Settings beside the code: which variables they list, which commands pipelines run. Parsed, never run."""
