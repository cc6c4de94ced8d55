"""The ends of a connection learn of its end apart."""

import math

import pytest
from wires import path

from sim.engine import Engine
from sim.ledger import Ledger
from sim.transport.connection import CLIENT, SERVER, Connection


class Nothing:
    members = sessions = changes = ()
    time_s = actor = conversation = action = size_bytes = ()


def made():
    engine = Engine()
    connection = Connection(engine, path(up_s=0.1, down_s=0.2), Ledger(Nothing(), engine))
    told = []
    for end in (CLIENT, SERVER):
        connection.closed[end] = lambda why, end=end: told.append(
            (round(engine.now_s, 6), end, why)
        )
    return engine, connection, told


@pytest.mark.parametrize(("how", "why"), [("close", "fin"), ("abort", "reset")])
@pytest.mark.parametrize(("end", "later_s"), [(CLIENT, 1.1), (SERVER, 1.2)])
def test_the_other_end_learns_one_way_later(how, why, end, later_s):
    engine, connection, told = made()
    engine.at(1.0, getattr(connection, how), end)
    engine.run(10.0)
    assert told == [(later_s, 1 - end, why)]


def test_a_vanished_end_says_nothing():
    engine, connection, told = made()
    engine.at(1.0, connection.vanish, SERVER)
    engine.run(100.0)
    assert (told, connection.is_open(CLIENT)) == ([], True)
    assert connection._unheard_s[CLIENT] == math.inf
