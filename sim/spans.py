"""Spans of time by person, looked up row by row, and times as whole microseconds.

A person's spans do not overlap: sessions of the app, outages of a link. `spans` has the columns
`person`, `start_s` and `end_s`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt

Column: TypeAlias = npt.NDArray[Any]

MICRO: Final = 1e6
_NEVER_US: Final = np.iinfo(np.int64).min


def whole_us(values: Column) -> Column:
    """Integers to hash, store and add: times in microseconds, nan as the smallest integer."""
    if values.dtype != np.float64:
        return values.astype(np.int64)
    never = np.isnan(values)
    whole = np.rint(values * MICRO)
    if not never.any():
        return whole.astype(np.int64)
    whole[never] = _NEVER_US
    return whole.astype(np.int64)


def span_end_s(spans: Mapping[str, Column], person: Column, time_s: Column) -> Column:
    """When the span that each person is in at each time ends; nan where there is none.

    >>> spans = {"person": np.array([7]), "start_s": np.array([1.0]), "end_s": np.array([4.0])}
    >>> span_end_s(spans, np.array([7, 7]), np.array([2.0, 5.0]))
    array([ 4., nan])
    """
    if not len(spans["person"]):
        return np.full(len(person), np.nan)
    order = np.lexsort((spans["start_s"], spans["person"]))
    owner, starts_s, ends_s = (spans[name][order] for name in ("person", "start_s", "end_s"))
    if (owner[1:] > owner[:-1]).all():
        return _only_end_s((owner, starts_s, ends_s), person, time_s)
    # People side by side on one integer axis, so that one search serves everybody.
    latest_s = max(spans["start_s"].max(), np.max(time_s, initial=0.0))
    span_us = math.ceil(float(latest_s) * MICRO) + 1
    starts_us = owner.astype("i8") * span_us + whole_us(starts_s)
    asked_us = person.astype("i8") * span_us + whole_us(time_s)
    at = np.searchsorted(starts_us, asked_us, side="right") - 1
    inside = (at >= 0) & (owner[at] == person) & (ends_s[at] >= time_s)
    return np.where(inside, ends_s[at], np.nan)


def _only_end_s(spans: tuple[Column, Column, Column], person: Column, time_s: Column) -> Column:
    """The same where nobody has more than one span: looked up and not searched for."""
    owner, starts_s, ends_s = spans
    theirs = np.full((2, max(int(owner[-1]), int(person.max(initial=0))) + 1), np.nan)
    theirs[:, owner] = starts_s, ends_s
    inside = (theirs[0][person] <= time_s) & (theirs[1][person] >= time_s)
    return np.where(inside, theirs[1][person], np.nan)
