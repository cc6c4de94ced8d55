"""The loop of a storm: a bucket after the other, a second at a time."""

from __future__ import annotations

from typing import Any

from models.storms.calendar import sweep
from models.storms.crowds import acks_arrive, strike, syns_arrive
from models.storms.nodes import beats
from models.storms.rows import (
    ASKS,
    BEATS_A_SECOND,
    BUCKET,
    BUCKETS_A_SECOND,
    CALLS,
    CATCHES_UP,
    KNOCKS,
    KNOWN,
    LANES,
    NOBODY,
    OPENS,
    RING,
    SECONDS_AHEAD,
    SYN_ACK_LANE,
)
from models.storms.steps import asks, called, catches_up, knocks, known, opened
from sim.core.compiled import part


@part
def happens(state: Any, one: int) -> None:
    """The client's time has come."""
    client = state.clients[one]
    now_s, stage = float(client["time_s"]), int(client["stage"])
    if stage == KNOCKS:
        knocks(state, one, now_s)
    elif stage == KNOWN:
        known(state, one, now_s)
    elif stage == ASKS:
        asks(state, one, now_s)
    elif stage == CALLS:
        called(state, one, now_s)
    elif stage == CATCHES_UP:
        catches_up(state, one, now_s)
    elif stage == OPENS:
        opened(state, one, now_s)


@part
def arrives(state: Any, group: int) -> None:
    """The packets of a group arrive, if there is anybody left in it."""
    if state.groups[group]["lane"] % LANES < SYN_ACK_LANE:
        syns_arrive(state, group)
    else:
        acks_arrive(state, group)


@part
def taken(lists: Any, rows: Any, place: int) -> int:
    """The first row of a list, taken out of it; NOBODY when it is empty."""
    one = int(lists[place, 0])
    if one != NOBODY:
        following = int(rows[one]["next"])
        lists[place, 0] = following
        if following == NOBODY:
            lists[place, 1] = NOBODY
    return one


@part
def bucket_passes(state: Any, bucket: int) -> None:
    """Everything that is booked for this bucket, and what comes of it within the bucket."""
    state.whole[BUCKET] = bucket
    strike(state, bucket)
    if bucket % (BUCKETS_A_SECOND // BEATS_A_SECOND) == 0:
        beats(state, bucket * BEATS_A_SECOND // BUCKETS_A_SECOND, bucket / BUCKETS_A_SECOND)
    place = bucket % RING
    while state.ring[place, 0] != NOBODY or state.group_ring[place, 0] != NOBODY:
        one = taken(state.ring, state.clients, place)
        while one != NOBODY:
            happens(state, one)
            one = taken(state.ring, state.clients, place)
        group = taken(state.group_ring, state.groups, place)
        if group != NOBODY:
            arrives(state, group)


@part
def second_passes(state: Any, second: int) -> None:
    """Play one second, the whole of it."""
    if second > 0 and second + SECONDS_AHEAD - 1 < len(state.far):
        sweep(state, second + SECONDS_AHEAD - 1)
    for bucket in range(second * BUCKETS_A_SECOND, (second + 1) * BUCKETS_A_SECOND):
        bucket_passes(state, bucket)


def storm_at(address: int) -> Any:
    """The arrays whose table lies there; for compiled code alone."""
    raise TypeError(f"storm_at({address}): compiled code alone can look there")


def second_at(address: int, second: int) -> None:
    """`second_passes`, for compiled code, on the storm that lies there."""
    second_passes(storm_at(address), second)
