"""Experiments: the scenario file, replications in parallel, statistics, and stored results."""
