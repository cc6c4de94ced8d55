"""What the loop over calm connections works on: its rows, the kinds of its events, its answers."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

# A connection: `CONNECTION` numbers of `connections`.
CALM: Final = 0  # 1: both ends are open, nothing is between them, and both have said so
PERSON: Final = 1
LINE: Final = 2  # row of the direction that the client writes; the server's follows
PROCESS: Final = 3  # row of the server's process
TURN: Final = 4  # place of this connection's turn there
OUT_S: Final = 5  # CPU seconds of a frame that the server writes
CLIENT_PINGS: Final = 6  # rows of the heartbeat machines of both ends, -1: none
CLIENT_WATCHES: Final = 7
SERVER_PINGS: Final = 8
SERVER_WATCHES: Final = 9
ECHOES: Final = 10  # 1: the client does nothing about a ping but answer it
BEATS: Final = 11  # 1: the server's channel wants to know of each ping
HEARD_S: Final = 12  # when the client last heard anything
UNDER_WAY: Final = 13  # events of the calendar that are on the wire of it
CONNECTION: Final = 14

# Kinds of events. On the wire, `who` is the connection and `also` the end that has written.
WAKE: Final = 0  # who: a heartbeat machine
PING_ARRIVES: Final = 1
PONG_ARRIVES: Final = 2
ECHO_ARRIVES: Final = 3  # since: when the ping arrived
# At a process, `also` is its epoch and `since` the length of its pauses when the work was begun.
ANSWER: Final = 4  # who: a connection whose ping has been read
PONG_READ: Final = 5
ON_THE_WIRE: Final = (PING_ARRIVES, PONG_ARRIVES, ECHO_ARRIVES)

# What the loop leaves to others, and about whom (`told[1]`).
DONE: Final = 0
GROW: Final = 1  # the calendar is nearly full
PING: Final = 2  # a machine wants to ping, on a connection that is not calm
DEAD: Final = 3  # a machine says that the peer is gone
DUE: Final = 4  # a machine's timer has to wait for its process
SERVER_PONGS: Final = 5  # a connection's pong meets trouble
CLIENT_PONGS: Final = 6
BEAT: Final = 7  # the server's channel is to be told of a ping
EXIT: Final = 8  # a process that is ending has finished its last piece of work
TOLD: Final = 4

PING_BYTES: Final = 6  # masked control frame without payload, RFC 6455 5.2; 2 from the server
MARGIN: Final = 8  # events that one event may book


class State(NamedTuple):
    """Everything that the loop reads and writes. `now_s[0]` is the time, `told` its answer."""

    calendar: Any
    queues: Any
    lines: Any
    links: Any
    beats: Any
    connections: Any
    now_s: Any
    told: Any
