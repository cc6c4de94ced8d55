"""Heartbeat machines as rows: `models.protocols.heartbeat` for compiled code.

A machine is `WIDTH` numbers of `row` from `at` on: where it stands, and its end's numbers. The
tables of that module say which events are legal; here they come from a connection that is open.
"""

from __future__ import annotations

import math
from typing import Any, Final

from models.calm import rows
from models.protocols.heartbeat import PingSpec, WatchdogSpec
from sim.core.compiled import part
from sim.transport.connection import SERVER

IDLE, QUIET, AWAITING, DEAD = 0.0, 1.0, 2.0, 3.0
PING, PONG, DATA, REPLY = 0, 1, 2, 3
NOTHING, SEND_PING, DECLARE_DEAD = 0, 1, 2

STATE: Final = 0
DEADLINE_S: Final = 1
HEARD_S: Final = 2
PING_S: Final = 3
EXTENDED: Final = 4
ARMED_S: Final = 5  # when it is woken next, as booked
WAITS: Final = 6  # for its process to get to its timers
WATCHES: Final = 7  # 0: a pinger, 1: a watchdog
INTERVAL_S: Final = 8  # of a watchdog: how long silence may last
TIMEOUT_S: Final = 9
NEXT_FROM: Final = 10  # 0: the last ping, 1: the last pong, 2: the last that was heard
MEANWHILE: Final = 11  # 0: nothing, 1: extend once, 2: ping again
COUNTS: Final = 12  # whether data counts as heard; of a watchdog: whether only pings do
TICK_S: Final = 13
PHASE_S: Final = 14
BY_LUCK: Final = 15
CONNECTION: Final = 16  # row of the connection that it belongs to, -1: none
END: Final = 17
PROCESS: Final = 18  # row of the process that runs its timers, -1: they are on time
WIDTH: Final = 19

_FROM: Final = ("ping", "pong", "heard")
_MEANWHILE: Final = ("nothing", "extend once", "ping again")
_TICK_SLACK: Final = 1e-9  # as in `models.protocols.machine`


def write(row: Any, at: int, spec: PingSpec | WatchdogSpec) -> None:
    """Put a machine's numbers into its row."""
    row[at + STATE] = IDLE
    row[at + DEADLINE_S] = row[at + ARMED_S] = math.inf
    row[at + CONNECTION] = row[at + PROCESS] = -1.0
    row[at + TICK_S], row[at + PHASE_S] = spec.tick_s, spec.phase_s
    if isinstance(spec, WatchdogSpec):
        row[at + WATCHES] = 1.0
        row[at + INTERVAL_S], row[at + COUNTS] = spec.limit_s, float(spec.only_pings)
        return
    row[at + INTERVAL_S], row[at + TIMEOUT_S] = spec.interval_s, spec.timeout_s
    row[at + NEXT_FROM] = float(_FROM.index(spec.next_from))
    row[at + MEANWHILE] = float(_MEANWHILE.index(spec.while_awaiting))
    row[at + COUNTS], row[at + BY_LUCK] = float(spec.data_counts), float(spec.first_by_luck)


@part
def put_off_s(time_s: float, tick_s: float, phase_s: float) -> float:
    """As `models.protocols.machine.round_up_s`."""
    if tick_s <= 0.0:
        return time_s
    ticks = math.ceil((time_s + phase_s) / tick_s - _TICK_SLACK)
    return float(ticks * tick_s - phase_s)


@part
def on_tick_s(row: Any, at: int, time_s: float) -> float:
    """That time, put off to the next tick of the end's clock."""
    return put_off_s(time_s, row[at + TICK_S], row[at + PHASE_S])


@part
def open_(row: Any, at: int, now_s: float, share: float) -> None:
    """The connection is open; `share` of the first interval is waited for."""
    row[at + STATE] = QUIET
    row[at + HEARD_S] = now_s
    row[at + DEADLINE_S] = on_tick_s(row, at, now_s + row[at + INTERVAL_S] * share)


@part
def close(row: Any, at: int) -> None:
    """The connection is over."""
    row[at + STATE], row[at + DEADLINE_S] = IDLE, math.inf


@part
def hear(row: Any, at: int, now_s: float, what: int) -> None:
    """Something arrived: PING, PONG, DATA or REPLY."""
    state = row[at + STATE]
    if row[at + WATCHES] != 0.0:
        if what == PING or row[at + COUNTS] == 0.0:
            row[at + HEARD_S] = now_s
        return
    if state in (IDLE, DEAD):
        return
    counts = what in (PONG, REPLY) or row[at + COUNTS] != 0.0
    if counts:
        row[at + HEARD_S] = now_s
    if state == QUIET:
        if what == PONG and row[at + NEXT_FROM] == 1.0:
            row[at + DEADLINE_S] = on_tick_s(row, at, now_s + row[at + INTERVAL_S])
    elif what == PONG or (row[at + NEXT_FROM] == 2.0 and counts):
        row[at + STATE] = QUIET
        from_s = row[at + PING_S] if row[at + NEXT_FROM] == 0.0 else now_s
        row[at + DEADLINE_S] = on_tick_s(row, at, max(now_s, from_s + row[at + INTERVAL_S]))
    elif row[at + MEANWHILE] == 1.0 and row[at + EXTENDED] == 0.0:
        row[at + EXTENDED] = 1.0
        row[at + DEADLINE_S] = on_tick_s(row, at, now_s + row[at + TIMEOUT_S])


@part
def heard(state: Any, number: int, end: int, what: int) -> None:
    """Traffic at an end of a connection; it never moves a deadline of its machines forward."""
    row, at = state.connections, number * rows.CONNECTION
    pings, watches = rows.CLIENT_PINGS, rows.CLIENT_WATCHES
    if end == SERVER:
        pings, watches = rows.SERVER_PINGS, rows.SERVER_WATCHES
    if row[at + pings] >= 0.0:
        hear(state.beats, int(row[at + pings]), state.now_s[0], what)
    if row[at + watches] >= 0.0:
        hear(state.beats, int(row[at + watches]), state.now_s[0], what)


@part
def time_out(row: Any, at: int, now_s: float) -> int:
    """Its deadline has passed: NOTHING, SEND_PING or DECLARE_DEAD."""
    if row[at + WATCHES] != 0.0:
        due_s = on_tick_s(row, at, row[at + HEARD_S] + row[at + INTERVAL_S])
        if due_s > now_s:
            row[at + DEADLINE_S] = due_s
            return NOTHING
        row[at + STATE], row[at + DEADLINE_S] = DEAD, math.inf
        return DECLARE_DEAD
    if row[at + STATE] == AWAITING:
        if row[at + MEANWHILE] == 2.0 and row[at + HEARD_S] > row[at + PING_S]:
            _ping(row, at, now_s)
            return SEND_PING
        row[at + STATE], row[at + DEADLINE_S] = DEAD, math.inf
        return DECLARE_DEAD
    if row[at + NEXT_FROM] == 2.0:
        due_s = on_tick_s(row, at, row[at + HEARD_S] + row[at + INTERVAL_S])
        if due_s > now_s:
            row[at + DEADLINE_S] = due_s
            return NOTHING
    _ping(row, at, now_s)
    return SEND_PING


@part
def _ping(row: Any, at: int, now_s: float) -> None:
    row[at + STATE] = AWAITING
    row[at + PING_S] = now_s
    row[at + EXTENDED] = 0.0
    row[at + DEADLINE_S] = on_tick_s(row, at, now_s + row[at + TIMEOUT_S])
