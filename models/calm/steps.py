"""What each kind of event does on a calm connection."""

from __future__ import annotations

from typing import Any

from models.calm import beats
from models.calm.rows import (
    ANSWER,
    BEAT,
    BEATS,
    CALM,
    CLIENT_PINGS,
    CLIENT_PONGS,
    CLIENT_WATCHES,
    CONNECTION,
    DEAD,
    DONE,
    DUE,
    ECHO_ARRIVES,
    ECHOES,
    EXIT,
    HEARD_S,
    LINE,
    OUT_S,
    PING,
    PING_ARRIVES,
    PING_BYTES,
    PONG_ARRIVES,
    PONG_READ,
    PROCESS,
    SERVER_PINGS,
    SERVER_PONGS,
    SERVER_WATCHES,
    TURN,
    UNDER_WAY,
    WAKE,
)
from sim.core.calendar import ALSO, INTEGERS, KIND, REALS, SINCE_S, TIME_S, WHO, book
from sim.core.compiled import part
from sim.core.lines import LAST_S, NOT_CALM, OUT, transmit
from sim.core.lines import WIDTH as LINE_WIDTH
from sim.core.links import FREE_S
from sim.core.queues import DOWN, EPOCH, EXITING, IN_HAND, STALLED_S, occupy, occupy_in_turn, waits
from sim.transport.connection import CLIENT, SERVER
from sim.transport.names import PING as PING_WORD
from sim.transport.names import PONG as PONG_WORD
from sim.transport.names import of_word

PING_NAME = of_word(PING_WORD)
PONG_NAME = of_word(PONG_WORD)


@part
def step(state: Any, slot: int) -> int:
    """Carry out one event; DONE, or what is left to do."""
    whole = state.calendar.whole
    at = slot * INTEGERS
    kind, who, also = whole[at + KIND], whole[at + WHO], whole[at + ALSO]
    if kind == WAKE:
        return _wake(state, who, state.calendar.real[slot * REALS + TIME_S])
    if kind == PING_ARRIVES:
        state.connections[who * CONNECTION + UNDER_WAY] -= 1.0
        return _ping_arrives(state, who, also)
    if kind == PONG_ARRIVES:
        state.connections[who * CONNECTION + UNDER_WAY] -= 1.0
        return _pong_arrives(state, who, also)
    if kind == ECHO_ARRIVES:
        state.connections[who * CONNECTION + UNDER_WAY] -= 1.0
        return _pong_arrives(state, who, CLIENT)
    return _worked(state, slot)


@part
def _worked(state: Any, slot: int) -> int:
    """A process has come to a piece of work, unless it died or stood still meanwhile."""
    calendar, now_s = state.calendar, state.now_s[0]
    at = slot * INTEGERS
    kind, who, also = calendar.whole[at + KIND], calendar.whole[at + WHO], calendar.whole[at + ALSO]
    process = int(state.connections[who * CONNECTION + PROCESS])
    queue = state.queues.row
    if also != queue[process + EPOCH]:
        return DONE
    since_s = calendar.real[slot * REALS + SINCE_S]
    if since_s < queue[process + STALLED_S]:
        due_s = now_s + queue[process + STALLED_S] - since_s
        _book_work(state, due_s, kind, who, process)
        return DONE
    code = DONE
    if kind == ANSWER:
        code = _answer(state, who)
    else:
        _feed(state, who, SERVER, beats.PONG)
    queue[process + IN_HAND] -= 1.0
    if queue[process + EXITING] != 0.0 and queue[process + IN_HAND] == 0.0 and code == DONE:
        state.told[1] = process
        return EXIT
    return code


@part
def _book_work(state: Any, done_s: float, kind: int, who: int, process: int) -> None:
    queue = state.queues.row
    slot = book(state.calendar, done_s, kind, who, 0, int(queue[process + EPOCH]))
    state.calendar.real[slot * REALS + SINCE_S] = queue[process + STALLED_S]


@part
def _wake(state: Any, machine: int, armed_s: float) -> int:
    """A heartbeat machine's time has come, if it has not moved."""
    row, now_s = state.beats, state.now_s[0]
    if row[machine + beats.ARMED_S] != armed_s:
        return DONE
    row[machine + beats.ARMED_S] = float("inf")
    if row[machine + beats.WAITS] != 0.0:
        return DONE
    process = int(row[machine + beats.PROCESS])
    late = process >= 0 and row[machine + beats.DEADLINE_S] <= now_s
    if late and state.queues.row[process + DOWN] == 0.0 and waits(state.queues, process, now_s, -1):
        state.told[1] = machine
        return DUE
    return ring(state, machine)


@part
def ring(state: Any, machine: int) -> int:
    """Let a heartbeat machine see what time it is, do what it says, and arm it again."""
    row, now_s = state.beats, state.now_s[0]
    action = beats.NOTHING
    if row[machine + beats.DEADLINE_S] <= now_s:
        action = beats.time_out(row, machine, now_s)
    state.told[1] = machine
    if action == beats.DECLARE_DEAD:
        return DEAD
    code = DONE
    if action == beats.SEND_PING:
        code = _ping(state, machine)
    if code != PING:
        arm(state, machine)
    return code


@part
def arm(state: Any, machine: int) -> None:
    """Book the machine's next wake-up, unless an earlier one is booked."""
    row = state.beats
    if row[machine + beats.DEADLINE_S] < row[machine + beats.ARMED_S]:
        armed_s = max(row[machine + beats.DEADLINE_S], state.now_s[0])
        row[machine + beats.ARMED_S] = armed_s
        book(state.calendar, armed_s, WAKE, machine, 0, 0)


@part
def _ping(state: Any, machine: int) -> int:
    """A machine wants to ping: PING where that is not calm, and nothing is done then."""
    number = int(state.beats[machine + beats.CONNECTION])
    if number < 0 or state.connections[number * CONNECTION + CALM] == 0.0:
        return PING
    if state.beats[machine + beats.END] == CLIENT:
        return _write(state, number, CLIENT, PING_ARRIVES, PING)
    row, at, now_s = state.connections, number * CONNECTION, state.now_s[0]
    down = int(row[at + LINE]) + LINE_WIDTH
    arrive_s = transmit(state.lines, state.links, down, now_s, PING_BYTES, PING_NAME)
    if arrive_s == NOT_CALM:
        return PING
    occupy(state.queues, int(row[at + PROCESS]), now_s, row[at + OUT_S])
    if row[at + ECHOES] == 0.0 or not _echo(state, number, arrive_s):
        book(state.calendar, arrive_s, PING_ARRIVES, number, 0, SERVER)
    row[at + UNDER_WAY] += 1.0
    state.told[2] = number
    return BEAT if row[at + BEATS] != 0.0 else DONE


@part
def _echo(state: Any, number: int, arrive_s: float) -> bool:
    """Book the pong that answers a ping, which arrives then, if its way is calm as well.

    It is booked ahead of its time, so what it does to the order and to the link is taken back:
    what the client writes in between goes first.
    """
    lines, links = state.lines.row, state.links.row
    up = int(state.connections[number * CONNECTION + LINE])
    free = int(lines[up + OUT]) + FREE_S
    behind_s, free_s = lines[up + LAST_S], links[free]
    back_s = transmit(state.lines, state.links, up, arrive_s, PING_BYTES, PONG_NAME)
    lines[up + LAST_S], links[free] = behind_s, free_s
    if back_s == NOT_CALM:
        return False
    slot = book(state.calendar, back_s, ECHO_ARRIVES, number, 0, SERVER)
    state.calendar.real[slot * REALS + SINCE_S] = arrive_s
    return True


@part
def _write(state: Any, number: int, end: int, kind: int, trouble: int) -> int:
    """Write a ping or pong of `end`; `trouble`, and nothing is done, where that is not calm."""
    line = int(state.connections[number * CONNECTION + LINE]) + end * LINE_WIDTH
    name = PING_NAME if kind == PING_ARRIVES else PONG_NAME
    arrive_s = transmit(state.lines, state.links, line, state.now_s[0], PING_BYTES, name)
    if arrive_s == NOT_CALM:
        return trouble
    book(state.calendar, arrive_s, kind, number, 0, end)
    state.connections[number * CONNECTION + UNDER_WAY] += 1.0
    return DONE


@part
def _ping_arrives(state: Any, number: int, end: int) -> int:
    """A ping that `end` has sent reaches the other one."""
    row, at, now_s = state.connections, number * CONNECTION, state.now_s[0]
    state.told[1] = number
    if end == SERVER:
        row[at + HEARD_S] = now_s
        _hear(state, number, CLIENT, beats.PING)
        return _write(state, number, CLIENT, PONG_ARRIVES, CLIENT_PONGS)
    process, turn, cost_s = int(row[at + PROCESS]), int(row[at + TURN]), 2.0 * row[at + OUT_S]
    if waits(state.queues, process, now_s, turn):
        _work(state, cost_s, ANSWER, number)
        return DONE
    occupy(state.queues, process, now_s, cost_s)
    return _answer(state, number)


@part
def _work(state: Any, cost_s: float, kind: int, number: int) -> None:
    """Let the process of a connection do something when it gets to it."""
    row, at = state.connections, number * CONNECTION
    process = int(row[at + PROCESS])
    done_s = occupy_in_turn(
        state.queues, process, state.now_s[0], cost_s, int(row[at + TURN])
    )
    state.queues.row[process + IN_HAND] += 1.0
    _book_work(state, done_s, kind, number, process)


@part
def _answer(state: Any, number: int) -> int:
    """The server has read a ping: it answers."""
    _hear(state, number, SERVER, beats.PING)
    state.told[1] = state.told[2] = number
    if state.connections[number * CONNECTION + CALM] == 0.0:
        return SERVER_PONGS
    code = _write(state, number, SERVER, PONG_ARRIVES, SERVER_PONGS)
    if code == DONE and state.connections[number * CONNECTION + BEATS] != 0.0:
        return BEAT
    return code


@part
def _pong_arrives(state: Any, number: int, end: int) -> int:
    """A pong that `end` has sent reaches the other one."""
    row, at, now_s = state.connections, number * CONNECTION, state.now_s[0]
    if end == SERVER:
        row[at + HEARD_S] = now_s
        _feed(state, number, CLIENT, beats.PONG)
        return DONE
    process = int(row[at + PROCESS])
    if waits(state.queues, process, now_s, int(row[at + TURN])):
        _work(state, row[at + OUT_S], PONG_READ, number)
        return DONE
    occupy(state.queues, process, now_s, row[at + OUT_S])
    _feed(state, number, SERVER, beats.PONG)
    return DONE


@part
def _hear(state: Any, number: int, end: int, what: int) -> None:
    """Traffic that never moves a deadline forward."""
    row, at = state.connections, number * CONNECTION
    pings, watches = CLIENT_PINGS, CLIENT_WATCHES
    if end == SERVER:
        pings, watches = SERVER_PINGS, SERVER_WATCHES
    if row[at + pings] >= 0.0:
        beats.hear(state.beats, int(row[at + pings]), state.now_s[0], what)
    if row[at + watches] >= 0.0:
        beats.hear(state.beats, int(row[at + watches]), state.now_s[0], what)


@part
def _feed(state: Any, number: int, end: int, what: int) -> None:
    """As `_hear`, and the machines are armed anew."""
    row, at = state.connections, number * CONNECTION
    _hear(state, number, end, what)
    pings, watches = CLIENT_PINGS, CLIENT_WATCHES
    if end == SERVER:
        pings, watches = SERVER_PINGS, SERVER_WATCHES
    if row[at + pings] >= 0.0:
        arm(state, int(row[at + pings]))
    if row[at + watches] >= 0.0:
        arm(state, int(row[at + watches]))
