"""A node of a storm: its queue, its accept queue, what those connected cost, who goes where."""

from __future__ import annotations

from typing import Any

from models.storms.rows import (
    BACKLOG,
    BALANCER,
    BEATS_A_SECOND,
    BUCKET,
    BUCKETS_A_SECOND,
    CONNECTIONS,
    DNS,
    FIRST,
    LAST,
    LEAST_CONNECTIONS,
    LISTED,
    PACE,
    PING_S,
    ROLL_HIGH,
    ROLL_LOW,
    ROW,
    SPENT_S,
    STICKY,
    WAITING,
)
from sim.core.compiled import part
from sim.core.queues import occupy
from sim.luck import uniform, words


@part
def works(state: Any, node: int, now_s: float, cost_s: float) -> float:
    """Hand work for an attempt to the node's process; when it is done."""
    state.real[SPENT_S] += cost_s * state.real[PACE]
    return occupy(state.queues, state.nodes[node, ROW], now_s, cost_s)


@part
def in_queue(state: Any, node: int, now_s: float) -> int:
    """How many are in its accept queue, those left out that have been taken by now."""
    row, places = state.nodes[node], state.whole[BACKLOG]
    while row[WAITING] > 0 and state.queue[node * places + row[FIRST]] <= now_s:
        row[FIRST] = (row[FIRST] + 1) % places
        row[WAITING] -= 1
    return int(row[WAITING])


@part
def queued(state: Any, node: int, taken_s: float) -> None:
    """One more is in its accept queue, until it is taken."""
    row, places = state.nodes[node], state.whole[BACKLOG]
    state.queue[node * places + (row[FIRST] + row[WAITING]) % places] = taken_s
    row[WAITING] += 1


@part
def chosen(state: Any, one: int, sent_s: float) -> int:
    """The node for a dial that began then: by a balancer, or one of the addresses of a name."""
    count, policy = state.whole[LISTED], state.whole[BALANCER]
    if policy == STICKY:
        return int(state.listed[one % count])
    if policy == DNS:
        low, high = words(int(state.whole[ROLL_LOW]), int(state.whole[ROLL_HIGH]), one)
        share = uniform(low, high, int(sent_s * 1e6), 0)
        return int(state.listed[min(int(share * count), count - 1)])
    if policy == LEAST_CONNECTIONS:
        best = int(state.listed[0])
        for place in range(1, count):
            node = int(state.listed[place])
            if state.nodes[node, CONNECTIONS] < state.nodes[best, CONNECTIONS]:
                best = node
        return best
    state.whole[LAST] += 1
    return int(state.listed[state.whole[LAST] % count])


@part
def beats(state: Any, beat: int, now_s: float) -> None:
    """The pings that are due in this beat, at every node."""
    for end in range(len(state.pings)):
        slots, first = int(state.pings[end, 0]), int(state.pings[end, 1])
        for node in range(len(state.nodes)):
            due = state.phases[first + node * slots + beat % slots]
            if due > 0:
                occupy(state.queues, state.nodes[node, ROW], now_s, due * state.real[PING_S])


@part
def begins_to_ping(state: Any, node: int) -> None:
    """A connection opens: either end pings an interval from now, and so on."""
    beat = state.whole[BUCKET] * BEATS_A_SECOND // BUCKETS_A_SECOND
    for end in range(len(state.pings)):
        slots, first = int(state.pings[end, 0]), int(state.pings[end, 1])
        state.phases[first + node * slots + beat % slots] += 1


@part
def nobody_pings(state: Any, node: int) -> None:
    """Its connections are over."""
    for end in range(len(state.pings)):
        slots, first = int(state.pings[end, 0]), int(state.pings[end, 1])
        for slot in range(first + node * slots, first + (node + 1) * slots):
            state.phases[slot] = 0
