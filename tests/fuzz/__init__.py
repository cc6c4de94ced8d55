"""Odd input for every command, made from a seed: `python -m tests.fuzz --cases 20000 --seed 1`."""
