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

from abc import ABC, abstractmethod
from typing import Any, Protocol

from sim.core import links
from sim.luck import threshold
from sim.network.ranges import require_positive, require_ratio
from sim.streams import Draws


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


class _InRow(ABC):
    """A law that is carried out in a row of numbers (`sim.core.links`), like those of ways."""

    __slots__ = ("_links",)

    def __init__(self) -> None:
        self._links: links.Links | None = None  # of its own, where a way's is not asked

    @property
    def links(self) -> links.Links:
        """A row for this law alone."""
        if self._links is None:
            self._links = links.Links([0.0] * links.WIDTH)
            self.write(self._links.row, 0)
        return self._links

    def lost(self, time_s: float, packet: int) -> bool:
        """By the packet's name, the second it is sent in, and the state of the link then."""
        return links.lost(self.links, 0, time_s, packet)

    @abstractmethod
    def write(self, row: Any, at: int) -> None:
        """Keys, thresholds and what else the law needs."""


class Bernoulli(_InRow):
    """Each packet is lost with the same probability, independently of all others.

    Args:
        ratio: probability that a packet is lost, 0 to 1.
        draws: whose luck it is.
    """

    __slots__ = ("_draws", "_ratio")

    def __init__(self, ratio: float, draws: Draws) -> None:
        require_ratio("ratio", ratio)
        self._ratio = ratio
        self._draws = draws
        super().__init__()

    def stationary_loss(self) -> float:
        """The ratio."""
        return self._ratio

    def write(self, row: Any, at: int) -> None:
        """Key and threshold."""
        row[at + links.LAW] = links.ALIKE
        row[at + links.LOW], row[at + links.HIGH] = self._draws.low, self._draws.high
        row[at + links.GOOD] = threshold(self._ratio)


class GilbertElliott(_InRow):
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

    __slots__ = ("_draws", "_link", "_losses", "_means_s")

    def __init__(
        self, mean_good_s: float, mean_bad_s: float, loss_good: float, loss_bad: float,
        draws: Draws, link: Draws | None = None,
    ) -> None:  # fmt: skip
        require_positive("mean_good_s", mean_good_s)
        require_positive("mean_bad_s", mean_bad_s)
        require_ratio("loss_good", loss_good)
        require_ratio("loss_bad", loss_bad)
        self._means_s = (mean_good_s, mean_bad_s)
        self._losses = (loss_good, loss_bad)
        self._draws = draws
        self._link = draws if link is None else link
        super().__init__()

    @property
    def _share_bad(self) -> float:
        good_s, bad_s = self._means_s
        return bad_s / (good_s + bad_s)

    def stationary_loss(self) -> float:
        """The loss ratios weighted by the share of time spent in each state."""
        good, bad = self._losses
        return self._share_bad * bad + (1.0 - self._share_bad) * good

    def write(self, row: Any, at: int) -> None:
        """Keys, both states, and the sojourn before time 0."""
        row[at + links.LAW] = links.IN_BURSTS
        row[at + links.LOW], row[at + links.HIGH] = self._draws.low, self._draws.high
        row[at + links.LINK_LOW], row[at + links.LINK_HIGH] = self._link.low, self._link.high
        row[at + links.GOOD], row[at + links.BAD] = map(threshold, self._losses)
        row[at + links.MEAN_GOOD_NS], row[at + links.MEAN_BAD_NS] = (
            mean_s * links.NS for mean_s in self._means_s
        )
        row[at + links.SHARE_BAD] = self._share_bad
        row[at + links.SOJOURN], row[at + links.SINCE_NS] = -1.0, -links.EVER_NS

    def span_s(self, time_s: float) -> tuple[float, float]:
        """Begin and end of the sojourn at `time_s`; below 0 there is one, without a beginning."""
        row = self.links.row
        links.walk(row, 0, int(time_s * links.NS))
        return row[links.SINCE_NS] / links.NS, row[links.UNTIL_NS] / links.NS
