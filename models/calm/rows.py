"""What the loop over calm connections works on: its rows, the kinds of its events, its answers."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

# A connection: `CONNECTION` numbers of `connections`.
CALM: Final = 0  # 1: both ends are open, and both have said so
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
LAST_POST: Final = 14  # the row of the last delivery that was posted to it, -1: none
LISTENS: Final = 15  # 1: the server's heartbeat cares for data
UNWRITTEN: Final = 16  # pieces of work that will write to it first
KERNEL: Final = 17  # 1: the server's kernel answers pings, busy as its process may be
PROXY: Final = 18  # row of the proxy's process that passes on what it carries; -1: none
PROXY_TURN: Final = 19  # place of its turn there
PASSED_S: Final = 20  # CPU seconds of each passage
IN_HAND: Final = 21  # how much of it waits for that process
SEEN_UP_S: Final = 22  # when something of the client was last seen there
SEEN_DOWN_S: Final = 23  # and of the server
CONNECTION: Final = 24

# Kinds of events. On the wire, `who` is the connection and `also` the end that has written.
WAKE: Final = 0  # who: a heartbeat machine
PING_ARRIVES: Final = 1
PONG_ARRIVES: Final = 2
ECHO_ARRIVES: Final = 3  # since: when the ping arrived
# At a process, `also` is its epoch and `since` the length of its pauses when the work was begun.
ANSWER: Final = 4  # who: a connection whose ping has been read
PONG_READ: Final = 5
ACT_ARRIVES: Final = 6  # who: a connection, what: a message that its client has sent
ACT: Final = 7  # what: a message whose time has come
READ: Final = 8  # who: a connection, what: a message that its process has read
WRITTEN: Final = 9  # the same, the store has it; also: the epoch that asked
CARRIED: Final = 10  # who: where a publication begins in the pool, what: its message
REACHED: Final = 11  # the same, at all gateways; nobody's work
PUSHED: Final = 12  # who: where a list of people begins in the pool, what: their message
# Of a poll, `who` is the person and `what` the number of the question (`models.calm.polling`).
POLL_WAKE: Final = 30  # its holder is to look what time it is
POLL_ANSWER_ARRIVES: Final = 31
POLL_ARRIVES: Final = 32
POLL_READ: Final = 33  # its process has read it
POLL_LOOK: Final = 34  # who: a server's end that may be idle, what: its person
OF_POLLS: Final = (POLL_WAKE, POLL_ANSWER_ARRIVES, POLL_ARRIVES, POLL_READ, POLL_LOOK)
# Of a request over HTTP, `who` is a connection's row, `what` the message (`models.calm.posting`).
REQUEST_ARRIVES: Final = 70
REQUEST_READ: Final = 71  # its process has read it
REQUEST_WRITTEN: Final = 72  # the store has it
REQUEST_LOGGED: Final = 73  # the readers' logs have it
RESPONSE_ARRIVES: Final = 74
REQUEST_PATIENCE: Final = 75  # its client waits no longer
REQUEST_LOOK: Final = 76  # who: a connection that may be idle
OF_REQUESTS: Final = (
    REQUEST_ARRIVES, REQUEST_READ, REQUEST_WRITTEN, REQUEST_LOGGED, RESPONSE_ARRIVES,
    REQUEST_PATIENCE, REQUEST_LOOK,
)  # fmt: skip
OVER_HTTP: Final = (*OF_POLLS, *OF_REQUESTS)
# What needed repair: who, a connection, what, a segment; also 1: its sender gives up.
REPAIRED: Final = 50
# A segment carries an event of the wire, or one of these.
POST_ARRIVES: Final = 51  # what: a message for the person of the connection
PAYLOAD_ARRIVES: Final = 52  # what objects have written; what: its name
MOVED: Final = -1  # nothing: it arrives at another time, or has been lost
# What is acknowledged (`models.calm.acking`). who: a connection, what: a message and its packet id.
ID_BITS: Final = 16
PUBLISH_ARRIVES: Final = 60
ACK_ARRIVES: Final = 61
ACK_READ: Final = 62  # its process has read an acknowledgement
DATA_READ: Final = 63  # the same of any data, for its heartbeat
OF_ACKS: Final = (PUBLISH_ARRIVES, ACK_ARRIVES)
ON_THE_WIRE: Final = (
    PING_ARRIVES, PONG_ARRIVES, ECHO_ARRIVES, ACT_ARRIVES, REPAIRED, *OF_ACKS,
)  # fmt: skip
AT_WORK: Final = (ANSWER, PONG_READ, ACK_READ, DATA_READ)

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
ACT_NOW: Final = 9  # a message is to be acted by objects
ARRIVED: Final = 10  # a message has reached a server that is not calm about it
LOST_READ: Final = 11  # a process died before it read a message
TAKE: Final = 12  # a process has read a message that objects take in
LATE: Final = 13  # the store has a message whose process died, or a repeat
FAN_OUT: Final = 14  # objects deliver a message
LOST_CARRIED: Final = 15  # the backplane died with a publication, or is down
LOST_JOB: Final = 16  # a process died before it wrote to its people
PUSH: Final = 17  # objects write to a list of people
TROUBLED: Final = 18  # objects write to those who are not calm
ABSENT: Final = 19  # those have no home
LOST_REACHED: Final = 20  # gateways died while a publication was on its way to them
MORE: Final = 21  # the pool or the deliveries are nearly full
POLL_WAKE_LEFT: Final = 30  # of a poll: what its events do is left to objects
POLL_ANSWERED: Final = 31
POLL_ARRIVED: Final = 32
POLL_TAKE: Final = 33
POLL_LOOK_LEFT: Final = 34  # told[1]: the server's end
REQUEST_ARRIVED: Final = 70  # of a request: what its events do is left to objects
REQUEST_TAKE: Final = 71
REQUEST_LATE: Final = 72
REQUEST_LOG: Final = 73
REQUEST_ACCEPT: Final = 74
REQUEST_ANSWERED: Final = 75
REQUEST_RAN_OUT: Final = 76
REQUEST_LOOK_LEFT: Final = 77
RECEIVED: Final = 50  # what objects have written has arrived
GAVE_UP: Final = 51  # a segment has not got through
ACK_LEFT: Final = 60  # a client's acknowledgement meets trouble
ACK_HEARD: Final = 61  # objects hear an acknowledgement; told[3]: who has written it
ACK_TAKE: Final = 62  # a process has read an acknowledgement that objects take in
WAITS: Final = 80  # a proxy is late with what has come: a connection, its kind; told[3]: what
TOLD: Final = 4

PING_BYTES: Final = 6  # masked control frame without payload, RFC 6455 5.2; 2 from the server
MARGIN: Final = 8  # events that one event may book, and more for each gateway


class State(NamedTuple):
    """Everything that the loop reads and writes. `now_s[0]` is the time, `told` its answer;
    `now_s[1]`: what the clock goes back to where it has gone ahead, else 0."""

    calendar: Any
    queues: Any
    lines: Any
    links: Any
    beats: Any
    connections: Any
    now_s: Any
    told: Any
    mail: Any
    posts: Any
    polls: Any
    acking: Any
    requests: Any
