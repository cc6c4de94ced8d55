"""The arithmetic of a process's queue, on flat arrays: for Python and for compiled code alike.

A process is a row of `row`, `WIDTH` numbers from `at` on; beside it lie when each of its cores is
free (`free`, ascending), what it has worked in each second (`busy`), and for each *turn* until when
a piece of work before it lasts (`turns`). What it means is told in `sim.process`.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from sim.core.arrays import INTEGER, REAL, Shared
from sim.core.compiled import part

# Columns of a process's row.
ROUND_ENDS_S: Final = 0  # what arrives later is read in the next round
PAUSED_UNTIL_S: Final = 1
STALLED_S: Final = 2  # length of all pauses: what work in hand is late by
DOWN: Final = 3  # 0: host and process run
EPOCH: Final = 4  # grows at every crash: work begun before is lost
IN_HAND: Final = 5
EXITING: Final = 6
QUEUE_LIMIT_S: Final = 7
WAKE_SHARE: Final = 8  # extra CPU seconds per second that the core stood idle ...
WAKE_MAX_S: Final = 9  # ... and at most: waking up costs more than going on
FREE_AT: Final = 10  # where its cores begin in `free` ...
CORES: Final = 11  # ... and how many
BUSY_AT: Final = 12  # where its seconds begin in `busy`
ROOM_TURNS: Final = 13  # where the turns of rooms begin in `turns`
SLOWNESS: Final = 14  # how many times as long as usual its callers' work takes
PACE: Final = 15  # how many times as long as was measured all its own work takes
WIDTH: Final = 16
_FIRST: Final = 8  # processes that there is room for from the start

AHEAD_S: Final = 0.001
"""Of pieces done one after the other, those within so many seconds take one event (`at_once`)."""


class Queues(NamedTuple):
    """All processes of a run; `seconds[0]` is how many seconds each may write down."""

    row: Any
    free: Any
    busy: Any
    turns: Any
    seconds: Any


class Processes:
    """Where the processes of one run keep their numbers; grows with each."""

    __slots__ = ("_cores", "_count", "_turns", "shared")

    def __init__(self, seconds: int = 4096) -> None:
        """`seconds`: of how many seconds from the start it is written down how busy they were."""
        self._count = self._cores = self._turns = 0
        sizes = {"row": (REAL, _FIRST * WIDTH), "free": (REAL, _FIRST),
                 "busy": (REAL, 0), "turns": (REAL, 0), "seconds": (INTEGER, 1)}  # fmt: skip
        self.shared = Shared[Queues](Queues, sizes)
        self.shared.views.seconds[0] = seconds

    def add(self, cores: int) -> int:
        """Where the row of a new process begins."""
        seconds = self.shared.views.seconds[0]
        at = self._count * WIDTH
        self.shared.grow("row", at + WIDTH)
        self.shared.grow("free", self._cores + cores)
        self.shared.grow("busy", (self._count + 1) * seconds)
        row = self.shared.views.row
        row[at + QUEUE_LIMIT_S], row[at + SLOWNESS], row[at + PACE] = float("inf"), 1.0, 1.0
        row[at + FREE_AT], row[at + CORES] = self._cores, cores
        row[at + BUSY_AT] = self._count * seconds
        self._cores += cores
        self._count += 1
        return at

    def seat(self, turns: int) -> int:
        """Where room for so many more turns begins, in turns."""
        first = self._turns
        self._turns += turns
        self.shared.grow("turns", self._turns)
        return first


@part
def start_s(queues: Any, at: int, now_s: float) -> float:
    """When work handed in now would begin."""
    return max(now_s, queues.free[int(queues.row[at + FREE_AT])])


@part
def lasts_s(queues: Any, at: int, cost_s: float) -> float:
    """How long a process is busy with work that takes so many CPU seconds as measured."""
    return float(cost_s * queues.row[at + PACE])


@part
def occupy(queues: Any, at: int, now_s: float, cost_s: float) -> float:
    """Let the first free core work for `cost_s`; when it will be done."""
    row, free = queues.row, queues.free
    first = int(row[at + FREE_AT])
    free_s = free[first]
    begin_s = max(now_s, free_s)
    cost_s = lasts_s(queues, at, cost_s)
    if row[at + WAKE_SHARE] > 0.0 and begin_s > free_s:
        most_s = lasts_s(queues, at, row[at + WAKE_MAX_S])
        cost_s += min(row[at + WAKE_SHARE] * (begin_s - free_s), most_s)
    second = int(begin_s)
    if second < queues.seconds[0]:
        queues.busy[int(row[at + BUSY_AT]) + second] += cost_s
    done_s = begin_s + cost_s
    if now_s >= row[at + ROUND_ENDS_S]:  # what waits now is the new round; else this piece is it
        row[at + ROUND_ENDS_S] = free_s if free_s > now_s else done_s
    place, end = first, first + int(row[at + CORES]) - 1
    while place < end and free[place + 1] < done_s:
        free[place] = free[place + 1]
        place += 1
    free[place] = done_s
    return done_s


@part
def occupy_in_turn(queues: Any, at: int, now_s: float, cost_s: float, turn: int) -> float:
    """`occupy`, for a piece that is done after those of the same turn (-1: of none)."""
    done_s = occupy(queues, at, now_s, cost_s)
    if turn < 0:
        return done_s
    done_s = max(done_s, queues.turns[turn])
    queues.turns[turn] = done_s
    return done_s


@part
def occupy_one_by_one(
    queues: Any, at: int, now_s: float, each_s: float, pieces: int, turn: int
) -> float:
    """`occupy_in_turn`, for pieces that one core does one after the other; when the first is done.

    The others are done `lasts_s` of a piece apart.
    """
    behind_s = lasts_s(queues, at, each_s) * (pieces - 1)
    first_s = occupy(queues, at, now_s, each_s * pieces) - behind_s
    first_s = max(first_s, now_s, queues.turns[turn])
    queues.turns[turn] = first_s + behind_s
    return first_s


@part
def at_once(each_s: float, pieces: int) -> int:
    """How many of the pieces still to be done take one event, the first of them being done now.

    Each has its own time all the same. A pause or a crash finds those done that were to be done
    within `AHEAD_S` of that event, and no others: so precisely is it known how far a process got.
    """
    if each_s * (pieces - 1) <= AHEAD_S:
        return pieces
    return 1 + int(AHEAD_S / each_s)


@part
def waits(queues: Any, at: int, now_s: float, turn: int) -> bool:
    """Whether a piece of that turn (-1: of none) would have to wait."""
    if queues.free[int(queues.row[at + FREE_AT])] > now_s:
        return True
    return turn >= 0 and queues.turns[turn] > now_s


@part
def is_hindered(queues: Any, at: int, now_s: float) -> bool:
    """Whether a process is down, stands still or is slow."""
    row = queues.row
    if row[at + DOWN] != 0.0 or row[at + PAUSED_UNTIL_S] > now_s:
        return True
    return bool(row[at + SLOWNESS] != 1.0)
