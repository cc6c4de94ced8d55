"""A tab that is hidden: what arrives is taken, and nothing is done; late timers are `Device`'s."""

import pytest
from stage import Stage

from models import DESIGNS
from sim.faults.plan import at_rest
from sim.network.outages import Outages
from tests.properties.small_worlds import small_world
from tests.properties.three_ways import digests
from tests.sim.faults.made_faults import Stage as World
from tests.sim.faults.made_faults import fault

HIDDEN = {"kind": "tab-hidden", "person": 0, "start_s": 30.0, "end_s": 40.0}


def test_the_session_and_the_link_go_on_and_nothing_is_done():
    world = World(HIDDEN).world
    assert world.hidden == {0: Outages([(30.0, 40.0)])}
    assert world.asleep == {}
    assert world.paths[0].outages.is_up(35.0)
    mine = world.workload.time_s[world.workload.actor == 0]
    assert not ((mine >= 30.0) & (mine < 40.0)).any()


def test_it_shows_what_arrives_at_once():
    one = Stage("full-websocket", [(35.0, 1)], faults=[HIDDEN]).run(50.0)
    ((_, at_s),) = one.arrivals(0)
    assert at_s < 35.5


@pytest.mark.parametrize("name", ["full-websocket", "long-poll", "hybrid", "mqtt-qos1", "socketio"])
def test_a_client_that_throttles_nothing_goes_on_as_ever(name):
    """Objects carry such a person, with the same history."""
    hidden = Stage(name, [(10.0, 1), (35.0, 1)], faults=[HIDDEN]).run(120.0)
    shown = Stage(name, [(10.0, 1), (35.0, 1)]).run(120.0)
    assert hidden.arrivals(0) == shown.arrivals(0)
    assert hidden.attempts(0) == shown.attempts(0)


def test_whom_it_hides():
    given = [fault(**HIDDEN), fault(**(HIDDEN | {"start_s": 39.0, "end_s": 50.0}))]
    assert at_rest(given, "hidden", 5) == {0: Outages([(30.0, 50.0)])}
    assert at_rest(given, "hidden", 0) == {}


def test_its_own_words():
    hit = fault(**HIDDEN).hit
    assert (hit.target, hit.number) == ("person", 0)
    assert hit.begins.sentence == "{} looks at another tab"


@pytest.mark.parametrize(
    "base", ["full-websocket-acked", "hybrid-cursor", "mqtt-qos1", "socketio", "long-poll"]
)
def test_three_ways_through_a_run_are_one(base):
    scenario, _ = small_world(base, 4)
    until_s = scenario.time.measured_until_s
    rests = [
        fault("tab-hidden", person=0, start_s=2.000317, end_s=until_s - 2.0),
        fault("device-asleep", person=1, start_s=4.000317, end_s=9.000317),
        fault("tab-hidden", person=2, start_s=3.000317, end_s=7.000317),
    ]
    client = {"hidden_tick_s": 1.0, "sparse_tick_s": 10.0, "sparse_after_s": 5.0}
    world = scenario.model_copy(update={"faults": [*scenario.faults, *rests]})
    found = digests(world, DESIGNS[base].variant("page", {"client": client}))
    assert len(set(found.values())) == 1, found
    assert not next(iter(found.values())).startswith("crashed")
