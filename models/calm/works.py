"""Pieces of work in a process's queue, on rows: `Process.work` and what comes of it.

Of such an event, `also` is the epoch of the process when the work was handed in, and `since` the
length of its pauses until then.
"""

from __future__ import annotations

from typing import Any, Final

from models.calm import rows
from sim.core.calendar import ALSO, INTEGERS, KIND, REALS, SINCE_S, WHAT, WHO, book
from sim.core.compiled import part
from sim.core.queues import EPOCH, EXITING, IN_HAND, STALLED_S, occupy_in_turn

NOW: Final = 0
LATER: Final = 1  # it paused meanwhile: the piece is booked again
DIED: Final = 2


@part
def book_work(state: Any, done_s: float, kind: int, who: int, what: int, process: int) -> None:
    """Book a piece of work that will be done then."""
    queue = state.queues.row
    slot = book(state.calendar, done_s, kind, who, what, int(queue[process + EPOCH]))
    state.calendar.real[slot * REALS + SINCE_S] = queue[process + STALLED_S]


@part
def work(state: Any, cost_s: float, kind: int, number: int, what: int) -> None:
    """Let the process of a connection do something when it gets to it."""
    row, at = state.connections, number * rows.CONNECTION
    process, turn = int(row[at + rows.PROCESS]), int(row[at + rows.TURN])
    done_s = occupy_in_turn(state.queues, process, state.now_s[0], cost_s, turn)
    state.queues.row[process + IN_HAND] += 1.0
    book_work(state, done_s, kind, number, what, process)


@part
def at_work(state: Any, slot: int, process: int) -> int:
    """Whether the process has come to the piece in that slot: NOW, LATER or DIED."""
    calendar, queue = state.calendar, state.queues.row
    at = slot * INTEGERS
    if calendar.whole[at + ALSO] != queue[process + EPOCH]:
        return DIED
    since_s = calendar.real[slot * REALS + SINCE_S]
    if since_s >= queue[process + STALLED_S]:
        return NOW
    due_s = state.now_s[0] + queue[process + STALLED_S] - since_s
    who, what = calendar.whole[at + WHO], calendar.whole[at + WHAT]
    book_work(state, due_s, calendar.whole[at + KIND], who, what, process)
    return LATER


@part
def over(state: Any, process: int, code: int) -> int:
    """A piece is done; EXIT where `code` is DONE and the process was waiting for that to end."""
    queue = state.queues.row
    queue[process + IN_HAND] -= 1.0
    if code == rows.DONE and queue[process + EXITING] != 0.0 and queue[process + IN_HAND] == 0.0:
        state.told[1] = process
        return rows.EXIT
    return code
