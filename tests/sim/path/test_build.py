"""Which boxes stand on whose path."""

import gc
import weakref
from math import inf

import pytest
from boxed import Bench

from sim.engine import Engine
from sim.history import GATEWAY
from sim.node import Node
from sim.path.build import Boxes, in_front, keep_alive_s, listed
from sim.path.spec import Front, Middlebox
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
    for person in range(3):
        connection = Bare()
        boxes.attach(connection, person, Node(Engine(), 0, GATEWAY, 1), False)
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
    proxy, health = in_front(Engine(), (alb, nginx, Middlebox(preset="traefik", networks=(0,))))
    assert proxy is not None
    assert (proxy.connect_timeout_s, proxy.health) == (60.0, health)
    assert in_front(Engine(), (Middlebox(preset="carrier-5min", networks=(0,)),)) == (None, None)


def test_of_layer_four_it_has_an_opinion_and_no_process():
    proxy, health = in_front(Engine(), (Middlebox(preset="aws-nlb", check_s=10.0),))
    assert proxy is None
    assert health is not None


def test_tunnels_that_are_over_are_forgotten():
    engine = Engine()
    boxes, node = Boxes(engine, (Middlebox(removal_s=5.0),), [0]), Node(engine, 0, GATEWAY, 1)
    boxes.watch(node)
    found = []
    for _ in range(1000):
        connection = Bare()
        found.append(weakref.ref(connection))
        boxes.attach(connection, 0, node, False)
        connection.cut = Cut("idle time-out", 0.0)
    del connection
    gc.collect()
    assert 0 < sum(one() is not None for one in found) < 100
