"""Whether a packet is lost: never, independently, or in bursts of time.

Bursts are a chain in continuous time (Gilbert 1960, Elliott 1963), its sojourns in seconds.
The usual per-packet chain, as in tc-netem(8) `gemodel`, takes one step per packet: for sparse
chat traffic it would stretch a burst over minutes. The chain's timeline comes from a stream
of its own, so two designs meet the same bursts however many packets each of them sends.

Left out: loss from a full queue, and loss from a link that is down (see `outages`).
"""

from array import array
from bisect import bisect_right
from math import inf, log1p
from sys import maxsize
from typing import Protocol

from sim.network.ranges import require_positive, require_ratio
from sim.streams import Draws


class Loss(Protocol):
    """The loss of one direction of a path, or of a link that several paths share.

    A packet sent at `since_s <= time_s < until_s` while `run > 0` survives for certain: the hot
    path may then decrement `run` itself and spare the call. Otherwise it must ask `lost`.
    """

    run: int
    since_s: float
    until_s: float

    def lost(self, time_s: float) -> bool:
        """Decides the fate of one packet sent at `time_s`; times need not be in order."""
        ...

    def stationary_loss(self) -> float:
        """The share of packets lost in the long run, in closed form."""
        ...


class NoLoss:
    """Every packet survives; draws nothing."""

    __slots__ = ("run", "since_s", "until_s")

    def __init__(self) -> None:
        self.run = maxsize
        self.since_s = -inf
        self.until_s = inf

    def lost(self, time_s: float) -> bool:
        """False."""
        return False

    def stationary_loss(self) -> float:
        """0."""
        return 0.0


class LossFrom:
    """Nothing is lost before `from_s`; from then on another loss process decides.

    For measurements that set up their connections before the trouble starts. After `from_s`
    every packet asks the process: this is not for the hot path of large runs.
    """

    __slots__ = ("_from_s", "_process", "run", "since_s", "until_s")

    def __init__(self, process: Loss, from_s: float) -> None:
        self._process = process
        self._from_s = from_s
        self.run = maxsize
        self.since_s = -inf
        self.until_s = from_s

    def lost(self, time_s: float) -> bool:
        """The process's decision, False before it starts."""
        return time_s >= self._from_s and self._process.lost(time_s)

    def stationary_loss(self) -> float:
        """The process's."""
        return self._process.stationary_loss()


class Bernoulli:
    """Each packet is lost with the same probability, independently of all others.

    Args:
        ratio: probability that a packet is lost, 0 to 1.
        draws: the luck of this object; untouched before the first packet.
    """

    __slots__ = ("_draws", "_ratio", "run", "since_s", "until_s")

    def __init__(self, ratio: float, draws: Draws) -> None:
        require_ratio("ratio", ratio)
        self.run = 0
        self.since_s = -inf
        self.until_s = -inf
        self._ratio = ratio
        self._draws = draws

    def lost(self, time_s: float) -> bool:
        """Counts a run of survivors down, then loses one packet."""
        if self.until_s == -inf:
            self.until_s = inf
            self.run = _run_of_survivors(self._ratio, self._draws)
        if self.run > 0:
            self.run -= 1
            return False
        self.run = _run_of_survivors(self._ratio, self._draws)
        return True

    def stationary_loss(self) -> float:
        """The ratio."""
        return self._ratio


class GilbertElliott:
    """Two states that alternate for exponential times, each with a loss ratio of its own.

    The chain is stationary from time 0 on. Packets may be decided out of order, as when a
    retransmission is followed up before the next message is sent: the timeline is kept.

    Args:
        mean_good_s, mean_bad_s: mean sojourn in each state, > 0.
        loss_good, loss_bad: probability that a packet sent in that state is lost, 0 to 1.
        draws: the luck of this object; untouched before the first packet. Exponentials make
            the timeline, uniforms (after the first, the state at time 0) decide on packets.
    """

    __slots__ = (
        "_draws",
        "_loss_bad",
        "_loss_good",
        "_mean_bad_s",
        "_mean_good_s",
        "_ratio",
        "_turns_s",
        "run",
        "since_s",
        "until_s",
    )

    def __init__(
        self,
        mean_good_s: float,
        mean_bad_s: float,
        loss_good: float,
        loss_bad: float,
        draws: Draws,
    ) -> None:
        require_positive("mean_good_s", mean_good_s)
        require_positive("mean_bad_s", mean_bad_s)
        require_ratio("loss_good", loss_good)
        require_ratio("loss_bad", loss_bad)
        self._mean_good_s = mean_good_s
        self._mean_bad_s = mean_bad_s
        self._loss_good = loss_good
        self._loss_bad = loss_bad
        self._draws = draws
        # _turns_s[i] ends sojourn i; even sojourns are good, odd ones bad.
        self._turns_s = array("d")
        # The sojourn looked up last: its span, its loss ratio and what survives in it.
        self.since_s = inf
        self.until_s = -inf
        self._ratio = 0.0
        self.run = 0

    def lost(self, time_s: float) -> bool:
        """As `Bernoulli` with the loss ratio of the state at `time_s`, past or future."""
        if not self.since_s <= time_s < self.until_s:
            self._enter(time_s)
        if self.run > 0:
            self.run -= 1
            return False
        self.run = _run_of_survivors(self._ratio, self._draws)
        return True

    def stationary_loss(self) -> float:
        """The loss ratios weighted by the share of time spent in each state."""
        share_bad = self._share_bad()
        return share_bad * self._loss_bad + (1.0 - share_bad) * self._loss_good

    def _share_bad(self) -> float:
        return self._mean_bad_s / (self._mean_good_s + self._mean_bad_s)

    def _enter(self, time_s: float) -> None:
        """Looks up the sojourn at `time_s`; a fresh run is right, since runs have no memory."""
        self._extend(time_s)
        turns_s = self._turns_s
        sojourn = bisect_right(turns_s, time_s)
        self.since_s = turns_s[sojourn - 1] if sojourn else -inf
        self.until_s = turns_s[sojourn]
        self._ratio = self._loss_bad if sojourn % 2 else self._loss_good
        self.run = _run_of_survivors(self._ratio, self._draws)

    def _extend(self, time_s: float) -> None:
        """Draws the timeline until it covers `time_s`."""
        turns_s, draws = self._turns_s, self._draws
        if not turns_s:
            starts_bad = draws.uniform() < self._share_bad()
            turns_s.append(0.0 if starts_bad else draws.exponential(self._mean_good_s))
        while turns_s[-1] <= time_s:
            mean_s = self._mean_bad_s if len(turns_s) % 2 else self._mean_good_s
            turns_s.append(turns_s[-1] + draws.exponential(mean_s))


def _run_of_survivors(ratio: float, draws: Draws) -> int:
    """How many packets survive before the next loss: geometric, by inversion of one uniform."""
    if ratio == 0.0:
        return maxsize
    if ratio == 1.0:
        return 0
    return int(log1p(-draws.uniform()) / log1p(-ratio))
