"""Distributions of how long something lasts: an outage, or the time between two.

Left out: truncation, and fitting a distribution to measurements.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import exp, sqrt

from numpy.random import Generator

from sim.network.ranges import require_not_negative, require_positive


@dataclass(frozen=True, slots=True)
class Duration:
    """A distribution of durations in seconds.

    Attributes:
        mean_s: its mean.
        draw: one duration.
        remaining: what is left of the duration that a random instant falls into. Such a
            duration is drawn with a weight proportional to its length, and the instant is
            uniform within it.
    """

    mean_s: float
    draw: Callable[[Generator], float]
    remaining: Callable[[Generator], float]


def fixed(duration_s: float) -> Duration:
    """Always the same."""
    require_positive("duration_s", duration_s)
    return Duration(duration_s, lambda luck: duration_s, lambda luck: luck.uniform(0.0, duration_s))


def uniform(low_s: float, high_s: float) -> Duration:
    """Uniform between two durations."""
    require_not_negative("low_s", low_s)
    require_positive("high_s", high_s)
    if high_s < low_s:
        raise ValueError(f"high_s is {high_s!r}; allowed: >= low_s, which is {low_s!r}")

    def remaining(luck: Generator) -> float:
        length_biased_s = sqrt(luck.uniform(low_s * low_s, high_s * high_s))
        return luck.uniform(0.0, length_biased_s)

    return Duration((low_s + high_s) / 2.0, lambda luck: luck.uniform(low_s, high_s), remaining)


def exponential(mean_s: float) -> Duration:
    """Memoryless: what remains is distributed as the whole."""
    require_positive("mean_s", mean_s)

    def draw(luck: Generator) -> float:
        return luck.exponential(mean_s)

    return Duration(mean_s, draw, draw)


def lognormal(median_s: float, sigma: float) -> Duration:
    """Lognormal; `sigma` is the deviation of the natural logarithm."""
    require_positive("median_s", median_s)
    require_positive("sigma", sigma)

    def remaining(luck: Generator) -> float:
        # Weighting a lognormal by length gives a lognormal with its median times e^(sigma^2).
        length_biased_s = median_s * exp(sigma * sigma + sigma * luck.standard_normal())
        return luck.uniform(0.0, length_biased_s)

    return Duration(
        median_s * exp(sigma * sigma / 2.0),
        lambda luck: median_s * exp(sigma * luck.standard_normal()),
        remaining,
    )
