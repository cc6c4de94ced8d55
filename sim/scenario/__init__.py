"""What a user writes: the scenario as checked values, and the way from a TOML file and back."""

from typing import Final

DEFAULT_SCENARIO: Final = "commuter-day"
"""The shipped scenario that runs when none is named."""
