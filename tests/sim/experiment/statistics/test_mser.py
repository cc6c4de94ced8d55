"""MSER-5 against its definition and on series whose drift is known."""

import numpy as np
import pytest

from sim.experiment.statistics.mser import BATCH, settles_after


def by_definition(values: np.ndarray) -> int:
    """The rule as it is written: the standard error of the mean of what is kept, each time anew."""
    batches = values.reshape(-1, BATCH).mean(axis=1)
    errors = [
        ((kept - kept.mean()) ** 2).sum() / len(kept) ** 2
        for kept in (batches[left_out:] for left_out in range(len(batches) // 2 + 1))
    ]
    return int(np.argmin(errors)) * BATCH


@pytest.mark.parametrize("seed", range(40))
def test_it_is_the_rule(seed: int) -> None:
    luck = np.random.default_rng(seed)
    size = BATCH * int(luck.integers(10, 80))
    drift = luck.uniform(0, 30) * np.exp(-np.arange(size) / luck.uniform(1, 60))
    values = 1e4 + drift + luck.normal(size=size)
    assert settles_after([*values]) == by_definition(values)


def test_a_ramp_is_left_out_and_nothing_of_what_is_level_after_it() -> None:
    ramp = [*np.linspace(0.0, 199.0, 40)]
    assert settles_after([*ramp, *[200.0] * 400]) == 40
    assert settles_after([0.1] * 200) == 0
    assert settles_after([0.0] * 200) == 0


def test_a_drift_that_takes_longer_is_left_out_longer() -> None:
    """An exponential drift towards its level, in noise: the more of it, the later it settles."""
    luck = np.random.default_rng(2)
    noise, time = luck.normal(size=(50, 1000)), np.arange(1000)
    found = [
        np.mean([settles_after([*(one - 50 * np.exp(-time / for_s))]) or 0 for one in noise])
        for for_s in (5, 20, 60)
    ]
    assert found[0] < found[1] < found[2]
    assert found[1] > 3 * 20  # a twentieth of the drift is left then, which is two and a half sigma


def test_no_more_than_half_is_left_out() -> None:
    assert settles_after([*np.arange(200.0)]) == 100


def test_few_observations_say_nothing() -> None:
    assert settles_after([1.0] * 49) is None
    assert settles_after([1.0] * 50) == 0
    assert settles_after([*np.arange(50.0), 1e9]) == 25  # what fills no batch is left away
