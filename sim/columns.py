"""A table that grows by rows and is written by plain Python and by compiled code alike.

A column is a numpy array of `INT` (int64) or `FLOAT` (float64) with more places than rows are
filled; it doubles when they run out, so a row costs the same however many there are. Compiled code
writes into the arrays and moves the number of rows itself; plain Python writes through memoryviews
of the same memory, several times as fast as item assignment of numpy, and gets plain `int` and
`float` back. Leaves out what a row means, and taking rows away.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt

Array: TypeAlias = npt.NDArray[Any]
Cells: TypeAlias = "memoryview[Any]"
"""A column for plain Python: `cells[row]` reads and writes."""

INT: Final = "i8"
FLOAT: Final = "f8"
_LEAST: Final = 64  # rows that even the smallest table has room for: half a kilobyte a column


class Columns:
    """Rows of typed columns, appended to.

    `arrays` are the columns in the order of `names`, each with `capacity` places, of which the
    first `count[0]` are filled; `cells` are the same for plain Python. Whoever writes into them
    makes room first and moves `count[0]` afterwards. `room` replaces `arrays` and `cells` when it
    grows, so neither is kept across it; `count` is the same array for ever.

    >>> table = Columns({"person": INT, "time_s": FLOAT})
    >>> table.append(7, 0.5)
    0
    >>> table.row(0)
    (7, 0.5)
    """

    __slots__ = ("arrays", "capacity", "cells", "count", "filled", "names")

    def __init__(self, kinds: Mapping[str, str]) -> None:
        for name, kind in kinds.items():
            if kind not in (INT, FLOAT):
                raise ValueError(f"column {name} is of kind {kind!r}; allowed: {INT!r}, {FLOAT!r}")
        self.names = tuple(kinds)
        self.count: Array = np.zeros(1, dtype=INT)
        self.filled: Cells = self.count.data
        """The same number for plain Python, as `filled[0]`."""
        self.arrays: tuple[Array, ...] = ()
        self.cells: tuple[Cells, ...] = ()
        self.capacity = 0
        self._hold([np.empty(_LEAST, dtype=kind) for kind in kinds.values()], _LEAST)

    def _hold(self, arrays: Sequence[Array], capacity: int) -> None:
        self.arrays = tuple(arrays)
        self.cells = tuple(array.data for array in arrays)
        self.capacity = capacity

    def __len__(self) -> int:
        return int(self.filled[0])

    def room(self, rows: int) -> None:
        """Make sure that so many rows more fit."""
        needed = len(self) + rows
        if needed <= self.capacity:
            return
        capacity = self.capacity
        while capacity < needed:
            capacity *= 2
        grown = [np.empty(capacity, dtype=array.dtype) for array in self.arrays]
        for array, wider in zip(self.arrays, grown, strict=True):
            wider[: len(array)] = array
        self._hold(grown, capacity)

    def append(self, *values: float) -> int:
        """Write a row, a value for each column. Its number, from 0."""
        row: int = self.filled[0]
        if row == self.capacity:
            self.room(1)
        for cells, value in zip(self.cells, values, strict=True):
            cells[row] = value
        self.filled[0] = row + 1
        return row

    def extend(self, *columns: npt.ArrayLike) -> None:
        """Write many rows at once: equally many values for each column."""
        given = [np.asarray(column) for column in columns]
        sizes = {len(column) for column in given}
        if len(given) != len(self.names) or len(sizes) != 1:
            raise ValueError(f"columns of {sorted(sizes)} rows given for {list(self.names)}")
        [rows] = sizes
        self.room(rows)
        begin = len(self)
        for array, column in zip(self.arrays, given, strict=True):
            array[begin : begin + rows] = column
        self.filled[0] = begin + rows

    def row(self, number: int) -> tuple[Any, ...]:
        """A row as plain values. Raises `IndexError` for one that is not there."""
        if not 0 <= number < len(self):
            raise IndexError(f"row {number} of {len(self)}")
        return tuple(cells[number] for cells in self.cells)

    def rows(self) -> list[tuple[Any, ...]]:
        """All rows as plain values."""
        return list(zip(*(column.tolist() for column in self.columns().values()), strict=True))

    def columns(self) -> dict[str, Array]:
        """What is filled, by name: parts of the arrays themselves and no copies."""
        count = len(self)
        return {name: array[:count] for name, array in zip(self.names, self.arrays, strict=True)}
