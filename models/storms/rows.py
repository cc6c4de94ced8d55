"""What a storm keeps: 48 bytes a client, groups of clients that wait together, a few numbers.

Lists are intrusive: a row names the next one of its list, -1 ends it. A client is in at most one
list at a time: a bucket of the calendar, or a group.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np

CLIENT: Final = np.dtype(
    [
        ("time_s", np.float64),  # when something happens to it next
        ("until_s", np.float64),  # when it gives up the dial that is under way
        ("previous_s", np.float64),  # its wait before that
        ("back_s", np.float64),  # since when it is connected, inf while it is away
        ("next", np.int32),
        ("attempt", np.int32),  # failures in a row
        ("draws", np.int32),  # numbers it has drawn, all its life
        ("node", np.int16),  # of its connection or dial
        ("stage", np.uint8),
        ("tries", np.uint8),  # of its SYN or SYN-ACK, or the step of what it does
    ]
)
"""One client."""

GROUP: Final = np.dtype(
    [
        ("due_s", np.float64),  # when its packets are sent
        ("until_s", np.float64),  # when the first of them gives up
        ("head", np.int32),
        ("tail", np.int32),
        ("next", np.int32),
        ("lane", np.int32),  # node and kind: `node * LANES + tries`
    ]
)
"""Clients of one node whose packets are repeated at one instant: the kernel's timers are coarse."""

NOBODY: Final = -1
LANES: Final = 24  # per node: SYNs by number, then SYN-ACKs by number
SYN_ACK_LANE: Final = 12

# What a client does.
KNOCKS: Final = 0  # waits to dial, or its SYN is on its way
KNOWN: Final = 1  # its last ACK is on its way, or was dropped
ASKS: Final = 2  # a request of the handshake is on its way
CALLS: Final = 3  # the node asks others about it
OPENS: Final = 4  # the last answer of the handshake is on its way
OPEN: Final = 5
CATCHES_UP: Final = 6  # open, and asks for what it missed
GONE_AWAY: Final = 7  # it gave up for good

# The calendar: a bucket of 1/16384 s each for the next seconds, one of a second each for the rest.
BUCKETS_A_SECOND: Final = 16384  # finer ones change nothing: nobody else comes within one
SECONDS_AHEAD: Final = 4
RING: Final = BUCKETS_A_SECOND * SECONDS_AHEAD
SERIES_S: Final = 0.1
"""What is counted over time is counted in tenths of a second."""
BEATS_A_SECOND: Final = 32  # how often a node is charged for the pings that are due

# `real`: seconds, unless said otherwise.
UP_S: Final = 0
DOWN_S: Final = 1
CONNECT_TIMEOUT_S: Final = 2
ACCEPT_S: Final = 3  # CPU seconds
MOST_TRIES: Final = 4  # a number
CONNECTIONS_LIMIT: Final = 5  # a number
PING_S: Final = 6  # CPU seconds of a ping and its answer
NOTICE_S: Final = 7  # after silence: at least ...
NOTICE_SPREAD_S: Final = 8  # ... and up to so much more, by luck
WASTED_S: Final = 9  # CPU seconds for attempts that came to nothing, so far
SPENT_S: Final = 10  # CPU seconds for all attempts, so far
ASKED_S: Final = 11  # CPU seconds of the node for what a client asks once it is open ...
HORIZON_S: Final = 12
PINGS: Final = 13  # 1: clients ping, and a host that is back answers with a reset; else 0
REPEATS_S: Final = 14  # until a ping that nobody has acknowledged is repeated first
ADMISSION_S: Final = 15  # from one new connection to the next; 0: any number
PACE: Final = 16  # how many times as long as was measured all work of a node takes
TOLD_S: Final = 17  # ... and CPU seconds for its answer, when the store has been read
REALS: Final = 18

# `whole`
BUCKET: Final = 0  # the one that is being played
FAULT: Final = 1  # the next of the plan, whose last one never comes
LAST: Final = 2  # of the balancer's turns
LISTED: Final = 3  # nodes that the balancer may choose
BALANCER: Final = 4
BACKLOG: Final = 5
STEPS: Final = 6  # requests of a handshake
RULE: Final = 7  # of the wait, by number
BACK: Final = 8  # clients connected
FREE_GROUP: Final = 9
LUCK_LOW: Final = 10  # keys: of waits ...
LUCK_HIGH: Final = 11
ROLL_LOW: Final = 12  # ... and of everything else
ROLL_HIGH: Final = 13
TIMED_OUT: Final = 14  # attempts, by how they ended
TURNED_AWAY: Final = 15
BROKEN_OFF: Final = 16
OPENED: Final = 17
ATTEMPTS: Final = 18
READS: Final = 19  # 1: whoever catches up has the store read; else 0
RESTED: Final = 20  # buckets up to here have been swept into the ring, in seconds
WHOLES: Final = 21

ROUND_ROBIN: Final = 0
LEAST_CONNECTIONS: Final = 1
STICKY: Final = 2
DNS: Final = 3

# Nodes: columns of `nodes`.
ROW: Final = 0  # its place in the queues of `sim.core.queues`
LISTENS: Final = 1
LOST: Final = 2  # its host is gone
CONNECTIONS: Final = 3
FIRST: Final = 4  # of its accept queue, a ring of `BACKLOG` places
WAITING: Final = 5
IS_LISTED: Final = 6  # whether whoever spreads dials believes in it
FALLS: Final = 7  # with the faults of this bucket: 0, or how
RETURNS_AT: Final = 8  # the bucket in which it is back
NODE_COLUMNS: Final = 9
CRASHED: Final = 1  # its kernel tells its peers
SILENT: Final = 2  # nobody does

# Faults: columns of `faults`.
AT: Final = 0  # bucket
WHAT: Final = 1
WHERE: Final = 2
CRASHES: Final = 0
VANISHES: Final = 1
RETURNS: Final = 2
UNLISTED: Final = 3
LISTED_AGAIN: Final = 4


class State(NamedTuple):
    """All that a storm is. Times are float64 seconds, indices integers."""

    clients: Any
    groups: Any
    open_groups: Any  # by lane: the two groups that newcomers may join, or NOBODY
    ring: Any  # by bucket: first and last client
    far: Any  # by second: the same
    group_ring: Any
    group_far: Any
    nodes: Any
    full_s: Any  # by node: when the bucket of its rate of new connections is full again
    listed: Any  # nodes that the balancer may choose, in order
    queue: Any  # by node: when those in its accept queue are taken
    queues: Any  # `sim.core.queues`
    steps: Any  # by request of the handshake: seconds up, CPU seconds, seconds down
    calls: Any  # what is asked of others: row of the process, CPU seconds, seconds of delay
    read: Any  # the same of a read of the store
    syn_ticks: Any
    syn_ack_ticks: Any
    rule: Any  # the numbers of the rule of waits
    faults: Any
    real: Any
    whole: Any
    pings: Any  # by end that pings: how many beats its interval has, and where its phases begin
    phases: Any  # by end, node and beat of the interval: connections that ping then
    series: Any  # by tenth of a second: attempts, opened, lost
