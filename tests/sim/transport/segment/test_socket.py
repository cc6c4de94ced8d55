"""One end: what it does with packets that do not fit."""

import pytest

from sim.transport.segment.connection import CLIENT, SERVER
from sim.transport.segment.packet import DATA, RESET, Packet
from sim.transport.segment.socket import CLOSED, DEAD, OPEN, VANISHED


def reset(seq):
    return Packet(RESET, seq, seq, 1, 0, 0, (), False)


def test_a_reset_that_does_not_fit_is_challenged(lab):
    one = lab()
    socket = one.connection._sockets[CLIENT]
    socket.arrive(reset(77))
    assert socket.state == OPEN
    assert one.client.packets == 1
    socket.arrive(reset(1))
    assert socket.state == DEAD
    assert [what for _, _, what in one.log] == [("closed", "reset")]


def test_a_reset_at_the_edge_of_what_is_held_fits(lab):
    one = lab(up=[1])
    one.send(1.0, CLIENT, "a")
    one.send(1.1, CLIENT, "b")
    one.engine.at(1.11, one.connection.abort, CLIENT)
    one.engine.run(1.2)
    assert ("closed", "reset") in one.arrivals(SERVER)


def test_a_dead_end_answers_with_a_reset_and_a_vanished_one_not_at_all(lab):
    data = Packet(DATA, 1, 101, 1, 0, 0, (), False)
    for state, answers in ((DEAD, 1), (VANISHED, 0)):
        one = lab()
        socket = one.connection._sockets[SERVER]
        socket.state = state
        socket.arrive(data)
        assert one.server.packets == answers


def test_data_acknowledged_before_is_acknowledged_again_with_a_report(lab):
    one = lab()
    one.send(1.0, CLIENT, "a")
    one.send(1.1, CLIENT, "b")
    one.engine.run(2)
    sent = one.server.packets
    one.connection._sockets[SERVER].arrive(Packet(DATA, 1, 201, 1, 1000, 0, (), False))
    one.engine.run(3)
    assert one.server.packets == sent + 1
    assert one.client.duplicates_reported == 1


def test_a_reader_of_the_end_closes_its_side(lab):
    one = lab()
    one.engine.at(1.0, one.connection.close, CLIENT)
    one.engine.run(9)
    assert [socket.state for socket in one.connection._sockets] == [CLOSED, CLOSED]
    assert not any(socket.sender.queue for socket in one.connection._sockets)
    assert not any(socket.frames for socket in one.connection._sockets)


@pytest.mark.parametrize("act", ["close", "abort", "vanish"])
def test_an_application_that_leaves_inside_its_callback_hears_no_more(lab, act):
    one = lab()
    got = []

    def leave(payload):
        got.append(payload)
        getattr(one.connection, act)(SERVER)

    one.connection.receive[SERVER] = leave
    one.engine.at(1.0, lambda: [one.connection.send(CLIENT, 700, n) for n in range(4)])
    one.engine.run(2000)
    assert got == [0]
    assert sorted(one.dropped) == [1, 2, 3]
