"""Copies go to the nodes of readers alone."""

import pytest
from stage import Stage

from models import DESIGNS
from models.servers.backplane.directory import BACKPLANE, Directory


def stage(actions, gateways=2, **changes):
    design = DESIGNS["socketio"].variant("routed", {"backplane": "directory"})
    servers = {"gateways": gateways, "api_nodes": 1, "session_reads": 0, "token_check_s": 0.0}
    return Stage(design, actions, servers=servers, **changes)


@pytest.mark.parametrize(("gateways", "copies"), [(1, 0), (2, 1), (3, 2), (9, 2)])
def test_more_nodes_than_readers_cost_nothing(gateways, copies):
    played = stage([(2.0, 0)], gateways).run(5.0)
    assert type(played.system.service.fan_out.backplane) is Directory is BACKPLANE
    assert played.world.backplane_messages == copies
    assert played.shown(1) == played.shown(2) == [0]


def test_a_node_without_readers_does_nothing():
    played = stage([(2.0, 0)], 9).run(1.9)
    bystander = played.gateways[5]
    before_s = sum(bystander.busy_s.values())
    played.run(5.0)
    assert sum(bystander.busy_s.values()) == before_s


def test_a_node_that_died_is_not_asked_for():
    played = stage([(2.0, 0)])
    here, there = played.gateways
    backplane = played.system.service.fan_out.backplane
    assert backplane.reach(here, {there.index: [1]}) == [there]
    there.crash()
    assert backplane.reach(here, {there.index: [1]}) == []


@pytest.mark.parametrize("fault", ["backplane-outage", "backend-crash"])
def test_without_the_directory_what_is_for_others_is_gone(fault):
    when = {"start_s": 1.0, "end_s": 3.0}
    if fault == "backend-crash":
        when = {"backend": "backplane", "at_s": 1.0, "restart_s": 2.0}
    played = stage([(2.0, 0), (4.0, 0)], faults=[{"kind": fault, **when}]).run(6.0)
    assert (played.shown(1), played.shown(2)) == ([1], [0, 1])
    assert played.drops() == [(0, 1, "backplane down")]
