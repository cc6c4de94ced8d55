"""What a user writes: the scenario as checked values, and the way from a TOML file and back."""

from typing import Final

DEFAULT_SCENARIO: Final = "commuter-day"
"""The shipped scenario that runs when none is named."""
DEFAULT_STORM: Final = "node-loss-storm"
"""The shipped scenario whose servers and networks a storm has when none is named."""
