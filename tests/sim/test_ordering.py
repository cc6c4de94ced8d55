"""Every shortcut gives the order of `numpy.lexsort`."""

import numpy as np
import pytest

from sim.ordering import ALL, among, found_at, grouped, in_order, starts

CASES = [
    (rows, values, seed) for rows in (0, 1, 2, 30, 400) for values in (1, 3, 50) for seed in (0, 1)
]


@pytest.mark.parametrize(("rows", "values", "seed"), CASES)
@pytest.mark.parametrize("sorted_by", [0, 1, 2, 3])
def test_rows_are_ordered_as_by_lexsort(rows, values, seed, sorted_by):
    random = np.random.default_rng(seed)
    columns = [random.integers(values, size=rows) for _ in range(3)]
    if sorted_by:
        order = np.lexsort(columns[:sorted_by][::-1])
        columns = [column[order] for column in columns]
    wanted = np.lexsort(columns[::-1])
    found = in_order(*columns)
    assert np.arange(rows)[found].tolist() == wanted.tolist()
    assert (found is ALL) == (wanted.tolist() == list(range(rows)))


def test_floats_and_truths_are_ordered_too():
    time_s, shown = np.array([0.5, 0.5, -1.0, 0.5]), np.array([True, False, True, True])
    assert in_order(time_s, shown).tolist() == [2, 1, 0, 3]


@pytest.mark.parametrize("most", [1, 100, 2**16, 2**17, 2**32])
def test_small_integers_are_grouped_and_keep_their_order(most):
    code = np.random.default_rng(0).integers(most, size=500)
    assert grouped(code).tolist() == np.argsort(code, kind="stable").tolist()
    assert grouped(code[:0]).tolist() == []


def test_what_is_found_is_found_at_its_first_place():
    keys = np.array([2, 4, 4, 9])
    asked = np.array([9, 1, 4, 10, 2])
    assert found_at(keys, asked).tolist() == [3, -1, 1, -1, 0]
    assert among(keys, asked).tolist() == [True, False, True, False, True]
    assert found_at(keys[:0], asked).tolist() == [-1] * 5
    assert not among(keys, asked[:0]).any()


def test_starts_of_runs():
    assert starts(np.array([3, 3, 5])).tolist() == [True, False, True]
    assert starts(np.zeros(0)).tolist() == []
