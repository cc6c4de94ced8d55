"""Corrections by hand, and how often they err."""

import numpy as np
import pytest
from scipy.stats import binom, false_discovery_control

from sim.experiment.statistics.several import (
    benjamini_hochberg,
    benjamini_hochberg_threshold,
    holm,
    holm_threshold,
)

RUNS = 1000


def test_holm_by_hand():
    # Sorted 0.01, 0.02, 0.03, 0.04 times 4, 3, 2, 1 is 0.04, 0.06, 0.06, 0.04: never falling.
    assert holm([0.03, 0.01, 0.04, 0.02]) == pytest.approx([0.06, 0.04, 0.06, 0.06])
    assert holm([0.9, 0.8]) == [1.0, 1.0]
    assert holm([]) == []


def test_benjamini_hochberg_agrees_with_the_library():
    chances = np.random.default_rng(5).beta(0.4, 1, 40).tolist()
    assert benjamini_hochberg(chances) == pytest.approx(false_discovery_control(chances).tolist())
    assert benjamini_hochberg([]) == []


@pytest.mark.parametrize("correct", [holm, benjamini_hochberg])
def test_false_verdicts_are_rare_when_nothing_differs(correct):
    rng = np.random.default_rng(17)
    wrong = sum(min(correct(rng.uniform(size=15).tolist())) < 0.05 for _ in range(RUNS))
    assert wrong <= binom.ppf(1 - 1e-6, RUNS, 0.05)


@pytest.mark.parametrize(
    ("correct", "threshold"),
    [(holm, holm_threshold), (benjamini_hochberg, benjamini_hochberg_threshold)],
)
def test_the_threshold_is_where_one_more_would_count(correct, threshold):
    rest = [1e-5, 2e-4, 0.3, 0.5, 0.7, 0.9]
    allowed = threshold(correct([*rest, 0.6]), 0.05)
    assert correct([*rest, allowed * 0.999])[-1] < 0.05
    assert correct([*rest, allowed * 1.001])[-1] > 0.05
    assert threshold([], 0.05) == 0.05
