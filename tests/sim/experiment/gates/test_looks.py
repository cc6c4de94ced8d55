"""Looks: fixed beforehand, and honest however the figures behave."""

import numpy as np
import pytest

from sim.experiment.gates.looks import error_per_look, schedule


@pytest.mark.parametrize(
    ("first", "budget", "looks"),
    [
        (10, 40, (10, 20, 40)),
        (10, 50, (10, 20, 40, 50)),
        (10, 10, (10,)),
        (10, 4, (4,)),
        (1, 1, (1,)),
        (3, 100, (3, 6, 12, 24, 48, 96, 100)),
    ],
)
def test_looks_double_up_to_the_budget(first, budget, looks):
    assert schedule(first, budget) == looks


@pytest.mark.parametrize(("first", "budget"), [(0, 5), (5, 0)])
def test_nothing_to_look_at_is_refused(first, budget):
    with pytest.raises(ValueError, match="allowed: from 1"):
        schedule(first, budget)


def test_the_error_is_divided_among_all_looks():
    assert error_per_look(0.95, 5) * 5 == pytest.approx(0.05)


def test_looking_often_does_not_pass_what_is_broken():
    """A mean that is exactly at its limit passes at any look in at most 5 % of all checks."""
    rng = np.random.default_rng(11)
    looks, trials = schedule(10, 160), 4000
    values = rng.normal(1.0, 1.0, (trials, looks[-1]))
    z = 2.3263  # of 0.05 / 5 = 1 %, one-sided
    passed, naive = np.zeros(trials, dtype=bool), np.zeros(trials, dtype=bool)
    assert error_per_look(0.95, len(looks)) == pytest.approx(0.01)
    for count in looks:
        scores = (values[:, :count].mean(axis=1) - 1.0) * np.sqrt(count)
        passed |= scores < -z
        naive |= scores < -1.645
    margin = 3 * np.sqrt(0.05 * 0.95 / trials)
    assert passed.mean() < 0.05 + margin
    assert naive.mean() > 0.05 + margin  # what the division is for
