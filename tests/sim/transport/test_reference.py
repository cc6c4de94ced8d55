"""The exact connection records and counts like the fast one."""

from collections.abc import Iterator
from typing import Any

import pytest
from wires import ledger, recorded

from sim.engine import Engine
from sim.ledger import Ledger
from sim.network.delay import constant_delay
from sim.network.loss import NoLoss
from sim.network.outages import Outages
from sim.network.path import Path, Way
from sim.transport.connection import CLIENT, SERVER
from sim.transport.reference import ReferenceConnection, kernel_counters
from sim.transport.segment.opening import ACCEPT, Caller
from sim.transport.segment.options import Counters, SegmentOptions


def opened(outages: Any = ()) -> tuple[Engine, Ledger, ReferenceConnection]:
    engine = Engine()
    delay = constant_delay(0.025)
    path = Path(Way(delay, NoLoss()), Way(delay, NoLoss()), Outages(outages))
    taken = ledger()
    connection = ReferenceConnection(engine, path, taken, SegmentOptions())
    connection.open(Caller(lambda: ACCEPT, lambda: None, lambda reason: None, lambda: None))
    engine.run(1.0)
    return engine, taken, connection


def test_a_posted_delivery_is_recorded_when_it_arrives() -> None:
    engine, taken, connection = opened()
    connection.post(200, 7, 3)
    assert [payload.message for payload in connection.flying()] == [7]
    engine.run(1.02)
    assert recorded(taken) == []
    engine.run(1.03)
    assert recorded(taken) == [(pytest.approx(1.025), 7, 3)]
    assert list(connection.flying()) == []


def test_other_payloads_go_to_their_owner() -> None:
    engine, taken, connection = opened()
    got: list[Any] = []
    connection.receive[SERVER] = got.append
    connection.send(CLIENT, 100, "hello")
    engine.run(2.0)
    assert (got, recorded(taken)) == (["hello"], [])


def test_a_ping_is_never_answered_by_itself() -> None:
    _, _, connection = opened()
    assert connection.echo(CLIENT, 6, "ping", lambda: None) is False


def test_traffic_counts_packets_bytes_and_writes() -> None:
    engine, _, connection = opened()
    connection.send(CLIENT, 100, "x")
    engine.run(2.0)
    packets, size_bytes, writes = connection.traffic(CLIENT)
    assert (packets, size_bytes, writes) == (3, 60 + 52 + 152, 1)  # SYN, ACK, data


def test_a_lost_link_is_counted_as_the_kernel_does() -> None:
    engine, _, connection = opened([(1.5, 3.0)])
    engine.at(1.6, connection.send, CLIENT, 100, "x")
    engine.run(10.0)

    def counters() -> Iterator[Counters]:
        yield from connection.counters

    counted = kernel_counters(counters())
    assert counted["TCPLossProbes"] == 1
    assert counted["TCPTimeouts"] >= 2
    assert counted["RetransSegs"] == counted["TCPLossProbes"] + counted["TCPTimeouts"]
