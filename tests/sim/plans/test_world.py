"""A way to come back changes the back-off and the rate, and nothing else."""

import pytest

import sim
from sim.errors import InputError
from sim.plans.question import Way
from sim.plans.world import changed, with_backoff

DESIGN = sim.designs()["full-websocket"]


def test_a_way_is_a_backoff_and_a_rate():
    scenario = sim.load_scenario("node-loss-storm")
    design, other = changed(DESIGN, scenario, Way("full-jitter:60", 200.0))
    assert other.servers.admissions_per_s == 200.0
    assert "cap_s = 60" in design.describe()["back-off"]
    assert changed(DESIGN, scenario, Way()) == (DESIGN, scenario)


@pytest.mark.parametrize("backoff", ["full-jitterr", "full-jitter:x", "exponentially:3", "paho:"])
def test_what_is_no_backoff_is_one_line(backoff):
    with pytest.raises(InputError) as error:
        with_backoff(DESIGN, backoff)
    (line,) = error.value.messages
    assert f"backoff '{backoff}'" in line
    assert "allowed" in line
