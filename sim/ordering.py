"""Rows in order, cheaply where they nearly are: what is read off a run is born almost sorted.

Everything gives the order that `numpy.lexsort` would, so equal rows keep theirs. A column that is
in order costs a comparison a row, runs that are in order cost a merge, small integers are counted
and not compared.
"""

from __future__ import annotations

from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt

Column: TypeAlias = npt.NDArray[Any]
Rows: TypeAlias = Column | slice
"""What picks rows out of a column: their numbers, or all of them as they are."""

ALL: Final = slice(None)
_DIGIT_BITS: Final = 16  # numpy counts integers of this size and compares larger ones


def in_order(first: Column, *then: Column) -> Rows:
    """Rows by the first column, those equal in it by the next, and so on; none may hold nan.

    `ALL` when they are in order already.

    >>> in_order(np.array([2, 1, 1]), np.array([0, 9, 8])).tolist()
    [2, 1, 0]
    """
    rows: Rows = ALL
    if (first[1:] < first[:-1]).any():
        rows = np.argsort(first, kind="stable")
    value = first[rows]
    tied = value[1:] == value[:-1]
    wrong = _wrong(then, rows, tied)
    if not wrong.any():
        return rows
    # Only among those equal in the first column where something is wrong is there more to sort.
    group = np.concatenate([[0], np.cumsum(~tied)])
    places = np.flatnonzero(_named(group[:-1][wrong], group[-1] + 1)[group])
    found = np.arange(len(first))[rows].copy()
    some = found[places]
    found[places] = some[np.lexsort([column[some] for column in (*reversed(then), first)])]
    return found


def _wrong(then: tuple[Column, ...], rows: Rows, tied: Column) -> Column:
    """Of places that are tied with the next: whether the columns after put the next before it."""
    wrong = np.zeros(len(tied), dtype=bool)
    for column in then:
        if not tied.any():
            break
        value = column[rows]
        wrong |= tied & (value[1:] < value[:-1])
        tied = tied & (value[1:] == value[:-1])
    return wrong


def _named(numbers: Column, count: int) -> Column:
    """Which of the first so many numbers are among these, as a mask."""
    mask = np.zeros(count, dtype=bool)
    mask[numbers] = True
    return mask


def grouped(code: Column) -> Column:
    """Rows by a column of integers from 0 below 2**32, equal ones as they stand."""
    most = int(code.max(initial=0))
    rows = np.argsort(code.astype(np.uint16), kind="stable")
    if most >> _DIGIT_BITS:
        high = (code >> _DIGIT_BITS).astype(np.uint16)
        rows = rows[np.argsort(high[rows], kind="stable")]
    return rows


def starts(key: Column) -> Column:
    """Where each run of equal keys begins in a sorted column, as a mask."""
    return np.concatenate([np.ones(min(len(key), 1), dtype=bool), key[1:] != key[:-1]])


def found_at(keys: Column, asked: Column) -> Column:
    """Where each of these stands in a sorted column, at the first of several; -1 for nowhere."""
    if not len(keys):
        return np.full(len(asked), -1)
    at = np.minimum(np.searchsorted(keys, asked), len(keys) - 1)
    return np.where(keys[at] == asked, at, -1)


def among(keys: Column, asked: Column) -> Column:
    """Which of these are in a sorted column."""
    return np.asarray(found_at(keys, asked) >= 0)
