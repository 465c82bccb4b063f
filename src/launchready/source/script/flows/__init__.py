"""What reaches a line of a script: the request, the caller, something else."""
