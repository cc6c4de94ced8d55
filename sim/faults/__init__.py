"""Faults: what breaks, when, and when it is healed."""
