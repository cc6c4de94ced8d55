"""Durations that were not all watched to their end."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from sim.metrics.judged import quantile
from sim.metrics.survival import Durations

ROWS = st.lists(st.tuples(st.integers(1, 12), st.booleans()), min_size=1, max_size=30)


def durations(rows):
    lasted_s = np.array([lasted for lasted, _ in rows], dtype=float)
    return Durations(lasted_s, np.array([ended for _, ended in rows], dtype=bool))


@given(ROWS)
def test_the_curve_is_that_of_kaplan_and_meier(rows):
    of = durations(rows)
    data = stats.CensoredData.right_censored(of.lasted_s, ~of.ended)
    expected = stats.ecdf(data).sf
    time_s, share = of.curve()
    assert expected.evaluate(time_s) == pytest.approx(share)


@given(st.lists(st.integers(0, 9), min_size=1, max_size=30), st.sampled_from([0.5, 0.9, 0.99]))
def test_without_cutting_off_it_is_the_plain_quantile_and_mean(lasted, share):
    of = durations([(one, True) for one in lasted])
    assert of.quantile(share) == quantile(of.lasted_s, share)
    assert of.mean_s(100.0) == pytest.approx(np.mean(lasted))


@given(ROWS)
def test_the_mean_is_the_area_under_the_curve(rows):
    of = durations(rows)
    time_s, share = of.curve()
    grid_s = np.arange(20) + 0.5  # durations are whole: each cell has one height
    place = np.searchsorted(time_s, grid_s, side="right")
    heights = np.concatenate([[1.0], share])[place]
    assert of.mean_s(20.0) == pytest.approx(heights.sum())


def test_nothing_is_dropped_and_nothing_pretends_to_have_ended():
    of = durations([(10, True), (20, False), (30, True), (40, False)])
    # 3/4 last beyond 10 s; of the two still watched at 30 s one ends: 3/8; nobody ends after.
    assert of.quantile(0.25) == 10.0
    assert of.quantile(0.5) == 30.0
    assert of.quantile(0.99) == math.inf
    assert of.mean_s(100.0) == pytest.approx(10 + 0.75 * 20 + 0.375 * 70)


def test_what_lasts_beyond_the_horizon_counts_up_to_it():
    assert durations([(10, True), (90, True)]).mean_s(50.0) == pytest.approx(30.0)


def test_none_of_none():
    assert durations([]).quantile(0.5) is None
    assert durations([]).mean_s(10.0) is None


def test_means_with_many_cut_off_find_the_truth():
    """Exponential spells of 30 s, watched for exponential times of 40 s: dropping those that were
    cut off would give 17 s."""
    rng = np.random.default_rng(2)
    means = []
    for _ in range(60):
        spell_s, watch_s = rng.exponential(30.0, 400), rng.exponential(40.0, 400)
        of = Durations(np.minimum(spell_s, watch_s), spell_s <= watch_s)
        means.append(of.mean_s(60.0))
    truth = 30.0 * (1 - math.exp(-2.0))
    error = np.std(means, ddof=1) / math.sqrt(len(means))
    assert abs(np.mean(means) - truth) < 5 * error
