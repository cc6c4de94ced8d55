"""What each kind of event does on a calm connection."""

from __future__ import annotations

from typing import Any

from models.calm import beats, delivery, mail, repairs, rows
from models.calm.acking import acks
from models.calm.polling import polls
from models.calm.posting import requests
from models.calm.repairs import PING_NAME, PONG_NAME
from models.calm.tunnels.passing import LATE, departs_s, passes
from models.calm.works import NOW, at_work, over, work
from sim.core import lines as segments
from sim.core.calendar import ALSO, INTEGERS, KIND, REALS, SINCE_S, TIME_S, WHAT, WHO, book
from sim.core.compiled import part
from sim.core.lines import LAST_S, NOT_CALM, NUMBERS, OUT, transmit
from sim.core.lines import WIDTH as LINE_WIDTH
from sim.core.links import FREE_S
from sim.core.queues import DOWN, occupy, waits
from sim.transport import repair
from sim.transport.connection import CLIENT, SERVER


@part
def step(state: Any, slot: int) -> int:
    """Carry out one event; DONE, or what is left to do."""
    whole = state.calendar.whole
    at = slot * INTEGERS
    kind, who, what, also = (
        whole[at + KIND], whole[at + WHO], whole[at + WHAT], whole[at + ALSO],
    )  # fmt: skip
    if kind == rows.WAKE:
        return _wake(state, who, state.calendar.real[slot * REALS + TIME_S])
    if kind in rows.OVER_HTTP:
        return _over_http(state, slot, kind)
    if kind == rows.REPAIRED:
        return _repaired(state, who, what, also)
    if kind in rows.ON_THE_WIRE:
        return _arrived(state, kind, who, what, also)
    if kind in rows.AT_WORK:
        return _worked(state, slot)
    return _carried(state, slot, kind)


@part
def _carried(state: Any, slot: int, kind: int) -> int:
    """A message is a step further."""
    whole, at = state.calendar.whole, slot * INTEGERS
    who, what, also = whole[at + WHO], whole[at + WHAT], whole[at + ALSO]
    if kind == rows.PUSHED:
        return delivery.pushed(state, slot)
    if kind == rows.READ:
        return delivery.read(state, slot)
    if kind == rows.WRITTEN:
        return delivery.written(state, who, what, also)
    if kind == rows.CARRIED:
        return delivery.carried(state, slot)
    if kind == rows.REACHED:
        return delivery.reached(state, who, what)
    return _act(state, what)


@part
def _over_http(state: Any, slot: int, kind: int) -> int:
    """A poll or a request is a step further."""
    if kind in rows.OF_POLLS:
        return polls.step(state, slot, kind)
    return requests.step(state, slot, kind)


@part
def _act(state: Any, message: int) -> int:
    """The time of an action has come: clients do it by requests, or write it to a connection."""
    if state.mail.may[state.mail.action[message]] & mail.ASKS:
        return requests.act(state, message)
    return delivery.act(state, message)


@part
def _repaired(state: Any, number: int, segment: int, gives_up: int) -> int:
    """A segment arrives, or its sender gives up, unless it has been moved."""
    lines, at = state.lines, segment * NUMBERS
    kind, what = lines.segment[at + segments.KIND], lines.segment[at + segments.WHAT]
    end = lines.segment[at + segments.END]
    is_over = repairs.lands(state, segment, gives_up)
    state.told[1], state.told[2] = number, segment
    if is_over and gives_up != 0:
        return rows.GAVE_UP
    if is_over and kind == rows.PAYLOAD_ARRIVES:
        return rows.RECEIVED
    if is_over:
        repairs.land(state, segment)
    repair.release(lines, segment)
    if not is_over:
        return rows.DONE
    if kind == rows.POST_ARRIVES:
        return repairs.delivered(state, number, what)
    return _landed(state, kind, number, what, end)


@part
def _arrived(state: Any, kind: int, who: int, what: int, also: int) -> int:
    """Something that was on the wire has come to the other end."""
    state.connections[who * rows.CONNECTION + rows.UNDER_WAY] -= 1.0
    return _landed(state, kind, who, what, also)


@part
def _landed(state: Any, kind: int, who: int, what: int, also: int) -> int:
    """It is there, or at the proxy before."""
    if also == SERVER and kind != rows.ECHO_ARRIVES:
        return _read(state, kind, who, what, also)
    now_s, seen = state.now_s[0], who * rows.CONNECTION + rows.SEEN_UP_S
    done_s = departs_s(state, who)
    if done_s == LATE:
        state.connections[seen] = now_s
        state.told[1], state.told[2], state.told[3] = who, kind, what
        return rows.WAITS
    passes(state, who, rows.SEEN_UP_S, now_s)
    if done_s == now_s:
        return _read(state, kind, who, what, also)
    state.now_s[0] = done_s
    code = _read(state, kind, who, what, also)
    if code == rows.DONE:
        state.now_s[0] = now_s
    else:
        state.now_s[1] = now_s
    return code


@part
def _read(state: Any, kind: int, who: int, what: int, also: int) -> int:
    """What it does there."""
    if kind == rows.ACT_ARRIVES:
        return delivery.act_arrives(state, who, what)
    if kind == rows.PING_ARRIVES:
        return _ping_arrives(state, who, also)
    if kind in rows.OF_ACKS:
        return acks.arrives(state, kind, who, what, also)
    return _pong_arrives(state, who, CLIENT if kind == rows.ECHO_ARRIVES else also)


@part
def _worked(state: Any, slot: int) -> int:
    """A process has come to a ping, a pong, an acknowledgement or, for its heartbeat, to data."""
    whole = state.calendar.whole
    at = slot * INTEGERS
    kind, who = whole[at + KIND], whole[at + WHO]
    process = int(state.connections[who * rows.CONNECTION + rows.PROCESS])
    if at_work(state, slot, process) != NOW:
        return rows.DONE
    if kind == rows.ANSWER:
        return over(state, process, _answer(state, who))
    if kind == rows.ACK_READ:
        return over(state, process, acks.read(state, who, whole[at + WHAT]))
    if kind == rows.DATA_READ:
        beats.heard(state, who, SERVER, beats.DATA)
        return over(state, process, rows.DONE)
    _feed(state, who, SERVER, beats.PONG)
    return over(state, process, rows.DONE)


@part
def _wake(state: Any, machine: int, armed_s: float) -> int:
    """A heartbeat machine's time has come, if it has not moved."""
    row, now_s = state.beats, state.now_s[0]
    if row[machine + beats.ARMED_S] != armed_s:
        return rows.DONE
    row[machine + beats.ARMED_S] = float("inf")
    if row[machine + beats.WAITS] != 0.0:
        return rows.DONE
    process = int(row[machine + beats.PROCESS])
    late = process >= 0 and row[machine + beats.DEADLINE_S] <= now_s
    if late and state.queues.row[process + DOWN] == 0.0 and waits(state.queues, process, now_s, -1):
        state.told[1] = machine
        return rows.DUE
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
        return rows.DEAD
    code = rows.DONE
    if action == beats.SEND_PING:
        code = _ping(state, machine)
    if code != rows.PING:
        arm(state, machine)
    return code


@part
def arm(state: Any, machine: int) -> None:
    """Book the machine's next wake-up, unless an earlier one is booked."""
    row = state.beats
    if row[machine + beats.DEADLINE_S] < row[machine + beats.ARMED_S]:
        armed_s = max(row[machine + beats.DEADLINE_S], state.now_s[0])
        row[machine + beats.ARMED_S] = armed_s
        book(state.calendar, armed_s, rows.WAKE, machine, 0, 0)


@part
def _ping(state: Any, machine: int) -> int:
    """A machine wants to ping: rows.PING where that is not calm, and nothing is done then."""
    number = int(state.beats[machine + beats.CONNECTION])
    if number < 0 or state.connections[number * rows.CONNECTION + rows.CALM] == 0.0:
        return rows.PING
    if state.beats[machine + beats.END] == CLIENT:
        return _write(state, number, CLIENT, rows.PING_ARRIVES, rows.PING)
    row, at, now_s = state.connections, number * rows.CONNECTION, state.now_s[0]
    if not _written(state, number):
        return rows.PING
    occupy(state.queues, int(row[at + rows.PROCESS]), now_s, row[at + rows.OUT_S])
    state.told[2] = number
    return rows.BEAT if row[at + rows.BEATS] != 0.0 else rows.DONE


@part
def _written(state: Any, number: int) -> bool:
    """Write a server's ping, and book its answer where that comes by itself; or do nothing."""
    if state.connections[number * rows.CONNECTION + rows.ECHOES] == 0.0:
        return _write(state, number, SERVER, rows.PING_ARRIVES, rows.PING) == rows.DONE
    row, at, now_s = state.connections, number * rows.CONNECTION, state.now_s[0]
    down = int(row[at + rows.LINE]) + LINE_WIDTH
    arrive_s = transmit(state.lines, state.links, down, now_s, rows.PING_BYTES, PING_NAME)
    if arrive_s == NOT_CALM:
        if repairs.write(state, number, SERVER, rows.PING_BYTES, rows.PING_ARRIVES, 0) < 0:
            return False
    else:
        if not _echo(state, number, arrive_s):
            book(state.calendar, arrive_s, rows.PING_ARRIVES, number, 0, SERVER)
        row[at + rows.UNDER_WAY] += 1.0
    passes(state, number, rows.SEEN_DOWN_S, now_s)  # a proxy passes on what echoes by itself: none
    return True


@part
def _echo(state: Any, number: int, arrive_s: float) -> bool:
    """Book the pong that answers a ping, which arrives then, if its way is calm as well.

    It is booked ahead of its time, so what it does to the order and to the link is taken back:
    what the client writes in between goes first.
    """
    lines, links = state.lines.row, state.links.row
    up = int(state.connections[number * rows.CONNECTION + rows.LINE])
    free = int(lines[up + OUT]) + FREE_S
    behind_s, free_s = lines[up + LAST_S], links[free]
    back_s = transmit(state.lines, state.links, up, arrive_s, rows.PING_BYTES, PONG_NAME)
    lines[up + LAST_S], links[free] = behind_s, free_s
    if back_s == NOT_CALM:
        return False
    slot = book(state.calendar, back_s, rows.ECHO_ARRIVES, number, 0, SERVER)
    state.calendar.real[slot * REALS + SINCE_S] = arrive_s
    return True


@part
def _write(state: Any, number: int, end: int, kind: int, trouble: int) -> int:
    """Write a ping or pong of `end`; `trouble`, and nothing is done, where that is not calm."""
    now_s = state.now_s[0]
    depart_s = departs_s(state, number) if end == SERVER else now_s
    if depart_s == LATE:
        return trouble
    line = int(state.connections[number * rows.CONNECTION + rows.LINE]) + end * LINE_WIDTH
    name = PING_NAME if kind == rows.PING_ARRIVES else PONG_NAME
    state.now_s[0] = depart_s
    arrive_s = transmit(state.lines, state.links, line, depart_s, rows.PING_BYTES, name)
    written = True
    if arrive_s == NOT_CALM:
        written = repairs.write(state, number, end, rows.PING_BYTES, kind, 0) >= 0
    else:
        book(state.calendar, arrive_s, kind, number, 0, end)
        state.connections[number * rows.CONNECTION + rows.UNDER_WAY] += 1.0
    if written and end == SERVER:
        passes(state, number, rows.SEEN_DOWN_S, now_s)
    state.now_s[0] = now_s
    return rows.DONE if written else trouble


@part
def _ping_arrives(state: Any, number: int, end: int) -> int:
    """A ping that `end` has sent reaches the other one."""
    row, at, now_s = state.connections, number * rows.CONNECTION, state.now_s[0]
    state.told[1] = number
    if end == SERVER:
        row[at + rows.HEARD_S] = now_s
        beats.heard(state, number, CLIENT, beats.PING)
        return _write(state, number, CLIENT, rows.PONG_ARRIVES, rows.CLIENT_PONGS)
    if row[at + rows.KERNEL] != 0.0:
        return _write(state, number, SERVER, rows.PONG_ARRIVES, rows.SERVER_PONGS)
    process, turn = int(row[at + rows.PROCESS]), int(row[at + rows.TURN])
    cost_s = 2.0 * row[at + rows.OUT_S]
    if waits(state.queues, process, now_s, turn):
        work(state, cost_s, rows.ANSWER, number, 0)
        return rows.DONE
    occupy(state.queues, process, now_s, cost_s)
    return _answer(state, number)


@part
def _answer(state: Any, number: int) -> int:
    """The server has read a ping: it answers."""
    beats.heard(state, number, SERVER, beats.PING)
    state.told[1] = state.told[2] = number
    if state.connections[number * rows.CONNECTION + rows.CALM] == 0.0:
        return rows.SERVER_PONGS
    code = _write(state, number, SERVER, rows.PONG_ARRIVES, rows.SERVER_PONGS)
    if code == rows.DONE and state.connections[number * rows.CONNECTION + rows.BEATS] != 0.0:
        return rows.BEAT
    return code


@part
def _pong_arrives(state: Any, number: int, end: int) -> int:
    """A pong that `end` has sent reaches the other one."""
    row, at, now_s = state.connections, number * rows.CONNECTION, state.now_s[0]
    if end == SERVER:
        row[at + rows.HEARD_S] = now_s
        _feed(state, number, CLIENT, beats.PONG)
        return rows.DONE
    process = int(row[at + rows.PROCESS])
    if waits(state.queues, process, now_s, int(row[at + rows.TURN])):
        work(state, row[at + rows.OUT_S], rows.PONG_READ, number, 0)
        return rows.DONE
    occupy(state.queues, process, now_s, row[at + rows.OUT_S])
    _feed(state, number, SERVER, beats.PONG)
    return rows.DONE


@part
def _feed(state: Any, number: int, end: int, what: int) -> None:
    """As `beats.heard`, and the machines are armed anew."""
    row, at = state.connections, number * rows.CONNECTION
    beats.heard(state, number, end, what)
    pings, watches = rows.CLIENT_PINGS, rows.CLIENT_WATCHES
    if end == SERVER:
        pings, watches = rows.SERVER_PINGS, rows.SERVER_WATCHES
    if row[at + pings] >= 0.0:
        arm(state, int(row[at + pings]))
    if row[at + watches] >= 0.0:
        arm(state, int(row[at + watches]))
