"""Intervals of one figure from its values, or counts, in each replication.

* Means, peaks and times: Student's t. No figure can be negative, so the upper end is t on the
  logarithmic scale (delta method), which follows the skew that such figures have.
* Rates: Clopper-Pearson (Poisson where hits exceed trials) on the effective sample size of Korn and
  Graubard (1998), because losses come in bursts. No hit at all says nothing of how large a burst
  is, so then the replication is the trial: 1 - (alpha / 2)^(1 / n) of them at most, whole.
* Bursts seen in few replications understate how unlike they are: for k bursts of geometric size
  the expected variance is (k + 1) / k times the one seen.

Measured coverage (nominal 95 %; seeded in tests/statistics) is 92 % or more from three
replications on; two give no interval. What no replication showed on top of what all of them
showed, such as one large failure in a hundred runs, is in no interval.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt

from sim.metrics import Metric

LEVEL: Final = 0.95
LEAST: Final = 3  # replications that bear an interval or a verdict
SAME: Final = 1e-9  # figures are stored to nine digits: less is no difference

Floats: TypeAlias = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Interval:
    """An estimate; ends are None where replications are too few, and infinite for "never"."""

    value: float
    low: float | None
    high: float | None
    method: str


def interval(metric: Metric, found: Sequence[Any], level: float = LEVEL) -> Interval:
    """The interval for this kind of metric, from its values (or counts) in each replication."""
    return rate_interval(found, level) if metric.kind == "rate" else mean_interval(found, level)


def mean_interval(values: Sequence[float], level: float = LEVEL) -> Interval:
    """Interval of the mean of a figure that cannot be negative; an infinite one makes it so."""
    sample = np.asarray(values, dtype=float)
    if (never := int(np.isinf(sample).sum())) > 0:
        low, high = (float(sample.min()), math.inf) if len(sample) >= LEAST else (None, None)
        return Interval(math.inf, low, high, f"never in {never} of {len(sample)} replications")
    centre = math.fsum(values) / len(values)
    if len(sample) < LEAST:
        return Interval(centre, None, None, too_few(len(sample)))
    if not sample.any():
        return Interval(0.0, None, None, f"none of it in {len(sample)} replications")
    if np.ptp(sample) <= SAME * centre:
        return Interval(centre, centre, centre, "the same in every replication")
    half = t_quantile((1 + level) / 2, len(sample) - 1) * standard_error(sample)
    high = centre * math.exp(min(half / centre, 700.0))
    return Interval(centre, max(0.0, centre - half), high, "t")


def standard_error(sample: Floats) -> float:
    """Of the mean of values, some of which may be zero because it did not happen there."""
    error = float(sample.std(ddof=1)) / math.sqrt(len(sample))
    there = np.count_nonzero(np.abs(sample) > SAME * np.abs(sample).max())
    return error if there in (0, len(sample)) else error * math.sqrt((there + 1) / there)


def rate_interval(counts: Sequence[tuple[float, float]], level: float = LEVEL) -> Interval:
    """Interval of pooled hits per trial, from (hits, trials) per replication.

    Raises `ValueError` without trials.
    """
    hits, trials = np.asarray(counts, dtype=float).T
    total = float(trials.sum())
    if total <= 0:
        raise ValueError(f"a rate needs trials, not {total:g}")
    share = float(hits.sum()) / total
    if len(hits) < LEAST:
        return Interval(share, None, None, too_few(len(hits)))
    bound = ((1 - level) / 2) ** (1 / len(hits))
    if not hits.any():
        return Interval(0.0, 0.0, 1 - bound, f"no case in {len(hits)} replications")
    if (hits == trials).all():
        return Interval(1.0, bound, 1.0, f"no exception in {len(hits)} replications")
    size = total / design_effect(hits, trials, level)
    if share >= 1:
        return Interval(share, *_poisson(share, size, 1 - level), "Poisson")
    return Interval(share, *_clopper_pearson(share, size, 1 - level), "Clopper-Pearson")


def design_effect(hits: Floats, trials: Floats, level: float = LEVEL) -> float:
    """How many times fewer independent trials there are than counted; at least 1.

    Variance of the pooled rate between replications over its binomial (Poisson) variance, widened
    for being seen in few bursts, and for being estimated from few replications.
    """
    total, count = trials.sum(), len(trials)
    share = hits.sum() / total
    alone = share * (1 - share) / total if share < 1 else share / total
    between = count / (count - 1) * ((hits - share * trials) ** 2).sum() / total**2
    seen = np.count_nonzero(hits if share < 0.5 or share >= 1 else trials - hits)
    effect = max(1.0, float(between / alone) * (seen + 1) / seen)
    wide, plain = (t_quantile((1 + level) / 2, degrees) for degrees in (count - 1, math.inf))
    return effect * (wide / plain) ** 2


def too_few(count: int) -> str:
    """Why there is no interval."""
    return "one replication" if count == 1 else f"{count} replications cannot bound this"


@lru_cache(maxsize=4096)
def t_quantile(share: float, degrees: float) -> float:
    """Of Student's t; of the normal distribution for infinite degrees of freedom."""
    from scipy.special import ndtri, stdtrit

    return float(ndtri(share) if math.isinf(degrees) else stdtrit(degrees, share))


def _clopper_pearson(share: float, size: float, alpha: float) -> tuple[float, float]:
    from scipy.special import betaincinv

    hits, misses = share * size, (1 - share) * size
    low = float(betaincinv(hits, misses + 1, alpha / 2))
    return low, float(betaincinv(hits + 1, misses, 1 - alpha / 2))


def _poisson(share: float, size: float, alpha: float) -> tuple[float, float]:
    from scipy.special import gammaincinv

    hits = share * size
    low, high = gammaincinv(hits, alpha / 2), gammaincinv(hits + 1, 1 - alpha / 2)
    return float(low) / size, float(high) / size
