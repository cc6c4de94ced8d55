"""Sockets: who is connected when, and both ends' beats."""

import pytest
from idiomatic_stage import stage

from sim.bench.idiomatic.full_websocket import FullWebSocket
from sim.bench.idiomatic.sockets import INTERVAL_S


def test_the_server_knows_of_a_socket_before_its_client():
    chat = stage(FullWebSocket)
    chat.env.process(chat.join(0))
    while 0 not in chat.held:
        chat.env.step()
    held_s = chat.env.now
    assert 0 not in chat.connected
    while 0 not in chat.connected:
        chat.env.step()
    assert chat.env.now - held_s == pytest.approx(0.035, abs=0.001)


@pytest.mark.parametrize(("silent", "left"), [("ask", "connected"), ("call", "held")])
def test_an_end_gives_up_that_hears_no_pong(silent, left):
    chat = stage(FullWebSocket)
    chat.env.process(chat.join(0))
    chat.env.run(until=1.5 * INTERVAL_S)
    assert 0 in getattr(chat, left)

    def never(person, node):
        yield chat.env.event()

    setattr(chat, silent, never)
    chat.env.run(until=3.5 * INTERVAL_S)
    assert 0 not in getattr(chat, left)
