"""Three kinds of interval, all at 95 %: around a measurement, around a share, for a prediction.

A measurement of forty senders is resampled by sender, because one sender's messages share their
losses. A prediction's interval is for one more run of the same size, not for the mean.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy import stats

Interval = tuple[float, float]

LEVEL: Final = 0.95
_RESAMPLES: Final = 400
_SEED: Final = 1


def bootstrap_by_sender(
    latency_ms: npt.NDArray[np.float64], room: npt.NDArray[np.generic], quantiles: Sequence[float]
) -> list[Interval]:
    """Percentile intervals of quantiles when senders, not messages, are drawn anew."""
    order = np.argsort(room, kind="stable")
    _, counts = np.unique(room, return_counts=True)
    groups = np.split(latency_ms[order], np.cumsum(counts)[:-1])
    luck = np.random.default_rng(_SEED)
    found = np.array(
        [
            np.quantile(np.concatenate([groups[k] for k in pick]), quantiles)
            for pick in luck.integers(len(groups), size=(_RESAMPLES, len(groups)))
        ]
    )
    edge = (1.0 - LEVEL) / 2.0
    low, high = np.quantile(found, [edge, 1.0 - edge], axis=0)
    return [(float(a), float(b)) for a, b in zip(low, high, strict=True)]


def binomial(hits: float, trials: float) -> Interval:
    """Clopper and Pearson's interval for a share."""
    edge = (1.0 - LEVEL) / 2.0
    low = float(stats.beta.ppf(edge, hits, trials - hits + 1)) if hits > 0 else 0.0
    high = float(stats.beta.ppf(1.0 - edge, hits + 1, trials - hits)) if hits < trials else 1.0
    return low, high


def prediction(values: Sequence[float]) -> Interval:
    """Where one more run of the same size will be found.

    From 39 runs on between order statistics, which assume nothing; below that by normal theory,
    m ± t s sqrt(1 + 1/n). A single run has no spread to go by.
    """
    found = sorted(one for one in values if math.isfinite(one))
    count = len(found)
    if count < 2:
        return (found[0], found[0]) if found else (math.nan, math.nan)
    rank = int((count + 1) * (1.0 - LEVEL) / 2.0)
    if rank >= 1:
        return found[rank - 1], found[count - rank]
    half = float(stats.t.ppf((1.0 + LEVEL) / 2.0, count - 1))
    half *= float(np.std(found, ddof=1)) * math.sqrt(1.0 + 1.0 / count)
    middle = float(np.mean(found))
    return middle - half, middle + half
