"""Gateways that leave for good."""

from sim.node import REFUSING, UP
from tests.sim.faults.made_faults import AROUND, Stage, fault


def test_removed_nodes_are_the_youngest_and_drain_before_they_go():
    stage = Stage(
        {"kind": "add-nodes", "at_s": 10, "count": 1},
        {"kind": "remove-nodes", "at_s": 20, "count": 2, "drain_s": 5},
        servers={"gateways": 3},
    )
    gateways = stage.world.gateways
    stage.world.engine.run(20.1)
    assert [node.accepting for node in gateways] == [True, True, False, False]
    assert [node.state for node in gateways] == [UP] * 4
    stage.world.engine.run(25.1)
    assert [node.state for node in gateways] == [UP, UP, REFUSING, REFUSING]
    assert not any(node.accepting for node in gateways[2:])


def test_the_last_gateway_stays_whatever_is_removed():
    stage = Stage(
        {"kind": "remove-nodes", "at_s": 10, "count": 1, "drain_s": 1},
        {"kind": "remove-nodes", "at_s": 20, "count": 1, "drain_s": 1},
    )
    stage.world.engine.run(30.0)
    assert [node.accepting for node in stage.world.gateways] == [True, False]


def test_one_gateway_is_to_stay():
    ((key, words),) = fault("remove-nodes", at_s=1, count=3, drain_s=0).problems(AROUND)
    assert (key, words) == ("count", "3 leaves no gateway; allowed: at most 2")
