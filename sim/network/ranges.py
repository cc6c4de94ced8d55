"""The refusals of this package: a `ValueError` naming the value and its allowed range.

Every comparison is written so that NaN fails it.
"""

from math import inf
from typing import Final

MAX_DELAY_S: Final = 10.0
"""No access link is slower one way: a larger number is in another unit."""
LEAST_S: Final = 1e-6
"""A microsecond: what is smaller is no deviation of a delay, and its square is no number."""
MAX_LENGTH_S: Final = 604_800.0
"""Seven days, as for every length of time in a scenario."""


def require_positive(name: str, value: float) -> None:
    """Refuses anything but a finite number above zero."""
    if not 0.0 < value < inf:
        raise ValueError(f"{name} is {value!r}; allowed: finite and > 0")


def require_not_negative(name: str, value: float) -> None:
    """Refuses anything but a finite number of at least zero."""
    if not 0.0 <= value < inf:
        raise ValueError(f"{name} is {value!r}; allowed: finite and >= 0")


def require_ratio(name: str, value: float) -> None:
    """Refuses anything outside [0, 1]."""
    if not 0.0 <= value <= 1.0:
        raise ValueError(f"{name} is {value!r}; allowed: 0 to 1")
