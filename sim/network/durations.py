"""Distributions of how long something lasts: an outage, or the time between two.

Left out: truncation, and fitting a distribution to measurements.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import exp, sqrt

from sim.network.ranges import require_not_negative, require_positive
from sim.streams import Draws


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
    draw: Callable[[Draws], float]
    remaining: Callable[[Draws], float]


def fixed(duration_s: float) -> Duration:
    """Always the same."""
    require_positive("duration_s", duration_s)
    return Duration(duration_s, lambda luck: duration_s, lambda luck: duration_s * luck.uniform())


def uniform(low_s: float, high_s: float) -> Duration:
    """Uniform between two durations."""
    require_not_negative("low_s", low_s)
    require_positive("high_s", high_s)
    if high_s < low_s:
        raise ValueError(f"high_s is {high_s!r}; allowed: >= low_s, which is {low_s!r}")

    def remaining(luck: Draws) -> float:
        length_biased_s = sqrt(_between(low_s * low_s, high_s * high_s, luck))
        return length_biased_s * luck.uniform()

    return Duration((low_s + high_s) / 2.0, lambda luck: _between(low_s, high_s, luck), remaining)


def exponential(mean_s: float) -> Duration:
    """Memoryless: what remains is distributed as the whole."""
    require_positive("mean_s", mean_s)

    def draw(luck: Draws) -> float:
        return luck.exponential(mean_s)

    return Duration(mean_s, draw, draw)


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
    )


def _between(low: float, high: float, luck: Draws) -> float:
    return low + (high - low) * luck.uniform()
