"""Quantiles over those cut off, those who never came back included."""

import math

from stormy import crash, played


def test_a_crowd_that_is_away_has_no_quantile():
    storm = played(100, 1, crash(1, None), horizon_s=20)
    assert storm.cut == 100
    assert storm.back_after_s(0.01) == math.inf


def test_quantiles_count_from_the_first_fault():
    storm = played(200, 2, crash(1, None, at_s=7.0))
    assert 0.0 < storm.back_after_s(0.5) < storm.back_after_s(1.0) < 20.0
    assert storm.began_s == 7.0


def test_shares_of_cpu_are_of_all_cores():
    storm = played(200, 2, crash(1, None))
    assert 0.0 < storm.busiest_share < 1.0
