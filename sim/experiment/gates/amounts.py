"""Values of metrics in words: with their unit, as a person writes numbers.

Rates are percentages. What never came is "never". Leaves out whole sentences (`decide`, `regress`).
"""

import math
from typing import Final

from sim.metrics import METRICS, Metric
from sim.numbers import LEAST, NEVER, written

_METRICS: Final = {one.name: one for one in METRICS}
_SHARES: Final = ("share", "share of cores", "per reception")


def amount(metric: str, value: float) -> str:
    """A value of this metric."""
    return _said(metric, value, "%")


def apart(metric: str, value: float) -> str:
    """A difference of two values of this metric."""
    return _said(metric, value, "percentage points")


def share(value: float) -> str:
    """A share, as a percentage.

    >>> share(0.01)
    '1 %'
    """
    return f"{_number(100 * value)} %"


def _said(metric: str, value: float, of_shares: str) -> str:
    known: Metric = _METRICS[metric]
    if math.isinf(value):
        return NEVER
    if known.unit in _SHARES:
        return f"{_number(100 * value)} {of_shares}"
    return f"{_number(value)} {known.unit}"


def _number(value: float) -> str:
    return f"under {LEAST:f}".rstrip("0") if 0 < value < LEAST else written(value)
