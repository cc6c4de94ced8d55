"""Watched connections tell what passes the servers' end, and behave like the others."""

from __future__ import annotations

from typing import Any

import pytest
from wires import Scripted, ledger, path, recorded

from sim.engine import Engine
from sim.transport.connection import CLIENT, SERVER, Connection
from sim.transport.segment.opening import ACCEPT, Caller
from sim.transport.segment.options import SegmentOptions
from sim.transport.tapped import TappedConnection, TappedReference


class Watch:
    """A connection of either lane, standing at 1 s, and what was told: (end, time_s)."""

    def __init__(self, lane: type, **wire: Any) -> None:
        self.engine, self.taken, self.told = Engine(), ledger(), []
        wires = path(0.02, 0.03, **wire)
        if lane is TappedReference:
            self.it: Any = lane(self.engine, wires, self.taken, SegmentOptions())
            self.it.open(Caller(lambda: ACCEPT, lambda: None, lambda why: None, lambda: None))
        else:
            self.it = lane(self.engine, wires, self.taken)
        self.engine.run(1.0)
        self.it.passed = lambda end, at_s: self.told.append((end, round(at_s, 6)))

    def run(self) -> list[tuple[int, float]]:
        self.engine.run(9.0)
        return self.told


LANES = pytest.mark.parametrize("lane", [TappedConnection, TappedReference])


@LANES
def test_a_write_passes_where_the_servers_are(lane):
    watch = Watch(lane)
    watch.it.send(CLIENT, 100, "up")
    watch.it.send(SERVER, 100, "down")
    watch.it.post(100, 7, 3)
    told = watch.run()
    assert told[-1] == (CLIENT, 1.02)
    assert set(told[:-1]) == {(SERVER, 1.0)}
    assert recorded(watch.taken) == [(pytest.approx(1.03), 7, 3)]


@LANES
def test_a_repaired_write_passes_when_it_arrives(lane):
    watch = Watch(lane, up=Scripted({0} if lane is TappedConnection else {2}))
    watch.it.send(CLIENT, 100, "up")
    ((end, at_s),) = watch.run()
    assert end == CLIENT
    assert 1.2 < at_s < 1.4


@pytest.mark.parametrize(
    ("end", "told"),
    [(CLIENT, [(CLIENT, 1.02)]), (SERVER, [(SERVER, 1.0), (CLIENT, 1.05)])],
)
def test_a_ping_that_answers_itself_is_told_with_its_pong(end, told):
    watch, answers = Watch(TappedConnection), []
    assert watch.it.echo(end, 6, "ping", lambda: answers.append(watch.engine.now_s))
    assert watch.run() == told
    assert answers == [pytest.approx(1.05)]


@LANES
def test_a_ping_that_has_to_be_sent_is_told_then(lane):
    watch = Watch(lane, outages=[(1.5, 2.0)])
    watch.engine.run(1.6)
    assert not watch.it.echo(CLIENT, 6, "ping", lambda: None)
    assert watch.told == []


def test_what_is_dropped_at_a_dead_end_does_not_pass():
    watch = Watch(TappedConnection)
    watch.it.send(CLIENT, 100, "up")
    watch.it.vanish(CLIENT)
    watch.it.settle()
    watch.it.abort(SERVER)
    assert watch.run() == []


def test_watching_changes_nothing():
    def arrivals(lane: type) -> list[tuple[float, int, int]]:
        engine, taken = Engine(), ledger()
        connection = lane(engine, path(rate_bps=1e5, up=Scripted({3}), down=Scripted({2})), taken)
        for number in range(20):
            engine.at(number * 0.03, connection.post, 200, number, 0)
            engine.at(number * 0.04, connection.send, CLIENT, 200, number)
        engine.run(60.0)
        return recorded(taken)

    assert arrivals(TappedConnection) == arrivals(Connection)


@LANES
def test_a_fin_in_the_place_of_a_lost_host(lane):
    watch, heard = Watch(lane), []
    watch.it.closed[CLIENT] = lambda why: heard.append((why, round(watch.engine.now_s, 6)))
    watch.it.vanish(SERVER)
    watch.it.close_for_lost(SERVER)
    watch.run()
    assert heard == [("fin", 1.03)]


@LANES
def test_no_fin_in_the_place_of_a_host_that_is_there(lane):
    watch, heard = Watch(lane), []
    watch.it.closed[CLIENT] = heard.append
    watch.it.close_for_lost(SERVER)
    watch.run()
    assert heard == []
    assert watch.it.is_open(SERVER)
