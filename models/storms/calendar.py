"""The calendar of a storm: buckets of 61 us, buckets of a second, and groups.

Within a bucket things happen in the order in which they were put there. A client that the kernel's
timer repeats joins those of its node that are repeated at the same instant: what becomes of all of
them is then decided at once.
"""

from __future__ import annotations

import math
from typing import Any

from models.storms.rows import (
    BUCKET,
    BUCKETS_A_SECOND,
    FREE_GROUP,
    HORIZON_S,
    NOBODY,
    RESTED,
    RING,
)
from sim.core.compiled import part


@part
def chained(lists: Any, rows: Any, place: int, one: int) -> None:
    """Put a row at the end of a list."""
    rows[one]["next"] = NOBODY
    last = lists[place, 1]
    if last == NOBODY:
        lists[place, 0] = one
    else:
        rows[last]["next"] = one
    lists[place, 1] = one


@part
def put(state: Any, one: int, time_s: float) -> None:
    """Something happens to this client then; nothing when that is beyond the horizon."""
    state.clients[one]["time_s"] = time_s
    if time_s < state.real[HORIZON_S]:
        if int(time_s) < state.whole[RESTED]:
            bucket = max(int(time_s * BUCKETS_A_SECOND), state.whole[BUCKET])
            chained(state.ring, state.clients, bucket % RING, one)
        else:
            chained(state.far, state.clients, int(time_s), one)


@part
def put_group(state: Any, group: int, time_s: float) -> None:
    """The packets of this group arrive then."""
    if time_s < state.real[HORIZON_S]:
        if int(time_s) < state.whole[RESTED]:
            bucket = max(int(time_s * BUCKETS_A_SECOND), state.whole[BUCKET])
            chained(state.group_ring, state.groups, bucket % RING, group)
        else:
            chained(state.group_far, state.groups, int(time_s), group)


@part
def sweep(state: Any, second: int) -> None:
    """The buckets of that second come into reach: its clients and groups into the fine ones."""
    state.whole[RESTED] = second + 1
    one = int(state.far[second, 0])
    while one != NOBODY:
        following = int(state.clients[one]["next"])
        put(state, one, state.clients[one]["time_s"])
        one = following
    group = int(state.group_far[second, 0])
    while group != NOBODY:
        following = int(state.groups[group]["next"])
        put_group(state, group, state.groups[group]["due_s"])
        group = following


@part
def joined(state: Any, lane: int, arrives_s: float, crowd: Any) -> None:
    """Clients (first, last, when the first gives up) join those whose packets arrive then."""
    row = state.groups[group_of(state, lane, arrives_s)]
    if row["tail"] == NOBODY:
        row["head"] = crowd[0]
    else:
        state.clients[row["tail"]]["next"] = crowd[0]
    row["tail"], row["until_s"] = crowd[1], min(row["until_s"], crowd[2])
    state.clients[crowd[1]]["next"] = NOBODY


@part
def group_of(state: Any, lane: int, arrives_s: float) -> int:
    """The one group of this lane whose packets arrive then, made where there is none.

    Clients of one bucket come in any order, and a slot of the timer wheel may end within it: the
    two groups that are due last are looked at. A bucket is shorter than any slot, so there is no
    third.
    """
    for place in range(2):
        group = int(state.open_groups[lane, place])
        if group != NOBODY and state.groups[group]["due_s"] == arrives_s:
            return group
    group = int(state.whole[FREE_GROUP])
    state.whole[FREE_GROUP] = state.groups[group]["next"]
    row = state.groups[group]
    row["lane"], row["due_s"] = lane, arrives_s
    emptied(state, group)
    state.open_groups[lane, 0 if is_earlier(state, lane) else 1] = group
    put_group(state, group, arrives_s)
    return group


@part
def is_earlier(state: Any, lane: int) -> bool:
    """Whether the first of the two groups that are looked at is due before the other one."""
    first, other = int(state.open_groups[lane, 0]), int(state.open_groups[lane, 1])
    if first == NOBODY:
        return True
    return bool(other != NOBODY and state.groups[first]["due_s"] < state.groups[other]["due_s"])


@part
def emptied(state: Any, group: int) -> int:
    """The first client of a group, in which there is nobody from now on."""
    row = state.groups[group]
    head = int(row["head"])
    row["head"] = row["tail"] = NOBODY
    row["until_s"] = math.inf
    return head


@part
def dissolved(state: Any, group: int) -> int:
    """The first client of a group that is over, and its place is free again."""
    row = state.groups[group]
    lane = int(row["lane"])
    for place in range(2):
        if state.open_groups[lane, place] == group:
            state.open_groups[lane, place] = NOBODY
    row["next"] = state.whole[FREE_GROUP]
    state.whole[FREE_GROUP] = group
    return emptied(state, group)
