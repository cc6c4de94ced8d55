"""Gateways that join."""

from tests.sim.faults.made_faults import Stage


def test_added_nodes_listen_at_once():
    stage = Stage({"kind": "add-nodes", "at_s": 10, "count": 3})
    stage.world.engine.run(9.9)
    assert len(stage.world.gateways) == 2
    stage.world.engine.run(10.1)
    assert [node.index for node in stage.world.gateways] == [0, 1, 4, 5, 6]
    assert all(node.listening and node.accepting for node in stage.world.gateways)
