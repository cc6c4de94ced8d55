"""A copy goes to the nodes of readers' sessions, and no other node hears of it."""

import pytest
from stage import ONE_WAY_S, Stage

from models import DESIGNS
from models.servers.backplane.routed import BACKPLANE, Routed

EMQX = DESIGNS["mqtt-qos1"].variant("emqx", {"broker": "emqx"})


def test_a_node_that_is_down_is_reached_where_it_has_readers():
    stage = Stage(EMQX, [(2.0, 0)])
    backplane = stage.system.service.fan_out.backplane
    assert type(backplane) is Routed is BACKPLANE
    here, there = stage.gateways
    assert backplane.reach(here, {}) == []
    there.crash()
    assert backplane.reach(here, {there.index: [1]}) == [there]


@pytest.mark.parametrize(("kind", "copies"), [("cluster", 3), ("routed", 1)])
def test_nodes_without_readers_get_no_copy_and_spend_nothing(kind, copies):
    """Of four nodes one has the only other member: 1 copy, where every node would have had one."""
    design = DESIGNS["mqtt-qos1"].variant("mine", {"backplane": kind})
    servers = {"gateways": 4, "api_nodes": 1, "cores": 1, "session_reads": 0}
    stage = Stage(design, [(5.0, 0)], people=2, servers=servers).run(4.9)
    busy_s = [sum(node.busy_s.values()) for node in stage.gateways[2:]]
    stage.run(6.0)
    assert stage.shown(1) == [0]
    assert stage.world.backplane_messages == copies
    more_s = [sum(node.busy_s.values()) for node in stage.gateways[2:]]
    assert (more_s == busy_s) is (kind == "routed")


def test_a_reader_elsewhere_is_a_hop_further_than_one_here():
    stage = Stage(EMQX, [(2.0, 0)], backplane={"delay_s": 0.3}).run(5.0)
    [(_, here_s)], [(_, there_s)] = stage.arrivals(2), stage.arrivals(1)
    assert here_s == pytest.approx(2.0 + 2 * ONE_WAY_S, abs=2e-3)
    assert there_s - here_s == pytest.approx(0.3, abs=2e-3)
