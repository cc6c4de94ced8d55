"""Intervals by hand and against textbooks; how often they cover is in tests/statistics."""

import math

import numpy as np
import pytest
from scipy.stats import beta

from sim.experiment.statistics.intervals import (
    LEAST,
    design_effect,
    interval,
    mean_interval,
    rate_interval,
    standard_error,
    t_quantile,
)
from sim.metrics import METRICS

KINDS = {metric.name: metric for metric in METRICS}


def test_mean_interval_of_a_textbook_sample():
    # mean 2, sd 1, t(0.975, 2) = 4.302653
    found = mean_interval([1.0, 2.0, 3.0])
    half = 4.302653 / math.sqrt(3)
    assert (found.value, found.method) == (2.0, "t")
    assert found.low == pytest.approx(max(0, 2 - half))
    assert found.high == pytest.approx(2 * math.exp(half / 2), rel=1e-6)


def test_little_spread_is_student_s_t_on_either_scale():
    values = np.random.default_rng(3).normal(100, 1, 10)
    found, half = mean_interval(values), 2.262157 * values.std(ddof=1) / math.sqrt(10)
    assert found.low == pytest.approx(values.mean() - half)
    assert found.high == pytest.approx(values.mean() + half, rel=1e-3)


@pytest.mark.parametrize("count", range(1, LEAST))
def test_two_replications_bound_nothing(count):
    for found in (mean_interval([1.0, 2.0][:count]), rate_interval([(1, 60)] * count)):
        assert (found.low, found.high) == (None, None)
    assert mean_interval([1.0, 2.0]).method == "2 replications cannot bound this"


def test_one_that_never_came_makes_the_mean_never():
    found = mean_interval([3.0, math.inf, 2.0])
    assert (found.value, found.low, found.high) == (math.inf, 2.0, math.inf)
    assert found.method == "never in 1 of 3 replications"
    assert mean_interval([math.inf] * 3).low == math.inf
    assert mean_interval([math.inf, 1.0]).high is None


def test_what_was_never_seen_has_no_mean_to_bound():
    assert mean_interval([0.0] * 10).high is None
    assert "none of it in 10" in mean_interval([0.0] * 10).method


def test_identical_values_have_a_point_interval():
    found = mean_interval([2.0] * 12)
    assert (found.low, found.value, found.high) == (2.0, 2.0, 2.0)


def test_the_error_allows_for_what_few_replications_showed():
    sample = np.array([0.0, 0.0, 0.0, 4.0])
    assert standard_error(sample) == pytest.approx(1.0 * math.sqrt(2))
    assert standard_error(sample + 1) == pytest.approx(1.0)


def test_design_effect_of_bursts_and_of_none():
    trials, wide = np.full(4, 100.0), (3.182446 / 1.959964) ** 2
    assert design_effect(np.full(4, 10.0), trials) == pytest.approx(wide, rel=1e-6)
    # Pooled rate 0.1: variance 4 / 3 * 1200 / 400^2 = 0.01 against 0.1 * 0.9 / 400, so 44.4,
    # doubled because all of it is one burst.
    effect = design_effect(np.array([40.0, 0.0, 0.0, 0.0]), trials)
    assert effect == pytest.approx(0.01 / 2.25e-4 * 2 * wide, rel=1e-6)


def test_bursts_widen_a_rate():
    even, burst = rate_interval([(8, 4000)] * 5), rate_interval([(40, 4000), *[(0, 4000)] * 4])
    assert even.value == burst.value
    assert burst.high > 2 * even.high


@pytest.mark.parametrize("count", [3, 10, 50])
def test_no_hits_are_as_many_trials_as_replications(count):
    found = rate_interval([(0, 5000)] * count)
    assert (found.value, found.low) == (0.0, 0.0)
    assert found.high == pytest.approx(beta.ppf(0.975, 1, count))
    assert found.method == f"no case in {count} replications"


def test_all_hits_give_a_lower_bound():
    found = rate_interval([(10, 10), (20, 20), (5, 5)])
    assert (found.low, found.high) == (pytest.approx(0.025 ** (1 / 3)), 1.0)


def test_more_hits_than_trials_are_poisson():
    found = rate_interval([(1800, 10)] * 20)
    assert found.method == "Poisson"
    half = 2.093024 * math.sqrt(36000)  # t of 19 degrees in place of 1.96
    assert found.low == pytest.approx((36000 - half) / 200, rel=0.002)
    assert found.high == pytest.approx((36000 + half) / 200, rel=0.002)


def test_a_rate_without_trials_is_refused():
    with pytest.raises(ValueError, match="trials"):
        rate_interval([(0, 0)])


def test_the_kind_of_metric_chooses():
    assert interval(KINDS["loss_pressed"], [(1, 50)] * 3).method == "Clopper-Pearson"
    assert interval(KINDS["cpu_mean"], [1.0, 2.0, 3.0]).method == "t"


def test_quantiles_of_t():
    assert t_quantile(0.975, 2) == pytest.approx(4.302653)
    assert t_quantile(0.975, math.inf) == pytest.approx(1.959964)
