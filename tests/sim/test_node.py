"""A node: who is connected to it, and what they notice when it goes."""

from __future__ import annotations

import pytest

from sim.core.lines import LAST_S
from sim.engine import Engine
from sim.history import GATEWAY
from sim.node import GONE, REFUSING, UP, Node


class Bench:
    """A node and its clock."""

    def __init__(self) -> None:
        self.engine = Engine()
        self.node = Node(self.engine, 3, GATEWAY, 1)


class Peer:
    """A connection that notes what its node does to it."""

    def __init__(self, engine: Engine, log: list[tuple[float, str, str]], name: str) -> None:
        self.comes_back = True
        self.line = -1
        self.behind_bytes = 0
        self._engine, self._log, self._name = engine, log, name

    def _note(self, what: str) -> None:
        self._log.append((self._engine.now_s, self._name, what))

    def waiting_bytes(self) -> int:
        return self.behind_bytes

    def node_crashed(self) -> None:
        self._note("crashed")

    def node_lost(self) -> None:
        self._note("lost")

    def node_returned(self) -> None:
        self._note("returned")

    def node_drains(self) -> None:
        self._note("drains")


def attach(bench: Bench, *names: str) -> tuple[list[Peer], list[tuple[float, str, str]]]:
    log: list[tuple[float, str, str]] = []
    peers = [Peer(bench.engine, log, name) for name in names]
    bench.node.connections.update(dict.fromkeys(peers))
    return peers, log


def test_a_program_of_one_thread_leaves_other_cores_alone():
    """Two pieces of a second on four cores, of which it has one: one after the other."""
    engine = Engine()
    node, done_s = Node(engine, 0, GATEWAY, 4), []
    node.host(0.0, 0.0, 7_000, cores_max=1.0)
    for _ in range(2):
        node.work(1.0, lambda: done_s.append(engine.now_s))
    engine.run(10.0)
    assert (node.cores, done_s) == (1, [1.0, 2.0])
    node.crash()
    node.restart()
    node.host(0.0, 0.0, 7_000)  # another program of four threads does not give it back
    late = Node(engine, 1, GATEWAY, 4)
    late.runs_the_same_as(node)
    assert (node.cores, late.cores) == (1, 1)


def test_a_new_node_listens_and_is_empty():
    node = Bench().node
    assert (node.state, node.listening, node.accepting) == (UP, True, True)
    assert (node.index, node.kind, node.epoch, node.waiting) == (3, GATEWAY, 0, 0)
    assert (node.busy_s, node.connections) == ({}, {})


@pytest.mark.parametrize(
    ("fall", "state", "word"), [(Node.crash, REFUSING, "crashed"), (Node.lose_host, GONE, "lost")]
)
def test_every_connection_learns_how_its_node_fell_once(fall, state, word):
    bench = Bench()
    peers, log = attach(bench, "a", "b", "c")
    bench.node.connections.pop(peers[1])
    bench.node.waiting = 5
    heard = []
    bench.node.on_down.append(lambda node: heard.append((node, node.state, len(log))))
    bench.engine.at(4.0, fall, bench.node)
    bench.engine.at(5.0, fall, bench.node)
    bench.engine.run(10.0)
    assert log == [(4.0, "a", word), (4.0, "c", word)]
    assert heard == [(bench.node, state, 0), (bench.node, state, 2)]  # before the peers are told
    assert (bench.node.connections, bench.node.waiting) == ({}, 0)


def test_only_what_a_lost_host_had_hears_that_it_is_back():
    bench = Bench()
    _, log = attach(bench, "a", "b")
    bench.engine.at(4.0, bench.node.lose_host)
    bench.engine.at(6.0, bench.node.restart)
    bench.engine.at(7.0, attach, bench, "c")
    bench.engine.at(8.0, bench.node.crash)
    bench.engine.at(9.0, bench.node.restart)
    bench.engine.run(10.0)
    assert log == [
        (4.0, "a", "lost"),
        (4.0, "b", "lost"),
        (6.0, "a", "returned"),
        (6.0, "b", "returned"),
    ]


def test_a_drain_asks_everybody_to_leave_in_turn():
    bench = Bench()
    peers, log = attach(bench, "a", "b", "c", "d")
    bench.engine.at(10.0, bench.node.drain, 8.0)
    bench.engine.at(11.0, bench.node.connections.pop, peers[1])  # left by itself
    bench.engine.at(11.0, attach, bench, "came meanwhile")
    bench.engine.at(15.0, bench.node.crash)  # before the last one's turn
    bench.engine.run(30.0)
    assert log == [
        (10.0, "a", "drains"), (14.0, "c", "drains"),
        (15.0, "a", "crashed"), (15.0, "c", "crashed"), (15.0, "d", "crashed"),
    ]  # fmt: skip


def test_a_draining_node_takes_no_new_clients_until_it_restarts():
    bench = Bench()
    bench.node.drain(5.0)
    assert (bench.node.accepting, bench.node.listening) == (False, True)
    bench.node.crash()
    assert not bench.node.accepting
    bench.node.restart()
    assert (bench.node.accepting, bench.node.listening) == (True, True)


def test_a_peer_may_leave_while_the_node_falls():
    """A peer that hears of the crash may take others with it; nobody is told twice."""
    bench = Bench()
    peers, log = attach(bench, "a", "b")

    def gone() -> None:
        for peer in peers:
            bench.node.connections.pop(peer, None)
        log.append((bench.engine.now_s, "a", "left"))

    peers[0].node_crashed = gone  # type: ignore[method-assign]
    bench.node.crash()
    assert log == [(0.0, "a", "left"), (0.0, "b", "crashed")]


def test_who_does_not_come_back_at_once_is_asked_when_the_drain_begins():
    bench = Bench()
    peers, log = attach(bench, "socket", "request", "another socket", "idle")
    peers[1].comes_back = peers[3].comes_back = False
    bench.engine.at(10.0, bench.node.drain, 8.0)
    bench.engine.run(30.0)
    assert log == [
        (10.0, "request", "drains"), (10.0, "idle", "drains"),
        (10.0, "socket", "drains"), (14.0, "another socket", "drains"),
    ]  # fmt: skip


def test_whoever_watches_a_node_hears_of_its_drain_first():
    bench = Bench()
    _, log = attach(bench, "socket")
    bench.node.on_drain.append(lambda node: log.append((0.0, "balancer", str(node.accepting))))
    bench.node.drain(0.0)
    bench.engine.run(1.0)
    assert log == [(0.0, "balancer", "False"), (0.0, "socket", "drains")]


def test_a_node_that_exits_takes_no_new_connections_while_it_finishes_its_work():
    bench = Bench()
    begun = bench.node.begin()
    bench.node.exit()
    assert (bench.node.running, bench.node.listening) == (True, False)
    bench.node.end(begun)
    assert (bench.node.running, bench.node.listening) == (False, False)
    bench.node.restart()
    assert (bench.node.running, bench.node.listening) == (True, True)


def test_memory_is_what_connections_take_and_what_their_clients_have_not_read():
    bench = Bench()
    bench.node.connection_bytes = 1000
    peers, _ = attach(bench, "a", "b")
    peers[1].behind_bytes = 70
    assert bench.node.memory_bytes() == 2070


def test_nobody_is_asked_what_waits_when_the_last_write_has_arrived():
    bench = Bench()
    [peer], _ = attach(bench, "a")
    peer.line, peer.behind_bytes = bench.engine.lines.add(), 70
    bench.engine.lines.shared.arrays.row[peer.line + LAST_S] = bench.engine.now_s + 1.0
    assert bench.node.memory_bytes() == bench.node.connection_bytes + 70
    bench.engine.lines.shared.arrays.row[peer.line + LAST_S] = bench.engine.now_s - 1.0
    assert bench.node.memory_bytes() == bench.node.connection_bytes
