"""Long polls in rows: answer, next question, held again, as long as nothing goes wrong.

The same steps as in `models.channels.long_poll`, `models.connections.http_pool` and
`models.protocols.http.long_poll`, for a person whose poller has one connection and nothing else
under way. A person's row says where the question is: held by a gateway, or on its way there or
back. What a step cannot do as the objects would (a packet that is lost, a process that is down) it
leaves to them and has consumed nothing; the row's state is then theirs again.
"""

from __future__ import annotations

import math
from typing import Any, Final, NamedTuple

from models.calm import rows
from models.calm.beats import put_off_s
from models.calm.works import LATER, NOW, at_work, book_work, over
from sim.core.arrays import INTEGER, REAL, Shared
from sim.core.calendar import BOOKED, INTEGERS, REALS, TIME_S, WHAT, WHO, book
from sim.core.compiled import part
from sim.core.lines import NOT_CALM, transmit
from sim.core.lines import WIDTH as LINE_WIDTH
from sim.core.queues import DOWN, EPOCH, IN_HAND, STALLED_S, occupy, waits
from sim.history import TYPING
from sim.transport.wire import mss_bytes

# A person's row.
STATE: Final = 0
REQUEST: Final = 1  # number of the question
CURSOR: Final = 2  # how far the client has read
HELD_CURSOR: Final = 3  # what the held question said of that
HEAD: Final = 4  # how much of the log its question knows of
LENGTH: Final = 5  # how long the log is
LAST: Final = 6  # what the answer under way goes up to
SIZE: Final = 7  # ... and its bytes
DUE_S: Final = 8  # when what is on the wire, or at the process, is there
PLACE: Final = 9  # ... and its place among what is booked
WORK_EPOCH: Final = 10  # of the process when it was handed in ...
WORK_STALLED_S: Final = 11  # ... and the length of its pauses until then
LINE: Final = 12  # row of the direction that the client writes; the server's follows
PROCESS: Final = 13
END: Final = 14  # number of the server's end
DEADLINE_S: Final = 15  # until when the question is held
ARMED_S: Final = 16  # when its holder is woken next, as booked
PATIENT_S: Final = 17  # until when the client waits for the answer
PHASE_S: Final = 18  # of the client's clock
IDLE_SINCE_S: Final = 19  # when the last answer left
TIMED: Final = 20  # 1: somebody will look whether the connection is idle
POOL_S: Final = 21  # when the client's pool looks at its idle connections ...
POOL_PLACE: Final = 22  # ... and the place of that among what is booked
WELL_S: Final = 23  # when the client last had an answer
WIDTH: Final = 24

# STATE.
LEFT: Final = 0.0  # to objects
HELD: Final = 1.0
ANSWERING: Final = 2.0  # the answer is on the wire
ASKING: Final = 3.0  # the next question is
READING: Final = 4.0  # the process will come to it

# Of all polls: `real` ...
HOLD_S: Final = 0
PATIENCE_S: Final = 1
TICK_S: Final = 2  # of the clients' clocks
REQUEST_S: Final = 3  # CPU seconds of a question ...
OUT_S: Final = 4  # ... and of an answer
KEEP_ALIVE_S: Final = 5
STALE_S: Final = 6  # how long somebody wants to hear that somebody types
POOL_IDLE_S: Final = 7  # how long clients keep idle connections
REALS_OF_ALL: Final = 8
# ... and `whole`.
KEEPS_LOG: Final = 0  # 1: what happens between questions is kept
BATCH: Final = 1
ASK_BYTES: Final = 2
ANSWER_BYTES: Final = 3  # of an empty one
WHOLES_OF_ALL: Final = 4

RING: Final = 8
"""Messages of a person that may be unread; the one numbered n lies at n modulo this."""
MSS_BYTES = mss_bytes()
NAMES = 0x7FFFFFFF  # names are below (`sim.transport.names.of_message`)


class Polls(NamedTuple):
    """`log`: what is unread by person; the complement of a message that nobody is told of."""

    row: Any
    log: Any
    real: Any
    whole: Any


def polls(people: int) -> Shared[Polls]:
    """All questions are the objects' at first."""
    return Shared[Polls](Polls, {
        "row": (REAL, people * WIDTH), "log": (INTEGER, people * RING),
        "real": (REAL, REALS_OF_ALL), "whole": (INTEGER, WHOLES_OF_ALL),
    })  # fmt: skip


@part
def step(state: Any, slot: int, kind: int) -> int:
    """Carry out one event of a poll."""
    whole, at = state.calendar.whole, slot * INTEGERS
    who, what = whole[at + WHO], whole[at + WHAT]
    if kind == rows.POLL_WAKE:
        return wake(state, who, state.calendar.real[slot * REALS + TIME_S])
    if kind == rows.POLL_LOOK:
        return look(state, who, what)
    if not _is_current(state, slot, kind):
        return rows.DONE
    state.told[1] = who
    if kind == rows.POLL_ANSWER_ARRIVES:
        return _answer_arrives(state, who)
    if kind == rows.POLL_ARRIVES:
        return _arrives(state, who)
    return _read(state, slot, who)


@part
def _is_current(state: Any, slot: int, kind: int) -> bool:
    """Whether an event of the wire or the process is what the row waits for, and no older one."""
    calendar, row = state.calendar, state.polls.row
    at = calendar.whole[slot * INTEGERS + WHO] * WIDTH
    stage = READING
    if kind == rows.POLL_ANSWER_ARRIVES:
        stage = ANSWERING
    elif kind == rows.POLL_ARRIVES:
        stage = ASKING
    if row[at + STATE] != stage or row[at + DUE_S] != calendar.real[slot * REALS + TIME_S]:
        return False
    return bool(row[at + REQUEST] == calendar.whole[slot * INTEGERS + WHAT])


@part
def push(state: Any, person: int, message: int) -> bool:
    """Something has happened for a person; False, and nothing is done, where objects have to."""
    row, at = state.polls.row, person * WIDTH
    is_held = row[at + STATE] == HELD
    if row[at + STATE] == LEFT:
        return False
    if state.polls.whole[KEEPS_LOG] == 0:
        length = int(row[at + LENGTH]) + 1
        state.polls.log[person * RING + length % RING] = message
        if not (is_held and _answer(state, person, length)):
            return False
        row[at + HEAD] = row[at + LENGTH] = length
        state.mail.home[person] = -1
        return True
    if row[at + HEAD] < row[at + LENGTH]:
        if is_held and not _answer(state, person, int(row[at + HEAD]) + 1):
            return False
        row[at + HEAD] = row[at + LENGTH]
    if row[at + STATE] != HELD:
        state.mail.home[person] = -1
    return True


@part
def is_stale(state: Any, message: int) -> bool:
    """Nobody wants to hear any more that somebody was typing."""
    post = state.mail
    since_s = state.now_s[0] - post.act_s[message]
    return post.action[message] == TYPING and since_s > state.polls.real[STALE_S]


@part
def _answer(state: Any, person: int, last: int) -> bool:
    """Answer the question with what comes behind its cursor, up to a number.

    False, and nothing is done, where that is not calm. Whoever calls has paid.
    """
    row, at, log, all_of = state.polls.row, person * WIDTH, state.polls.log, state.polls.whole
    cursor, now_s = int(row[at + HELD_CURSOR]), state.now_s[0]
    last, size_bytes = min(last, cursor + all_of[BATCH]), all_of[ANSWER_BYTES]
    for number in range(cursor + 1, last + 1):
        message = log[person * RING + number % RING]
        if not is_stale(state, message):
            size_bytes += state.mail.down_bytes[message]
    if size_bytes > MSS_BYTES:
        return False
    line, request = int(row[at + LINE]) + LINE_WIDTH, int(row[at + REQUEST])
    name = request << 2 & NAMES
    arrive_s = transmit(state.lines, state.links, line, now_s, size_bytes, name)
    if arrive_s == NOT_CALM:
        return False
    for number in range(cursor + 1, last + 1):
        place = person * RING + number % RING
        if is_stale(state, log[place]):
            log[place] = ~log[place]
    row[at + STATE], row[at + LAST], row[at + SIZE] = ANSWERING, last, size_bytes
    row[at + DEADLINE_S] = math.inf
    _expect(state, person, arrive_s, rows.POLL_ANSWER_ARRIVES)
    row[at + IDLE_SINCE_S] = now_s
    if row[at + TIMED] == 0.0:
        _time(state, person)
    return True


@part
def _expect(state: Any, person: int, time_s: float, kind: int) -> None:
    """Book what comes next of a question that is on the wire."""
    row, at = state.polls.row, person * WIDTH
    book(state.calendar, time_s, kind, person, int(row[at + REQUEST]), 0)
    row[at + DUE_S], row[at + PLACE] = time_s, state.calendar.counters[BOOKED]


@part
def _time(state: Any, person: int) -> None:
    """Have somebody look whether the connection has been idle for too long, if there is that."""
    row, at = state.polls.row, person * WIDTH
    due_s = row[at + IDLE_SINCE_S] + state.polls.real[KEEP_ALIVE_S]
    if due_s < math.inf:
        row[at + TIMED] = 1.0
        book(state.calendar, due_s, rows.POLL_LOOK, int(row[at + END]), person, 0)


@part
def look(state: Any, end: int, person: int) -> int:
    """The timer for idleness of a server's end is due."""
    row, at, now_s = state.polls.row, person * WIDTH, state.now_s[0]
    state.told[1] = end
    if row[at + STATE] == LEFT or row[at + END] != end:
        return rows.POLL_LOOK_LEFT
    process = int(row[at + PROCESS])
    if state.queues.row[process + DOWN] != 0.0 or waits(state.queues, process, now_s, -1):
        return rows.POLL_LOOK_LEFT
    is_idle = row[at + STATE] == ANSWERING or row[at + STATE] == ASKING
    if is_idle and now_s >= row[at + IDLE_SINCE_S] + state.polls.real[KEEP_ALIVE_S]:
        return rows.POLL_LOOK_LEFT
    row[at + TIMED] = 0.0
    if is_idle:
        _time(state, person)
    return rows.DONE


@part
def _answer_arrives(state: Any, person: int) -> int:
    """The client shows what it gets, and asks again at once."""
    row, at, now_s = state.polls.row, person * WIDTH, state.now_s[0]
    request, size_bytes = int(row[at + REQUEST]) + 1, state.polls.whole[ASK_BYTES]
    name = request << 2 & NAMES
    line = int(row[at + LINE])
    arrive_s = transmit(state.lines, state.links, line, now_s, size_bytes, name)
    if arrive_s == NOT_CALM:
        return rows.POLL_ANSWERED
    _show(state, person)
    if row[at + POOL_S] <= now_s:  # the connection is idle for an instant: its pool will look
        state.calendar.counters[BOOKED] += 1
        row[at + POOL_PLACE] = state.calendar.counters[BOOKED]
        row[at + POOL_S] = now_s + state.polls.real[POOL_IDLE_S]
    row[at + CURSOR] = max(row[at + CURSOR], row[at + LAST])
    row[at + STATE], row[at + REQUEST], row[at + WELL_S] = ASKING, request, now_s
    patience_s, each_s = state.polls.real[PATIENCE_S], state.polls.real[TICK_S]
    row[at + PATIENT_S] = put_off_s(now_s + patience_s, each_s, row[at + PHASE_S])
    _expect(state, person, arrive_s, rows.POLL_ARRIVES)
    return rows.DONE


@part
def _show(state: Any, person: int) -> None:
    """Write down what an answer brings."""
    row, at, posts = state.polls.row, person * WIDTH, state.posts
    for number in range(int(row[at + HELD_CURSOR]) + 1, int(row[at + LAST]) + 1):
        message = state.polls.log[person * RING + number % RING]
        if message >= 0:
            place = posts.count[0]
            posts.message[place], posts.person[place] = message, person
            posts.time_s[place] = state.now_s[0]
            posts.count[0] = place + 1


@part
def _arrives(state: Any, person: int) -> int:
    """A question has reached its gateway, which reads it when it gets to it."""
    row, at, queues = state.polls.row, person * WIDTH, state.queues
    process = int(row[at + PROCESS])
    if queues.row[process + DOWN] != 0.0:
        return rows.POLL_ARRIVED
    done_s = occupy(queues, process, state.now_s[0], state.polls.real[REQUEST_S])
    queues.row[process + IN_HAND] += 1.0
    row[at + STATE] = READING
    book_work(state, done_s, rows.POLL_READ, person, int(row[at + REQUEST]), process)
    _note_work(state, person, done_s)
    return rows.DONE


@part
def _note_work(state: Any, person: int, done_s: float) -> None:
    """A piece of work has been booked."""
    row, at, queue = state.polls.row, person * WIDTH, state.queues.row
    process = int(row[at + PROCESS])
    row[at + DUE_S], row[at + PLACE] = done_s, state.calendar.counters[BOOKED]
    row[at + WORK_EPOCH] = queue[process + EPOCH]
    row[at + WORK_STALLED_S] = queue[process + STALLED_S]


@part
def _read(state: Any, slot: int, person: int) -> int:
    """The gateway has read a question: it answers at once if there is something, or holds it."""
    row, at, now_s = state.polls.row, person * WIDTH, state.now_s[0]
    process = int(row[at + PROCESS])
    stalled_s = state.queues.row[process + STALLED_S]
    due_s = now_s + stalled_s - row[at + WORK_STALLED_S]
    working = at_work(state, slot, process)
    if working == LATER:
        _note_work(state, person, due_s)
    if working != NOW:
        return rows.DONE
    row[at + HEAD] = row[at + LENGTH]
    row[at + HELD_CURSOR] = row[at + HEAD]
    if state.polls.whole[KEEPS_LOG] != 0:
        row[at + HELD_CURSOR] = row[at + CURSOR]
    if row[at + HEAD] > row[at + HELD_CURSOR]:
        if not _answer(state, person, int(row[at + HEAD])):
            return rows.POLL_TAKE
        occupy(state.queues, process, now_s, state.polls.real[OUT_S])
        state.mail.home[person] = -1
        return over(state, process, rows.DONE)
    row[at + STATE] = HELD
    row[at + DEADLINE_S] = now_s + state.polls.real[HOLD_S]
    state.mail.home[person] = process
    _arm(state, person)
    return over(state, process, rows.DONE)


@part
def _arm(state: Any, person: int) -> None:
    """Book when the holder is woken next, unless an earlier time is booked."""
    row, at = state.polls.row, person * WIDTH
    if row[at + DEADLINE_S] < row[at + ARMED_S]:
        row[at + ARMED_S] = max(row[at + DEADLINE_S], state.now_s[0])
        book(state.calendar, row[at + ARMED_S], rows.POLL_WAKE, person, 0, 0)


@part
def wake(state: Any, person: int, armed_s: float) -> int:
    """Whoever holds a question is woken, and answers with nothing if it has been held so long."""
    row, at, now_s = state.polls.row, person * WIDTH, state.now_s[0]
    state.told[1] = person
    if row[at + STATE] == LEFT:
        return rows.POLL_WAKE_LEFT
    if row[at + ARMED_S] != armed_s:
        return rows.DONE
    if row[at + DEADLINE_S] > now_s:
        row[at + ARMED_S] = math.inf
        _arm(state, person)
        return rows.DONE
    process = int(row[at + PROCESS])
    if state.queues.row[process + DOWN] != 0.0 or waits(state.queues, process, now_s, -1):
        return rows.POLL_WAKE_LEFT
    if not _answer(state, person, int(row[at + HELD_CURSOR])):
        return rows.POLL_WAKE_LEFT
    occupy(state.queues, process, now_s, state.polls.real[OUT_S])
    row[at + ARMED_S] = math.inf
    return rows.DONE
