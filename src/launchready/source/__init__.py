"""The repository: a bounded walk, git, secrets in files. No network."""
