"""Who is in which conversation when, row by row."""

import math

import numpy as np

from sim.members import JOINED, LEFT, REMOVED, gone_s, joined_s, stays

NONE = {name: np.array([]) for name in ("conversation", "person", "kind", "time_s")}
CHANGES = {
    "conversation": np.array([1, 0, 1, 1]),
    "person": np.array([3, 3, 2, 3]),
    "kind": np.array([REMOVED, LEFT, JOINED, JOINED]),
    "time_s": np.array([50.0, 40.0, 20.0, 10.0]),
}
PAIRS = (np.array([0, 1, 1, 0]), np.array([3, 3, 2, 9]))


def test_each_pair_has_its_own_times():
    assert joined_s(CHANGES, PAIRS).tolist() == [-math.inf, 10.0, 20.0, -math.inf]
    assert gone_s(CHANGES, PAIRS).tolist() == [40.0, 50.0, math.inf, math.inf]


def test_who_stays_is_there_from_start_to_end():
    def asked(start_s, end_s):
        return stays(CHANGES, PAIRS, np.full(4, start_s), np.full(4, end_s)).tolist()

    assert asked(10.0, 39.0) == [True, True, False, True]
    assert asked(20.0, 40.0) == [False, True, True, True]
    assert asked(0.0, 60.0) == [False, False, False, True]


def test_without_changes_everybody_stays():
    assert stays(NONE, PAIRS, np.zeros(4), np.ones(4)).all()
