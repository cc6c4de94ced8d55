"""Who hears a conversation: commands between nodes, their loss, and a look at each message."""

import pytest
from stage import Stage

from models import DESIGNS
from sim.history import CAUSES

WEBSOCKET, SOCKETIO = DESIGNS["full-websocket"], DESIGNS["socketio"]
SLOW = {"backplane": {"delay_s": 0.2}}  # a command takes long enough to be overtaken
DOWN = {"faults": [{"kind": "backplane-outage", "start_s": 9.0, "end_s": 12.0}]}


def played(design, change, *sends, **world):
    """People 0 and 2 are at gateway 0, 1 at gateway 1; 3 is a member who never says anything."""
    script = {
        "rooms": [[0, 1, 2]],
        "sends": [{"at_s": at_s, "sender": 0, "room": 0} for at_s in sends],
        "changes": [{"room": 0, "person": 1, "at_s": 10.0, **change}],
    }
    stage = Stage(design, [(at_s, 0) for at_s in sends], script=script, **world)
    stage.system.service.rooms.play()
    return stage


def applied_s(stage):
    return stage.world.ledger._applied_s


@pytest.mark.parametrize("design", [WEBSOCKET, SOCKETIO], ids=lambda one: one.name)
def test_a_removal_is_over_once_the_command_is_at_the_node_of_the_connection(design):
    stage = played(design, {}, 9.5, 10.02, 11.0, **SLOW).run(20.0)
    assert applied_s(stage) == [pytest.approx(10.2, abs=1e-3)]
    assert stage.shown(1) == [0, 1]  # the second was said after the removal
    assert stage.shown(2) == [0, 1, 2]


@pytest.mark.parametrize("design", [WEBSOCKET, SOCKETIO], ids=lambda one: one.name)
def test_who_joins_misses_what_is_said_until_then(design):
    stage = played(design, {"what": "joins"}, 9.5, 10.02, 11.0, **SLOW).run(20.0)
    assert stage.shown(1) == [2]
    assert stage.drops() == [(1, 1, "not subscribed")]
    assert CAUSES[-1] == "not subscribed"


def test_a_command_is_lost_with_the_backplane_and_a_new_connection_sets_it_right():
    stage = played(WEBSOCKET, {}, 13.0, 33.0, **DOWN)
    stage.at(20.0, stage.system.leave, 1)
    stage.at(25.0, stage.system.join, 1)
    stage.run(40.0)
    assert stage.shown(1) == [0]  # the backplane is back at 12 s, the removal is not
    assert applied_s(stage) == [pytest.approx(25.15, abs=0.1)]


def test_nobody_s_connection_needs_no_command():
    stage = played(WEBSOCKET, {}, **DOWN)
    stage.at(5.0, stage.system.leave, 1)
    stage.run(11.0)
    assert applied_s(stage) == [10.0]


def test_a_node_of_its_own_needs_no_backplane():
    stage = played(WEBSOCKET, {"person": 2}, 10.5, **DOWN).run(20.0)
    assert stage.shown(2) == []


def test_without_an_adapter_commands_reach_own_connections_only():
    alone = WEBSOCKET.variant("alone", {"backplane": "in-memory"})
    assert played(alone, {}).run(20.0).system.service.rooms.is_pending(0)
    assert not played(alone, {"person": 2}).run(20.0).system.service.rooms.is_pending(0)


def test_a_look_at_each_message_leaves_no_removal_pending_and_costs_its_time():
    checked = WEBSOCKET.variant("checked", {"rooms": {"checks": "message", "check_s": 0.25}})
    stage = played(checked, {}, 9.0, 10.02, **SLOW).run(20.0)
    assert stage.shown(1) == [0]
    plain = played(WEBSOCKET, {}, 9.0, 10.02, **SLOW).run(20.0)
    late = stage.arrivals(2)[0][1] - plain.arrivals(2)[0][1]
    assert late == pytest.approx(0.25, abs=1e-3)
    joins = played(checked, {"what": "joins"}, 10.02, **SLOW).run(20.0)
    assert joins.shown(1) == []  # a right is not yet a place in the room


def test_a_log_goes_by_what_the_store_says():
    stage = played(DESIGNS["full-websocket-acked"], {}, 9.5, 10.02, **SLOW).run(20.0)
    assert stage.shown(1) == [0]
    joins = played(DESIGNS["full-websocket-acked"], {"what": "joins"}, 9.5, 10.02, 11.0, **SLOW)
    assert joins.run(20.0).shown(1) == [1, 2]
    assert joins.drops() == []


def test_what_was_never_granted_need_not_be_taken_back():
    stage = played(WEBSOCKET, {"what": "joins"}, **SLOW)
    changes = stage.world.workload.changes
    rooms = stage.system.service.rooms
    rooms.changes = (*changes, changes[0]._replace(time_s=10.1, kind=2))
    rooms._gone_s[0, 1] = 10.1
    stage.world.ledger._applied_s.append(float("nan"))
    stage.at(10.1, rooms._changed, 1)
    stage.run(20.0)
    assert applied_s(stage) == [pytest.approx(10.1)] * 2
