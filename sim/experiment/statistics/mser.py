"""How much of a run's start to leave out: the marginal standard error rule, MSER-5.

A run that begins empty drifts until it is steady; what is measured in that time is biased. The rule
leaves out so many observations that the mean of the rest is known best: with few left out the drift
widens its standard error, with many their number does (White, Simulation 69, 1997; means of five
observations, White, Cobb and Spratt, Winter Simulation Conference 2000). Applied to the mean over
replications (Hoad, Robinson and Davies, Journal of the Operational Research Society 61, 2010).
Leaves out whether what it drops differs from the rest by more than luck (`sim.experiment.steady`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

BATCH: Final = 5
LEAST_BATCHES: Final = 10  # fewer say nothing of where a series settles
_ROUNDING: Final = 1e-12  # of the first standard error: less is the same


def settles_after(values: Sequence[float]) -> int | None:
    """How many of the first observations to leave out, a multiple of `BATCH`, half of all at most.

    None for fewer than `LEAST_BATCHES` times `BATCH` observations.

    >>> settles_after([0.0, 40.0, 90.0, 100.0, 100.0] + [100.0] * 95)
    5
    >>> settles_after([7.0] * 60)
    0
    """
    count = len(values) // BATCH
    if count < LEAST_BATCHES:
        return None
    batches = np.asarray(values[: count * BATCH], dtype=float).reshape(count, BATCH).mean(axis=1)
    batches -= batches[-1]  # sums of squares stay exact where the rest is level
    kept = np.arange(count, 0, -1)
    sums = np.cumsum(batches[::-1])[::-1]
    squares = np.cumsum(batches[::-1] ** 2)[::-1]
    errors = (squares - sums**2 / kept) / kept**2
    among = errors[: count // 2 + 1]
    least = among.min() + _ROUNDING * abs(errors[0])
    return int(np.argmax(among <= least)) * BATCH
