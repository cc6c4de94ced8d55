"""Nodes that leave for good."""

from dataclasses import replace

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


def test_api_nodes_leave_in_the_same_way_when_their_requests_are_answered():
    stage = Stage(
        {"kind": "remove-nodes", "at_s": 10, "count": 1, "drain_s": 5, "tier": "api-nodes"},
        servers={"gateways": 2, "api_nodes": 2},
    )
    stage.world.engine.run(15.1)
    assert [node.state for node in stage.world.nodes] == [UP, UP, UP, REFUSING]


def test_one_api_node_is_to_stay_where_there_is_any():
    wrong = fault("remove-nodes", at_s=1, count=2, drain_s=0, tier="api-nodes")
    for there, allowed in ((2, "at most 1"), (1, "none"), (0, "none")):
        ((key, words),) = wrong.problems(replace(AROUND, api_nodes=there))
        assert (key, words) == ("count", f"2 leaves no API node; allowed: {allowed}")
