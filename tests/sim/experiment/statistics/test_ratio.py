"""Fieller's interval: what it covers, and where there is none."""

import numpy as np
import pytest

from sim.experiment.statistics.intervals import t_quantile
from sim.experiment.statistics.ratio import Means, ratio_interval
from sim.streams import Streams


def of(part, whole):
    """The means of paired samples, with the variances of their errors."""
    error = np.cov(part, whole) / len(part)
    return Means(part.mean(), whole.mean(), error[0, 0], error[1, 1], error[0, 1])


@pytest.mark.parametrize("count", [4, 30])
def test_it_covers_the_true_ratio_as_often_as_it_says(count):
    luck, runs = Streams(1, 0).generator("ratio"), 2000
    quantile = t_quantile(0.975, count - 1)
    covered = bounded = 0
    for _ in range(runs):
        whole = luck.normal(2.0, 1.0, count)
        ends = ratio_interval(of(0.6 * whole + luck.normal(0, 0.4, count), whole), quantile)
        bounded += ends is not None
        covered += ends is None or ends[0] <= 0.6 <= ends[1]
    error = 3 * (0.95 * 0.05 / runs) ** 0.5
    assert covered / runs >= 0.95 - error
    if bounded == runs:  # without an interval nothing is ruled out, so that more is covered
        assert covered / runs <= 0.95 + error
    assert bounded / runs > 0.5


def test_what_is_the_whole_makes_all_of_it():
    whole = np.array([1.0, 2.0, 4.0, 3.0])
    assert ratio_interval(of(whole, whole), 2.0) == pytest.approx((1.0, 1.0))


def test_of_a_whole_that_may_be_nothing_there_is_none():
    assert ratio_interval(Means(1.0, 0.1, 0.01, 0.01, 0.0), 2.0) is None
