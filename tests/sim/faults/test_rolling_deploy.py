"""Gateways that are replaced in turn."""

from sim.node import UP
from tests.sim.faults.made_faults import Stage, fault


def test_a_rolling_deploy_takes_one_node_at_a_time_gateways_first():
    stage = Stage(
        {"kind": "rolling-deploy", "at_s": 10, "drain_s": 4, "restart_s": 2},
        servers={"gateways": 2, "api_nodes": 1},
    )
    world, accepting = stage.world, []
    for time_s in (9.0, 12.0, 15.0, 18.0, 21.0, 24.0, 27.0, 29.0):
        world.engine.run(time_s)
        accepting.append([node.accepting for node in world.nodes])
    assert accepting == [
        [True, True, True],
        [False, True, True], [False, True, True],  # draining, down
        [True, False, True], [True, False, True],
        [True, True, False], [True, True, False],
        [True, True, True],
    ]  # fmt: skip
    assert world.down_since_s == {0: 14.0, 1: 20.0, 2: 26.0}
    assert {node.state for node in world.nodes} == {UP}


def test_it_lasts_as_long_as_all_nodes_take():
    deploy = fault("rolling-deploy", at_s=10.0, drain_s=20.0, restart_s=10.0)
    assert [deploy.healed_s(nodes) for nodes in (1, 3)] == [40.0, 100.0]
