"""Intervals hold what they say: coverage is checked against the law they are drawn from."""

import math

import numpy as np
import pytest

from sim.validation.intervals import binomial, bootstrap_by_sender, prediction


def test_few_runs_give_students_interval():
    # mean 2, s = 1, n = 3: t(0.975, 2) = 4.3027; half = 4.3027 * sqrt(4 / 3)
    low, high = prediction([1.0, 2.0, 3.0])
    half = 4.302652729911275 * math.sqrt(4.0 / 3.0)
    assert (low, high) == (pytest.approx(2.0 - half), pytest.approx(2.0 + half))


def test_from_39_runs_on_the_extremes_are_the_interval():
    values = list(range(39))
    assert prediction(values) == (0, 38)
    assert prediction(list(range(79))) == (1, 77)


def test_a_single_run_has_no_spread():
    assert prediction([3.0]) == (3.0, 3.0)
    assert all(math.isnan(one) for one in prediction([]))
    assert prediction([1.0, math.nan, 1.0]) == (1.0, 1.0)


@pytest.mark.parametrize("runs", [8, 39, 60])
def test_one_more_run_falls_inside_as_often_as_promised(runs):
    luck = np.random.default_rng(1)
    trials = 2000
    hits = 0
    for _ in range(trials):
        low, high = prediction(list(luck.normal(size=runs)))
        hits += low <= luck.normal() <= high
    # order statistics round the rank down: never less than promised, beyond chance
    assert hits / trials > 0.95 - 3.0 * math.sqrt(0.95 * 0.05 / trials)


def test_binomial_interval_of_nothing_and_of_everything():
    assert binomial(0, 100) == (0.0, pytest.approx(1.0 - 0.025 ** (1 / 100)))
    assert binomial(100, 100) == (pytest.approx(0.025 ** (1 / 100)), 1.0)
    low, high = binomial(50, 100)
    assert low < 0.5 < high
    assert high - low == pytest.approx(0.2, abs=0.01)


def test_senders_that_differ_make_the_interval_wide():
    luck = np.random.default_rng(2)
    room = np.repeat(np.arange(20), 100)
    alike = luck.normal(100.0, 1.0, size=2000)
    apart = alike + np.repeat(luck.normal(0.0, 20.0, size=20), 100)
    (narrow,) = bootstrap_by_sender(alike, room, [0.5])
    (wide,) = bootstrap_by_sender(apart, room, [0.5])
    assert narrow[1] - narrow[0] < 1.0
    assert wide[1] - wide[0] > 5.0
    assert narrow[0] < np.median(alike) < narrow[1]
