"""The two-state loss chain against its closed forms, inside computed intervals.

With sojourn rates a = 1/mean_good and b = 1/mean_bad, the share of time in the bad state is
a / (a + b), and what is known of the state decays as r(t) = exp(-(a + b) t). Every interval is
Z standard errors wide, the standard error in closed form; Z = 4.5 fails by chance once in
150,000, and the seeds are fixed.
"""

from dataclasses import dataclass
from math import exp, sqrt

import numpy as np
import pytest

from sim.network.loss import GilbertElliott
from sim.streams import Streams

Z = 4.5


@dataclass(frozen=True, slots=True)
class Chain:
    """Parameters of one chain, and its closed forms."""

    mean_good_s: float
    mean_bad_s: float
    loss_good: float
    loss_bad: float

    @property
    def share_bad(self) -> float:
        return self.mean_bad_s / (self.mean_good_s + self.mean_bad_s)

    @property
    def loss(self) -> float:
        return self.share_bad * self.loss_bad + (1 - self.share_bad) * self.loss_good

    def memory(self, lag_s: float) -> float:
        return exp(-(1 / self.mean_good_s + 1 / self.mean_bad_s) * lag_s)

    def covariance(self, lag_s: float) -> float:
        """Of the losses of two packets sent `lag_s` apart, `lag_s` > 0."""
        contrast = self.loss_bad - self.loss_good
        return contrast**2 * self.share_bad * (1 - self.share_bad) * self.memory(lag_s)

    def error_of_mean(self, count: int, spacing_s: float) -> float:
        """Of the share lost among many packets `spacing_s` apart, their dependence included."""
        later = self.covariance(spacing_s) / (1 - self.memory(spacing_s))
        return sqrt((self.loss * (1 - self.loss) + 2 * later) / count)

    def fates(self, count: int, spacing_s: float, seed: int = 1) -> np.ndarray:
        draws = Streams(seed, 0).draws("loss-up")
        loss = GilbertElliott(
            self.mean_good_s, self.mean_bad_s, self.loss_good, self.loss_bad, draws
        )
        assert loss.stationary_loss() == pytest.approx(self.loss)
        return np.array([loss.lost(index * spacing_s, index) for index in range(count)])


CHAINS = [
    Chain(10.0, 0.5, 0.0, 1.0),
    Chain(1.0, 1.0, 0.01, 0.6),
    Chain(0.3, 3.0, 0.0, 0.2),
    Chain(30.0, 0.2, 0.001, 0.7),
]


@pytest.mark.parametrize("chain", CHAINS, ids=str)
@pytest.mark.parametrize("spacing_s", [0.02, 0.4, 30.0])
def test_stationary_loss(chain: Chain, spacing_s: float) -> None:
    """However dense or sparse the packets: a chain stepped per packet would fail at one end."""
    count = 50_000
    lost = chain.fates(count, spacing_s).mean()
    assert abs(lost - chain.loss) < Z * chain.error_of_mean(count, spacing_s)


@pytest.mark.parametrize("chain", [chain for chain in CHAINS if chain.loss_bad == 1.0], ids=str)
@pytest.mark.parametrize("spacing_s", [0.01, 0.1])
def test_mean_burst_duration(chain: Chain, spacing_s: float) -> None:
    """Probed every `spacing_s`, a burst lasts a geometric number of probes.

    A probe after a bad one is bad with probability share_bad + share_good * memory, exactly,
    bursts that end and begin between two probes included.
    """
    fates = chain.fates(300_000, spacing_s).astype(int)
    turns = np.flatnonzero(np.diff(fates))
    lengths = np.diff(turns)[fates[turns[:-1] + 1] == 1]
    stays = chain.share_bad + (1 - chain.share_bad) * chain.memory(spacing_s)
    expected = 1 / (1 - stays)
    error = sqrt(stays) / (1 - stays) / sqrt(len(lengths))
    assert len(lengths) > 100
    assert abs(lengths.mean() - expected) < Z * error
    if spacing_s < 0.05 * chain.mean_bad_s:
        assert expected * spacing_s == pytest.approx(chain.mean_bad_s, rel=0.05)


@pytest.mark.parametrize("lag_s", [0.05, 0.3, 2.0])
def test_second_packet_of_a_pair(lag_s: float) -> None:
    """Pairs 60 s from each other are independent; within a pair, bursts show."""
    chain, pairs = Chain(1.0, 0.5, 0.02, 0.8), 20_000
    loss = GilbertElliott(1.0, 0.5, 0.02, 0.8, Streams(3, 0).draws("loss-up"))
    both = sum(
        loss.lost(60.0 * pair, 0) & loss.lost(60.0 * pair + lag_s, 1) for pair in range(pairs)
    )
    expected = chain.loss**2 + chain.covariance(lag_s)
    assert abs(both / pairs - expected) < Z * sqrt(expected * (1 - expected) / pairs)


def test_packets_sent_together_share_their_state() -> None:
    """Several packets at one instant, as when a queue empties: covariance at lag 0."""
    chain, instants, together = Chain(1.0, 0.5, 0.0, 0.5), 20_000, 4
    loss = GilbertElliott(1.0, 0.5, 0.0, 0.5, Streams(4, 0).draws("loss-up"))
    all_lost = sum(
        all(loss.lost(60.0 * instant, packet) for packet in range(together))
        for instant in range(instants)
    )
    expected = chain.share_bad * chain.loss_bad**together
    assert abs(all_lost / instants - expected) < Z * sqrt(expected * (1 - expected) / instants)
