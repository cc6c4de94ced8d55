"""Members hear of a message, in order; what becomes of it where they are not."""

import pytest
from stage import ONE_WAY_S, Stage

CPU_S = 2e-3  # room for the work of both nodes


def test_members_are_told_and_the_sender_is_not():
    stage = Stage("full-websocket", [(2.0, 0)]).run(5.0)
    assert stage.arrivals(0) == []
    for person in (1, 2):
        [(message, at_s)] = stage.arrivals(person)
        assert message == 0
        assert at_s == pytest.approx(2.0 + 2 * ONE_WAY_S, abs=CPU_S)


def test_a_reader_whose_node_dies_before_it_writes_misses_the_message():
    stage = Stage("full-websocket", [(2.0, 0)])
    stage.at(2.0, stage.gateways[1].busy, 1.0)
    stage.at(2.5, stage.gateways[1].crash)
    assert stage.run(3.2).shown(2) == [0]
    assert stage.drops() == [(0, 1, "node died")]


def test_nobody_there_is_a_loss_for_each():
    stage = Stage("full-websocket", [(2.0, 0)], joins=False)
    stage.at(0.0, stage.system.join, 0)
    assert stage.run(5.0).drops() == [(0, 1, "not connected"), (0, 2, "not connected")]


def test_messages_of_one_room_leave_a_node_of_many_cores_in_order():
    """The first goes to more people and takes longer; the second does not overtake it."""
    servers = {"gateways": 1, "api_nodes": 1, "cores": 8}
    sends = [(2.0 + 1e-6 * place, 0) for place in range(20)]
    stage = Stage("full-websocket", sends, people=30, servers=servers).run(5.0)
    assert all(stage.shown(person) == list(range(20)) for person in range(1, 30))
