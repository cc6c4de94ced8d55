"""Nodes that join."""

from dataclasses import replace

from stage import Stage as Played

from tests.sim.faults.made_faults import AROUND, Stage, fault


def test_added_nodes_listen_at_once():
    stage = Stage({"kind": "add-nodes", "at_s": 10, "count": 3})
    stage.world.engine.run(9.9)
    assert len(stage.world.gateways) == 2
    stage.world.engine.run(10.1)
    assert [node.index for node in stage.world.gateways] == [0, 1, 4, 5, 6]
    assert all(node.listening and node.accepting for node in stage.world.gateways)


def test_api_nodes_join_in_the_same_way():
    stage = Stage(
        {"kind": "add-nodes", "at_s": 10, "count": 2, "tier": "api-nodes"},
        servers={"gateways": 2, "api_nodes": 1},
    )
    stage.world.engine.run(10.1)
    assert [node.index for node in stage.world.apis] == [2, 3, 4]
    assert len(stage.world.gateways) == 2


def test_without_api_nodes_none_join():
    around = replace(AROUND, api_nodes=0)
    ((key, words),) = fault("add-nodes", at_s=1, count=1, tier="api-nodes").problems(around)
    assert (key, words) == ("tier", "there are no API nodes; allowed: gateways")


def test_requests_go_to_the_api_nodes_that_joined_too():
    sends = [(20.0 + number, number) for number in range(4)]
    stage = Played(
        "hybrid", sends, people=4, servers={"gateways": 1, "api_nodes": 1},
        faults=[{"kind": "add-nodes", "at_s": 10, "count": 1, "tier": "api-nodes"}],
    ).run(60.0)  # fmt: skip
    assert [len(node.connections) for node in stage.world.apis] == [2, 2]
