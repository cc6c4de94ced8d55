"""Durations have the mean they say; what remains of them has the renewal-theory distribution."""

from collections.abc import Callable
from math import sqrt

import numpy as np
import pytest
from scipy.stats import kstest

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


@pytest.mark.parametrize("kind", ["uniform", "exponential", "lognormal"])
def test_draws_follow_their_distribution_function(kind: str) -> None:
    within = KINDS[kind].within
    assert within is not None
    assert kstest(sample(KINDS[kind].draw), np.vectorize(within)).pvalue > 1e-4
    assert within(0.0) == 0.0


def test_what_is_fixed_has_no_longer_ones() -> None:
    luck = Streams(2, 0).draws("durations")
    assert KINDS["fixed"].long_one(luck, 64) == (4.0, 1.0)


@pytest.mark.parametrize("kind", ["uniform", "exponential", "lognormal"])
@pytest.mark.parametrize("longest_of", [1, 8, 64])
def test_weights_mend_what_long_durations_are_too_many(kind: str, longest_of: int) -> None:
    one, luck = KINDS[kind], Streams(2, 0).draws("durations")
    assert one.within is not None
    found = np.array([one.long_one(luck, longest_of) for _ in range(COUNT)])
    lasts_s, weight = found.T
    assert weight.max() <= 2.0
    limit_s = float(np.quantile(sample(one.draw), 0.9))
    for value, expected in (
        (weight, 1.0),
        (weight * lasts_s, one.mean_s),
        (weight * (lasts_s > limit_s), 1.0 - one.within(limit_s)),
    ):
        assert abs(value.mean() - expected) <= 5 * value.std() / sqrt(COUNT) + 1e-9


def test_long_durations_are_many() -> None:
    luck = Streams(3, 0).draws("durations")
    long = [KINDS["exponential"].long_one(luck, 64)[0] for _ in range(1_000)]
    assert sum(lasts_s > 4.0 * np.log(100) for lasts_s in long) > 150  # of 10 by themselves


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
