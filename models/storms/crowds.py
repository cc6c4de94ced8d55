"""What happens to many at once: packets that are repeated at one instant, and nodes that fail."""

from __future__ import annotations

import math
from typing import Any

from models.storms.calendar import chained, dissolved, emptied, joined
from models.storms.nodes import in_queue, nobody_pings
from models.storms.rows import (
    AT,
    BACK,
    BACKLOG,
    BROKEN_OFF,
    BUCKETS_A_SECOND,
    CATCHES_UP,
    CONNECTIONS,
    CRASHED,
    CRASHES,
    DOWN_S,
    FALLS,
    FAULT,
    FIRST,
    GONE_AWAY,
    IS_LISTED,
    KNOWN,
    LANES,
    LISTED,
    LISTENS,
    LOST,
    NOBODY,
    NOTICE_S,
    NOTICE_SPREAD_S,
    OPEN,
    PINGS,
    REPEATS_S,
    RESTED,
    RETURNS,
    RETURNS_AT,
    ROLL_HIGH,
    ROLL_LOW,
    ROW,
    SILENT,
    SYN_ACK_LANE,
    UNLISTED,
    UP_S,
    VANISHES,
    WAITING,
    WASTED_S,
    WHAT,
    WHERE,
)
from models.storms.steps import (
    answer_at,
    answered,
    counted,
    enters,
    failed,
    goes_on,
    repeats_syn,
    repeats_syn_ack,
    spent_on_s,
)
from sim.core.compiled import part
from sim.core.queues import CORES, FREE_AT
from sim.luck import uniform, words
from sim.transport.accepting import IGNORED
from sim.transport.tcp import RTO_MAX_S, wheel_fire_s


@part
def syns_arrive(state: Any, group: int) -> None:
    """SYNs of one instant at one node: nobody is answered, or one after the other is."""
    row = state.groups[group]
    now_s, until_s, lane = float(row["due_s"]), float(row["until_s"]), int(row["lane"])
    tail, tries = int(row["tail"]), int(lane % LANES)
    one = dissolved(state, group)
    answer = answer_at(state, lane // LANES, now_s)
    due_s = wheel_fire_s(now_s - state.real[UP_S], state.syn_ticks[tries])
    if answer == IGNORED and due_s < until_s and tries + 1 < len(state.syn_ticks):
        joined(state, lane + 1, due_s + state.real[UP_S], (one, tail, until_s))
        return
    while one != NOBODY:
        following = int(state.clients[one]["next"])
        state.clients[one]["tries"] = tries
        if answer == IGNORED:
            repeats_syn(state, one, now_s)
        else:
            answered(state, one, answer_at(state, lane // LANES, now_s), now_s)
        one = following


@part
def acks_arrive(state: Any, group: int) -> None:
    """SYN-ACKs repeated at one instant: the accept queue takes as many as it has room for."""
    row = state.groups[group]
    now_s, until_s, lane = float(row["due_s"]), float(row["until_s"]), int(row["lane"])
    tail, tries, node = int(row["tail"]), int(lane % LANES) - SYN_ACK_LANE, lane // LANES
    one = dissolved(state, group)
    while one != NOBODY and in_queue(state, node, now_s) < state.whole[BACKLOG]:
        following = int(state.clients[one]["next"])
        enters(state, one, now_s, 0.0)  # its request has long been here
        one = following
    if one == NOBODY:
        return
    if tries < len(state.syn_ack_ticks):
        due_s = wheel_fire_s(now_s, state.syn_ack_ticks[tries])
        if due_s < until_s:
            joined(state, lane + 1, due_s, (one, tail, until_s))
            return
    while one != NOBODY:
        following = int(state.clients[one]["next"])
        state.clients[one]["tries"] = tries
        repeats_syn_ack(state, one, now_s)
        one = following


@part
def strike(state: Any, bucket: int) -> None:
    """Whatever the plan has for this bucket: one look at all clients for all nodes that fall."""
    fall = False
    while state.faults[state.whole[FAULT], AT] <= bucket:
        fault = state.faults[state.whole[FAULT]]
        what, node = int(fault[WHAT]), int(fault[WHERE])
        state.whole[FAULT] += 1
        if what == CRASHES:
            goes_down(state, node, CRASHED)
            fall = True
        elif what == VANISHES:
            goes_down(state, node, SILENT)
            fall = True
        elif what == RETURNS:
            comes_up(state, node, bucket / BUCKETS_A_SECOND)
        else:
            lists(state, node, what != UNLISTED)
    if fall:
        now_s = bucket / BUCKETS_A_SECOND
        parked_are_lost(state, now_s)
        unbooked(state)
        connections_end(state, now_s)


@part
def comes_up(state: Any, node: int, now_s: float) -> None:
    """A fresh process: empty, listening, free."""
    row, queues = state.nodes[node], state.queues
    row[LISTENS], row[LOST] = 1, 0
    first, cores = int(queues.row[row[ROW] + FREE_AT]), int(queues.row[row[ROW] + CORES])
    for place in range(first, first + cores):
        queues.free[place] = now_s


@part
def lists(state: Any, node: int, is_listed: bool) -> None:
    """Whoever spreads dials learns of a node; when it believes in none, any is good enough."""
    state.nodes[node, IS_LISTED] = 1 if is_listed else 0
    count = 0
    for each in range(len(state.nodes)):
        if state.nodes[each, IS_LISTED] != 0:
            state.listed[count] = each
            count += 1
    if count == 0:
        for each in range(len(state.nodes)):
            state.listed[each] = each
        count = len(state.nodes)
    state.whole[LISTED] = count


@part
def goes_down(state: Any, node: int, how: int) -> None:
    """Nobody is there any more: its queue and its connections are over."""
    row = state.nodes[node]
    row[LISTENS], row[LOST], row[FALLS] = 0, 1 if how == SILENT else 0, how
    row[CONNECTIONS] = row[FIRST] = row[WAITING] = 0
    row[RETURNS_AT] = returns_at(state, node)
    nobody_pings(state, node)


@part
def returns_at(state: Any, node: int) -> int:
    """The bucket in which the plan has a node back; one that never comes, when it has not."""
    last = len(state.faults) - 1
    for fault in range(state.whole[FAULT], last):
        if state.faults[fault, WHAT] == RETURNS and state.faults[fault, WHERE] == node:
            return int(state.faults[fault, AT])
    return int(state.faults[last, AT])


@part
def parked_are_lost(state: Any, now_s: float) -> None:
    """Those at nodes that fall whose ACK was dropped: a crash tells them at once."""
    for group in range(len(state.groups)):
        row = state.groups[group]
        lane = int(row["lane"])
        how = state.nodes[lane // LANES, FALLS]
        if row["head"] != NOBODY and how != 0 and lane % LANES >= SYN_ACK_LANE:
            one = emptied(state, group)
            while one != NOBODY:
                following = int(state.clients[one]["next"])
                told_s = float(state.clients[one]["until_s"])
                if how == CRASHED:
                    told_s = min(told_s, now_s + state.real[DOWN_S])
                failed(state, one, BROKEN_OFF, told_s)
                one = following


@part
def is_hit(state: Any, one: int) -> bool:
    """Whether a node that falls takes something of this client along."""
    client = state.clients[one]
    is_with_node = KNOWN <= client["stage"] <= CATCHES_UP
    return bool(is_with_node and state.nodes[int(client["node"]), FALLS] != 0)


@part
def unbooked(state: Any) -> None:
    """What was to come of handshakes and requests with nodes that fall does not come."""
    for place in range(len(state.ring)):
        without_hit(state, state.ring, place)
    for second in range(state.whole[RESTED], len(state.far)):
        without_hit(state, state.far, second)


@part
def without_hit(state: Any, lists: Any, place: int) -> None:
    """Leave those in a list of the calendar who are not hit, in their order."""
    one = int(lists[place, 0])
    lists[place, 0] = lists[place, 1] = NOBODY
    while one != NOBODY:
        following = int(state.clients[one]["next"])
        if not is_hit(state, one):
            chained(lists, state.clients, place, one)
        one = following


@part
def connections_end(state: Any, now_s: float) -> None:
    """Clients of nodes that fall learn of it from the kernel, or find out in time."""
    for one in range(len(state.clients)):
        if is_hit(state, one):
            client = state.clients[one]
            silently = bool(state.nodes[int(client["node"]), FALLS] == SILENT)
            if client["stage"] >= OPEN:
                is_cut(state, one, now_s, silently)
            else:
                is_broken(state, one, now_s, silently)
    for node in range(len(state.nodes)):
        state.nodes[node, FALLS] = 0


@part
def is_cut(state: Any, one: int, now_s: float, silently: bool) -> None:
    """A connection is over."""
    client = state.clients[one]
    state.whole[BACK] -= 1
    counted(state, 2, now_s)
    client["back_s"] = math.inf
    noticed_s = now_s + state.real[DOWN_S]
    if silently:
        noticed_s = found_out_s(state, one, now_s)
    if math.isinf(noticed_s):
        client["stage"] = GONE_AWAY
    else:
        goes_on(state, one, noticed_s)


@part
def found_out_s(state: Any, one: int, now_s: float) -> float:
    """When a client finds out that the host of its node has gone without a word.

    By a ping without an answer; or before that by a reset, with which the host, when it is back,
    answers the ping or the next repetition of it (`sim.transport.ending`).
    """
    low, high = words(int(state.whole[ROLL_LOW]), int(state.whole[ROLL_HIGH]), one)
    pings_s = now_s + uniform(low, high, int(now_s), 1) * state.real[NOTICE_SPREAD_S]
    patient_s = pings_s + state.real[NOTICE_S]
    if state.real[PINGS] == 0.0:
        return float(patient_s)
    back_at = state.nodes[int(state.clients[one]["node"]), RETURNS_AT]
    arrives_s, gap_s = pings_s + state.real[UP_S], state.real[REPEATS_S]
    while arrives_s * BUCKETS_A_SECOND < back_at and arrives_s < patient_s:
        arrives_s, gap_s = arrives_s + gap_s, min(2.0 * gap_s, RTO_MAX_S)
    return float(min(patient_s, arrives_s + state.real[DOWN_S]))


@part
def is_broken(state: Any, one: int, now_s: float, silently: bool) -> None:
    """A handshake is under way that nobody will answer."""
    client = state.clients[one]
    state.real[WASTED_S] += spent_on_s(state, int(client["stage"]), int(client["tries"]))
    told_s = float(client["until_s"])
    if not silently:
        told_s = min(told_s, now_s + state.real[DOWN_S])
    failed(state, one, BROKEN_OFF, told_s)
