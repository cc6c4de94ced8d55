"""Quantiles of what came and what did not, and what is stored of them."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.metrics.sample import Sample, rank


def test_ranks_are_whole_thousandths():
    assert [rank(100, share) for share in (0.29, 0.5, 0.95, 0.999)] == [28, 49, 94, 99]


def test_a_sample_counts_what_never_came():
    of = Sample(10, np.array([0.3, 0.1, 0.2]))
    assert [of.quantile(share) for share in (0.1, 0.3, 0.301)] == [0.1, 0.3, math.inf]
    assert Sample(0, np.zeros(0)).quantile(0.5) is None


def test_a_sample_is_packed_to_four_digits_in_whole_microseconds():
    delays = np.array([12.34567, 0.000007, 0.0123439, 0.0123451, 12.34551, 0.3])
    assert Sample(9, delays).packed() == {
        "owed": 9,
        "values_s": [0.000007, 0.01234, 0.01235, 0.3, 12.35],
        "counts": [1, 1, 1, 1, 2],
    }


@given(st.lists(st.floats(0, 1e5), max_size=40))
def test_packing_moves_no_delay_by_more_than_half_a_thousandth(delays):
    whole = np.round(delays, 6)
    found = Sample(len(delays), whole).packed()
    back = np.repeat(found["values_s"], found["counts"])
    assert back == pytest.approx(np.sort(whole), rel=5.1e-4)


def test_a_sample_says_how_many_came_within_a_time():
    of = Sample(10, np.array([0.3, 0.1, 0.2]))
    assert of.within(0.2) == 2
    assert of.within(np.array([0.05, 0.1, 9.0])).tolist() == [0, 1, 3]
    assert of.ascending_s.tolist() == [0.1, 0.2, 0.3]
