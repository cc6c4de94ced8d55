"""A shaping script on one interface: its delay is met once a round trip, not twice."""

import pytest

from models import DESIGNS
from sim.experiment.run import run_replication
from sim.metrics import measure
from sim.scenario.load import Source, check

SHAPED = """
name = "one-direction"
designs = ["full-websocket", "hybrid"]
[time]
measure_s = 120
[people]
count = 30
[[networks]]
share = 1.0
profile = "lan"
delay = { up = { kind = "normal", mean_s = 0.150, sd_s = 0.030 }, down = { kind = "constant", delay_s = 0.0 } }
loss = { up = { kind = "bernoulli", ratio = 0.10, correlation = 0.25 }, down = { kind = "none" } }
rate = { kind = "constant", up_bps = 768e3, down_bps = 768e3 }
"""  # noqa: E501


@pytest.mark.parametrize("design", ["full-websocket", "hybrid"])
def test_a_message_meets_the_delay_of_one_direction_once(design, tmp_path):
    """150 ms up, nothing down, some 20 ms of links, store and servers; both ways would be 320."""
    scenario = check(Source("x.toml", SHAPED, tmp_path), DESIGNS)
    found = measure(run_replication(scenario, DESIGNS[design], 0))
    assert found["metrics"]["latency_p50"] == pytest.approx(0.165, abs=0.02)
