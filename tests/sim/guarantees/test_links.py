"""The longest stretch of working link, against a slow count."""

import numpy as np
import pytest

from sim.guarantees.links import working_s
from tests.sim.metrics.histories import history


def longest(outages, person, start_s, end_s):
    of = history(outages=outages)
    columns = (np.array([person]), np.array([start_s]), np.array([end_s]))
    return working_s(of, *columns)[0]


@pytest.mark.parametrize(
    ("outages", "expected"),
    [
        ([], 10.0),
        ([(1, 0.0, 5.0)], 10.0),
        ([(1, 5.0, 12.0)], 8.0),
        ([(1, 13.0, 14.0)], 6.0),
        ([(1, 13.0, 14.0), (1, 18.0, 25.0)], 4.0),
        ([(1, 11.0, 15.0), (1, 14.0, 19.0)], 1.0),
        ([(1, 9.0, 30.0)], 0.0),
        ([(1, 10.0, 20.0)], 0.0),
        ([(0, 10.0, 20.0), (2, 10.0, 20.0)], 10.0),
        ([(1, 20.0, 30.0), (1, 5.0, 10.0)], 10.0),
    ],
)
def test_one_stretch(outages, expected):
    assert longest(outages, 1, 10.0, 20.0) == pytest.approx(expected)


def test_many_rows_as_counted_second_by_second():
    rng = np.random.default_rng(3)
    drawn = rng.integers(0, (4, 40, 8), (40, 3)).tolist()
    down = [(who, float(start), float(start + length + 1)) for who, start, length in drawn]
    of = history(outages=down)
    person, start_s = rng.integers(0, 4, 80), rng.integers(0, 40, 80).astype(float)
    end_s = start_s + rng.integers(0, 15, 80)
    found = working_s(of, person, start_s, end_s)
    for row in range(80):
        best = run = 0
        for second in range(int(start_s[row]), int(end_s[row])):
            dead = any(p == person[row] and s <= second < e for p, s, e in down)
            run = 0 if dead else run + 1
            best = max(best, run)
        assert found[row] == best


def test_no_rows():
    nothing = np.zeros(0)
    assert len(working_s(history(), nothing.astype(int), nothing, nothing)) == 0
