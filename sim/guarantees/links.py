"""How long a person's network worked at a stretch, so that no design is blamed for a tunnel."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from sim.guarantees.evidence import ranges
from sim.history import Column, History

_MICRO = 1e6


def working_s(history: History, person: Column, start_s: Column, end_s: Column) -> Column:
    """Per row: the longest stretch within start to end without an outage of the person's link."""
    if not len(person):
        return np.zeros(0)
    rows = history.tables["outages"]
    times_s = (rows["end_s"], start_s, end_s)
    span_us = math.ceil(max(float(np.max(one, initial=0.0)) for one in times_s) * _MICRO) + 2
    down_us, up_us = _merged(rows, span_us)
    # People lie side by side on one axis, so that one search serves everybody.
    offset = person.astype("i8") * span_us
    from_us, to_us = (offset + _whole(one) for one in (start_s, end_s))
    first = np.searchsorted(up_us, from_us, side="right")
    count = np.maximum(np.searchsorted(down_us, to_us, side="left") - first, 0)
    # A row with k outages falls into k + 1 stretches: one from its start, one from each outage's
    # end; each lasts until the next outage, or until the row's end.
    heads = np.cumsum(count + 1) - (count + 1)
    begins = np.empty(int((count + 1).sum()), dtype="i8")
    ends = np.empty_like(begins)
    is_head = np.zeros(len(begins), dtype=bool)
    is_head[heads] = True
    is_tail = np.zeros(len(begins), dtype=bool)
    is_tail[heads + count] = True
    inside = ranges(first, count)
    begins[is_head], begins[~is_head] = from_us, up_us[inside]
    ends[is_tail], ends[~is_tail] = to_us, down_us[inside]
    longest = np.maximum.reduceat(np.maximum(ends - begins, 0), heads)
    return np.asarray(longest / _MICRO)


def _merged(rows: Any, span_us: int) -> tuple[Column, Column]:
    """Outages on the common axis, run together where they overlap: `(starts, ends)`, sorted."""
    offset = rows["person"].astype("i8") * span_us
    order = np.argsort(offset + _whole(rows["start_s"]), kind="stable")
    starts_us = (offset + _whole(rows["start_s"]))[order]
    reach_us = np.maximum.accumulate((offset + _whole(rows["end_s"]))[order])
    first = np.ones(len(starts_us), dtype=bool)
    first[1:] = starts_us[1:] > reach_us[:-1]
    last = np.append(first[1:], True)[: len(first)]
    return starts_us[first], reach_us[last]


def _whole(time_s: Column) -> Column:
    return np.rint(time_s * _MICRO).astype("i8")
