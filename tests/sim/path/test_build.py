"""Which boxes stand on whose path."""

import gc
import weakref
from functools import partial
from math import inf

import pytest
from boxed import Bench

from sim.engine import Engine
from sim.history import GATEWAY
from sim.node import Node
from sim.path.build import Boxes, in_front, keep_alive_s, listed
from sim.path.spec import Front, Middlebox
from sim.streams import Streams
from sim.transport.connection import SERVER
from sim.transport.stream import Cut, ignore

TEN, TWENTY = Middlebox(idle_timeout_s=10.0), Middlebox(idle_timeout_s=20.0)


def test_listed_boxes_come_first_then_the_servers_own_then_the_networks():
    front, nats = Front(proxy="nginx"), (None, "carrier-5min")
    assert listed((TEN,), front, nats) == (
        TEN,
        Middlebox(preset="nginx"),
        Middlebox(preset="carrier-5min", networks=(1,)),
    )


def test_nothing_stands_there_unless_said():
    assert listed((), Front(), (None, None)) == ()


def standing(*boxes):
    return in_front(Engine(), boxes, partial(Streams(1, 0).draws, "proxies"))


class Bare:
    passed = staticmethod(ignore)
    cut = None

    def seen_s(self, end):
        return -1.0

    def is_open(self, end):
        return True


@pytest.mark.parametrize(
    ("box", "behind"),
    [
        (TEN, [True, True, True]),
        (Middlebox(idle_timeout_s=10.0, networks=(1,)), [False, True, False]),
        (Middlebox(preset="traefik"), [False, False, False]),  # no limit for tunnels
        (Middlebox(preset="traefik", reload_at_s=(5.0,)), [True, True, True]),
    ],
)
def test_a_box_watches_the_people_of_its_networks(box, behind):
    boxes, found = Boxes(Engine(), [box], [0, 1, 0]), []
    node = Node(Engine(), 0, GATEWAY, 1)
    for person in range(3):
        connection = Bare()
        boxes.attach(connection, person, (node, node), False)
        found.append(connection.passed is not ignore)
    assert found == behind


@pytest.mark.parametrize("boxes", [(TEN, TWENTY), (TWENTY, TEN)])
def test_of_two_boxes_the_stricter_one_cuts(boxes):
    bench = Bench(*boxes)
    bench.at(5.0, "send", SERVER, 10, "x")
    ends = [at_s for at_s, end, what, _ in bench.run() if (end, what) == (SERVER, "closed")]
    assert ends == [pytest.approx(15.0)]


@pytest.mark.parametrize(
    ("boxes", "expected_s"),
    [
        ((), 6.0),
        ((Middlebox(preset="aws-nlb"), TEN), 6.0),
        ((Middlebox(preset="nginx"),), inf),
        ((Middlebox(preset="nginx", networks=(0,)),), 6.0),
    ],
)
def test_behind_a_proxy_the_servers_keep_alive_is_not_for_people(boxes, expected_s):
    assert keep_alive_s(Front(http_server="node-20"), boxes) == expected_s


def test_the_box_next_to_the_servers_is_the_proxy_and_knows_of_their_health():
    nginx, alb = Middlebox(preset="nginx"), Middlebox(preset="aws-alb")
    proxies, health = standing(alb, nginx, Middlebox(preset="traefik", networks=(0,)))
    assert proxies is not None
    assert (proxies.first.connect_timeout_s, proxies.first.health) == (60.0, health)
    assert standing(Middlebox(preset="carrier-5min", networks=(0,))) == (None, None)


def test_of_layer_four_it_has_an_opinion_and_no_process():
    proxies, health = standing(Middlebox(preset="aws-nlb", check_s=10.0))
    assert proxies is None
    assert health is not None


@pytest.mark.parametrize(("checks", "noticed_s"), [({}, 6.0), ({"check_s": 10.0}, 10.0)])
def test_a_box_of_layer_four_before_several_proxies_checks_them(checks, noticed_s):
    proxies, _ = standing(Middlebox(preset="aws-nlb", **checks), Middlebox(preset="nginx", count=2))
    engine = proxies.first.engine
    proxies.first.crash()
    found = []
    for at_s in (0.0, noticed_s - 0.1, noticed_s + 0.1):
        engine.run(at_s)
        found.append(proxies.first in {proxies.pick(0) for _ in range(50)})
    assert found == [True, True, False]


@pytest.mark.parametrize(("paused", "cut_s"), [(0, 30.0), (1, 10.0)])
def test_the_timers_of_a_connection_are_those_of_its_own_proxy(paused, cut_s):
    engine = Engine()
    nginx = Middlebox(preset="nginx", idle_timeout_s=10.0, count=2)
    proxies, _ = in_front(engine, (nginx,), partial(Streams(1, 0).draws, "proxies"))
    boxes, node = Boxes(engine, (nginx,), [0], proxied=True), Node(engine, 0, GATEWAY, 1)
    connection = Bare()
    connection.close, connection.closed = ignore, [ignore, ignore]
    boxes.attach(connection, 0, (proxies.first, node), False)
    proxies.all[paused].pause(30.0)
    engine.run(60.0)
    assert connection.cut == Cut("idle time-out", cut_s)


def test_tunnels_that_are_over_are_forgotten():
    engine = Engine()
    boxes, node = Boxes(engine, (Middlebox(removal_s=5.0),), [0]), Node(engine, 0, GATEWAY, 1)
    boxes.watch(node)
    found = []
    for _ in range(1000):
        connection = Bare()
        found.append(weakref.ref(connection))
        boxes.attach(connection, 0, (node, node), False)
        connection.cut = Cut("idle time-out", 0.0)
    del connection
    gc.collect()
    assert 0 < sum(one() is not None for one in found) < 100
