"""Long polling under Poisson traffic against its closed form, on the real channel.

One-way delay d, messages at rate r, m = 2 d r. After an answer no request is open for a round trip;
what happens meanwhile is handed over at once by the next answer, which blinds the server again. A
cycle therefore ends with a round trip in which nothing happened, with probability exp(-m), and
    share of messages that find no request open = m / (m + exp(-m)),
    mean latency from server to reader = d (1 + that share), between d and 3 d.
Without a log a blind message is lost and starts no new round trip: the share lost is m / (1 + m).
RFC 6202 section 2.2 gives the bound of three transits.

Readers are independent, so each is one observation; intervals are those of a ratio of means.
"""

from __future__ import annotations

from functools import cache
from math import exp, sqrt

import numpy as np
import pytest
from scipy import stats
from small import pairs

from models.designs.long_poll import LONG_POLL, LONG_POLL_UNBUFFERED
from sim.experiment.run import run_replication
from sim.history import SEND, History

DELAY_S = 0.5  # a thousand times the server's work, so that this may be neglected
READERS = 24
MESSAGES = 12_000
CONFIDENCE = 0.9999
WARM_UP_S = 20.0

# Sends travel on a socket, where nothing delays them: a pool of POSTs would spoil the Poisson law.
PURE = {"send": "websocket", "hold_s": 3600.0}
BUFFERED = LONG_POLL.variant("buffered", PURE)
UNBUFFERED = LONG_POLL_UNBUFFERED.variant("unbuffered", PURE)

every_m = pytest.mark.parametrize("m", [0.05, 0.2, 0.5, 1.0, 2.0])


@cache
def history(design: str, m: float) -> History:
    """Pairs of people, each writing to the other so that m messages fall into a round trip."""
    rate_hz = m / (2 * DELAY_S)
    time_s = WARM_UP_S, MESSAGES / READERS / rate_hz, 10.0
    given = pairs(READERS, 60 * rate_hz, DELAY_S, time_s)
    return run_replication(given, {"buffered": BUFFERED, "unbuffered": UNBUFFERED}[design], 0)


def latencies_s(taken: History) -> tuple[np.ndarray, np.ndarray]:
    """From the server's acceptance to the reader, and who it is, for sends after the warm-up."""
    messages, deliveries = taken.tables["messages"], taken.tables["deliveries"]
    assert set(messages["action"].tolist()) == {SEND}
    accepted_s = messages["accepted_s"][deliveries["message"]]
    kept = messages["time_s"][deliveries["message"]] > WARM_UP_S
    return (deliveries["time_s"] - accepted_s)[kept], deliveries["person"][kept]


def assert_mean(values: np.ndarray, reader: np.ndarray, expected: float, width: float) -> None:
    """The mean over all messages, its error from the differences between readers."""
    count = np.bincount(reader, minlength=READERS)
    total = np.bincount(reader, weights=values, minlength=READERS)
    mean = total.sum() / count.sum()
    residual = (total - mean * count) / count.mean()
    error = residual.std(ddof=1) / sqrt(READERS)
    half = stats.t.ppf((1 + CONFIDENCE) / 2, READERS - 1) * error
    assert abs(mean - expected) < half
    assert half < width * expected


@every_m
def test_latency_lies_between_one_and_three_transits(m):
    latency_s, _ = latencies_s(history("buffered", m))
    assert len(latency_s) > 0.9 * MESSAGES
    assert latency_s.min() >= DELAY_S
    assert latency_s.max() < 3 * DELAY_S * 1.01


@every_m
def test_the_share_that_finds_no_request_open(m):
    latency_s, reader = latencies_s(history("buffered", m))
    late = latency_s > DELAY_S * 1.002  # more than the server's work
    assert_mean(late, reader, m / (m + exp(-m)), width=0.3 if m < 0.2 else 0.12)


@every_m
def test_the_mean_latency(m):
    latency_s, reader = latencies_s(history("buffered", m))
    assert_mean(latency_s, reader, DELAY_S * (1 + m / (m + exp(-m))), width=0.03)


@every_m
def test_with_a_log_nothing_is_lost_or_doubled(m):
    """Of what was accepted: sends before the socket is open are the sender's loss."""
    messages, deliveries = (
        history("buffered", m).tables[name] for name in ("messages", "deliveries")
    )
    accepted = np.flatnonzero(~np.isnan(messages["accepted_s"]))
    assert sorted(deliveries["message"].tolist()) == accepted.tolist()
    assert len(accepted) > 0.95 * len(messages["time_s"])


@pytest.mark.parametrize("m", [0.2, 0.5, 1.0, 2.0])
def test_without_a_log_what_finds_no_request_is_lost(m):
    taken = history("unbuffered", m)
    drops, messages = taken.tables["drops"], taken.tables["messages"]
    latency_s, reader = latencies_s(taken)
    assert latency_s.max() < DELAY_S * 1.01
    lost = messages["time_s"][drops["message"]] > WARM_UP_S
    fates = np.concatenate([np.zeros(len(reader)), np.ones(lost.sum())])
    assert_mean(fates, np.concatenate([reader, drops["person"][lost]]), m / (1 + m), width=0.15)
