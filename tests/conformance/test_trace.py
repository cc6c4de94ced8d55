"""A real chat, message by message: none is unaccounted for, in any architecture.

The Ubuntu IRC log of 2008-04-27: 1,939 messages by 179 people in one channel, each owed to the
178 others, on links with tunnels and servers that die. The run stops 50 ms after the last message,
so that some of it is still under way.
"""

from functools import cache

import pytest
from small import scenario

from models import DESIGNS
from sim.experiment.run import run_replication
from sim.metrics.conservation import conservation
from sim.metrics.judged import Judged
from tests.shared_data import shared

MESSAGES, PEOPLE = 1939, 179
LASTS_S = 8024.165
TUNNELS = {
    "kind": "renewal",
    "up": {"kind": "exponential", "mean_s": 600.0},
    "down": {"kind": "lognormal", "median_s": 12.0, "sigma": 0.8},
}
ARCHITECTURES = (
    "full-websocket", "full-websocket-acked", "hybrid", "long-poll", "mqtt-qos0", "mqtt-qos1",
)  # fmt: skip


@cache
def books(design):
    world = scenario(
        trace={"file": shared("data/ubuntu-irc-2008-04-27.csv")},
        time={"warmup_s": 30.0, "measure_s": LASTS_S + 0.05, "drain_s": 0.0},
        people={"owed": "members"},
        actions={
            "typing": {"per_send": 0.0},
            "seen": {"per_person_per_minute": 0.0},
            "list": {"per_person_per_minute": 0.0},
        },
        networks=[{"share": 1.0, "profile": "4g", "outages": TUNNELS}],
        faults=[{"kind": "node-crash", "node": 0, "at_s": 3000.0, "restart_s": 5.0}],
        transport={"lane": "fast"},
    )
    return conservation(Judged(run_replication(world, DESIGNS[design], 0)))


@pytest.mark.parametrize("design", ARCHITECTURES)
def test_every_message_of_the_trace_is_accounted_for(design):
    found = books(design)
    assert found["messages"] == MESSAGES
    assert found["receptions_owed"] == MESSAGES * (PEOPLE - 1)
    fates = found["delivered"] + found["lost"] + found["undelivered"]
    assert fates == MESSAGES * (PEOPLE - 1)
    assert found["unexplained"] == found["too_early"] == 0
    assert found["adds_up"]
    assert found["undelivered"] >= PEOPLE - 1  # the last message is on its way to everybody
    assert found["delivered"] > 0.95 * found["receptions_owed"]
    if "no-loss-after-ok" not in DESIGNS[design].claims:
        assert found["lost"] > 0
