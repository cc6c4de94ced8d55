"""Bytes, packets, CPU, connections and backplane messages."""

import pytest

from sim.history import API, GATEWAY
from sim.metrics.cost import METRICS
from tests.sim.metrics.histories import arrival, judged, message, value

TRAFFIC = [(0, 0, 4, 400, 2), (0, 1, 6, 1600, 2)]


def node(time_s, node, busy_s=0.0, connections=0, kind=GATEWAY):
    return (time_s, node, kind, busy_s, connections, 0)


def test_bytes_and_packets_per_message_received():
    # The warm-up's deliveries were paid for too; the sender's echo and repeats are no receptions.
    sent = [message(5.0), message(12.0)]
    rows = [arrival(0, 1, 5.1), arrival(1, 1, 12.1), arrival(1, 1, 12.2), arrival(1, 0, 12.3)]
    of = judged(messages=sent, deliveries=rows, traffic=TRAFFIC)
    assert value(METRICS, "bytes_per_delivery", of) == 1000
    assert value(METRICS, "packets_per_delivery", of) == 5


def test_nothing_delivered_has_no_price():
    of = judged(messages=[message(12.0)], traffic=TRAFFIC)
    assert value(METRICS, "bytes_per_delivery", of) is None


def test_cpu_of_even_and_uneven_nodes():
    even = [node(t, n, 1.0) for t in (20.0, 21.0) for n in (0, 1)]
    uneven = [node(t, n, 2.0 * (1 - n)) for t in (20.0, 21.0) for n in (0, 1)]
    warm_up = [node(5.0, 0, 2.0)]
    for rows, busiest in ((even, 0.5), (uneven, 1.0)):
        of = judged(nodes=warm_up + rows)
        assert value(METRICS, "cpu_busiest", of) == pytest.approx(busiest)
        assert value(METRICS, "cpu_mean", of) == pytest.approx(0.5)


def test_cpu_peak_is_one_second_of_one_node():
    of = judged(nodes=[node(20.0, 0, 0.1), node(21.0, 0, 1.8), node(22.0, 0, 0.1)])
    assert value(METRICS, "cpu_peak", of) == pytest.approx(0.9)
    assert value(METRICS, "cpu_busiest", of) == pytest.approx(1 / 3)


def test_connections_evenly_and_unevenly_placed():
    of = judged(nodes=[node(20.0, n, connections=c) for n, c in enumerate((50, 50))])
    assert value(METRICS, "connections_max", of) == 50
    assert value(METRICS, "connections_skew", of) == pytest.approx(1.0)
    worse = [node(20.0, 0, connections=90), node(20.0, 1, connections=10)]
    api = [node(20.0, 2, connections=500, kind=API)]
    of = judged(nodes=[*worse, *api, node(21.0, 0), node(21.0, 1)])
    assert value(METRICS, "connections_max", of) == 90
    assert value(METRICS, "connections_skew", of) == pytest.approx(1.8)


def test_no_nodes_no_figures():
    for name in ("cpu_busiest", "cpu_mean", "cpu_peak", "connections_max", "connections_skew"):
        assert value(METRICS, name, judged()) is None


def test_the_busiest_thing_behind_the_nodes():
    assert value(METRICS, "behind_peak", judged()) is None
    of = judged({"behind_peak": {"store": 0.2, "backplane": 0.7}})
    assert value(METRICS, "behind_peak", of) == 0.7


def test_backplane_messages_per_message():
    sent = [message(12.0), message(13.0)]
    assert value(METRICS, "backplane_per_message", judged(messages=sent)) == 0
    of = judged({"backplane_messages": 16}, messages=sent)
    assert value(METRICS, "backplane_per_message", of) == 8
    assert value(METRICS, "backplane_per_message", judged()) is None
