"""One catalogue row a file: pure functions from evidence to outcomes, in a package for each scorecard row."""
