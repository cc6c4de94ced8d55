"""One direction of a connection as a row: when does a write arrive, if all is calm?

The recursion of `sim.transport.direction`, which tells what it means, for the case in which every
term is known at once. A row is `WIDTH` numbers from `at` on.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from sim.core import links as ways
from sim.core.arrays import REAL, Shared
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
WIDTH: Final = 14

NOT_CALM: Final = -1.0
ACK: Final = 1 << 32  # as in `sim.transport.names`


class Lines(NamedTuple):
    """All directions of all connections of a run."""

    row: Any


class LineRows:
    """Where the directions of one run keep their numbers."""

    __slots__ = ("_count", "shared")

    def __init__(self) -> None:
        self._count = 0
        self.shared = Shared[Lines](Lines, {"row": (REAL, 0)})

    def add(self) -> int:
        """Where the row of a new direction begins."""
        at = self._count * WIDTH
        self._count += 1
        self.shared.grow("row", at + WIDTH)
        return at


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
