"""Ways of paths as rows: when each is free, and which packets it loses.

A way is one direction of a person's path, shared by all of the person's connections. Its row is
`WIDTH` numbers from `at` on. The laws of loss are those of `sim.network.loss`, which tells what
they mean and writes them here.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from sim import luck
from sim.core.arrays import REAL, Shared
from sim.core.compiled import part

FREE_S: Final = 0  # when it has sent what it was given so far
LAW: Final = 1
LOW: Final = 2  # the key of its packets
HIGH: Final = 3
GOOD: Final = 4  # `luck.bits` below this lose the packet, in the good state ...
BAD: Final = 5  # ... and in the bad one
LINK_LOW: Final = 6  # the key of its states
LINK_HIGH: Final = 7
MEAN_GOOD_NS: Final = 8
MEAN_BAD_NS: Final = 9
SHARE_BAD: Final = 10
SOJOURN: Final = 11  # the one looked up last, and its span
SINCE_NS: Final = 12
UNTIL_NS: Final = 13
WIDTH: Final = 14
_FIRST: Final = 16  # rows that there is room for from the start

NEVER: Final = 0.0  # laws of loss
ALIKE: Final = 1.0  # each packet by itself
IN_BURSTS: Final = 2.0
OTHER: Final = 3.0  # one that is not known here

SECOND_BITS: Final = 30
"""Packets are keyed by their name and by time in units of 2**30 ns, 1.07 s."""
EVER_NS: Final = 2**62  # 146 years
# Numbers of draws that a packet's time is never: those of a timeline.
OF_SOJOURN: Final = -4
OF_FIRST_STATE: Final = -5
NS: Final = 1e9

for _function in (luck.bits, luck.uniform, luck.exponential):
    part(_function)


class Links(NamedTuple):
    """All ways of a run."""

    row: Any


class LinkRows:
    """Where the ways of one run keep their numbers."""

    __slots__ = ("_count", "shared")

    def __init__(self) -> None:
        self._count = 0
        self.shared = Shared[Links](Links, {"row": (REAL, _FIRST * WIDTH)})

    def add(self) -> int:
        """Where the row of a new way begins, one that loses nothing."""
        at = self._count * WIDTH
        self._count += 1
        self.shared.grow("row", at + WIDTH)
        return at


@part
def lost(links: Any, at: int, time_s: float, packet: int) -> bool:
    """Whether the way loses the packet of that name, sent then."""
    row = links.row
    if row[at + LAW] == NEVER:
        return False
    time_ns = int(time_s * NS)
    bound = row[at + GOOD]
    if row[at + LAW] == IN_BURSTS:
        if not row[at + SINCE_NS] <= time_ns < row[at + UNTIL_NS]:
            walk(row, at, time_ns)
        if int(row[at + SOJOURN]) & 1 and row[at + SOJOURN] > 0.0:
            bound = row[at + BAD]
    if bound == 0.0:
        return False
    drawn = luck.bits(int(row[at + LOW]), int(row[at + HIGH]), packet, time_ns >> SECOND_BITS)
    return drawn < bound


@part
def walk(row: Any, at: int, time_ns: int) -> None:
    """Go to the sojourn at that time."""
    sojourn = int(row[at + SOJOURN])
    since_ns, until_ns = int(row[at + SINCE_NS]), int(row[at + UNTIL_NS])
    while time_ns >= until_ns:
        sojourn += 1
        since_ns, until_ns = until_ns, until_ns + _length_ns(row, at, sojourn)
    while time_ns < since_ns:
        sojourn -= 1
        since_ns, until_ns = since_ns - _length_ns(row, at, sojourn), since_ns
    row[at + SOJOURN], row[at + SINCE_NS], row[at + UNTIL_NS] = sojourn, since_ns, until_ns


@part
def _length_ns(row: Any, at: int, sojourn: int) -> int:
    """How long a sojourn lasts. The chain may start bad: then the first, good one is empty."""
    low, high = int(row[at + LINK_LOW]), int(row[at + LINK_HIGH])
    if sojourn < 0:
        return EVER_NS
    if sojourn == 0 and luck.uniform(low, high, 0, OF_FIRST_STATE) < row[at + SHARE_BAD]:
        return 0
    mean_ns = row[at + MEAN_BAD_NS] if sojourn & 1 else row[at + MEAN_GOOD_NS]
    return int(mean_ns * luck.exponential(low, high, sojourn, OF_SOJOURN))
