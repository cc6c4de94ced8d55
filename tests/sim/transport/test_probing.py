"""A kernel that hears nothing asks, and finds dead peers at idle + interval x probes."""

from dataclasses import dataclass
from itertools import pairwise

import pytest
from wires import Scripted, path

from sim.engine import Engine
from sim.ledger import Ledger
from sim.network.path import Path
from sim.transport.connection import CLIENT, SERVER, Connection
from sim.transport.probing import Prober
from sim.transport.reference import ReferenceConnection
from sim.transport.segment.options import SegmentOptions
from sim.transport.tcp import timer_fire_s

RTT_S = 0.1
GRAIN = 1.0 / 8.0  # a kernel timer is late by an eighth of its length at most


class Nothing:
    members = sessions = changes = ()
    time_s = actor = conversation = action = size_bytes = ()


@dataclass(frozen=True)
class Patience:
    idle_s: float = 45.0
    interval_s: float = 30.0
    probes: int = 4


class Bench:
    """A connection of one lane with a prober at one end; what both ends are told."""

    def __init__(self, lane: str, way: Path, end: int = CLIENT, patience: Patience | None = None):
        self.engine = Engine()
        ledger = Ledger(Nothing(), self.engine)
        self.told: list[tuple[float, int, str]] = []
        if lane == "fast":
            self.connection = Connection(self.engine, way, ledger)
        else:
            self.connection = ReferenceConnection(self.engine, way, ledger, SegmentOptions())
            for socket in self.connection._sockets:
                socket.establish(RTT_S, 1)
        for one in (CLIENT, SERVER):
            self.connection.closed[one] = lambda why, one=one: self.told.append(
                (self.engine.now_s, one, why)
            )
        self.probes_s: list[float] = []
        probe = self.connection.probe
        if lane == "fast":
            self.connection = self.connection
        self.patience = patience or Patience()
        watched = Watched(self, probe)
        self.prober = Prober(self.engine, watched, end, self.patience)


class Watched:
    """The connection, with the times of its probes written down."""

    def __init__(self, bench, probe):
        self._bench, self._probe = bench, probe

    def __getattr__(self, name):
        return getattr(self._bench.connection, name)

    def probe(self, end):
        self._bench.probes_s.append(self._bench.engine.now_s)
        self._probe(end)


def found_s(patience, from_s=0.0):
    """When a kernel gives a peer up that has been silent since then: its timers, one by one."""
    at_s = timer_fire_s(from_s, patience.idle_s)
    for _ in range(patience.probes):
        at_s = timer_fire_s(at_s, patience.interval_s)
    return at_s


LANES = pytest.mark.parametrize("lane", ["fast", "exact"])
ENDS = pytest.mark.parametrize("end", [CLIENT, SERVER])


@LANES
@ENDS
@pytest.mark.parametrize("patience", [Patience(), Patience(15.0, 15.0, 9), Patience(1.0, 1.0, 10)])
def test_a_lost_host_is_found_at_idle_and_interval_times_probes(lane, end, patience):
    bench = Bench(lane, path(), end, patience)
    bench.connection.vanish(1 - end)
    bench.engine.run(1000.0)
    [(at_s, who, why)] = bench.told
    nominal_s = patience.idle_s + patience.interval_s * patience.probes
    assert (who, why, at_s) == (end, "timeout", found_s(patience))
    assert nominal_s <= at_s <= nominal_s * (1.0 + GRAIN) + 0.1
    assert len(bench.probes_s) == patience.probes
    assert not bench.connection.is_open(end)


@LANES
@ENDS
def test_a_live_peer_answers_and_probes_are_an_idle_time_apart(lane, end):
    bench = Bench(lane, path(), end)
    bench.engine.run(500.0)
    assert bench.told == []
    assert bench.connection.is_open(end)
    gaps = [after - before for before, after in pairwise(bench.probes_s)]
    assert len(gaps) >= 9
    assert all(45.0 <= gap_s <= 45.0 * (1.0 + GRAIN) + RTT_S for gap_s in gaps)


@LANES
def test_a_link_that_is_down_is_found_and_one_that_is_back_is_not(lane):
    """Down for ever from 10 s on; and back between two probes, the last of which is answered."""
    patience = Patience()
    down = Bench(lane, path(outages=[(10.0, 10_000.0)]))
    down.engine.run(1000.0)
    assert down.told == [(found_s(patience), CLIENT, "timeout")]
    back_s = down.probes_s[-1] - 1.0
    back = Bench(lane, path(outages=[(10.0, back_s)]))
    back.engine.run(1000.0)
    assert back.told == []
    assert back.probes_s[:4] == down.probes_s


@LANES
def test_one_probe_that_is_lost_is_made_up_for_by_the_next(lane):
    up = Scripted([0])
    bench = Bench(lane, path(up=up))
    bench.engine.run(130.0)
    first_s, second_s, *_ = bench.probes_s
    assert second_s == timer_fire_s(first_s, Patience().interval_s)
    assert bench.told == []


@LANES
def test_a_host_that_is_back_and_knows_nothing_resets(lane):
    bench = Bench(lane, path())
    bench.connection.vanish(SERVER)
    bench.engine.at(60.0, bench.connection.returned, SERVER)
    bench.engine.run(1000.0)
    [(at_s, who, why)] = bench.told
    second_s = timer_fire_s(bench.probes_s[0], Patience().interval_s)
    assert (who, why) == (CLIENT, "reset")
    assert at_s == pytest.approx(second_s + RTT_S)


@LANES
def test_who_hears_something_or_is_acknowledged_does_not_ask(lane):
    bench = Bench(lane, path())
    for at_s in range(1, 400, 20):
        bench.engine.at(float(at_s), bench.connection.send, at_s // 20 % 2, 10, "word")
    bench.engine.run(420.0)
    assert bench.probes_s == []
    bench.engine.run(500.0)
    assert bench.probes_s[0] == pytest.approx(381.0 + RTT_S / 2 + 45.0, rel=GRAIN)


@LANES
def test_while_something_waits_for_its_acknowledgement_retransmissions_look(lane):
    """Written into a dead link: no probe; tcp_retries2 ends it."""
    bench = Bench(lane, path(outages=[(10.0, 10_000.0)]))
    bench.engine.at(20.0, bench.connection.send, CLIENT, 10, "word")
    bench.engine.run(600.0)
    assert bench.probes_s == []
    assert bench.connection.is_open(CLIENT)
    bench.engine.run(1200.0)
    assert [why for _, end, why in bench.told if end == CLIENT] == ["timeout"]


def test_probes_and_their_answers_are_packets():
    bench = Bench("fast", path())
    before = [bench.connection.traffic(end)[0] for end in (CLIENT, SERVER)]
    bench.engine.run(100.0)
    after = [bench.connection.traffic(end)[0] for end in (CLIENT, SERVER)]
    assert [a - b for a, b in zip(after, before, strict=True)] == [2, 2]
    assert bench.connection.traffic(CLIENT)[2] == 0


@pytest.mark.parametrize(
    ("patience", "measured_s"),
    [
        (Patience(10.0, 3.0, 5), 25.452),
        (Patience(15.0, 5.0, 3), 30.596),
        (Patience(45.0, 5.0, 3), 62.060),
        (Patience(15.0, 15.0, 4), 75.628),
    ],
)
def test_a_real_kernel_takes_as_long(patience, measured_s):
    """Linux 6.18, a link cut 3 s after the options were set; seconds from then to ETIMEDOUT.

    Where the kernel's clock stood is not known: the model's shortest and longest over its ticks.
    """
    phases_s = [tick * 0.004 for tick in range(1024)]
    took_s = [found_s(patience, phase_s) - phase_s for phase_s in phases_s]
    assert min(took_s) <= measured_s <= max(took_s) + 0.02
    assert max(took_s) - min(took_s) < 2.2
