"""A broker's cluster hands messages to sessions on nodes that are down."""

from stage import Stage

from models.servers.backplane.cluster import BACKPLANE, Cluster


def test_a_node_that_is_down_is_reached_where_it_has_readers():
    stage = Stage("mqtt-qos1", [(2.0, 0)])
    backplane = stage.system.service.fan_out.backplane
    assert type(backplane) is Cluster is BACKPLANE
    here, there = stage.gateways
    there.crash()
    assert backplane.reach(here, {}) == []
    assert backplane.reach(here, {there.index: [1]}) == [there]
