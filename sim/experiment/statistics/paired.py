"""Two designs in the same replications: the difference, its error, and how small p may honestly be.

Differences are b - a, by Student's t over replications. Where replications say less than t makes
of them, p has a floor: differences that are all alike, or on a coarse grid, have no spread to
measure, and prove no more than that n coins fell on one side. What never came has no difference at
all; there designs are compared by who came.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import numpy as np

from sim.experiment.statistics.intervals import (
    LEAST,
    LEVEL,
    SAME,
    Floats,
    standard_error,
    t_quantile,
)

FEW_DIFFER: Final = 5  # replications that differ; the t of fewer, among more that do not, is short
POWER: Final = 0.8
MOST: Final = 10_000  # replications that are worth naming


@dataclass(frozen=True, slots=True)
class Paired:
    """Difference b - a over n replications: infinite where one of them never came.

    `error` is its standard error, `floor` the least p that so many replications bear.
    """

    difference: float
    low: float | None
    high: float | None
    p: float
    n: int
    error: float
    floor: float = 0.0


def paired(
    a: Sequence[float], b: Sequence[float], least_error: float = 0.0, level: float = LEVEL
) -> Paired:
    """The mean of b - a, replication by replication; its error is at least `least_error`.

    Raises `ValueError` below two pairs, or for infinite ones.
    """
    first, second = np.asarray(a, dtype=float), np.asarray(b, dtype=float)
    if len(first) != len(second) or len(first) < 2 or not np.isfinite([first, second]).all():
        raise ValueError(f"two or more finite pairs are compared, not {len(a)} and {len(b)}")
    apart, count = _apart(first, second), len(first)
    difference = math.fsum(apart) / count
    error = max(standard_error(apart) if apart.any() else 0.0, least_error)
    floor = least_chance(first, second)
    chance = max(_t_chance(difference, error, count - 1), floor)
    low, high = None, None
    if count >= LEAST and _bounded(apart, first):
        half = t_quantile((1 + level) / 2, count - 1) * error
        low, high = difference - half, difference + half
    return Paired(difference, low, high, chance, count, error, floor)


def _apart(first: Floats, second: Floats) -> Floats:
    """b - a, with what is only rounding taken for nothing or for the same."""
    apart = second - first
    size = SAME * max(np.abs(first).max(), np.abs(second).max(), 1e-300)
    apart = np.where(np.abs(apart) <= size, 0.0, apart)
    return np.full_like(apart, apart[0]) if np.ptp(apart) <= size else apart


def _bounded(apart: Floats, first: Floats) -> bool:
    """Whether the differences bound their mean: not when there was nothing to differ in, nor when
    a few replications differ and the others do not."""
    differ = np.count_nonzero(apart)
    if not differ:
        return bool(first.any())
    return bool(differ == len(apart) or differ >= FEW_DIFFER)


def _t_chance(difference: float, error: float, degrees: int) -> float:
    from scipy.special import stdtr

    if error == 0:
        return 1.0 if difference == 0 else 0.0
    return float(2 * stdtr(degrees, -abs(difference) / error))


def least_chance(a: Floats, b: Floats) -> float:
    """The smallest two-sided p that these pairs bear, whatever their differences.

    When each design shows one value of its own throughout, designs alike would do so with at most
    a quarter's chance a replication, under luck that does not set one against the other; when the
    differences take few values, all on one side, with a half's.
    """
    apart, count = _apart(a, b), len(a)
    if not apart.any():
        return 0.0
    if all(np.ptp(one) <= SAME * np.abs(one).max() for one in (a, b)):
        return 2 * 0.25**count
    return 2 * 0.5**count if 2 * len(np.unique(apart)) <= count else 0.0


def came(a: Sequence[float], b: Sequence[float]) -> Paired:
    """Pairs of which some are infinite, by their signs alone. `difference` is the infinity of the
    sign that is more frequent, 0 when there is none."""
    from scipy.special import bdtr

    pairs = list(zip(a, b, strict=True))
    signs = [(late > early) - (late < early) for early, late in pairs]
    later, earlier, count = signs.count(1), signs.count(-1), len(pairs)
    fewer = min(later, earlier)
    if later + earlier == 0:
        return Paired(0.0, 0.0, 0.0, 1.0, count, 0.0)
    chance = min(1.0, 2 * float(bdtr(fewer, later + earlier, 0.5)))
    ways = [set(map(math.isinf, one)) for one in (a, b)]
    if ways[0] != ways[1] and len(ways[0]) == len(ways[1]) == 1:
        chance = 2 * 0.25**count  # one came in every replication, the other in none
    side = math.copysign(math.inf, later - earlier) if later != earlier else 0.0
    return Paired(side, None, None, chance, count, math.inf, 0.0 if fewer else chance)


def detectable(found: Paired, threshold: float) -> float | None:
    """The smallest difference that so many replications see with `POWER` at p < `threshold`; None
    where nothing varied, or where something never came."""
    if not 0 < found.error < math.inf:
        return None
    return found.error * _reach(threshold, found.n)


def needs(found: Paired, target: float, threshold: float) -> int | None:
    """Replications that see a difference of `target` likewise; None when more than `MOST`."""
    counts, reach = _reaches(threshold)
    enough = np.ones(len(counts), dtype=bool)
    if math.isfinite(found.error):
        enough &= reach * found.error * math.sqrt(found.n) <= target
    if found.floor:
        enough &= 2 * (found.floor / 2) ** (counts / found.n) < threshold
    return int(counts[np.argmax(enough)]) if enough.any() else None


def _reach(threshold: float, count: int) -> float:
    """Standard errors between nothing and what is seen.

    From the normal approximation of the noncentral t (Abramowitz and Stegun 26.7.10).
    """
    degrees = count - 1
    critical = t_quantile(1 - threshold / 2, degrees)
    spread = math.sqrt(1 + critical**2 / (2 * degrees))
    return critical * (1 - 1 / (4 * degrees)) + t_quantile(POWER, math.inf) * spread


@lru_cache(maxsize=64)
def _reaches(threshold: float) -> tuple[Any, Any]:
    """Counts of replications, and the standard deviations that each of them sees."""
    counts = np.unique(np.geomspace(LEAST, MOST, 400).round().astype(int))
    reach = [_reach(threshold, int(count)) / math.sqrt(count) for count in counts]
    return counts, np.asarray(reach)
