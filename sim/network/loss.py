"""Whether a packet is lost: never, independently, or in bursts of time.

A packet's fate is a function of what the packet is called (see `sim.transport.names`) and of the
second it is sent in (`sim.luck`), and the state of a link one of time. So nothing is consumed by
asking: two designs meet the same bursts, and what both of them send in one second is lost for both
or for neither, however many other packets each of them sends. The second is part of the key so
that what is sent anew later, on another connection, has another fate.

Bursts are a chain in continuous time (Gilbert 1960, Elliott 1963), its sojourns in nanoseconds.
The usual per-packet chain, as in tc-netem(8) `gemodel`, takes one step per packet: for sparse
chat traffic it would stretch a burst over minutes.

Left out: loss from a full queue, and loss from a link that is down (see `outages`).
"""

from functools import lru_cache
from typing import Any, Final, NamedTuple, Protocol

from sim.core import links
from sim.core.links import EVER_NS, OF_FIRST_STATE, OF_SOJOURN, SECOND_BITS
from sim.luck import bits, exponential, threshold, uniform
from sim.network.ranges import require_positive, require_ratio
from sim.streams import Draws

_NS: Final = 1e9


class Loss(Protocol):
    """The loss of one direction of a path, or of a link that several paths share."""

    def lost(self, time_s: float, packet: int) -> bool:
        """Decides the fate of the packet of that name sent at `time_s`, in any order.

        Asked again about the same packet at the same time, it says the same.
        """
        ...

    def stationary_loss(self) -> float:
        """The share of packets lost in the long run, in closed form; 0 when none ever is."""
        ...

    def write(self, row: Any, at: int) -> None:
        """Write the law into a way's row, for compiled code (`sim.core.links`)."""
        ...


class NoLoss:
    """Every packet survives; draws nothing."""

    __slots__ = ()

    def lost(self, time_s: float, packet: int) -> bool:
        """False."""
        return False

    def stationary_loss(self) -> float:
        """0."""
        return 0.0

    def write(self, row: Any, at: int) -> None:
        """That nothing is lost."""
        row[at + links.LAW] = links.NEVER


class LossFrom:
    """Nothing is lost before `from_s`; from then on another loss process decides.

    For measurements that set up their connections before the trouble starts.
    """

    __slots__ = ("_from_s", "_process")

    def __init__(self, process: Loss, from_s: float) -> None:
        self._process = process
        self._from_s = from_s

    def lost(self, time_s: float, packet: int) -> bool:
        """The process's decision, False before it starts."""
        return time_s >= self._from_s and self._process.lost(time_s, packet)

    def stationary_loss(self) -> float:
        """The process's."""
        return self._process.stationary_loss()

    def write(self, row: Any, at: int) -> None:
        """That the law is to be asked for here."""
        row[at + links.LAW] = links.OTHER


class Bernoulli:
    """Each packet is lost with the same probability, independently of all others.

    Args:
        ratio: probability that a packet is lost, 0 to 1.
        draws: whose luck it is.
    """

    __slots__ = ("_draws", "_ratio", "_threshold")

    def __init__(self, ratio: float, draws: Draws) -> None:
        require_ratio("ratio", ratio)
        self._ratio = ratio
        self._threshold = threshold(ratio)
        self._draws = draws

    def lost(self, time_s: float, packet: int) -> bool:
        """By the packet's name alone, and the second it is sent in."""
        draws = self._draws
        second = int(time_s * _NS) >> SECOND_BITS
        return bits(draws.low, draws.high, packet, second) < self._threshold

    def stationary_loss(self) -> float:
        """The ratio."""
        return self._ratio

    def write(self, row: Any, at: int) -> None:
        """Key and threshold."""
        row[at + links.LAW] = links.ALIKE
        row[at + links.LOW], row[at + links.HIGH] = self._draws.low, self._draws.high
        row[at + links.GOOD] = self._threshold


class _Chain(NamedTuple):
    """What links of one kind have in common: by state, good and bad."""

    mean_ns: tuple[float, float]
    thresholds: tuple[int, int]
    share_bad: float
    stationary_loss: float


class GilbertElliott:
    """Two states that alternate for exponential times, each with a loss ratio of its own.

    The chain is stationary from time 0 on; before, it is in its good state. Sojourn k, good where
    k is even, has a length that is a function of k alone, a whole number of nanoseconds; so the
    one looked up last is all that is kept, and walking to any other, earlier or later, is exact.

    Args:
        mean_good_s, mean_bad_s: mean sojourn in each state, > 0.
        loss_good, loss_bad: probability that a packet sent in that state is lost, 0 to 1.
        draws: whose luck it is.
        link: whose timeline it is, where several paths share a link; else `draws`.
    """

    __slots__ = ("_chain", "_draws", "_link", "_since_ns", "_sojourn", "_threshold", "_until_ns")

    def __init__(
        self, mean_good_s: float, mean_bad_s: float, loss_good: float, loss_bad: float,
        draws: Draws, link: Draws | None = None,
    ) -> None:  # fmt: skip
        require_positive("mean_good_s", mean_good_s)
        require_positive("mean_bad_s", mean_bad_s)
        require_ratio("loss_good", loss_good)
        require_ratio("loss_bad", loss_bad)
        self._chain = _chain(mean_good_s, mean_bad_s, loss_good, loss_bad)
        self._draws = draws
        self._link = draws if link is None else link
        self._sojourn = -1  # before time 0; the first is looked up by the first packet
        self._since_ns, self._until_ns = -EVER_NS, 0
        self._threshold = self._chain.thresholds[0]

    def lost(self, time_s: float, packet: int) -> bool:
        """As `Bernoulli` with the loss ratio of the state at `time_s`, past or future."""
        time_ns = int(time_s * _NS)
        if not self._since_ns <= time_ns < self._until_ns:
            self._walk(time_ns)
        if not self._threshold:
            return False
        draws = self._draws
        return bits(draws.low, draws.high, packet, time_ns >> SECOND_BITS) < self._threshold

    def stationary_loss(self) -> float:
        """The loss ratios weighted by the share of time spent in each state."""
        return self._chain.stationary_loss

    def write(self, row: Any, at: int) -> None:
        """Keys, both states, and the sojourn before time 0."""
        chain = self._chain
        row[at + links.LAW] = links.IN_BURSTS
        row[at + links.LOW], row[at + links.HIGH] = self._draws.low, self._draws.high
        row[at + links.LINK_LOW], row[at + links.LINK_HIGH] = self._link.low, self._link.high
        row[at + links.GOOD], row[at + links.BAD] = chain.thresholds
        row[at + links.MEAN_GOOD_NS], row[at + links.MEAN_BAD_NS] = chain.mean_ns
        row[at + links.SHARE_BAD] = chain.share_bad
        row[at + links.SOJOURN], row[at + links.SINCE_NS] = -1.0, -EVER_NS

    def span_s(self, time_s: float) -> tuple[float, float]:
        """Begin and end of the sojourn at `time_s`; below 0 there is one, without a beginning."""
        self._walk(int(time_s * _NS))
        return self._since_ns / _NS, self._until_ns / _NS

    def _walk(self, time_ns: int) -> None:
        """Go to the sojourn at that time."""
        sojourn, since_ns, until_ns = self._sojourn, self._since_ns, self._until_ns
        while time_ns >= until_ns:
            sojourn += 1
            since_ns, until_ns = until_ns, until_ns + self._length_ns(sojourn)
        while time_ns < since_ns:
            sojourn -= 1
            since_ns, until_ns = since_ns - self._length_ns(sojourn), since_ns
        self._sojourn, self._since_ns, self._until_ns = sojourn, since_ns, until_ns
        self._threshold = self._chain.thresholds[sojourn & 1 if sojourn > 0 else 0]

    def _length_ns(self, sojourn: int) -> int:
        """How long a sojourn lasts. The chain may start bad: then the first, good one is empty."""
        low, high = self._link.low, self._link.high
        if sojourn < 0:
            return EVER_NS
        if sojourn == 0 and uniform(low, high, 0, OF_FIRST_STATE) < self._chain.share_bad:
            return 0
        mean_ns = self._chain.mean_ns[sojourn & 1]
        return int(mean_ns * exponential(low, high, sojourn, OF_SOJOURN))


@lru_cache(maxsize=256)
def _chain(mean_good_s: float, mean_bad_s: float, loss_good: float, loss_bad: float) -> _Chain:
    share_bad = mean_bad_s / (mean_good_s + mean_bad_s)
    return _Chain(
        (mean_good_s * _NS, mean_bad_s * _NS),
        (threshold(loss_good), threshold(loss_bad)),
        share_bad,
        share_bad * loss_bad + (1.0 - share_bad) * loss_good,
    )
