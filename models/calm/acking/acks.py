"""QoS 1 in rows: a PUBLISH, its PUBACK, and the window of the one who waits for it.

The same steps as in `models.protocols.mqtt` and `models.channels.mqtt`, as long as all is calm: the
connection is, nothing waits for the window, nothing has to be sent again. A session's row says
which of its messages are in flight on the present connection, oldest first, and its last packet id.
What a step cannot do as the objects would it leaves to them and has consumed nothing.

What is on the wire says itself what it is: the message and its packet id, in one number (`what`).
"""

from __future__ import annotations

import math
from typing import Any, Final, NamedTuple

from models.calm import beats, mail, posts, repairs, rows
from models.calm.works import work
from models.protocols.mqtt.packets import ID_MAX
from sim.core.arrays import INTEGER, Shared
from sim.core.calendar import book
from sim.core.compiled import part
from sim.core.lines import NOT_CALM, REPAIRS, transmit
from sim.core.lines import WIDTH as LINE_WIDTH
from sim.core.queues import DOWN, waits
from sim.transport.connection import CLIENT, SERVER
from sim.transport.wire import mss_bytes

# A session's row.
IN_ROWS: Final = 0  # 0: it is the objects'
NUMBER: Final = 1  # of the connection that it is about
LIVE: Final = 2  # how many of its messages are in flight
LAST_ID: Final = 3  # the last packet id that was given away
ROOM: Final = 4  # how many may be in flight, in rows
FLIGHTS: Final = 5  # where they begin, each a `what`
FLIGHTS_MAX: Final = 16
WIDTH: Final = FLIGHTS + FLIGHTS_MAX
# Of all: `whole`.
UP_BYTES: Final = 0  # of an acknowledgement from a client ...
DOWN_BYTES: Final = 1  # ... and from the broker
WHOLES: Final = 2

ID_MASK: Final = (1 << rows.ID_BITS) - 1
MSS_BYTES = mss_bytes()


class Acking(NamedTuple):
    """`row`: two sessions for each person, see `client_of` and `broker_of`."""

    row: Any
    whole: Any


def acking(people: int) -> Shared[Acking]:
    """All sessions are the objects' at first."""
    sizes = {"row": (INTEGER, 2 * people * WIDTH), "whole": (INTEGER, WHOLES)}
    return Shared[Acking](Acking, sizes)


@part
def client_of(person: int) -> int:
    """Where the row begins of what the person's client sends."""
    return 2 * person * WIDTH


@part
def broker_of(person: int) -> int:
    """Where the row begins of what the broker sends to the person."""
    return (2 * person + 1) * WIDTH


def person_of(at: int) -> int:
    """Whose session's row begins there."""
    return at // (2 * WIDTH)


# A session.


@part
def takes(row: Any, at: int, number: int) -> bool:
    """Whether one more message may go out at once on that connection."""
    if row[at + IN_ROWS] == 0 or row[at + NUMBER] != number:
        return False
    return bool(row[at + LIVE] < row[at + ROOM])


@part
def next_of(row: Any, at: int, message: int) -> int:
    """What would go out: the message with the next packet id that is free."""
    packet_id, place = row[at + LAST_ID] % ID_MAX + 1, 0
    while place < row[at + LIVE]:
        place += 1
        if row[at + FLIGHTS + place - 1] & ID_MASK == packet_id:
            packet_id, place = packet_id % ID_MAX + 1, 0
    return int(message << rows.ID_BITS | packet_id)


@part
def launch(row: Any, at: int, what: int) -> None:
    """It has gone out."""
    row[at + FLIGHTS + row[at + LIVE]] = what
    row[at + LIVE] += 1
    row[at + LAST_ID] = what & ID_MASK


@part
def submit(state: Any, at: int, message: int) -> int:
    """A client has sent a message of its own; its packet id."""
    row = state.acking.row
    launch(row, at, next_of(row, at, message))
    return int(row[at + LAST_ID])


@part
def complete(row: Any, at: int, what: int) -> bool:
    """It is acknowledged; False for an unknown packet id, which is ignored."""
    live, place = row[at + LIVE], 0
    while place < live and row[at + FLIGHTS + place] != what:
        place += 1
    if place == live:
        return False
    while place + 1 < live:
        row[at + FLIGHTS + place] = row[at + FLIGHTS + place + 1]
        place += 1
    row[at + LIVE] = live - 1
    return True


# The broker writes to a list of people.


@part
def push_all(state: Any, people: int, message: int, count: int, each_s: float) -> int:
    """As `posts.post_all`, for people of whom the broker has sessions."""
    post, began_s, left = state.mail, state.now_s[0], 0
    process = post.pool[people + mail.NODE]
    first = people + mail.PEOPLE + post.pool[people + mail.WRITTEN]
    for place in range(count):
        person = post.pool[first + place]
        state.now_s[0] = began_s + place * each_s
        if post.home[person] != process or not _push(state, person, message):
            posts.leave(state, left, person)
            left += 1
    state.now_s[0] = began_s
    return left


@part
def _push(state: Any, person: int, message: int) -> bool:
    """A message for a person whose session is in rows; False, and nothing is done, elsewhere."""
    row, at, post = state.acking.row, broker_of(person), state.mail
    number, size_bytes = post.seat[person], post.down_bytes[message]
    if number < 0 or not takes(row, at, number):
        return False
    if not post.may[post.action[message]] & mail.POST_ACKED:
        return posts.write(state, person, message, size_bytes)
    if size_bytes > MSS_BYTES or not is_writable(state, number):
        return False
    what = next_of(row, at, message)
    if not _write(state, number, SERVER, size_bytes, rows.PUBLISH_ARRIVES, what):
        return False
    launch(row, at, what)
    return True


@part
def is_writable(state: Any, number: int) -> bool:
    """Whether the server may write to the connection before anything else, in rows."""
    row, at = state.connections, number * rows.CONNECTION
    return bool(row[at + rows.CALM] != 0.0 and row[at + rows.UNWRITTEN] == 0.0)


@part
def _write(state: Any, number: int, end: int, size_bytes: int, kind: int, what: int) -> bool:
    """Write to a connection; False, and nothing is done, where objects have to."""
    line = int(state.connections[number * rows.CONNECTION + rows.LINE]) + end * LINE_WIDTH
    name = repairs.name_of(state.lines, line, kind, what)
    arrive_s = transmit(state.lines, state.links, line, state.now_s[0], size_bytes, name)
    if arrive_s == NOT_CALM:
        return repairs.write(state, number, end, size_bytes, kind, what) >= 0
    book(state.calendar, arrive_s, kind, number, what, end)
    state.connections[number * rows.CONNECTION + rows.UNDER_WAY] += 1.0
    return True


# What arrives.


@part
def arrives(state: Any, kind: int, number: int, what: int, end: int) -> int:
    """What `end` has written is at the other end."""
    state.told[1], state.told[2], state.told[3] = number, what, end
    if kind == rows.PUBLISH_ARRIVES:
        return _published(state, number, what)
    return _told(state, number, what) if end == SERVER else _acknowledged(state, number, what)


@part
def _published(state: Any, number: int, what: int) -> int:
    """A client shows a message, and answers."""
    state.connections[number * rows.CONNECTION + rows.HEARD_S] = state.now_s[0]
    beats.heard(state, number, CLIENT, beats.DATA)
    repairs.delivered(state, number, what >> rows.ID_BITS)
    size_bytes = state.acking.whole[UP_BYTES]
    written = _write(state, number, CLIENT, size_bytes, rows.ACK_ARRIVES, what)
    return rows.DONE if written else rows.ACK_LEFT


@part
def _told(state: Any, number: int, what: int) -> int:
    """A client hears that the broker has its message."""
    connection, row = number * rows.CONNECTION, state.acking.row
    at = client_of(int(state.connections[connection + rows.PERSON]))
    if row[at + IN_ROWS] == 0 or row[at + NUMBER] != number:
        return rows.ACK_HEARD
    state.connections[connection + rows.HEARD_S] = state.now_s[0]
    beats.heard(state, number, CLIENT, beats.REPLY)
    message, told_s = what >> rows.ID_BITS, state.mail.told_s
    if complete(row, at, what) and math.isnan(told_s[message]):
        told_s[message] = state.now_s[0]
    return rows.DONE


@part
def _acknowledged(state: Any, number: int, what: int) -> int:
    """The broker hears that a client has a message, and reads it when it gets to it."""
    connection = number * rows.CONNECTION
    process = int(state.connections[connection + rows.PROCESS])
    turn = int(state.connections[connection + rows.TURN])
    if state.queues.row[process + DOWN] != 0.0:
        return rows.ACK_HEARD
    hear_data(state, number)
    if waits(state.queues, process, state.now_s[0], turn):
        work(state, 0.0, rows.ACK_READ, number, what)
        return rows.DONE
    return read(state, number, what)


@part
def hear_data(state: Any, number: int) -> None:
    """The server's heartbeat learns of data when the process gets to it, if it cares."""
    row, at = state.connections, number * rows.CONNECTION
    if row[at + rows.LISTENS] == 0.0:
        return
    process, turn = int(row[at + rows.PROCESS]), int(row[at + rows.TURN])
    if waits(state.queues, process, state.now_s[0], turn):
        work(state, 0.0, rows.DATA_READ, number, 0)
    else:
        beats.heard(state, number, SERVER, beats.DATA)


@part
def read(state: Any, number: int, what: int) -> int:
    """The broker has read an acknowledgement."""
    person = int(state.connections[number * rows.CONNECTION + rows.PERSON])
    row, at = state.acking.row, broker_of(person)
    state.told[1], state.told[2] = number, what
    if row[at + IN_ROWS] == 0 or row[at + NUMBER] != number:
        return rows.ACK_TAKE
    complete(row, at, what)
    return rows.DONE


# What the broker answers.


@part
def can_answer(state: Any, number: int) -> bool:
    """Whether the broker's acknowledgement of a message will be in rows."""
    line = int(state.connections[number * rows.CONNECTION + rows.LINE]) + LINE_WIDTH
    return is_writable(state, number) and bool(state.lines.row[line + REPAIRS] != 0.0)


@part
def answer(state: Any, number: int, message: int) -> None:
    """The broker acknowledges a message of a client's; it can (`can_answer`)."""
    what = message << rows.ID_BITS | state.mail.packet[message]
    _write(state, number, SERVER, state.acking.whole[DOWN_BYTES], rows.ACK_ARRIVES, what)
