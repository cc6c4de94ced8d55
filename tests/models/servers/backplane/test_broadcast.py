"""A copy for every other gateway that runs."""

import pytest
from stage import Stage

from models.servers.backplane.broadcast import BACKPLANE, Broadcast


@pytest.mark.parametrize("gateways", [1, 2, 5])
def test_a_message_costs_one_copy_for_every_other_gateway(gateways):
    servers = {"gateways": gateways, "api_nodes": 1}
    stage = Stage("full-websocket", [(2.0, 0), (3.0, 1)], servers=servers).run(5.0)
    assert stage.world.backplane_messages == 2 * (gateways - 1)


def test_from_an_api_node_every_gateway_gets_a_copy():
    assert Stage("hybrid", [(2.0, 0)]).run(5.0).world.backplane_messages == 2


def test_a_gateway_that_is_down_gets_nothing_whoever_it_had():
    stage = Stage("full-websocket", [(2.0, 0)])
    backplane = stage.system.service.fan_out.backplane
    assert type(backplane) is Broadcast is BACKPLANE
    here, there = stage.gateways
    assert backplane.reach(here, {there.index: [1]}) == [there]
    there.crash()
    assert backplane.reach(here, {there.index: [1]}) == []


def test_a_copy_costs_both_ends():
    stage = Stage("full-websocket", [(2.0, 0)], joins=False)
    here, there = stage.gateways
    stage.system.service.fan_out.backplane.publish(here, {}, 0)
    stage.run(1.0)
    for node in (here, there):
        assert sum(node.busy_s.values()) == pytest.approx(Broadcast.COST_S, abs=1e-6)  # and waking
