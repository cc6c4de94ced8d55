"""Columns grow, and give plain Python and arrays the same rows."""

import math
from itertools import pairwise

import numpy as np
import pytest

from sim.columns import FLOAT, INT, Columns


def table() -> Columns:
    return Columns({"person": INT, "time_s": FLOAT})


def test_what_is_appended_is_there_whoever_looks():
    written = table()
    assert [written.append(row * 3, row / 7) for row in range(1000)] == list(range(1000))
    assert len(written) == 1000
    assert written.row(999) == (2997, 999 / 7)
    assert written.rows() == [(row * 3, row / 7) for row in range(1000)]
    columns = written.columns()
    assert columns["person"].tolist() == [row * 3 for row in range(1000)]
    assert {name: column.dtype for name, column in columns.items()} == {
        "person": INT,
        "time_s": FLOAT,
    }


def test_values_come_back_plain_whatever_they_were():
    written = table()
    written.append(np.int32(5), np.float64(0.25))
    written.append(2**62, math.nan)
    written.append(-1, 3)
    for row in (written.row(0), *written.rows()):
        assert [type(value) for value in row] == [int, float]
    assert written.row(1)[0] == 2**62
    assert math.isnan(written.row(1)[1])


def test_capacity_doubles_and_rows_move_along():
    written = table()
    seen = set()
    for row in range(5000):
        written.append(row, 0.0)
        seen.add(written.capacity)
    sizes = sorted(seen)
    assert all(2 * one == other for one, other in pairwise(sizes))
    assert len(sizes) < 10
    assert all(len(array) == written.capacity for array in written.arrays)


def test_who_makes_room_can_write_into_arrays_and_move_the_count():
    written = table()
    written.append(1, 0.5)
    counted = written.count
    written.room(300)
    person, time_s = written.arrays
    person[1:301], time_s[1:301] = 7, 1.5
    counted[0] += 300
    assert len(written) == 301
    assert written.append(2, 2.5) == 301
    assert counted is written.count
    assert written.rows()[299:] == [(7, 1.5), (7, 1.5), (2, 2.5)]


def test_room_that_is_there_moves_nothing():
    written = table()
    arrays = written.arrays
    written.room(written.capacity)
    assert written.arrays is arrays
    written.room(written.capacity + 1)
    assert written.arrays is not arrays


def test_many_rows_at_once_are_as_one_after_the_other():
    written = table()
    written.append(1, 0.5)
    written.extend(np.arange(200, dtype="i4"), [1.0] * 200)
    written.extend([], [])
    assert written.rows() == [(1, 0.5), *((row, 1.0) for row in range(200))]


def test_what_does_not_fit_is_refused():
    with pytest.raises(ValueError, match="column node is of kind 'i4'; allowed: 'i8', 'f8'"):
        Columns({"node": "i4"})
    written = table()
    with pytest.raises(ValueError, match="shorter"):
        written.append(1)
    with pytest.raises(ValueError, match=r"columns of \[1, 2\] rows given"):
        written.extend([1], [1.0, 2.0])
    with pytest.raises(ValueError, match="given for"):
        written.extend([1])
    with pytest.raises(TypeError):
        written.append(1.5, 0.0)
    with pytest.raises(IndexError, match="row 0 of 0"):
        written.row(0)
    assert len(written) == 0
