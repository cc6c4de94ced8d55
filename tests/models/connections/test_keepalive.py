"""One end's heartbeat: pings on time, hears what counts, declares the peer dead."""

import pytest

from models.connections.keepalive import KeepAlive, ignores_traffic
from models.protocols.heartbeat import HEARTBEATS, Beat, PingSpec, SideSpec, WatchdogSpec
from sim.engine import Engine


class Bench:
    """A keepalive and the times of what it asks for."""

    def __init__(self, spec):
        self.engine = Engine()
        self.pings, self.deaths = [], []
        self.keepalive = KeepAlive(
            self.engine,
            spec,
            lambda: 0.5,
            lambda: self.pings.append(self.engine.now_s),
            lambda: self.deaths.append(self.engine.now_s),
        )

    def feed(self, at_s, beat):
        self.engine.at(at_s, self.keepalive.feed, beat)

    def hear(self, at_s, beat):
        self.engine.at(at_s, self.keepalive.hear, beat)


PINGS = SideSpec(ping=PingSpec(20.0, 20.0))
WATCHES = SideSpec(watch=WatchdogSpec(30.0))


def test_an_answered_heart_goes_on_pinging():
    bench = Bench(PINGS)
    bench.feed(1.0, Beat.OPENED)
    for at_s in (21.1, 41.1, 61.1):
        bench.feed(at_s, Beat.PONG)
    bench.engine.run(70.0)
    assert bench.pings == [21.0, 41.0, 61.0]
    assert bench.deaths == []


def test_an_unanswered_ping_is_a_death():
    bench = Bench(PINGS)
    bench.feed(1.0, Beat.OPENED)
    bench.hear(25.0, Beat.DATA)  # data is no pong
    bench.engine.run(100.0)
    assert bench.pings == [21.0]
    assert bench.deaths == [41.0]


def test_a_watchdog_dies_of_silence_alone():
    bench = Bench(WATCHES)
    bench.feed(1.0, Beat.OPENED)
    for at_s in (20.0, 40.0):
        bench.hear(at_s, Beat.DATA)
    bench.engine.run(200.0)
    assert bench.pings == []
    assert bench.deaths == [70.0]


def test_both_machines_run_side_by_side():
    bench = Bench(SideSpec(PingSpec(20.0, 20.0), WatchdogSpec(30.0)))
    bench.feed(0.0, Beat.OPENED)
    bench.engine.run(35.0)
    assert (bench.pings, bench.deaths) == ([20.0], [30.0])


@pytest.mark.parametrize("spec", [PINGS, WATCHES])
def test_a_closed_connection_has_no_heart(spec):
    bench = Bench(spec)
    bench.feed(1.0, Beat.OPENED)
    bench.feed(5.0, Beat.CLOSED)
    bench.feed(6.0, Beat.PONG)
    bench.hear(6.0, Beat.DATA)
    bench.engine.run(200.0)
    assert not bench.keepalive.beating
    assert (bench.pings, bench.deaths) == ([], [])


def test_the_next_connection_has_a_fresh_heart():
    bench = Bench(PINGS)
    for at_s, beat in ((1.0, Beat.OPENED), (5.0, Beat.CLOSED), (15.0, Beat.OPENED)):
        bench.feed(at_s, beat)
    bench.engine.run(40.0)
    assert bench.pings == [35.0]


def test_an_end_without_heartbeat_does_nothing():
    bench = Bench(None)
    bench.feed(1.0, Beat.OPENED)
    bench.hear(2.0, Beat.DATA)
    bench.engine.run(1000.0)
    assert bench.keepalive.beating
    assert (bench.pings, bench.deaths) == ([], [])


@pytest.mark.parametrize(
    ("spec", "is_deaf"),
    [
        (None, True),
        (PINGS, True),
        (WATCHES, False),
        (SideSpec(PingSpec(20.0, 20.0, next_from="heard")), False),
        (SideSpec(PingSpec(20.0, 20.0, while_awaiting="extend once")), False),
        (HEARTBEATS["websockets"].server, True),
        (HEARTBEATS["mqtt.js"].server, False),
    ],
)
def test_deaf_is_who_cares_for_pongs_only(spec, is_deaf):
    assert ignores_traffic(spec) is is_deaf
