"""Short polling under Poisson traffic against its closed form, on the real channel.

One-way delay d, a pause p between an answer and the next question: questions reach the server every
c = p + 2 d, whatever happens. A message waits for the next of them, a time that is uniform on
[0, c], and then travels for d. So from server to reader it takes c / 2 + d in the mean and c + d at
most, and a reader asks once per c, whether or not there is anything.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from scipy import stats
from small import pairs

from models.designs.short_poll import SHORT_POLL
from sim.experiment.run import run_replication
from sim.history import SEND, History
from sim.transport.connection import CLIENT

DELAY_S = 0.5
PAUSE_S = SHORT_POLL.options.long_poll.pause_s
CYCLE_S = PAUSE_S + 2 * DELAY_S
WARM_UP_S, MEASURE_S, DRAIN_S = 20.0, 1_800.0, 20.0
READERS = 24
CONFIDENCE = 0.9999


@cache
def history() -> History:
    given = pairs(READERS, 3.0, DELAY_S, (WARM_UP_S, MEASURE_S, DRAIN_S))
    return run_replication(given, SHORT_POLL.variant("mine", {"send": "websocket"}), 0)


def latencies_s() -> np.ndarray:
    messages, deliveries = history().tables["messages"], history().tables["deliveries"]
    assert set(messages["action"].tolist()) == {SEND}
    accepted_s = np.asarray(messages["accepted_s"])[np.asarray(deliveries["message"])]
    taken_s = np.asarray(deliveries["time_s"]) - accepted_s
    return taken_s[(accepted_s > WARM_UP_S) & (accepted_s < WARM_UP_S + MEASURE_S)]


def test_a_message_waits_uniformly_for_the_next_question():
    found_s = latencies_s()
    assert len(found_s) > 2_000
    least_s, most_s = DELAY_S, DELAY_S + CYCLE_S
    assert least_s - 1e-6 <= found_s.min()
    assert found_s.max() <= most_s + 0.02  # work of servers
    assert stats.kstest(found_s, stats.uniform(least_s, CYCLE_S).cdf).pvalue > 1 - CONFIDENCE


def test_a_reader_asks_once_a_cycle_whether_or_not_there_is_anything():
    channels, rows = history().meta["channels"], history().tables["traffic"]
    columns = (rows["channel"], rows["direction"], rows["messages"])
    asked = [
        int(count)
        for channel, end, count in zip(*columns, strict=True)
        if end == CLIENT and channels[int(channel)] == "long-poll"
    ]
    whole_s = WARM_UP_S + MEASURE_S + DRAIN_S
    assert sum(asked) / READERS == pytest.approx(whole_s / CYCLE_S, rel=0.01)
