"""The interval of a ratio of two means that vary together (Fieller 1954)."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Means:
    """Two means, `part` and `whole`, and the variances and covariance of their errors."""

    part: float
    whole: float
    part_variance: float
    whole_variance: float
    covariance: float


def ratio_interval(means: Means, quantile: float) -> tuple[float, float] | None:
    """Every ratio r for which part - r * whole is within `quantile` of its standard errors of 0.

    None where the whole itself is not told from 0: then no ratio is out of the question.

    >>> low, high = ratio_interval(Means(1.0, 2.0, 0.01, 0.01, 0.0), 2.0)
    >>> round(low, 3), round(high, 3)
    (0.393, 0.618)
    """
    squared = quantile**2
    lead = means.whole**2 - squared * means.whole_variance
    if lead <= 0:
        return None
    middle = means.part * means.whole - squared * means.covariance
    last = means.part**2 - squared * means.part_variance
    half = math.sqrt(max(0.0, middle**2 - lead * last))
    return (middle - half) / lead, (middle + half) / lead
