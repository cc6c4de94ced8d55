"""Requests over HTTP in rows: asked, read, stored, answered, as long as nothing goes wrong.

The same steps as in `models.channels.http`, `models.connections.http_pool` and
`models.servers.intake`, for a connection with one request and nothing else on it. Each connection
has a row, which says where its request is. Where it is the only one of its client, and that client
waits for nothing else, it *rests* here between requests, and the client's side is here, too. What
a step cannot do as the objects would, it leaves to them and has consumed nothing.
"""

from __future__ import annotations

import math
from typing import Any, Final, NamedTuple

from models.calm import delivery, mail, rows
from models.calm.beats import put_off_s
from models.calm.works import LATER, NOW, at_work, book_work, over
from sim.core.arrays import INTEGER, REAL, Shared
from sim.core.calendar import BOOKED, INTEGERS, PLACE, REALS, TIME_S, WHAT, WHO, book
from sim.core.compiled import part
from sim.core.lines import NOT_CALM, transmit
from sim.core.lines import WIDTH as LINE_WIDTH
from sim.core.queues import (
    DOWN,
    EPOCH,
    IN_HAND,
    QUEUE_LIMIT_S,
    STALLED_S,
    is_hindered,
    occupy_in_turn,
    start_s,
)
from sim.transport.wire import mss_bytes

# A connection's row.
STATE: Final = 0
PERSON: Final = 1
LINE: Final = 2  # row of the direction that the client writes; the server's follows
PROCESS: Final = 3
TURN: Final = 4  # place of this person's turn there
MESSAGE: Final = 5  # that the request carries ...
ATTEMPT: Final = 6  # ... for the n-th time
SIZE: Final = 7  # bytes of the request
DUE_S: Final = 8  # when what is on the wire, at the process or in the store is done
PLACE_THEN: Final = 9  # ... and its place among what is booked
WORK_EPOCH: Final = 10  # of the process when it was handed in ...
WORK_STALLED_S: Final = 11  # ... and the length of its pauses until then
IDLE_SINCE_S: Final = 12  # when the server last answered
TIMED: Final = 13  # 1: somebody will look whether the connection is idle
LONE: Final = 14  # 1: the client's side is here, too
RESTS_SINCE_S: Final = 15  # when that client last had an answer
PATIENT_S: Final = 16  # until when it waits for the next one ...
PATIENT_PLACE: Final = 17  # ... and the place of that among what is booked
PHASE_S: Final = 18  # of its clock
WIDTH: Final = 19

# STATE.
LEFT: Final = 0.0  # to objects
ASKING: Final = 1.0  # the request is on the wire
READING: Final = 2.0  # the process will come to it
WRITING: Final = 3.0  # the store has it
LOGGING: Final = 4.0  # the readers' logs get it, at this instant
ANSWERING: Final = 5.0  # the answer is on the wire
RESTING: Final = 6.0

# Of all requests: `real` ...
REQUEST_S: Final = 0  # CPU seconds
KEEP_ALIVE_S: Final = 1
PATIENCE_S: Final = 2
TICK_S: Final = 3  # of the clients' clocks
REALS_OF_ALL: Final = 4
# ... and `whole`.
ANSWER_BYTES: Final = 0
WHOLES_OF_ALL: Final = 1

MSS_BYTES = mss_bytes()
NAMES = 0x7FFFFFFF  # names are below (`sim.transport.names.of_message`)


class Requests(NamedTuple):
    """`row`: by connection; `lone`: by person, the connection that is all there is, -1: none."""

    row: Any
    lone: Any
    up_bytes: Any  # by message, of its request
    told_s: Any  # by message, when its sender learnt that it was done
    real: Any
    whole: Any


def requests() -> Shared[Requests]:
    """All requests are the objects' at first."""
    return Shared[Requests](Requests, {
        "row": (REAL, 0), "lone": (INTEGER, 0), "up_bytes": (INTEGER, 0), "told_s": (REAL, 0),
        "real": (REAL, REALS_OF_ALL), "whole": (INTEGER, WHOLES_OF_ALL),
    })  # fmt: skip


@part
def step(state: Any, slot: int, kind: int) -> int:
    """Carry out one event of a request."""
    at = slot * INTEGERS
    who, what = state.calendar.whole[at + WHO], state.calendar.whole[at + WHAT]
    state.told[1], state.told[2] = who, what
    if kind == rows.REQUEST_LOOK:
        return rows.REQUEST_LOOK_LEFT
    if kind == rows.REQUEST_PATIENCE:
        return _runs_out(state, slot, who)
    if not _is_current(state, slot, kind):
        return rows.DONE
    if kind == rows.REQUEST_ARRIVES:
        return _arrives(state, who, what)
    if kind == rows.RESPONSE_ARRIVES:
        return _answered(state, who, what)
    return _served(state, slot, kind, who, what)


@part
def _served(state: Any, slot: int, kind: int, one: int, message: int) -> int:
    """A request is a step further at its server."""
    if kind == rows.REQUEST_READ:
        return _read(state, slot, one, message)
    if kind == rows.REQUEST_WRITTEN:
        return _written(state, slot, one, message)
    return _accept(state, one, message)


@part
def _is_current(state: Any, slot: int, kind: int) -> bool:
    """Whether an event is what the row waits for, and no older one."""
    calendar, row = state.calendar, state.requests.row
    at = calendar.whole[slot * INTEGERS + WHO] * WIDTH
    stage = ANSWERING
    if kind == rows.REQUEST_ARRIVES:
        stage = ASKING
    elif kind == rows.REQUEST_READ:
        stage = READING
    elif kind == rows.REQUEST_WRITTEN:
        stage = WRITING
    elif kind == rows.REQUEST_LOGGED:
        stage = LOGGING
    if row[at + STATE] != stage or row[at + DUE_S] != calendar.real[slot * REALS + TIME_S]:
        return False
    return bool(row[at + MESSAGE] == calendar.whole[slot * INTEGERS + WHAT])


@part
def act(state: Any, message: int) -> int:
    """The time of an action has come: its client asks, and the next one's time is booked."""
    post, row = state.mail, state.requests.row
    one = state.requests.lone[post.actor[message]]
    state.told[1] = message
    at, now_s, real = one * WIDTH, state.now_s[0], state.requests.real
    if one < 0 or row[at + STATE] != RESTING:
        return rows.ACT_NOW
    if not ask(state, one, message, state.requests.up_bytes[message]):
        return rows.ACT_NOW
    row[at + ATTEMPT] = 1.0
    patient_s = put_off_s(now_s + real[PATIENCE_S], real[TICK_S], row[at + PHASE_S])
    row[at + PATIENT_S] = patient_s
    if patient_s < math.inf:
        book(state.calendar, patient_s, rows.REQUEST_PATIENCE, one, message, 0)
        row[at + PATIENT_PLACE] = state.calendar.counters[BOOKED]
    if math.isnan(post.sent_s[message]):
        post.sent_s[message] = now_s
    delivery.book_act(state, message + 1)
    return rows.DONE


@part
def ask(state: Any, one: int, message: int, size_bytes: int) -> bool:
    """Write a request that carries a message; False, and nothing is done, where that is no calm."""
    row, at = state.requests.row, one * WIDTH
    if size_bytes > MSS_BYTES:
        return False
    line, name = int(row[at + LINE]), message << 2 & NAMES
    arrive_s = transmit(state.lines, state.links, line, state.now_s[0], size_bytes, name)
    if arrive_s == NOT_CALM:
        return False
    row[at + MESSAGE], row[at + SIZE] = message, size_bytes
    _expect(state, one, arrive_s, ASKING, rows.REQUEST_ARRIVES)
    return True


@part
def _expect(state: Any, one: int, time_s: float, stage: float, kind: int) -> None:
    """Book what comes next of a request."""
    row, at = state.requests.row, one * WIDTH
    book(state.calendar, time_s, kind, one, int(row[at + MESSAGE]), 0)
    row[at + STATE], row[at + DUE_S] = stage, time_s
    row[at + PLACE_THEN] = state.calendar.counters[BOOKED]


@part
def _runs_out(state: Any, slot: int, one: int) -> int:
    """A client's patience would be over, if the answer were not here."""
    row, at = state.requests.row, one * WIDTH
    time_s = state.calendar.real[slot * REALS + TIME_S]
    waits = row[at + LONE] != 0.0 and LEFT < row[at + STATE] < RESTING
    return rows.REQUEST_RAN_OUT if waits and row[at + PATIENT_S] == time_s else rows.DONE


@part
def _arrives(state: Any, one: int, message: int) -> int:
    """A request has reached its node, which reads it when it gets to it."""
    row, at, queues, now_s = state.requests.row, one * WIDTH, state.queues, state.now_s[0]
    process = int(row[at + PROCESS])
    limit_s = queues.row[process + QUEUE_LIMIT_S]
    if queues.row[process + DOWN] != 0.0 or start_s(queues, process, now_s) - now_s > limit_s:
        return rows.REQUEST_ARRIVED
    state.mail.in_hand[message] += 1
    cost_s = state.requests.real[REQUEST_S]
    done_s = occupy_in_turn(queues, process, now_s, cost_s, int(row[at + TURN]))
    queues.row[process + IN_HAND] += 1.0
    row[at + STATE] = READING
    book_work(state, done_s, rows.REQUEST_READ, one, message, process)
    _note_work(state, one, done_s)
    return rows.DONE


@part
def _note_work(state: Any, one: int, done_s: float) -> None:
    """Something at the process has been booked."""
    row, at, queue = state.requests.row, one * WIDTH, state.queues.row
    process = int(row[at + PROCESS])
    row[at + DUE_S], row[at + PLACE_THEN] = done_s, state.calendar.counters[BOOKED]
    row[at + WORK_EPOCH] = queue[process + EPOCH]
    row[at + WORK_STALLED_S] = queue[process + STALLED_S]


@part
def _read(state: Any, slot: int, one: int, message: int) -> int:
    """The process has read a request: it goes to the store, or is accepted at once."""
    row, at, post, now_s = state.requests.row, one * WIDTH, state.mail, state.now_s[0]
    process, queue = int(row[at + PROCESS]), state.queues.row
    due_s = now_s + queue[process + STALLED_S] - row[at + WORK_STALLED_S]
    working = at_work(state, slot, process)
    if working == LATER:
        _note_work(state, one, due_s)
    if working != NOW:
        return rows.DONE
    if not post.may[post.action[message]] & mail.STORES:
        post.in_hand[message] -= 1
        return _taken(state, slot, one, message)
    if post.whole[mail.WRITES] == 0 or is_hindered(state.queues, post.whole[mail.STORE], now_s):
        return rows.REQUEST_TAKE
    queue[process + IN_HAND] += 1.0
    _expect(state, one, now_s + post.real[mail.WRITE_S], WRITING, rows.REQUEST_WRITTEN)
    row[at + WORK_EPOCH] = queue[process + EPOCH]
    return over(state, process, rows.DONE)


@part
def _written(state: Any, slot: int, one: int, message: int) -> int:
    """The store has committed a message."""
    row, at, post = state.requests.row, one * WIDTH, state.mail
    epoch = state.queues.row[int(row[at + PROCESS]) + EPOCH]
    if row[at + WORK_EPOCH] != epoch or post.stored[message] != 0:
        return rows.REQUEST_LATE
    post.in_hand[message] -= 1
    post.stored[message] = 1
    post.committed[post.commits[0]] = message
    post.commits[0] += 1
    return _taken(state, slot, one, message)


@part
def _taken(state: Any, slot: int, one: int, message: int) -> int:
    """It is put into the readers' logs by objects, where there are any; then it goes on."""
    if not state.mail.may[state.mail.action[message]] & mail.LOGS:
        return _accept(state, one, message)
    counters, now_s = state.calendar.counters, state.now_s[0]
    booked = counters[BOOKED]
    counters[BOOKED] = state.calendar.whole[slot * INTEGERS + PLACE] - 1  # so that it comes next
    _expect(state, one, now_s, LOGGING, rows.REQUEST_LOGGED)
    counters[BOOKED] = booked
    return rows.REQUEST_LOG


@part
def _accept(state: Any, one: int, message: int) -> int:
    """The servers are responsible for a message from now on: its sender is told, and others."""
    row, at, post, now_s = state.requests.row, one * WIDTH, state.mail, state.now_s[0]
    process = int(row[at + PROCESS])
    line, size_bytes = int(row[at + LINE]) + LINE_WIDTH, state.requests.whole[ANSWER_BYTES]
    name = message << 2 & NAMES
    arrive_s = transmit(state.lines, state.links, line, now_s, size_bytes, name)
    if arrive_s == NOT_CALM:
        return rows.REQUEST_ACCEPT
    if math.isnan(post.accepted_s[message]):
        post.accepted_s[message] = now_s
    _expect(state, one, arrive_s, ANSWERING, rows.RESPONSE_ARRIVES)
    row[at + IDLE_SINCE_S] = now_s
    if row[at + TIMED] == 0.0:
        _time(state, one)
    return over(state, process, delivery.fan_out(state, process, message))


@part
def _time(state: Any, one: int) -> None:
    """Have somebody look whether the connection has been idle for too long, if there is that."""
    row, at = state.requests.row, one * WIDTH
    due_s = row[at + IDLE_SINCE_S] + state.requests.real[KEEP_ALIVE_S]
    if due_s < math.inf:
        row[at + TIMED] = 1.0
        book(state.calendar, due_s, rows.REQUEST_LOOK, one, 0, 0)


@part
def _answered(state: Any, one: int, message: int) -> int:
    """The answer is at the client."""
    row, at, now_s = state.requests.row, one * WIDTH, state.now_s[0]
    if row[at + LONE] == 0.0:
        return rows.REQUEST_ANSWERED
    if math.isnan(state.requests.told_s[message]):
        state.requests.told_s[message] = now_s
    row[at + STATE], row[at + RESTS_SINCE_S] = RESTING, now_s
    return rows.DONE
