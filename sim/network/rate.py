"""How fast a link serialises bytes: constant, or piecewise constant and repeated for ever.

Left out: the queue in front of the link (the transport starts a packet when the link is
free), its limit, and sharing of one link by several people.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from copy import copy
from functools import cache
from itertools import accumulate, pairwise
from math import ceil
from sys import float_info
from typing import ClassVar, Protocol

from sim.network.ranges import require_not_negative, require_positive


class Rate(Protocol):
    """The speed of one direction of a link."""

    @property
    def constant(self) -> bool:
        """Whether `leave_s` is start plus size over `mean_bps`, whatever the time."""
        ...

    @property
    def mean_bps(self) -> float:
        """Bits per second in the long run."""
        ...

    def leave_s(self, start_s: float, size_bytes: float) -> float:
        """When the last byte has left, if sending starts at `start_s` on a free link."""
        ...


class ConstantRate:
    """The same number of bits every second; may be shared, it holds no state."""

    __slots__ = ("mean_bps",)
    constant: ClassVar[bool] = True

    def __init__(self, rate_bps: float) -> None:
        require_positive("rate_bps", rate_bps)
        self.mean_bps = float(rate_bps)

    def leave_s(self, start_s: float, size_bytes: float) -> float:
        """Start plus size over rate."""
        return start_s + size_bytes * 8.0 / self.mean_bps


@cache
def constant_rate(rate_bps: float) -> ConstantRate:
    """One for all links of this rate."""
    return ConstantRate(rate_bps)


class PiecewiseRate:
    """Rates that hold from given times on, played over and over.

    Args:
        times_s: when each rate begins; the first is 0, each later than the one before.
        rates_bps: one per time, >= 0 and not all 0. Nothing leaves while the rate is 0.
        period_s: when the list ends and starts again, later than the last time.
    """

    __slots__ = ("_filled_bits", "_offset_s", "_rates_bps", "_times_s", "period_s")
    constant: ClassVar[bool] = False

    def __init__(
        self,
        times_s: Sequence[float],
        rates_bps: Sequence[float],
        period_s: float,
    ) -> None:
        _require_pieces(times_s, rates_bps, period_s)
        lengths_s = (
            end_s - start_s
            for start_s, end_s in zip(times_s, (*times_s[1:], period_s), strict=True)
        )
        self.period_s = float(period_s)
        self._times_s = tuple(times_s)
        self._rates_bps = tuple(rates_bps)
        self._offset_s = 0.0
        # _filled_bits[i]: bits that can leave from the start of the list to the end of piece i.
        self._filled_bits = tuple(
            accumulate(rate * length for rate, length in zip(rates_bps, lengths_s, strict=True))
        )

    @property
    def mean_bps(self) -> float:
        """Bits of one round over its length."""
        return self._filled_bits[-1] / self.period_s

    def entered_at(self, offset_s: float) -> "PiecewiseRate":
        """The same rates with time 0 at `offset_s` of the list."""
        require_not_negative("offset_s", offset_s)
        other = copy(self)
        other._offset_s = offset_s
        return other

    def leave_s(self, start_s: float, size_bytes: float) -> float:
        """Inverts the cumulative capacity: the first time by which enough bits could leave."""
        if size_bytes <= 0.0:
            return start_s
        filled_bits, round_bits = self._filled_bits, self._filled_bits[-1]
        rounds, into_s = divmod(start_s + self._offset_s, self.period_s)
        due_bits = self._bits_before(into_s) + size_bytes * 8.0
        more_rounds = ceil(due_bits / round_bits) - 1
        due_bits -= more_rounds * round_bits
        # Rounding may push the rest out of (0, round_bits], where only pieces with a rate lie.
        due_bits = min(max(due_bits, float_info.min), round_bits)
        piece = bisect_left(filled_bits, due_bits)
        end_s = self._times_s[piece + 1] if piece + 1 < len(self._times_s) else self.period_s
        left_s = end_s - (filled_bits[piece] - due_bits) / self._rates_bps[piece]
        return max(start_s, (rounds + more_rounds) * self.period_s + left_s - self._offset_s)

    def _bits_before(self, into_s: float) -> float:
        piece = bisect_right(self._times_s, into_s) - 1
        earlier_bits = self._filled_bits[piece - 1] if piece else 0.0
        return earlier_bits + self._rates_bps[piece] * (into_s - self._times_s[piece])


def _require_pieces(times_s: Sequence[float], rates_bps: Sequence[float], period_s: float) -> None:
    require_positive("period_s", period_s)
    if not times_s or len(times_s) != len(rates_bps):
        raise ValueError(
            f"{len(times_s)} times_s and {len(rates_bps)} rates_bps; allowed: as many, at least one"
        )
    if times_s[0] != 0.0:
        raise ValueError(f"the first of times_s is {times_s[0]!r}; allowed: 0")
    for earlier_s, later_s in pairwise((*times_s, period_s)):
        if not earlier_s < later_s:
            raise ValueError(
                f"{later_s!r} follows {earlier_s!r} in times_s and period_s; allowed: rising"
            )
    for rate_bps in rates_bps:
        require_not_negative("each of rates_bps", rate_bps)
    require_positive("the largest of rates_bps", max(rates_bps))
