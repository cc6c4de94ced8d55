"""A process that stands still."""

from sim.node import UP
from tests.sim.faults.made_faults import Stage


def test_a_paused_node_lives_and_serves_nothing():
    stage = Stage({"kind": "node-pause", "node": 0, "at_s": 10, "for_s": 5})
    assert stage.states(10.1) == [[UP] * 4]
    assert [node.start_s() for node in stage.world.nodes] == [15.0, 10.1, 10.1, 10.1]
