"""Spans by person, looked up row by row."""

import math

import numpy as np
import pytest

from sim.spans import span_end_s, whole_us


def spans(*rows):
    person, start_s, end_s = zip(*rows, strict=True)
    return {"person": np.array(person), "start_s": np.array(start_s), "end_s": np.array(end_s)}


def test_a_span_is_found_whether_people_have_one_or_several():
    person, time_s = np.repeat([0, 1, 2], 5), np.tile([0.0, 5.0, 12.0, 20.0, 31.0], 3)
    given = [(0, 5.0, 20.0), (2, 12.0, 31.0)]
    others = [(1, 100.0, 101.0), (1, 200.0, 201.0)]
    once, twice = (span_end_s(spans(*rows), person, time_s) for rows in (given, given + others))
    assert np.array_equal(once, twice, equal_nan=True)
    never = [math.nan] * 5
    assert once.tolist() == pytest.approx(
        [math.nan, 20.0, 20.0, 20.0, math.nan, *never, math.nan, math.nan, 31.0, 31.0, 31.0],
        nan_ok=True,
    )


def test_without_spans_nobody_is_in_one():
    empty = {name: np.empty(0) for name in ("person", "start_s", "end_s")}
    assert np.isnan(span_end_s(empty, np.array([0, 1]), np.array([0.0, 1.0]))).all()


def test_what_never_happened_is_the_smallest_number_of_microseconds():
    assert whole_us(np.array([0.1, math.nan])).tolist() == [100_000, np.iinfo(np.int64).min]
