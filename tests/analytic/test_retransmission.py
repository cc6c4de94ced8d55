"""The delay of a lone lost message against its closed form, the kernel's timer wheel included.

With packet loss p a message leaves for good at its k-th resend with probability p**k (1 - p).
The resends follow timers of R, R, 2R, 4R, ... (probe, then time-outs that double), or of R, 2R,
4R, ... when the message before was in trouble too and the probe is not allowed; R is SRTT plus
200 ms on a calm path.

A timer of D ticks set at a uniformly random moment fires after D + B/2 ticks on average, B being
its wheel bucket. The next one is set on a multiple of B, and B only grows, so it takes
D - (D mod B) + (B + B')/2 ticks on average, B' being its own bucket.
Sources: RFC 6298, RFC 8985 section 7, kernel/time/timer.c.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import accumulate, pairwise
from math import ceil, log2, sqrt

import numpy as np
import pytest
from scipy import stats
from wires import path

from sim.network.loss import Bernoulli, LossFrom
from sim.streams import Streams
from sim.transport.direction import Direction

TICK_S = 1 / 250
MESSAGES = 20_000
SPACING_S = 2_000.0  # every message is alone, whatever befell the one before
CONFIDENCE = 0.9999
TRIES = 14  # resends that are worked out


def bucket_ticks(timer_ticks: int) -> int:
    """Resolution of the wheel for a timer of that length at 250 Hz."""
    return next(8**level for level in range(9) if timer_ticks < 63 * 8**level)


@dataclass(frozen=True)
class Law:
    """Loss up (p) and down (q) on a calm path with the given delays."""

    loss: float
    ack_loss: float
    up_s: float
    down_s: float

    @property
    def rto_s(self) -> float:
        return self.up_s + self.down_s + 0.2

    @property
    def trouble(self) -> float:
        """Probability that a message needs a second transmission."""
        return 1 - (1 - self.loss) * (1 - self.ack_loss)

    def timers(self, probe: bool) -> list[int]:
        """Ticks of the timers between transmissions."""
        doublings = [0] * probe + list(range(TRIES))
        return [ceil(self.rto_s * 2**k / TICK_S - 1e-6) for k in doublings][:TRIES]

    def mean_departures_s(self, probe: bool) -> list[float]:
        """Mean time from the first transmission to each one, wheel included."""
        timers = self.timers(probe)
        buckets = [bucket_ticks(ticks) for ticks in timers]
        gaps = [timers[0] + buckets[0] / 2]
        for ticks, (before, own) in zip(timers[1:], pairwise(buckets), strict=True):
            gaps.append(ticks - ticks % before + (before + own) / 2)
        return [0.0, *(ticks * TICK_S for ticks in accumulate(gaps))]

    @property
    def most_s(self) -> float:
        """A time at which nothing arrives: between 8R and 16R with the probe, 7R and 15R without.

        Beyond it there are few, and their timers have doubled: from a loss of a quarter on the
        delays of all have no finite variance, and the mean of a sample no interval.
        """
        return self.up_s + 12 * self.rto_s

    def mean_delay_s(self) -> float:
        """Of a message, over its own luck and that of the one before; 0 for one beyond `most_s`."""
        means_s = [
            sum(
                self.loss**k * (1 - self.loss) * (self.up_s + at_s)
                for k, at_s in enumerate(self.mean_departures_s(probe))
                if self.up_s + at_s < self.most_s
            )
            for probe in (True, False)
        ]
        return (1 - self.trouble) * means_s[0] + self.trouble * means_s[1]

    def earliest_s(self, probe: bool) -> list[float]:
        """No transmission can be earlier: the plain sums of its timers."""
        return [0.0, *(ticks * TICK_S for ticks in accumulate(self.timers(probe)))]


LAWS = [
    Law(0.02, 0.0, 0.05, 0.05),
    Law(0.1, 0.1, 0.05, 0.05),
    Law(0.3, 0.0, 0.01, 0.03),  # R of 60 ticks: the first timers have one-tick buckets
    Law(0.3, 0.3, 0.15, 0.15),
    Law(0.1, 0.0, 0.4, 0.4),
    Law(0.0, 0.3, 0.05, 0.05),
]
every_law = pytest.mark.parametrize("law", LAWS, ids=str)


@cache
def delays_s(law: Law) -> np.ndarray:
    """Delays of messages at random moments, one message at a time."""
    streams = Streams(5, 0)
    up, down = (
        LossFrom(Bernoulli(ratio, streams.draws(side)), SPACING_S)
        for ratio, side in ((law.loss, "up"), (law.ack_loss, "down"))
    )
    given = path(law.up_s, law.down_s, up=up, down=down)
    line = Direction(given.up, given.down, given.outages, 52, law.up_s + law.down_s)
    for index in range(100):  # until the variance term of the RTO has come down to its floor
        line.slow(float(index), None, 100)
    phases_s = streams.generator("phases").random(MESSAGES)
    found = []
    for index, phase_s in enumerate(phases_s.tolist(), start=1):
        sent_s = index * SPACING_S + phase_s
        found.append(line.slow(sent_s, None, 100)[0].arrive_s - sent_s)
    return np.array(found)


def independent(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """A delay depends on the message before it: every second one is independent of the last."""
    return values[::2], values[1::2]


@every_law
def test_the_mean_delay_is_that_of_the_closed_form(law):
    found_s = delays_s(law)
    for sample in independent(np.where(found_s < law.most_s, found_s, 0.0)):
        error_s = sample.std(ddof=1) / sqrt(len(sample))
        half_s = stats.norm.ppf((1 + CONFIDENCE) / 2) * error_s
        assert abs(sample.mean() - law.mean_delay_s()) <= half_s + 1e-9
        assert half_s < 0.1 * law.mean_delay_s()


@every_law
def test_the_number_of_resends_is_geometric(law):
    """Told from the delay: the k-th resend lies between its timers and the next one's."""
    earliest_s = np.array(law.earliest_s(probe=True)[:3]) - 1e-9
    for sample in independent(delays_s(law) - law.up_s):
        resends = np.searchsorted(earliest_s, sample, side="right") - 1
        for least in (1, 2):  # 2R with the probe and 3R without both lie beyond 2R
            share, expected = (resends >= least).mean(), law.loss**least
            half = stats.norm.ppf((1 + CONFIDENCE) / 2) * sqrt(expected / len(sample))
            assert abs(share - expected) <= half


@every_law
def test_the_second_resend_tells_how_the_message_before_fared(law):
    """Of the messages that needed exactly two, the share at 3R is that of troubled forerunners."""
    second_s = delays_s(law) - law.up_s
    probed_s, plain_s = (law.earliest_s(probe)[2:4] for probe in (True, False))
    at_2r = ((second_s >= probed_s[0]) & (second_s < plain_s[0])).sum()
    at_3r = ((second_s >= plain_s[0]) & (second_s < probed_s[1])).sum()
    if at_2r + at_3r < 50:
        return
    share, expected = at_3r / (at_2r + at_3r), law.trouble
    half = stats.norm.ppf((1 + CONFIDENCE) / 2) * sqrt(0.25 / (at_2r + at_3r))
    assert abs(share - expected) < half


@pytest.mark.parametrize("outage_s", [2.0, 10.0, 40.0, 100.0])
@pytest.mark.parametrize("rtt_s", [0.02, 0.1, 0.3])
def test_the_first_arrival_after_an_outage_is_at_r_times_a_power_of_two(rtt_s, outage_s):
    """Sent at any moment of an outage: nominally R 2**k later, plus what the wheel adds."""
    began_s, rto_s = 10_000.0, rtt_s + 0.2
    ended_s = began_s + outage_s
    ks = set()
    for sent_s in began_s + outage_s * Streams(6, 0).generator("moments").random(300):
        given = path(rtt_s / 2, rtt_s / 2, outages=[(began_s, ended_s)])
        line = Direction(given.up, given.down, given.outages, 52, rtt_s)
        for index in range(100):
            line.slow(float(index), None, 100)
        after_s = line.slow(float(sent_s), None, 100)[0].arrive_s - sent_s - rtt_s / 2
        k = round(log2(after_s / rto_s))
        ks.add(k)
        timers = [rto_s, *(rto_s * 2**j for j in range(k))]
        late_s = sum(bucket_ticks(ceil(timer_s / TICK_S)) + 1 for timer_s in timers) * TICK_S
        assert rto_s * 2**k - 1e-6 <= after_s <= rto_s * 2**k + late_s
        assert sent_s + after_s >= ended_s  # the link was back by then, and not at the try before
        assert k == 0 or sent_s + rto_s * 2 ** (k - 1) < ended_s
    assert ceil(log2(outage_s / rto_s)) - max(ks) in (0, 1)


def test_the_mean_of_a_wheel_timer_by_enumeration():
    """The closed form for two timers in a row, against every phase of the tick counter."""
    for first, second in ((75, 150), (60, 120), (75, 600), (130, 1000)):
        own, nxt = bucket_ticks(first), bucket_ticks(second)
        total = 0
        for phase in range(own * nxt):
            fired = ((phase + first) // own + 1) * own
            total += ((fired + second) // nxt + 1) * nxt - phase - 0.5  # set half-way in the tick
        closed = first + own / 2 + second - second % own + (own + nxt) / 2
        assert total / (own * nxt) == pytest.approx(closed)
