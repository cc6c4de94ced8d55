"""Compiled code finds arrays by the address of a table."""

from typing import Any, NamedTuple

import numpy as np
import pytest

pytest.importorskip("numba")

from sim.core.pointers import table_of


class Inner(NamedTuple):
    one: Any
    two: Any


class Outer(NamedTuple):
    first: Any
    inner: Inner
    last: Any


def test_the_table_has_address_and_length_of_each_array_in_order():
    arrays = [np.arange(size, dtype=kind) for size, kind in ((3, "i8"), (1, "f8"), (0, "i8"))]
    state = Outer(arrays[0], Inner(arrays[1], arrays[2]), arrays[0])
    table = table_of(state).reshape(-1, 2)
    assert table[:, 1].tolist() == [3, 1, 0, 3]
    assert table[:, 0].tolist() == [
        one.ctypes.data for one in (arrays[0], arrays[1], arrays[2], arrays[0])
    ]
