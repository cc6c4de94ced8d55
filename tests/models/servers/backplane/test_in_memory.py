"""Without a backplane each node is a chat of its own."""

import pytest
from stage import Stage

from models import DESIGNS
from models.servers.backplane.in_memory import BACKPLANE, InMemory


def stage(base, actions, **changes):
    return Stage(DESIGNS[base].variant("alone", {"backplane": "in-memory"}), actions, **changes)


def test_members_at_the_same_node_hear_and_those_elsewhere_do_not():
    played = stage("socketio", [(2.0, 0)]).run(5.0)
    assert type(played.system.service.fan_out.backplane) is InMemory is BACKPLANE
    assert (played.shown(1), played.shown(2)) == ([], [0])
    assert played.drops() == [(0, 1, "no backplane")]
    assert played.world.backplane_messages == 0


def test_from_an_api_node_nobody_hears():
    played = stage("hybrid", [(2.0, 0)]).run(5.0)
    assert played.shown(1) == played.shown(2) == []


@pytest.mark.parametrize("fault", ["backplane-outage", "backend-crash"])
def test_nothing_between_the_nodes_can_fail(fault):
    when = {"start_s": 1.0, "end_s": 3.0}
    if fault == "backend-crash":
        when = {"backend": "backplane", "at_s": 1.0, "restart_s": 2.0}
    servers = {"gateways": 1, "api_nodes": 1}
    played = stage("socketio", [(2.0, 0)], faults=[{"kind": fault, **when}], servers=servers)
    played.run(5.0)
    assert played.shown(1) == played.shown(2) == [0]
