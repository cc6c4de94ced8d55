"""One direction of a connection as a row: when does a write arrive, if all is calm?

The recursion of `sim.transport.direction`, which tells what it means, for the case in which every
term is known at once. A row is `WIDTH` numbers from `at` on. What needs repair is told in
`sim.transport.repair`, on the same rows: the columns from `REPAIRS` on, and segments.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Final, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from sim.core import links as ways
from sim.core.arrays import INTEGER, REAL, Shared, chain
from sim.core.compiled import part

QUIET_S: Final = 0  # until then something needs repair
STEADY: Final = 1  # 1: delay and rate never change, and the laws of loss are known here
S_PER_BYTE: Final = 2
DELAY_S: Final = 3
BACK_S: Final = 4  # the delay of what comes back
NEXT_DOWN_S: Final = 5  # when the link fails next, as far as anybody has looked
LAST_S: Final = 6  # when the last write arrives
PACKETS: Final = 7
SIZE_BYTES: Final = 8  # of all writes
WRITES: Final = 9
OVERHEAD_BYTES: Final = 10  # around each write
OUT: Final = 11  # row of the way out ...
BACK: Final = 12  # ... and of the way back
LOSSY: Final = 13
SPANS: Final = 14  # where the outages of its path begin ...
SPANS_END: Final = 15  # ... and end in `starts_s` and `ends_s`
REPAIRS: Final = 16  # 1: what is not calm is sent on rows, too
BITS_PER_S: Final = 17  # 0: sending takes no time
HOLE: Final = 18  # segments, -1: none
BATCH: Final = 19
FOLLOWER: Final = 20  # the first of those behind the hole ...
LAST_FOLLOWER: Final = 21  # ... and the last
PROBE_MARK: Final = 22
SAMPLED: Final = 23  # round trips that the estimator has seen; the rest is the estimator's
SRTT_S: Final = 24
DEVIATION_S: Final = 25
DEVIATION_MAX_S: Final = 26
VARIANCE_S: Final = 27
WINDOW_END: Final = 28
FLYING: Final = 29  # segments that are to arrive ...
FLYING_BYTES: Final = 30  # ... and what was written in them
WIDTH: Final = 31

# A segment: times ...
SENT_S: Final = 0
DEPART_S: Final = 1
ARRIVE_S: Final = 2
ACKED_S: Final = 3
RTO_S: Final = 4
FLOOR_S: Final = 5
TIMES: Final = 6
# ... and whole numbers: those of the recursion, and those of who carries it.
PACKET: Final = 0
SIZE: Final = 1
HELD: Final = 2  # how often it is referred to; 0: it is free
NEXT: Final = 3  # the follower behind it, or the next that is free
MOVED_NEXT: Final = 4
FLIES: Final = 5  # 1: it is to arrive
WHO: Final = 6
WHAT: Final = 7
KIND: Final = 8
END: Final = 9
ORDER: Final = 10  # grows with each that is sent
NUMBERS: Final = 11

# Of the pool.
FREE: Final = 0  # the first free segment, -1: none
IN_USE: Final = 1
MOVED: Final = 2  # the first of those that the last write has moved, -1: none
COUNTERS: Final = 3
_FIRST_SEGMENTS: Final = 64
_FIRST_LINES: Final = 16

NOT_CALM: Final = -1.0
ACK: Final = 1 << 32  # as in `sim.transport.names`


class Spans(Protocol):
    """When a path is down: begins and ends, in order."""

    @property
    def starts_s(self) -> Sequence[float]: ...

    @property
    def ends_s(self) -> Sequence[float]: ...


class Lines(NamedTuple):
    """All directions of all connections of a run, outages of paths, and segments under repair."""

    row: Any
    starts_s: Any
    ends_s: Any
    times_s: Any
    segment: Any
    pool: Any


class LineRows:
    """Where the directions of one run keep their numbers."""

    __slots__ = ("_count", "_spans", "_spans_end", "shared")

    def __init__(self) -> None:
        self._count = 0
        # By identity, and the object beside it so that it stays what it is.
        self._spans: dict[int, tuple[int, int, Spans]] = {}
        self._spans_end = 0
        sizes = {"row": (REAL, _FIRST_LINES * WIDTH), "starts_s": (REAL, 0), "ends_s": (REAL, 0),
                 "times_s": (REAL, _FIRST_SEGMENTS * TIMES),
                 "segment": (INTEGER, _FIRST_SEGMENTS * NUMBERS),
                 "pool": (INTEGER, COUNTERS)}  # fmt: skip
        self.shared = Shared[Lines](Lines, sizes)
        self.shared.views.pool[MOVED] = -1
        chain(self.shared.arrays.segment[NEXT::NUMBERS], 0, -1)

    def add(self) -> int:
        """Where the row of a new direction begins."""
        at = self._count * WIDTH
        self._count += 1
        self.shared.grow("row", at + WIDTH)
        row = self.shared.views.row
        for column in (HOLE, BATCH, FOLLOWER, LAST_FOLLOWER):
            row[at + column] = -1.0
        return at

    def spans(self, at: int, outages: Spans) -> None:
        """When the path of a direction is down; written once for all that share the object."""
        begin, end, _ = self._spans.get(id(outages), (0, -1, outages))
        if end < 0:
            begin, end = self._spans_end, self._spans_end + len(outages.starts_s)
            self.shared.grow("starts_s", end)
            self.shared.grow("ends_s", end)
            for place, one in enumerate(outages.starts_s, begin):
                self.shared.views.starts_s[place] = one
            for place, one in enumerate(outages.ends_s, begin):
                self.shared.views.ends_s[place] = one
            self._spans[id(outages)], self._spans_end = (begin, end, outages), end
        row = self.shared.views.row
        row[at + SPANS], row[at + SPANS_END] = begin, end

    def under_way(self, places: NDArray[np.int64], now_s: float) -> NDArray[np.bool_]:
        """Of which directions the last write, and so any of them, may still be under way.

        A place below 0 is of no row: that may be.
        """
        under_way: NDArray[np.bool_] = places < 0
        rows = places[places >= 0]
        under_way[places >= 0] = self.shared.arrays.row[rows + LAST_S] >= now_s
        return under_way

    def more_segments(self, segments: int) -> None:
        """Have at least so many segments."""
        before = len(self.shared.views.segment) // NUMBERS
        self.shared.grow("times_s", segments * TIMES)
        self.shared.grow("segment", segments * NUMBERS)
        if len(self.shared.views.segment) // NUMBERS > before:
            pool = self.shared.views.pool
            nexts = self.shared.arrays.segment[before * NUMBERS + NEXT :: NUMBERS]
            chain(nexts, before, pool[FREE])
            pool[FREE] = before


@part
def _begun(lines: Any, at: int, time_s: float) -> int:
    """The place behind the last outage that has begun by then."""
    low, high = int(lines.row[at + SPANS]), int(lines.row[at + SPANS_END])
    while low < high:
        middle = (low + high) >> 1
        if time_s < lines.starts_s[middle]:
            high = middle
        else:
            low = middle + 1
    return low


@part
def is_up(lines: Any, at: int, time_s: float) -> bool:
    """Whether the path works at this instant."""
    begun = _begun(lines, at, time_s)
    return begun == int(lines.row[at + SPANS]) or time_s >= lines.ends_s[begun - 1]


@part
def next_down_s(lines: Any, at: int, time_s: float) -> float:
    """`time_s` itself when down, else the start of the next outage; infinity when none."""
    begun = _begun(lines, at, time_s)
    if begun > int(lines.row[at + SPANS]) and time_s < lines.ends_s[begun - 1]:
        return time_s
    return lines.starts_s[begun] if begun < int(lines.row[at + SPANS_END]) else math.inf


@part
def transmit(lines: Any, links: Any, at: int, now_s: float, size_bytes: int, name: int) -> float:
    """When a write of one segment arrives that is made now, or NOT_CALM: nothing was consumed.

    Calm: nothing outstanding needs repair, neither the write of that name nor its acknowledgement
    is lost, and the link stays up until the acknowledgement is back.
    """
    row = lines.row
    if now_s < row[at + QUIET_S] or row[at + STEADY] == 0.0:
        return NOT_CALM
    leave_s = now_s
    out = int(row[at + OUT])
    if row[at + S_PER_BYTE] > 0.0:
        leave_s = max(now_s, links.row[out + ways.FREE_S])
        leave_s += (size_bytes + row[at + OVERHEAD_BYTES]) * row[at + S_PER_BYTE]
    arrive_s = leave_s + row[at + DELAY_S]
    if arrive_s + row[at + BACK_S] >= row[at + NEXT_DOWN_S]:
        row[at + NEXT_DOWN_S] = next_down_s(lines, at, now_s)
        if arrive_s + row[at + BACK_S] >= row[at + NEXT_DOWN_S]:
            return NOT_CALM
    if row[at + LOSSY] != 0.0 and (
        ways.lost(links, out, leave_s, name)
        or ways.lost(links, int(row[at + BACK]), arrive_s, name + ACK)
    ):
        return NOT_CALM
    if row[at + S_PER_BYTE] > 0.0:
        links.row[out + ways.FREE_S] = leave_s
    row[at + PACKETS] += 1.0
    row[at + WRITES] += 1.0
    row[at + SIZE_BYTES] += size_bytes
    row[at + LAST_S] = max(row[at + LAST_S], arrive_s)
    return row[at + LAST_S]
