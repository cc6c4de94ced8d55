"""What a tunnel waits for, in which order it comes through, and what dies with the proxy."""

from itertools import chain

import numpy as np
import pytest
from stage import ONE_WAY_S, Stage

from models import DESIGNS
from sim.engine import Engine
from sim.path.limits import Limits
from sim.path.proxy import Proxy
from sim.path.tunnel import Tunnel
from sim.transport.connection import CLIENT, SERVER
from sim.transport.stream import ignore

SERVERS = {"gateways": 2, "api_nodes": 1, "cores": 1, "session_reads": 0, "token_check_s": 0.0}
FIRST_ALIVE_S = 2.0


class Outside:
    """The client's side: writes down what the proxy does to it."""

    def __init__(self, engine):
        self.engine, self.heard, self.cut, self.opened_s = engine, [], None, 0.0
        self.receive, self.closed, self.dropped = [ignore] * 2, [ignore] * 2, [ignore] * 2
        self.dropped = [self.note("lost up"), self.note("lost down")]

    def note(self, what):
        return lambda it: self.heard.append((self.engine.now_s, what, it))

    def is_open(self, end):
        return not any(what in ("close", "abort") for _, what, _ in self.heard)

    def send(self, end, size_bytes, payload):
        self.note("send")(payload)

    def close(self, end):
        self.note("close")(end)

    def flying(self):
        return iter(())


class House:
    """A tunnel through a proxy whose every piece takes `passed_s`."""

    def __init__(self, passed_s=0.5, **numbers):
        self.engine = Engine()
        limits = Limits(layer=7, request_s=1e-6, passed_s=passed_s, **numbers)
        self.proxy = Proxy(self.engine, limits)
        self.outside = Outside(self.engine)
        self.tunnel = self.another(0)

    def another(self, person):
        tunnel = Tunnel(self.proxy, person, self.outside)
        tunnel.receive[SERVER] = self.outside.note("read")
        tunnel.closed[SERVER] = self.outside.note("closed")
        return tunnel

    def at(self, time_s, call, *args):
        self.engine.at(time_s, call, *args)

    def run(self, until_s=100.0):
        self.engine.run(until_s)
        return [(pytest.approx(time_s), what, it) for time_s, what, it in self.outside.heard]


def test_either_way_is_one_queue():
    house = House()
    house.at(1.0, house.tunnel.send, SERVER, 10, "a")
    house.at(1.0, house.outside.receive[SERVER], "b")
    house.at(1.0, house.another(1).send, SERVER, 10, "c")
    house.at(2.2, house.tunnel.close, SERVER)
    assert house.run() == [
        (1.5, "send", "a"), (2.0, "read", "b"), (2.5, "send", "c"), (3.0, "close", SERVER),
    ]  # fmt: skip


def test_what_is_done_within_a_millisecond_takes_no_event():
    house = House(passed_s=4e-4)
    house.tunnel.send(SERVER, 10, "a")
    house.tunnel.send(SERVER, 10, "b")
    assert [(time_s, it) for time_s, _, it in house.outside.heard] == [(4e-4, "a"), (8e-4, "b")]
    house.tunnel.send(SERVER, 10, "c")  # done 1.2 ms from now
    assert len(house.outside.heard) == 2
    assert list(house.tunnel.flying()) == ["c"]
    assert house.run()[2:] == [(12e-4, "send", "c")]


def test_nothing_overtakes_what_waits():
    house = House(passed_s=9e-4, cores=4)
    house.proxy.pause(1.0)
    house.tunnel.send(SERVER, 10, "a")
    house.at(0.9999, house.tunnel.send, SERVER, 10, "b")
    assert [what for _, _, what in house.run()] == ["a", "b"]


def test_a_pause_holds_everything_up_and_loses_nothing():
    house = House(passed_s=1e-5)
    house.at(1.0, house.proxy.pause, 31.0)
    house.at(2.0, house.tunnel.send, SERVER, 10, "a")
    house.at(3.0, house.outside.receive[SERVER], "b")
    assert house.run() == [(31.0 + 1e-5, "send", "a"), (31.0 + 2e-5, "read", "b")]


def test_a_slow_one_takes_so_many_times_as_long():
    house = House()
    house.proxy.slowness *= 3.0
    house.at(1.0, house.tunnel.send, SERVER, 10, "a")
    assert house.run() == [(2.5, "send", "a")]


def test_a_crash_loses_what_is_in_hand_and_closes_both_sides():
    house = House()
    house.at(1.0, house.tunnel.send, SERVER, 10, "a")
    house.at(1.0, house.outside.receive[SERVER], "b")
    house.at(1.2, house.proxy.crash)
    house.at(1.3, house.tunnel.send, SERVER, 10, "c")
    assert house.run() == [
        (1.2, "close", SERVER), (1.2, "closed", "fin"), (1.3, "lost down", "c"),
        (1.5, "lost down", "a"), (2.0, "lost up", "b"),
    ]  # fmt: skip
    assert house.outside.cut == ("proxy died", 1.2)
    assert not house.tunnel.is_open(SERVER)
    assert list(house.tunnel.flying()) == []


def test_waiting_is_that_of_a_queue_with_one_server():
    """M/D/1: the mean wait is rho / (2 (1 - rho)) services (Pollaczek 1930, Khinchine 1932)."""
    rho, each_s, pieces = 0.8, 0.01, 40_000
    house, luck = House(passed_s=each_s), np.random.default_rng(7)
    for number, at_s in enumerate(np.cumsum(luck.exponential(each_s / rho, pieces)).tolist()):
        house.at(at_s, house.tunnel.send, SERVER, 10, (number, at_s))
    house.run(1e6)
    waits_s = np.array([now_s - it[1] - each_s for now_s, _, it in house.outside.heard])
    batches = waits_s.reshape(40, -1).mean(axis=1)
    off = abs(batches.mean() - rho / (2.0 * (1.0 - rho)) * each_s)
    assert off < 4.0 * batches.std(ddof=1) / np.sqrt(40)
    assert batches.std(ddof=1) / np.sqrt(40) < 0.1 * batches.mean()


def at_stage(design, sends, fault, **more):
    path = [{"preset": "nginx", "idle_timeout_s": 0, **more}]
    faults = [{"kind": f"backend-{fault.pop('kind')}", "backend": "proxy", **fault}]
    return Stage(design, sends, servers=SERVERS, path=path, faults=faults)


@pytest.mark.parametrize("design", ["full-websocket", "mqtt-qos0", "sse", "hybrid"])
def test_deliveries_wait_for_a_proxy_that_stands_still(design):
    stage = at_stage(design, [(10.5, 1)], {"kind": "pause", "at_s": 10.0, "for_s": 5.0})
    (_, here_s), *_ = stage.run(60.0).arrivals(0)
    assert 15.0 < here_s < 15.2 + 3 * ONE_WAY_S


def test_a_proxy_that_dies_cuts_everybody_and_takes_nobody_until_it_is_back():
    stage = at_stage("full-websocket", [], {"kind": "crash", "at_s": 10.0, "restart_s": 4.0})
    stage.run(60.0)
    gaps = stage.gaps()
    assert [(gap["reason"], gap["cut_s"]) for gap in gaps] == [("proxy died", 10.0)] * 3
    assert all(14.0 < gap["open_s"] < 30.0 for gap in gaps)
    outcomes = {how for at_s, _, how, _ in stage.attempts(0) if 10.0 < at_s < 14.0 - ONE_WAY_S}
    assert outcomes == {"refused"}
    assert len(stage.world.proxy.connections) == 3


def test_of_several_proxies_the_one_that_dies_cuts_its_own_people():
    """They come back by others; who dials it before the balancer has noticed is refused."""
    crash = {"kind": "crash", "at_s": 10.0, "restart_s": 80.0, "proxy": 1}
    path = [{"preset": "nginx", "idle_timeout_s": 0, "count": 3}]
    faults = [{"backend": "proxy", **crash, "kind": "backend-crash"}]
    stage = Stage("full-websocket", people=12, servers=SERVERS, path=path, faults=faults)
    proxies = stage.run(9.0).world.proxies.all
    theirs = [sorted(one._person for one in proxy.connections) for proxy in proxies]
    assert sorted(chain.from_iterable(theirs)) == list(range(12))
    stage.run(80.0)
    gaps = [(gap["person"], gap["reason"], gap["cut_s"]) for gap in stage.gaps()]
    assert sorted(gaps) == [(person, "proxy died", 10.0) for person in theirs[1]]
    assert [len(proxy.connections) for proxy in proxies][1] == 0
    assert sum(len(proxy.connections) for proxy in proxies) == 12
    tried = [one for person in theirs[1] for one in stage.attempts(person)]
    assert {at_s < 16.0 for at_s, _, how, _ in tried if how == "refused"} == {True}


@pytest.mark.parametrize(("for_s", "cut_s"), [(20.0, 35.0), (1.0, 25.0)])
def test_a_proxy_that_stands_still_does_not_look_at_its_timers(for_s, cut_s):
    """Silent since it stands, cut after 25 s: or when the proxy goes on."""
    quiet = DESIGNS["full-websocket"].variant("quiet", {"heartbeat": "none"})
    pause = {"kind": "pause", "at_s": 15.0, "for_s": for_s}
    stage = at_stage(quiet, [], pause, idle_timeout_s=25).run(40.0)
    assert [gap["reason"] for gap in stage.gaps()] == ["idle time-out"] * 3
    assert {round(gap["cut_s"]) for gap in stage.gaps()} == {cut_s}


def test_a_tunnel_leaves_the_proxy_when_either_side_does():
    stage = at_stage("full-websocket", [], {"kind": "pause", "at_s": 30.0, "for_s": 0.1})
    stage.at(5.0, stage.system.leave, 0)
    stage.at(5.0, stage.system.disconnect, 1)
    stage.run(5.5)
    assert len(stage.world.proxy.connections) == 1
    assert [len(node.connections) for node in stage.gateways] in ([1, 0], [0, 1])


@pytest.mark.parametrize("end", [CLIENT, SERVER])
def test_it_is_open_at_either_end_as_long_as_that_end_believes_it(end):
    stage = Stage("full-websocket", servers={**SERVERS, "proxy": "nginx"}).run(FIRST_ALIVE_S)
    tunnel = stage.channel("websocket").endpoint.connections[0]
    assert tunnel.is_open(CLIENT)
    assert tunnel.is_open(SERVER)
    tunnel.close(end)
    assert tunnel.is_open(1 - end)
    stage.run(FIRST_ALIVE_S + 0.2)
    assert not tunnel.is_open(1 - end)
