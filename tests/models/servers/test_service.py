"""The servers of a system, wired together: one door, one store, one fan-out, one backplane."""

import pytest
from stage import EVERYONE, Stage

from models import DESIGNS
from models.servers.backplane.broadcast import Broadcast
from models.servers.backplane.cluster import Cluster


@pytest.mark.parametrize("design", DESIGNS.values(), ids=DESIGNS)
def test_brokers_have_a_cluster_and_gateways_a_broadcast(design):
    service = Stage(design).system.service
    expected = Cluster if design.receive == "mqtt" else Broadcast
    assert type(service.fan_out.backplane) is expected


def test_what_any_part_holds_is_pending():
    service = Stage("hybrid", [(2.0, 0)]).system.service
    service.records.hold(0)
    assert list(service.pending()) == [(0, EVERYONE)]


def test_the_channel_of_receive_is_the_receiver():
    stage = Stage("hybrid")
    assert stage.system.service.fan_out.receiver is stage.channel("websocket")
