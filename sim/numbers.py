"""Numbers as a person writes them: plain decimals, three digits that say something, no noise.

Leaves out units (`sim.report.wording`) and whatever is said around a number.
"""

import math
from typing import Final

NEVER: Final = "never"
UNKNOWN: Final = "unknown"
LEAST: Final = 1e-4  # in the unit that is printed; what is nearer to 0 says nothing but 0
PLAIN_UP_TO: Final = 1e15  # whole numbers beyond it are no longer exact


def written(value: float, digits: int = 3) -> str:
    """`value` to `digits` significant digits, whole numbers whole, thousands separated.

    Nearer to 0 than `LEAST` is "0"; infinity is "never", since it is a time that never came; nan
    is "unknown". The minus sign is a real one.
    """
    if math.isnan(value):
        return UNKNOWN
    if math.isinf(value):
        return NEVER
    if abs(value) < LEAST:
        return "0"
    if abs(value) >= PLAIN_UP_TO:
        return f"{value:.{digits}g}".replace("-", "−")
    return f"{value:,.{_places(value, digits)}f}".replace("-", "−")


def _places(value: float, digits: int) -> int:
    """Decimal places that show `digits` significant digits, once the value is rounded to them."""
    exponent = int(f"{abs(value):.{digits - 1}e}".partition("e")[2])
    return max(0, digits - 1 - exponent)
