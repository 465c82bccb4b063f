"""What reaches a line of Python: the request, the caller, something else."""
