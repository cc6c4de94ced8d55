"""Pairs: against the textbook, and no certainty out of too few replications."""

import math

import numpy as np
import pytest
from scipy.stats import nct, ttest_rel

from sim.experiment.statistics.paired import Paired, came, detectable, least_chance, needs, paired

LUCK = [1.0, 2.0, 4.0, 3.0, 2.5, 1.5]


def test_paired_beats_unpaired_under_common_luck():
    rng = np.random.default_rng(15)
    luck = rng.normal(10.0, 3.0, 10)
    found = paired(luck + rng.normal(0.0, 0.1, 10), luck + 0.5 + rng.normal(0.0, 0.1, 10))
    assert found.p < 1e-4
    assert abs(found.difference - 0.5) < 4.9 * 0.1 * math.sqrt(2 / 10)  # once in a million
    assert found.high - found.low < 0.3


def test_it_agrees_with_the_textbook_test():
    rng = np.random.default_rng(16)
    a, b = rng.normal(0, 1, 8), rng.normal(0.5, 1, 8)
    found = paired(a, b)
    assert found.p == pytest.approx(ttest_rel(b, a).pvalue)
    wanted = ttest_rel(b, a).confidence_interval()
    assert (found.low, found.high) == pytest.approx((wanted.low, wanted.high))


def test_identical_designs():
    found = paired(LUCK, LUCK)
    assert (found.difference, found.low, found.high, found.p) == (0.0, 0.0, 0.0, 1.0)


def test_nothing_in_either_bounds_nothing():
    found = paired([0.0] * 10, [0.0] * 10)
    assert (found.p, found.low, found.high) == (1.0, None, None)


@pytest.mark.parametrize("count", [3, 6])
def test_a_constant_shift_is_as_sure_as_coins_on_one_side(count):
    luck = LUCK[:count]
    assert paired(luck, [one + 0.1 for one in luck]).p == pytest.approx(2 * 0.5**count)


def test_two_constants_are_surer():
    assert paired([40.0] * 3, [80.0] * 3).p == 2 * 0.25**3
    assert paired([40.0] * 10, [80.0] * 10).p < 1e-5


def test_a_coarse_grid_has_the_floor_and_a_fine_one_has_not():
    step = np.array([1.0, 1.0, 1.0, 1.0, 2.0, 1.0])
    assert least_chance(np.array(LUCK), np.array(LUCK) + step) == 2 * 0.5**6
    fine = np.array([1.0, 1.1, 1.2, 1.3, 1.4, 1.5])
    assert least_chance(np.array(LUCK), np.array(LUCK) + fine) == 0.0


def test_a_least_error_keeps_counts_from_being_certain():
    assert paired([0.0] * 3, [0.001, 0.0011, 0.001], least_error=6e-4).p > 0.1


def test_few_replications_that_differ_bound_nothing():
    luck = [*LUCK, 2.0, 1.0, 3.0, 5.0]
    differ = [one + (at < 4) for at, one in enumerate(luck)]
    assert paired(luck, differ).low is None
    assert paired(luck, [one + (at < 5) for at, one in enumerate(luck)]).low is not None


def test_two_replications_have_no_interval_and_one_no_pair():
    assert paired([1.0, 2.0], [1.5, 2.7]).low is None
    for a, b in (([1.0], [2.0]), ([1.0, math.inf], [1.0, 2.0]), ([1.0], [1.0, 2.0])):
        with pytest.raises(ValueError, match="two or more finite pairs"):
            paired(a, b)


def test_never_against_a_number_by_who_came():
    never, soon = [math.inf] * 10, [1.0 + at for at in range(10)]
    found = came(soon, never)
    assert (found.difference, found.low, found.p) == (math.inf, None, 2 * 0.25**10)
    assert came(never, soon).difference == -math.inf
    assert came(never, never) == Paired(0.0, 0.0, 0.0, 1.0, 10, 0.0)


def test_never_in_some_is_a_sign_test():
    found = came([1.0, 2.0, 3.0, 4.0, math.inf], [2.0, math.inf, math.inf, 5.0, math.inf])
    assert (found.difference, found.p) == (math.inf, pytest.approx(2 * 0.5**4))
    assert came([1.0, math.inf], [math.inf, 1.0]).difference == 0


@pytest.mark.parametrize(("count", "threshold"), [(3, 0.01), (5, 1e-3), (10, 5e-4), (40, 0.05)])
def test_detectable_is_seen_in_four_cases_of_five(count, threshold):
    seen = detectable(Paired(0.0, None, None, 1.0, count, 1.0), threshold)
    critical = -ttest_quantile(threshold, count)
    assert nct.sf(critical, count - 1, seen) == pytest.approx(0.8, abs=0.02)


def ttest_quantile(threshold, count):
    from scipy.stats import t

    return t.ppf(threshold / 2, count - 1)


def test_nothing_is_detectable_where_nothing_varied():
    assert detectable(Paired(0.0, 0.0, 0.0, 1.0, 5, 0.0), 0.05) is None
    assert detectable(Paired(math.inf, None, None, 0.1, 5, math.inf), 0.05) is None


def test_needs_is_where_the_target_becomes_detectable():
    found = Paired(0.0, None, None, 1.0, 5, 1.0)
    count = needs(found, 0.5, 0.001)
    again = Paired(0.0, None, None, 1.0, count, math.sqrt(5 / count))
    assert detectable(again, 0.001) == pytest.approx(0.5, rel=0.05)
    assert needs(found, 1e-9, 0.05) is None


def test_needs_follows_the_floor():
    # 2 / 4^n < 0.001 from n = 6 on.
    assert needs(came([1.0] * 3, [math.inf] * 3), math.inf, 0.001) == 6
