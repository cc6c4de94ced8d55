"""Loss that is correlated from packet to packet, as tc-netem(8) `loss PERCENT CORRELATION` has it.

netem gives each packet a number, x = (1 - r) u + r x_before, with u fresh and uniform, and drops
the packet when x is at most the ratio (get_crandom() and loss_event(), net/sched/sch_netem.c; the
first x_before is uniform). The memory is of packets, not of time: a connection that is silent for
an hour resumes the burst it was in. For bursts in time there is `GilbertElliott`.

x is a mean of uniforms, so it is not uniform itself: its deviation is that of a uniform times
sqrt((1 - r) / (1 + r)), and it gathers around 1/2. The share lost in the long run is therefore not
the ratio that was asked for, but P(x <= ratio): less below one half, more above it. A ratio of 10 %
with a correlation of 25 % loses 1.75 %. That is netem's behaviour, kept so that a shaping script
means here what it means there; `stationary_loss` says the share.
"""

from functools import lru_cache
from math import ceil, log
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sim.core import links
from sim.network.ranges import require_ratio
from sim.streams import Draws

MOST_CORRELATION: Final = 0.99
"""Beyond it a burst lasts longer than any chat connection has packets."""
_GRID: Final = 4097
_ERROR: Final = 1e-9  # of the distribution function, from stopping


class CorrelatedBernoulli:
    """Each packet's fate leans towards the last packet's, whenever that was sent.

    Packets are decided in the order in which they are asked about, which with retransmissions is
    not quite that of time. The one asked about last may be asked about again.

    Args:
        ratio: netem's loss percentage, 0 to 1; see the module for the share that is lost.
        correlation: netem's correlation, 0 to `MOST_CORRELATION`.
        draws: the luck of this object; untouched before the first packet.
    """

    __slots__ = ("_answer", "_asked", "_correlation", "_draws", "_last", "_ratio")

    def __init__(self, ratio: float, correlation: float, draws: Draws) -> None:
        require_ratio("ratio", ratio)
        if not 0.0 <= correlation <= MOST_CORRELATION:
            raise ValueError(f"correlation is {correlation!r}; allowed: 0 to {MOST_CORRELATION}")
        self._ratio = ratio
        self._correlation = correlation
        self._draws = draws
        self._last: float | None = None
        self._asked: tuple[float, int] | None = None
        self._answer = False

    def lost(self, time_s: float, packet: int) -> bool:
        """By the packet decided on before it."""
        if (time_s, packet) != self._asked:
            uniform, keep = self._draws.uniform, self._correlation
            before = uniform() if self._last is None else self._last
            self._last = (1.0 - keep) * uniform() + keep * before
            self._asked = time_s, packet
            self._answer = self._last <= self._ratio
        return self._answer

    def stationary_loss(self) -> float:
        """The share lost in the long run, which is not the ratio: see the module."""
        return stationary_loss(self._ratio, self._correlation)

    def write(self, row: Any, at: int) -> None:
        """That the law is to be asked for here: it is one of packets in sequence."""
        row[at + links.LAW] = links.OTHER


@lru_cache
def stationary_loss(ratio: float, correlation: float) -> float:
    """P(x <= ratio) for x = (1 - r) u + r x', x' distributed as x and r the correlation.

    The distribution function F obeys F(x) = r / (1 - r) * (G(x / r) - G((x - 1 + r) / r)), G being
    the integral of F. Starting anywhere, each application takes the error down by r.

    >>> round(stationary_loss(0.1, 0.25), 3), stationary_loss(0.1, 0.0)
    (0.017, 0.1)
    """
    if correlation == 0.0:
        return ratio
    grid = np.linspace(0.0, 1.0, _GRID)
    upper, lower = grid / correlation, (grid - 1.0 + correlation) / correlation
    share: NDArray[np.float64] = grid
    for _ in range(ceil(log(_ERROR) / log(correlation))):
        share = _integral(share, grid, upper) - _integral(share, grid, lower)
        share *= correlation / (1.0 - correlation)
    return float(np.interp(ratio, grid, share))


def _integral(
    share: NDArray[np.float64], grid: NDArray[np.float64], upto: NDArray[np.float64]
) -> NDArray[np.float64]:
    """The integral of a distribution function on [0, 1] from below up to each of the points."""
    sums = np.concatenate(([0.0], np.cumsum((share[1:] + share[:-1]) / 2.0))) * grid[1]
    inside: NDArray[np.float64] = np.interp(upto, grid, sums, left=0.0)
    return inside + np.maximum(upto - 1.0, 0.0)
