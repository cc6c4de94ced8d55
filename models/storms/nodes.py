"""A node of a storm: its queue, its accept queue, what those connected cost, who goes where."""

from __future__ import annotations

from typing import Any

from models.storms.rows import (
    BACKLOG,
    BALANCER,
    BEAT_S,
    BEATS_A_SECOND,
    CONNECTIONS,
    DNS,
    FIRST,
    LAST,
    LEAST_CONNECTIONS,
    LISTED,
    LISTENS,
    LOST,
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
    state.real[SPENT_S] += cost_s
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
def beats(state: Any, now_s: float) -> None:
    """The pings of all who are connected, for as long as one charge stands for."""
    for node in range(len(state.nodes)):
        row = state.nodes[node]
        cost_s = row[CONNECTIONS] * state.real[BEAT_S] / BEATS_A_SECOND
        if cost_s > 0.0 and row[LISTENS] != 0 and row[LOST] == 0:
            occupy(state.queues, row[ROW], now_s, cost_s)
