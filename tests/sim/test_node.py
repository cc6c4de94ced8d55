"""A node: work in order over cores, and three ways to stop (crash, host loss, pause)."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.engine import Engine
from sim.history import GATEWAY
from sim.node import GONE, REFUSING, UP, Node


class Bench:
    """A node and what became of the work given to it, with the times."""

    def __init__(self, cores: int = 1) -> None:
        self.engine = Engine()
        self.node = Node(self.engine, 3, GATEWAY, cores)
        self.done: list[tuple[float, object]] = []
        self.lost: list[tuple[float, object]] = []

    def give(self, at_s: float, cost_s: float, name: object, turn: int | None = None) -> None:
        self.engine.at(at_s, self._give, cost_s, name, turn)

    def _give(self, cost_s: float, name: object, turn: int | None) -> None:
        engine = self.engine
        self.node.work(
            cost_s,
            lambda *args: self.done.append((engine.now_s, *args)),
            name,
            lost=lambda: self.lost.append((engine.now_s, name)),
            turn=turn,
        )


class Peer:
    """A connection that notes what its node does to it."""

    def __init__(self, engine: Engine, log: list[tuple[float, str, str]], name: str) -> None:
        self._engine, self._log, self._name = engine, log, name

    def _note(self, what: str) -> None:
        self._log.append((self._engine.now_s, self._name, what))

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


@pytest.mark.parametrize("cores", [0, -1])
def test_a_node_without_cores_is_refused(cores):
    with pytest.raises(ValueError, match=f"cores = {cores}; a node needs at least 1"):
        Node(Engine(), 0, GATEWAY, cores)


def test_a_new_node_listens_and_is_empty():
    node = Bench().node
    assert (node.state, node.listening, node.accepting) == (UP, True, True)
    assert (node.index, node.kind, node.epoch, node.waiting) == (3, GATEWAY, 0, 0)
    assert (node.busy_s, node.connections) == ({}, {})


def test_one_core_serves_in_order():
    bench = Bench()
    for at_s, cost_s, name in ((1.0, 2.0, "a"), (2.0, 1.0, "b"), (2.0, 0.0, "c"), (9.0, 0.5, "d")):
        bench.give(at_s, cost_s, name)
    bench.engine.run(20.0)
    assert bench.done == [(3.0, "a"), (4.0, "b"), (4.0, "c"), (9.5, "d")]
    assert bench.lost == []


def test_several_cores_serve_side_by_side():
    bench = Bench(cores=2)
    for name in "abcd":
        bench.give(0.0, 1.0, name)
    bench.give(0.0, 5.0, "long")
    bench.give(0.0, 1.0, "after")
    bench.engine.run(20.0)
    assert bench.done == [
        (1.0, "a"), (1.0, "b"), (2.0, "c"), (2.0, "d"), (3.0, "after"), (7.0, "long"),
    ]  # fmt: skip


@settings(max_examples=100, deadline=None, derandomize=True)
@given(
    st.integers(1, 4),
    st.lists(st.tuples(st.integers(0, 30), st.integers(0, 9)), min_size=1, max_size=30),
)
def test_start_times_are_those_of_a_first_come_first_served_queue(cores, given_work):
    """Against a plain model: each piece starts on the core that is free first."""
    bench, free_s, expected = Bench(cores), [0] * cores, []
    for number, (at_s, cost_s) in enumerate(sorted(given_work)):
        bench.give(at_s, cost_s, number)
        core = free_s.index(min(free_s))
        free_s[core] = max(at_s, free_s[core]) + cost_s
        expected.append((free_s[core], number))
    bench.engine.run(1e4)
    assert sorted(bench.done) == sorted(expected)
    assert sum(bench.node.busy_s.values()) == sum(cost_s for _, cost_s in given_work)


def test_pieces_of_one_turn_are_done_in_order_whatever_the_core():
    """One connection is read, and written to, by one thread; others pass by."""
    bench = Bench(cores=2)
    for cost_s, name, turn in ((5.0, "a", 1), (1.0, "b", 1), (1.0, "c", 2), (1.0, "d", None)):
        bench.give(0.0, cost_s, name, turn)
    bench.engine.run(20.0)
    assert bench.done == [(2.0, "c"), (3.0, "d"), (5.0, "a"), (5.0, "b")]


def test_a_pause_does_not_change_the_order_of_a_turn():
    bench = Bench(cores=2)
    bench.give(0.0, 5.0, "a", 1)
    bench.engine.at(1.0, bench.node.pause, 11.0)
    bench.give(2.0, 0.5, "b", 1)
    bench.give(2.0, 0.5, "c", 2)
    bench.engine.run(30.0)
    assert bench.done == [(12.0, "c"), (15.0, "a"), (pytest.approx(15.0), "b")]


def test_a_fresh_process_owes_no_turns():
    bench = Bench(cores=2)
    bench.give(0.0, 50.0, "a", 1)
    bench.engine.at(1.0, bench.node.crash)
    bench.engine.at(2.0, bench.node.restart)
    bench.give(3.0, 1.0, "b", 1)
    bench.engine.run(100.0)
    assert (bench.done, bench.lost) == ([(4.0, "b")], [(50.0, "a")])


def test_work_may_be_told_when_it_would_start():
    bench = Bench()
    assert bench.node.start_s() == 0.0
    assert bench.node.busy(2.0) == 2.0
    assert bench.node.start_s() == 2.0
    bench.engine.run(5.0)
    assert bench.node.start_s() == 5.0


def test_cpu_seconds_are_booked_in_the_second_in_which_work_began():
    bench = Bench()
    bench.engine.run(0.9)
    for cost_s in (0.2, 0.3, 4.0, 1.0):
        bench.node.busy(cost_s)
    assert bench.node.busy_s == pytest.approx({0: 0.2, 1: 4.3, 5: 1.0})


def test_a_pause_serves_nothing_until_its_end():
    """One in hand, one waiting, one that comes meanwhile, one later: all late by what was left."""
    bench = Bench()
    bench.give(0.0, 2.0, "in hand")
    bench.give(0.0, 1.0, "waiting")
    bench.give(5.0, 1.0, "meanwhile")
    bench.give(30.0, 1.0, "later")
    bench.engine.at(1.0, bench.node.pause, 11.0)
    bench.engine.run(100.0)
    assert bench.done == [
        (12.0, "in hand"), (13.0, "waiting"), (14.0, "meanwhile"), (31.0, "later"),
    ]  # fmt: skip


def test_a_pause_stops_every_core_idle_ones_too():
    bench = Bench(cores=3)
    bench.give(0.0, 4.0, "busy")
    bench.engine.at(1.0, bench.node.pause, 6.0)
    for name in "ab":
        bench.give(2.0, 1.0, name)
    bench.engine.run(20.0)
    assert bench.done == [(7.0, "a"), (7.0, "b"), (9.0, "busy")]


def test_pauses_that_overlap_are_one_long_pause():
    bench = Bench()
    bench.give(0.0, 1.0, "work")
    for at_s, until_s in ((0.5, 4.0), (2.0, 3.0), (3.0, 6.0)):
        bench.engine.at(at_s, bench.node.pause, until_s)
    bench.engine.run(20.0)
    assert bench.done == [(6.5, "work")]


def test_a_crash_loses_the_work_in_hand_and_refuses_more():
    bench = Bench()
    bench.give(0.0, 1.0, "done before")
    bench.give(0.0, 2.0, "in hand")
    bench.give(1.0, 1.0, "waiting")
    bench.engine.at(2.0, bench.node.crash)
    bench.give(2.5, 1.0, "nobody listens")
    bench.engine.run(20.0)
    assert bench.done == [(1.0, "done before")]
    assert [name for _, name in bench.lost] == ["nobody listens", "in hand", "waiting"]
    assert bench.lost[0] == (2.5, "nobody listens")
    assert (bench.node.state, bench.node.listening) == (REFUSING, False)


def test_a_restarted_process_is_free_and_knows_nothing_of_the_old_work():
    bench = Bench()
    bench.give(0.0, 50.0, "old")
    bench.engine.at(1.0, bench.node.pause, 40.0)
    bench.engine.at(2.0, bench.node.crash)
    bench.engine.at(3.0, bench.node.restart)
    bench.give(4.0, 1.0, "new")
    bench.engine.run(200.0)
    assert bench.done == [(5.0, "new")]
    assert [name for _, name in bench.lost] == ["old"]
    assert (bench.node.state, bench.node.epoch) == (UP, 1)


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
