"""Durations have the mean they say; what remains of them has the renewal-theory distribution."""

from collections.abc import Callable
from math import sqrt

import numpy as np
import pytest

from sim.network.durations import Duration, exponential, fixed, lognormal, uniform
from sim.streams import Draws, Streams

COUNT = 5_000

KINDS = {
    "fixed": fixed(4.0),
    "uniform": uniform(1.0, 7.0),
    "exponential": exponential(4.0),
    "lognormal": lognormal(4.0, 0.5),
}
# Second moments, from textbooks; the mean of what remains is E[X^2] / (2 E[X]).
SECOND_MOMENTS = {
    "fixed": 16.0,
    "uniform": (1 + 7 + 49) / 3,
    "exponential": 32.0,
    "lognormal": 16.0 * np.exp(2 * 0.5**2),
}


def sample(draw: Callable[[Draws], float]) -> np.ndarray:
    luck = Streams(1, 0).draws("durations")
    return np.array([draw(luck) for _ in range(COUNT)])


@pytest.mark.parametrize("kind", KINDS)
def test_mean(kind: str) -> None:
    values = sample(KINDS[kind].draw)
    assert values.min() > 0.0
    assert abs(values.mean() - KINDS[kind].mean_s) <= 5 * values.std() / sqrt(COUNT)


@pytest.mark.parametrize("kind", KINDS)
def test_mean_of_what_remains(kind: str) -> None:
    values = sample(KINDS[kind].remaining)
    expected = SECOND_MOMENTS[kind] / (2 * KINDS[kind].mean_s)
    assert abs(values.mean() - expected) < 5 * values.std() / sqrt(COUNT)


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: fixed(0.0), "duration_s is 0.0; allowed: finite and > 0"),
        (lambda: uniform(-1.0, 2.0), "low_s is -1.0; allowed"),
        (lambda: uniform(3.0, 2.0), "high_s is 2.0; allowed: >= low_s, which is 3.0"),
        (lambda: exponential(float("inf")), "mean_s is inf; allowed"),
        (lambda: lognormal(1.0, 0.0), "sigma is 0.0; allowed"),
    ],
)
def test_wrong_parameters_are_refused(build: Callable[[], Duration], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        build()
