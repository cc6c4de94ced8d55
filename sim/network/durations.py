"""Distributions of how long something lasts: an outage, or the time between two.

Left out: truncation, and fitting a distribution to measurements.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import exp, expm1, log, sqrt
from statistics import NormalDist
from typing import Final

from sim.network.ranges import require_not_negative, require_positive
from sim.streams import Draws

_BELL: Final = NormalDist()
_LONG_ONES: Final = 0.5  # share of durations in which a long one is looked for


@dataclass(frozen=True, slots=True)
class Duration:
    """A distribution of durations in seconds.

    Attributes:
        mean_s: its mean.
        draw: one duration.
        remaining: what is left of the duration that a random instant falls into. Such a
            duration is drawn with a weight proportional to its length, and the instant is
            uniform within it.
        within: the chance that one lasts at most so long, its distribution function; None where
            all last equally long.
    """

    mean_s: float
    draw: Callable[[Draws], float]
    remaining: Callable[[Draws], float]
    within: Callable[[float], float] | None

    def long_one(self, luck: Draws, longest_of: int) -> tuple[float, float]:
        """A duration that is long more often than it should be, and the weight that mends that.

        One of two is the longest of so many draws. Against the density f of a single draw theirs is
        f (1 + n F^(n - 1)) / 2, F being `within`, so weights are at most 2 and come down to 2 / n
        where only one in n lasts as long: importance sampling with a defensive mixture (Hesterberg,
        Technometrics 37, 1995).

        >>> from sim.streams import Streams
        >>> exponential(1.0).long_one(Streams(1, 0).draws("outages"), longest_of=1)[1]
        1.0
        """
        if self.within is None:
            return self.draw(luck), 1.0
        count = longest_of if luck.uniform() < _LONG_ONES else 1
        lasts_s = max(self.draw(luck) for _ in range(count))
        times = longest_of * self.within(lasts_s) ** (longest_of - 1)
        return lasts_s, 1.0 / (1.0 - _LONG_ONES + _LONG_ONES * times)


def fixed(duration_s: float) -> Duration:
    """Always the same."""
    require_positive("duration_s", duration_s)
    return Duration(
        duration_s,
        lambda luck: duration_s,
        lambda luck: duration_s * luck.uniform(),
        None,
    )


def uniform(low_s: float, high_s: float) -> Duration:
    """Uniform between two durations."""
    require_not_negative("low_s", low_s)
    require_positive("high_s", high_s)
    if high_s < low_s:
        raise ValueError(f"high_s is {high_s!r}; allowed: >= low_s, which is {low_s!r}")

    def remaining(luck: Draws) -> float:
        length_biased_s = sqrt(_between(low_s * low_s, high_s * high_s, luck))
        return length_biased_s * luck.uniform()

    def within(time_s: float) -> float:
        if time_s >= high_s:
            return 1.0
        return max(0.0, (time_s - low_s) / (high_s - low_s))

    mean_s = (low_s + high_s) / 2.0
    return Duration(mean_s, lambda luck: _between(low_s, high_s, luck), remaining, within)


def exponential(mean_s: float) -> Duration:
    """Memoryless: what remains is distributed as the whole."""
    require_positive("mean_s", mean_s)

    def draw(luck: Draws) -> float:
        return luck.exponential(mean_s)

    return Duration(mean_s, draw, draw, lambda time_s: -expm1(-time_s / mean_s))


def lognormal(median_s: float, sigma: float) -> Duration:
    """Lognormal; `sigma` is the deviation of the natural logarithm."""
    require_positive("median_s", median_s)
    require_positive("sigma", sigma)

    def remaining(luck: Draws) -> float:
        # Weighting a lognormal by length gives a lognormal with its median times e^(sigma^2).
        length_biased_s = median_s * exp(sigma * sigma + sigma * luck.normal())
        return length_biased_s * luck.uniform()

    return Duration(
        median_s * exp(sigma * sigma / 2.0),
        lambda luck: median_s * exp(sigma * luck.normal()),
        remaining,
        lambda time_s: _BELL.cdf(log(time_s / median_s) / sigma) if time_s > 0.0 else 0.0,
    )


def _between(low: float, high: float, luck: Draws) -> float:
    return low + (high - low) * luck.uniform()
