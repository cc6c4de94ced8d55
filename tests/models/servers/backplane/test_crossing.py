"""One delay to the other nodes, or never."""

import pytest
from stage import Stage

from models.servers.backplane.crossing import Crossing

CPU_S = 2e-3  # room for the work of both nodes


def test_members_on_another_node_are_a_backplane_away():
    stage = Stage("full-websocket", [(2.0, 0)], backplane={"delay_s": 0.3}).run(5.0)
    [(_, here_s)], [(_, there_s)] = stage.arrivals(2), stage.arrivals(1)
    assert there_s - here_s == pytest.approx(0.3, abs=CPU_S)


def test_what_is_published_while_the_backplane_is_down_is_gone_for_those_elsewhere():
    down = [{"kind": "backplane-outage", "start_s": 1.0, "end_s": 3.0}]
    stage = Stage("full-websocket", [(2.0, 0), (4.0, 0)], faults=down).run(6.0)
    assert stage.shown(2) == [0, 1]
    assert stage.shown(1) == [1]
    assert stage.drops() == [(0, 1, "backplane down")]


def test_a_reader_whose_node_gets_no_copy_misses_the_message():
    stage = Stage("full-websocket", [(2.0, 0)])
    backplane = stage.system.service.fan_out.backplane
    assert isinstance(backplane, Crossing)
    stage.run(1.0)
    backplane.publish(stage.gateways[0], {7: [1, 2]}, 0)  # nobody knows such a node
    assert stage.drops() == [(0, 1, "node died"), (0, 2, "node died")]


def test_a_gateway_that_joins_late_subscribes():
    stage = Stage("full-websocket", [(2.0, 0)])
    backplane = stage.system.service.fan_out.backplane
    late = stage.world.add_gateway()
    assert late in backplane.reach(stage.gateways[0], {})
