"""A figure holds when its far side does, fails when its near side does, and else nobody knows."""

import math

import pytest

from sim.experiment.statistics import Interval, mean_interval
from sim.plans.judged import FAILS, FEW, HOLDS, amount, certain, judged


@pytest.mark.parametrize(
    ("low", "high", "state"),
    [(1.0, 9.9, HOLDS), (1.0, 10.1, FEW), (10.1, 12.0, FAILS), (None, None, FEW),
     (11.0, math.inf, FAILS), (9.0, math.inf, FEW), (10.0, 10.0, HOLDS)],
)  # fmt: skip
def test_states(low, high, state):
    assert judged("recovery", Interval(5.0, low, high, ""), 10.0).state == state


def test_what_never_happens_in_any_run_fails_and_in_one_of_three_is_not_known():
    assert judged("recovery", mean_interval([math.inf] * 3), 60.0).state == FAILS
    assert judged("recovery", mean_interval([10.0, 11.0, math.inf]), 60.0).state == FEW


def test_what_is_unknown_is_no_pass_and_is_told_as_such():
    found = judged("delivery", Interval(math.nan, None, None, ""), 1.0)
    assert (found.state, found.excess) == (FEW, math.inf)
    assert found.as_told()["value"] is None
    assert certain("recovery", math.inf, 60.0).as_told()["value"] == "never"


def test_amounts_have_their_units():
    assert amount("recovery", 58.12) == "58.1 s"
    assert amount("loss", 0.002) == "0.200 %"
    assert amount("memory", 3.5e8) == "350 MB"
    assert amount("recovery", math.inf) == amount("recovery", "never") == "never"
    assert amount("cpu", None) == "unknown"
